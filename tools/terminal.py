"""Programs at a terminal of their own: what they write to it, and what stands on it in the end."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

COLUMNS = 80
_ROWS = 60
# what moves the cursor or erases a line; what only colours is part of the text
_MOVES = re.compile(r"\r|\n|\x1b\[(\d*)([A-Za-ln-z])|\x1b\[\?\d+[hl]")


def at_a_terminal(folder: Path, words: Sequence[str | Path], settings: Mapping[str, str]) -> tuple[int, str]:
    """Run a program in this folder; its exit code and everything that it wrote, with what moves the cursor.

    It finds `wa2pg` and has nothing of this process's environment but what `settings` say.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, COLUMNS, 0, 0))
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        **settings,
    }
    process = subprocess.Popen(  # noqa: S603  (the commands are in the repository)
        words, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # how Linux says that nobody has the other side open any more
        pass
    finally:
        os.close(ours)
    return process.wait(), written.decode()


def on_the_screen(written: str) -> str:
    """What is left on a terminal after all that was written to it: bars and what they were erased with are gone.

    It knows what rich does: a line is rewritten from its begin, as a whole.
    """
    lines, row, at_begin, place = [""], 0, False, 0
    for move in [*_MOVES.finditer(written), None]:
        text = written[place : move.start() if move else None]
        if text:
            lines[row] = text if at_begin else lines[row] + text
            at_begin = False
        if move is None:
            break
        place = move.end()
        if move[0] == "\r":
            at_begin = True
        elif move[0] == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif move[2] == "A":
            row = max(0, row - int(move[1] or 1))
        elif move[2] == "K":
            lines[row] = ""
    return "\n".join(lines).rstrip()
