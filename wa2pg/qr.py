"""The code to scan, for a terminal and as a picture.

Whoever has the code can link himself to the account, so it is only ever shown to the person who asked:
a picture has mode 0600 and is removed once the phone has answered.
"""

import os
from pathlib import Path
from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_L
from rich.style import Style
from rich.text import Text

from schemas.errors import ExitCode, UserError
from schemas.files import PRIVATE_FILE
from schemas.system_errors import system_reason
from schemas.translation import _

# the standard asks for 4 light modules around the code; phones are content with 2, and rows are scarce
_BORDER = 2
_BLACK_ON_WHITE = Style(color="#000000", bgcolor="#ffffff")
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def _code(data: str, border: int) -> Any:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=border)
    code.add_data(data)
    code.make(fit=True)
    return code


def code_text(data: str, *, colour: bool = True) -> Text:
    """The code in half blocks, two rows of modules a line: black on white, whatever the terminal's colours are.

    Without colour the light modules are drawn, which is right on a dark terminal.
    """
    rows = [list(map(bool, row)) for row in _code(data, _BORDER).get_matrix()]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    lines = [
        "".join(_HALVES[(upper == colour, lower == colour)] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
    style = _BLACK_ON_WHITE if colour else Style()
    return Text("\n".join(lines), style=style, no_wrap=True)


def write_picture(path: Path, data: str, *, again: bool = False) -> None:
    """Write the code as a PNG (0600), whole or not at all; raises UserError (2) when it cannot be written.

    Something that is there already is somebody's, unless this is the next code of the same picture (`again`).
    """
    if not again and os.path.lexists(path):
        raise UserError(
            _("The file given to --qr-png is there already."),
            hint=_("give a new name: the picture is removed once the code was scanned"),
            exit_code=ExitCode.USAGE,
        )
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            _code(data, 4).make_image().save(file, format="PNG")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(
            _("The picture of the code cannot be written: {reason}.", reason=system_reason(error)),
            hint=_("give --qr-png a file in a folder of your own"),
            exit_code=ExitCode.USAGE,
        ) from None
