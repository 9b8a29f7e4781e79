"""Which layout a load goes into: the one that the database has, checked against the one that was asked for."""

from collections.abc import Mapping

import psycopg

from load.layout import Found, Layout, recognise, refuse_other_layouts
from load.target import Target
from load.targets.crm.target import CrmTarget
from load.targets.soul_kg.target import SoulKgTarget
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _

_TARGETS: Mapping[Layout, Target] = {Layout.CRM: CrmTarget(), Layout.SOUL_KG: SoulKgTarget()}
_SAID = {
    Layout.EMPTY: N_("no tables of either layout"),
    Layout.CRM: N_("wa2pg's own tables (crm)"),
    Layout.SOUL_KG: N_("the tables of the Soul KG CRM (soul_kg)"),
    Layout.FOREIGN: N_("tables of another program"),
}


def choose_target(connection: psycopg.Connection, asked: Layout | None) -> tuple[Layout, Target]:
    """The target for the tables that are there; `asked` None takes whatever layout is recognised.

    Raises UserError (6) when another layout than the asked one is there, or none that can be loaded into.
    """
    found = recognise(connection)
    _refuse_wrong_choice(found, asked)
    if found.layout not in _TARGETS:
        refuse_other_layouts(found)
    layout = found.layout if found.layout in _TARGETS else Layout.CRM
    return layout, _TARGETS[layout]


def _refuse_wrong_choice(found: Found, asked: Layout | None) -> None:
    # an empty database is not yet of a layout: for crm, the target's check asks for the migration
    if asked is None or asked is found.layout or (asked is Layout.CRM and found.layout is Layout.EMPTY):
        return
    there = _(_SAID[found.layout])
    if found.layout is Layout.FOREIGN:
        there += f": {', '.join(sorted(found.tables))}"
    raise UserError(
        _("--layout {layout} was asked for, but this database has {found}.", layout=asked.value, found=there),
        hint=_("use --layout {layout}, or set DATABASE_URL to the database that has them", layout=found.layout.value)
        if found.layout in {Layout.CRM, Layout.SOUL_KG}
        else _("set DATABASE_URL to the database that has them"),
        exit_code=ExitCode.DATABASE,
    )
