"""How a link came to its end, left in the open snapshot by the process that filled it.

That process may outlive the one that started it; whoever seals the snapshot then knows that it ended well.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.files import read_plain_file, replace_file
from schemas.words import Ended

_NAME = "end.json"


@dataclass(frozen=True)
class LinkEnd:
    """`complete` says that the phone was through; chunks that did not arrive are counted when sealing.

    `lost` payloads reached the process and could not be written.
    """

    ended: Ended
    complete: bool
    lost: int = 0


def write_link_end(partial: Path, end: LinkEnd) -> None:
    """Leave it in the open snapshot, durable."""
    replace_file(partial / _NAME, json.dumps(asdict(end)).encode() + b"\n")


def read_link_end(partial: Path) -> LinkEnd:
    """What was left; a process that left nothing was killed: crashed, and not complete."""
    try:
        document = json.loads(read_plain_file(partial / _NAME))
        return LinkEnd(Ended(document["ended"]), document["complete"] is True, max(int(document["lost"]), 0))
    except (OSError, ValueError, TypeError, KeyError):
        return LinkEnd(Ended.CRASHED, complete=False)
