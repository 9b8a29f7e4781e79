"""What the linked device's own store knows of people, as a payload of the journal.

whatsmeow keeps a SQLite file per session. Its tables `whatsmeow_contacts` (address-book names, which arrive
late and without an event) and `whatsmeow_lid_map` are copied once the client has stopped. The payload is one
JSON document, sorted, so that the same store gives the same bytes: {"contacts": [[jid, full name, first name,
push name, business name], …], "lid_map": [[lid, number], …]}. Keys and tokens stay in the session's file.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

SOURCE = "session"
Row = tuple[Any, ...]

_CONTACTS = """
select their_jid, full_name, first_name, push_name, business_name
from whatsmeow_contacts
order by their_jid, our_jid
"""
_LID_MAP = "select lid, pn from whatsmeow_lid_map order by lid, pn"
_DEVICE = "select jid, lid from whatsmeow_device order by jid"


class SessionStoreError(Exception):
    """The session's file is there and cannot be read; `damaged` when it is no database of whatsmeow's any more."""

    def __init__(self, *, damaged: bool) -> None:
        super().__init__("the session's file cannot be read")
        self.damaged = damaged


def read_device(path: Path) -> tuple[str, str | None] | None:
    """(jid, lid) of the linked device in a session's file, without their device numbers; None when there is none.

    Raises SessionStoreError when the file is damaged.
    """
    rows = _read(path, _DEVICE)
    if not rows:
        return None
    jid, lid = rows[0]
    return _plain(jid) or "", _plain(lid)


def read_store(path: Path) -> bytes | None:
    """The payload of a session's file; None when the store knows nobody.

    Raises SessionStoreError when the file is damaged.
    """
    contacts = [[_text(value) for value in row] for row in _read(path, _CONTACTS)]
    lid_map = [[_text(value) for value in row] for row in _read(path, _LID_MAP)]
    if not contacts and not lid_map:
        return None
    return json.dumps({"contacts": contacts, "lid_map": lid_map}, ensure_ascii=False).encode("utf-8", "replace")


def mend_store(path: Path) -> None:
    """Let SQLite take back what a killed client had half written. The caller holds the session."""
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
            connection.execute("select count(*) from sqlite_master").fetchall()


def _read(path: Path, query: str) -> list[Row]:
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as connection:
            # a name with invalid UTF-8 must cost nobody the other names
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            return connection.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        # locked, no rights, a half-written transaction: the keys in it may well be whole
        raise SessionStoreError(damaged=False) from None
    except sqlite3.DatabaseError:
        raise SessionStoreError(damaged=True) from None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _plain(jid: Any) -> str | None:
    """A JID without its device: `996…:5@s.whatsapp.net` is the number's fifth device."""
    text = _text(jid)
    if text is None or "@" not in text:
        return None
    user, _, server = text.rpartition("@")
    return f"{user.partition(':')[0].partition('.')[0]}@{server}"


def store_contacts(content: bytes, payload: int) -> Iterator[Row]:
    """The rows of `contacts` in such a payload; raises ValueError, TypeError or KeyError when it is none."""
    for row in _rows(content, "contacts", 5):
        jid, full, first, push, business = row
        if jid and any(row[1:]):
            yield (jid, full, first, push, business, SOURCE, payload)


def store_lids(content: bytes, payload: int) -> Iterator[Row]:
    """The rows of `lid_map` in such a payload; raises ValueError, TypeError or KeyError when it is none.

    The store keeps users alone, without their servers.
    """
    for lid, pn in _rows(content, "lid_map", 2):
        if lid and pn and lid.isascii() and lid.isdigit() and pn.isascii() and pn.isdigit():
            yield (f"{lid}@lid", f"{pn}@s.whatsapp.net", SOURCE, payload, None)


def _rows(content: bytes, name: str, width: int) -> Iterator[list[str | None]]:
    rows = json.loads(content)[name]
    if not all(isinstance(row, list) and len(row) == width for row in rows):
        raise ValueError(f"a row of {name} is of another form")
    for row in rows:
        yield [_text(value) for value in row]
