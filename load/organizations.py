"""The companies of a database."""

import re
import unicodedata
import uuid
from dataclasses import dataclass

import psycopg

from load.database_errors import database_error
from load.keys import organization_key
from load.layout import Layout, recognise
from load.migrate import check_migrated
from load.targets.soul_kg.keys import organization_namespace
from load.targets.soul_kg.schema import check_schema
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _

_SLUG = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Russian and Kyrgyz letters as passports write them (ICAO Doc 9303), the soft and hard signs dropped
_LATIN = str.maketrans(
    dict(
        zip("абвгдеёзийклмнопрстуфыэөү", "abvgdeeziiklmnoprstufyeou", strict=True),
        ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="iu", я="ia", ң="ng",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Organization:
    """A company whose clients are in the database.

    `id` is the namespace of its rows' keys; `stored_id` its table's own writing of it, None where that is the same.
    """

    id: uuid.UUID
    name: str
    slug: str
    stored_id: str | None = None

    @property
    def row_id(self) -> str:
        """The id as its table has it."""
        return self.stored_id or str(self.id)


@dataclass(frozen=True)
class OrganizationResult:
    """An organisation and whether it was made just now."""

    organization: Organization
    created: bool


def create_organization(
    connection: psycopg.Connection,
    name: str,
    *,
    id: uuid.UUID | None,  # noqa: A002 - the column
    slug: str | None,
) -> OrganizationResult:
    """Make an organisation; the same again gives the one that is there, with `created` False.

    Without `slug` it is made of the name, without `id` of the slug. Raises UserError: 2 for a name or slug that
    cannot be used, 3 when another organisation has the id or the slug, 6 for the database.
    """
    wanted = _wanted(name, id, slug)
    try:
        if recognise(connection).layout is Layout.SOUL_KG:
            raise UserError(
                _("In the Soul KG CRM the CRM itself makes organisations; wa2pg only loads into them."),
                hint=_("make it there, or see those that it has: {command}", command="wa2pg org list"),
                exit_code=ExitCode.DATABASE,
            )
        check_migrated(connection)
        made = connection.execute(
            "insert into public.organizations (id, name, slug) values (%s, %s, %s) on conflict do nothing returning id",
            [wanted.id, wanted.name, wanted.slug],
        ).fetchone()
        if made:
            return OrganizationResult(wanted, created=True)
        rows = connection.execute(
            "select id, name, slug from public.organizations where id = %s or slug = %s", [wanted.id, wanted.slug]
        ).fetchall()
    except psycopg.Error as error:
        raise database_error(error, N_("making the organisation")) from None
    there = [Organization(*row) for row in rows]
    same_id = id is None or all(found.id == id for found in there)
    same_slug = slug is None or all(found.slug == slug for found in there)
    if len(there) == 1 and there[0].name == wanted.name and same_id and same_slug:
        return OrganizationResult(there[0], created=False)
    raise UserError(
        _("Another organisation has this id or this slug."),
        hint=_("see: wa2pg org list; then give another --slug (and --id)"),
        exit_code=ExitCode.CONFIGURATION,
    )


def list_organizations(connection: psycopg.Connection) -> list[Organization]:
    """Every organisation, by slug."""
    try:
        of_crm = recognise(connection).layout is Layout.SOUL_KG
        if of_crm:
            check_schema(connection)
        else:
            check_migrated(connection)
        rows = connection.execute("select id, name, slug from public.organizations order by slug, id").fetchall()
    except psycopg.Error as error:
        raise database_error(error, N_("reading the organisations")) from None
    if of_crm:
        return [Organization(organization_namespace(key), name, slug or "", key) for key, name, slug in rows]
    return [Organization(*row) for row in rows]


def made_by_crm(connection: psycopg.Connection) -> bool:
    """Whether the CRM itself makes the organisations of this database."""
    try:
        return recognise(connection).layout is Layout.SOUL_KG
    except psycopg.Error as error:
        raise database_error(error, N_("reading the organisations")) from None


def find_organization(connection: psycopg.Connection, id_or_slug: str) -> Organization:
    """The organisation with this id or slug; raises UserError (3) when there is none."""
    try:
        wanted: uuid.UUID | None = uuid.UUID(id_or_slug)
    except ValueError:
        wanted = None
    for found in list_organizations(connection):
        if id_or_slug in {found.slug, found.row_id} or found.id == wanted:
            return found
    raise UserError(
        _("This database has no organisation with this id or slug."),
        hint=_("see: wa2pg org list   or make it in the CRM")
        if made_by_crm(connection)
        else _("see: wa2pg org list   or make it: wa2pg org create NAME"),
        exit_code=ExitCode.CONFIGURATION,
    )


def slug_of(name: str) -> str:
    """A slug made of a name's letters and digits, Cyrillic ones in Latin; "" when it has none of either."""
    latin = unicodedata.normalize("NFKC", name).lower().translate(_LATIN)
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode("ascii")
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-")


def _wanted(name: str, key: uuid.UUID | None, slug: str | None) -> Organization:
    name = " ".join(name.split())
    if not name or "\0" in name:
        raise UserError(
            _("An organisation needs a name."),
            hint=_("for example: {command}", command='wa2pg org create "Soul KG"'),
            exit_code=ExitCode.USAGE,
        )
    chosen = slug_of(name) if slug is None else slug
    if not _SLUG.fullmatch(chosen):
        raise UserError(
            _(
                "A slug is 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit (none can be made "
                "of this name)."
            )
            if slug is None
            else _("A slug is 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit."),
            hint=_("for example: {command}", command="--slug soul-kg"),
            exit_code=ExitCode.USAGE,
        )
    return Organization(key or organization_key(chosen), name, chosen)
