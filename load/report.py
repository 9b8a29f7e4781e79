"""What a load is asked to do, and what it says it did."""

from dataclasses import dataclass, field

from load.layout import Layout


@dataclass(frozen=True)
class LoadOptions:
    """Options of one load. `org` is an organisation's id or slug; `limit` counts chats.

    `layout` is the one that the database must have, None for whichever it has. `strict`: a row that the database
    refuses ends the load. `fast`: references are checked once instead of row by row. `full`: everything is compared,
    also when nothing seems to have changed since the last load. `lock_timeout`: seconds to wait for what other sessions
    hold.
    """

    org: str
    dry_run: bool = False
    limit: int | None = None
    only_new: bool = False
    skip_duplicates: bool = True
    overwrite_status: bool = False
    layout: Layout | None = None
    strict: bool = False
    fast: bool = False
    full: bool = False
    lock_timeout: float = 600


@dataclass(frozen=True)
class FailedChat:
    """A chat that was not loaded. `client` is the key its row would have; the reason holds no values."""

    client: str
    reason: str


@dataclass(frozen=True)
class RefusedMessage:
    """A message that the database refused. `id` is the key its row would have; the reason holds no values."""

    id: str
    message: str
    reason: str


@dataclass(frozen=True)
class ChatFigures:
    """total = imported + updated + skipped + failed + left_out + held_back.

    `imported`: the client is new. `updated`: he was there and something of his was added or changed.
    `skipped`: he was there and nothing was. `left_out`: by `limit` or `only_new`. `held_back`: by a person, with
    `skip` in the review file.
    """

    total: int
    imported: int
    updated: int
    skipped: int
    left_out: int
    failed: list[FailedChat]
    held_back: int = 0


@dataclass(frozen=True)
class MessageFigures:
    """total = inserted + updated + already_there + rejected + left_out + held_back; the last two: with their chats."""

    total: int
    inserted: int
    updated: int
    already_there: int
    rejected: int
    left_out: int
    held_back: int = 0


@dataclass(frozen=True)
class PeopleWithoutNumber:
    """Whom transform could not give a phone number, and their messages."""

    people: int
    messages: int


@dataclass(frozen=True)
class LoadReport:
    """The figures of one load. `run` is the import run's id, None on a dry run and where nothing was written.

    `nothing_changed`: the same clean run was loaded before and the database's counts are as that load left them, so
    nothing was compared. `seconds` are the load's alone.

    `messages_locked_seconds`: how long nobody else could write messages; None in layouts that need no such lock.
    """

    run: str | None
    layout: str
    organization_id: str
    dry_run: bool
    chats: ChatFigures
    messages: MessageFigures
    clients_updated: int
    history_rows: int
    people_without_number: PeopleWithoutNumber
    warnings: list[str]
    refused: list[RefusedMessage] = field(default_factory=list)
    nothing_changed: bool = False
    seconds: float = field(compare=False, default=0.0)
    messages_locked_seconds: float | None = field(compare=False, default=None)
