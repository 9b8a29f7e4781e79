"""From the archive to the four clean tables in a folder: the SQL steps in order, with what Python adds between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from schemas.clean_run import Accounting, TableFile
from schemas.progress import Progress, Step
from schemas.tables import CLEAN_TABLES
from schemas.translation import N_
from transform.accounting import Figures, read_accounting, read_figures
from transform.addressbook import AddressBook, fill_address_book
from transform.archive import Archive
from transform.checks import check_clean_tables, open_clean_table
from transform.clean_files import TableWriter, write_table
from transform.clients import Name, client_rows, known_names, own_names
from transform.enrich import Reader
from transform.review import AppliedReview
from transform.warehouse import Warehouse, open_warehouse, steps_between


@dataclass(frozen=True)
class Job:
    """What to make tables of; `reader` is None when language and status are left out, `review` when there is none."""

    archive: Archive
    as_of: datetime
    region: str | None
    reader: Reader | None
    progress: Progress
    review: AppliedReview | None = None


@dataclass(frozen=True)
class Outcome:
    """The tables as written, and the figures of the report."""

    tables: dict[str, TableFile]
    accounting: Accounting
    figures: Figures
    contacts_without_messages: int
    texts_with_nul: int


def build_tables(job: Job, folder: Path, spill: Path) -> Outcome:
    """Write the clean tables into `folder` and check them; raises UserError (1) when a check finds rows."""
    # an early `as_of` is a question about statuses; it must not take the time from what was said since
    latest = max(job.archive.latest_message, job.as_of + timedelta(days=1))
    with open_warehouse(job.archive, latest, spill) as warehouse:
        book = fill_address_book(warehouse, job.archive, job.region, job.progress)
        steps = steps_between(30, 60)
        for done, step in enumerate(steps):
            job.progress(Step(N_("settling what each row is"), done=done, total=len(steps)))
            warehouse.run(step)
        accounting = read_accounting(warehouse)
        names = known_names(warehouse)
        if job.reader:
            theirs = {book.people[n].phone or "": {name for name, _ in given} for n, given in names.items()}
            job.reader.know_names(theirs, own_names(warehouse))
            if job.review:
                people = ({"phone": person.phone, "addresses": person.addresses} for person in book.people)
                job.reader.know_settled(job.review.settled(people))
        messages, texts_with_nul = _write_messages(warehouse, job, folder, accounting.rows_out)
        tables = {"messages": messages} | _write_other_tables(warehouse, job, folder, book, names)
        job.progress(Step(N_("checking the tables")))
        check_clean_tables(warehouse)
        clients = {row["phone"] for row in warehouse.rows("select phone from clean_clients")}
        return Outcome(
            tables=tables,
            accounting=accounting,
            figures=read_figures(warehouse),
            contacts_without_messages=book.contacts_without_messages(clients),
            texts_with_nul=texts_with_nul,
        )


def _write_messages(warehouse: Warehouse, job: Job, folder: Path, total: int) -> tuple[TableFile, int]:
    done = texts_with_nul = 0
    job.progress(Step(N_("writing messages"), total=total))
    with TableWriter(folder / "messages.parquet", CLEAN_TABLES["messages"]) as writer:
        for batch in warehouse.output("070_messages"):
            texts_with_nul += sum(batch.column("had_nul").to_pylist())
            languages = job.reader.read(batch) if job.reader else pa.nulls(batch.num_rows, pa.string())
            writer.write(pa.Table.from_batches([batch]).append_column("language", languages))
            done += batch.num_rows
            job.progress(Step(N_("writing messages"), done=done, total=total))
        file = writer.finish()
    open_clean_table(warehouse, folder, "messages")
    return file, texts_with_nul


def _write_other_tables(
    warehouse: Warehouse, job: Job, folder: Path, book: AddressBook, names: Mapping[int, Sequence[Name]]
) -> dict[str, TableFile]:
    clients = client_rows(warehouse, book, names, job.reader.readings() if job.reader else {}, job.review, job.progress)
    outputs: dict[str, Iterator[pa.RecordBatch]] = {
        "clients": iter(clients.to_batches()),
        "conversations": warehouse.output("075_conversations"),
        "rejects": warehouse.output("080_rejects"),
    }
    tables = {}
    for name, batches in outputs.items():
        tables[name] = write_table(folder / f"{name}.parquet", CLEAN_TABLES[name], batches)
        open_clean_table(warehouse, folder, name)
    return tables
