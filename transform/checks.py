"""Tests of the data itself, at the end of every transform: no run with a broken table is put in force."""

from pathlib import Path

from schemas.errors import UserError
from schemas.tables import CLEAN_TABLES
from schemas.translation import _, ngettext
from transform.warehouse import Warehouse, steps_between


def open_clean_table(warehouse: Warehouse, folder: Path, table: str) -> None:
    """Make the view `clean_<table>` of a table as it was written."""
    warehouse.open_files(f"clean_{table}", [folder / f"{table}.parquet"], CLEAN_TABLES[table])


def check_clean_tables(warehouse: Warehouse) -> None:
    """Run every select of `sql/09*.sql` over the views `clean_<table>`; raises UserError (1) where one finds rows."""
    for step in steps_between(90, 99):
        for check, rows in warehouse.violations(step).items():
            raise UserError(
                ngettext(
                    "The clean tables were not put in force: the check '{check}' found {count} row."
                    " This is a bug of wa2pg; the archive is untouched.",
                    "The clean tables were not put in force: the check '{check}' found {count} rows."
                    " This is a bug of wa2pg; the archive is untouched.",
                    rows,
                    check=check,
                ),
                hint=_("report the name of the check; the run in force until now stays in force"),
            )
