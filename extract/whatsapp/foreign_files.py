"""Files that people give to --replay and that cannot be a payload, whatever a decoder would say of them.

A serialized HistorySync begins with its sync type (byte 0x08), a deflated one with 0x78: none of these signatures, and
no text, begins so. What is merely damaged is not told here: it is archived, and rejected with its bytes.
"""

from collections.abc import Sequence
from pathlib import Path

from schemas.datadir import RUN_NAME_PATTERN
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _, ngettext

_PARQUET = N_("a Parquet file")
_TEXT = N_("a text file")
_JSON = N_("a JSON file")
_GZIP = N_("a gzip archive")
_SIGNATURES = (
    (b"PAR1", _PARQUET),
    (b"PK\x03\x04", N_("a ZIP archive")),
    (b"\x1f\x8b\x08", _GZIP),
    (b"\xff\xd8\xff", N_("a JPEG picture")),
    (b"\x89PNG\r\n\x1a\n", N_("a PNG picture")),
    (b"%PDF-", N_("a PDF document")),
    (b"SQLite format 3\0", N_("an SQLite database")),
    (b"\xff\xfe", _TEXT),
    (b"\xfe\xff", _TEXT),
    (b"\xef\xbb\xbf", _TEXT),
)
_LOOKED_AT = 4096
# fewer bytes that can be read as letters say nothing: a payload may be torn anywhere
_LEAST_TEXT = 16
_BLANK = "\t\n\r\f"


def refuse_foreign(files: Sequence[Path]) -> None:
    """Raise UserError (2) that names the first of `files` that cannot be a payload, and what it seems to be."""
    foreign = [(path, kind) for path in files if (kind := _kind(path)) is not None]
    if not foreign:
        return
    path, kind = foreign[0]
    others = len(foreign) - 1
    message = (
        ngettext(
            "{path} is no payload of WhatsApp's: it seems to be {kind}, and {count} other file is none either.",
            "{path} is no payload of WhatsApp's: it seems to be {kind}, and {count} other files are none either.",
            others,
            path=path,
            kind=_(kind),
        )
        if others
        else _("{path} is no payload of WhatsApp's: it seems to be {kind}.", path=path, kind=_(kind))
    )
    raise UserError(message, hint=redecode_hint(path) or _hint(kind), exit_code=ExitCode.USAGE)


def redecode_hint(path: Path) -> str | None:
    """What decodes a part of a sealed journal again; None for another path."""
    folders = [folder.name for folder in path.absolute().parents]
    if path.suffix != ".parquet" or "journal" not in folders[:1]:
        return None
    snapshot = folders[1] if RUN_NAME_PATTERN.fullmatch(folders[1]) else "SNAPSHOT"
    return _(
        "it is part of a sealed snapshot's journal; in its own data directory run: {command}",
        command=f"wa2pg extract --redecode {snapshot}",
    )


def _hint(kind: str) -> str:
    if kind == _GZIP:
        return _("unpack it with gunzip, or take it out of what is given to --replay; nothing was archived")
    return _("take it out of what is given to --replay; nothing was archived")


def _kind(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if not _is_text(start):
        return None
    return _JSON if start.lstrip()[:1] in {b"{", b"["} else _TEXT


def _is_text(start: bytes) -> bool:
    if len(start) < _LEAST_TEXT:
        return False
    try:
        letters = start.decode()
    except UnicodeDecodeError as error:
        # a letter may be cut in two where reading stopped
        if len(start) < _LOOKED_AT or error.start < len(start) - 3:
            return False
        letters = start[: error.start].decode()
    return all(letter.isprintable() or letter in _BLANK for letter in letters)
