"""Where the page is written, and showing it."""

import os
import sys
import webbrowser
from pathlib import Path

from schemas.datadir import DataDir
from schemas.errors import ExitCode, UserError
from schemas.files import make_private_folder, replace_file
from schemas.translation import _

_ENDINGS = {".html", ".htm"}


def check_page_path(path: Path) -> Path:
    """The path, absolute; raises UserError (2; 1 without rights) where no page can be, before any work is done."""
    path = path.expanduser().absolute()
    if path.suffix.lower() not in _ENDINGS:
        raise UserError(
            _("The page's file ends in .html, {file} does not.", file=path.name),
            hint=_("for example: wa2pg audit --html report.html; an account comes before: wa2pg audit office --html"),
            exit_code=ExitCode.USAGE,
        )
    if path.is_dir():
        raise UserError(
            _("The page cannot be written: there is a folder of that name."),
            hint=_("name a file: --html report.html"),
            exit_code=ExitCode.USAGE,
        )
    if not path.parent.is_dir():
        raise UserError(
            _("The page cannot be written: there is no folder {folder}.", folder=path.parent),
            hint=_("make it (mkdir -p '{folder}'), or name another file", folder=path.parent),
            exit_code=ExitCode.USAGE,
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _refused(path)
    return path


def default_page_path(data: DataDir, accounts: list[str], *, redacted: bool) -> Path:
    """`reports/audit-<account>.html` in the data directory, without the account's name where that is left out."""
    parts = ["audit", *(accounts if len(accounts) == 1 and not redacted else []), *(["redacted"] if redacted else [])]
    return make_private_folder(data.reports) / ("-".join(parts) + ".html")


def write_page(path: Path, content: bytes) -> None:
    """Put the page there whole, readable by its owner alone; an older one is replaced."""
    try:
        replace_file(path, content)
    except (PermissionError, FileNotFoundError):
        raise _refused(path) from None


def _refused(path: Path) -> UserError:
    return UserError(
        _("The page cannot be written: this user may make no file in {folder}.", folder=path.parent),
        hint=_("name a file in a folder of your own"),
    )


def shown_path(path: Path) -> str:
    """The path as it is shortest from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def show_page(path: Path) -> bool:
    """Open the page in the browser; False where there is none."""
    # without a screen Python would start a browser of text in this terminal, over what it says
    has_screen = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if not has_screen and not os.environ.get("BROWSER"):
        return False
    try:
        return webbrowser.open(path.as_uri())
    except webbrowser.Error:
        return False
