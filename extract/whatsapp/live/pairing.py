"""What a session remembers of its pairing: which it is, and how much of its history the phone still owes.

A phone sends its history once for each pairing, over as many runs as it takes. `pairing.json` in the session's
folder is written by the process that holds the link, so that it is true whoever dies.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from schemas.files import replace_file

NAME = "pairing.json"


class History(StrEnum):
    """How far the phone is with the history of a pairing."""

    OWED = "owed"
    BEGUN = "begun"
    TAKEN = "taken"


@dataclass(frozen=True)
class Pairing:
    """`name` is that of the snapshot that was open when the phone was linked."""

    name: str
    history: History


def read_pairing(session: Path) -> Pairing:
    """The pairing of a session; of one that left no readable word the phone may still owe a part."""
    try:
        document = json.loads((session / NAME).read_bytes())
        return Pairing(str(document["name"]), History(document["history"]))
    except (OSError, ValueError, TypeError, KeyError):
        return Pairing("unknown", History.BEGUN)


def write_pairing(session: Path, pairing: Pairing) -> None:
    """Remember it, durable."""
    replace_file(session / NAME, json.dumps(asdict(pairing)).encode() + b"\n")
