"""The screens of docs/LANGUAGE/guide.md, made of real runs: `make guides`.

    python -m tools.guides [LANGUAGE …]

A block that begins with three backquotes and `console` holds commands (after `$ `) and what a terminal of 80 columns
shows for them. The commands of a guide run one after another, in a folder of its own, in the guide's language; what the
screen shows in the end is written into the block. A comment before a block can say more: `<!-- soul_kg -->` runs it
against a database with the tables of the Soul KG CRM, `<!-- fails -->` means that a command is to fail, and
`<!-- linking -->` shows what the screen says while a phone that is not here is linked, drawn by the program itself.
tests/test_guides.py runs them again and compares.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from load.database import connect
from load.embedded import ensure_database, remove_embedded, start_embedded
from load.server_place import find_place
from schemas.translation import LANGUAGES
from tools.terminal import at_a_terminal, on_the_screen

ROOT = Path(__file__).parents[1]
# the folder that readers see in place of the one that the commands ran in
SHOWN_FOLDER = "/home/you/wa2pg"
_BLOCK = re.compile(r"(?P<marks>(?:<!-- [a-z_ ]+ -->\n)?)```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SOUL_KG_TABLES = ROOT / "tests" / "load" / "soul_kg" / "tables.sql"
_SOUL_KG_ORGANIZATION = "5f0c5b1e-7b0e-4c7e-9a53-0d3c7a1f8e21"

# what the program is told by WhatsApp and by the phone
_LINKING = (
    'QrCode("https://wa.me/settings/linked_devices#an-example-and-no-real-code", 20)',
    "Receiving(True, 5, 128, 5310, date(2024, 3, 2), 34, 0.2, 90)",
    "Receiving(True, 14, 342, 21907, date(2023, 11, 20), 100, 30.0, 90)",
)
_DRAW = """
import os, time
from datetime import date
from schemas.progress import QrCode, Receiving
from schemas.translation import use_language
from wa2pg.link_screen import link_screen
from wa2pg.progress import Style

use_language({language!r})
with link_screen(Style.BAR, None) as tell:
    tell({sign})
    time.sleep(0.7)
    os._exit(0)  # what is on the screen stays there
"""


def guide(language: str) -> Path:
    """Where the guide in a language is."""
    return ROOT / "docs" / language / "guide.md"


@dataclass
class Sandbox:
    """A folder to run commands in, as at a terminal of a machine where wa2pg is installed and nothing else is set."""

    folder: Path
    language: str
    soul_kg: str
    path: str

    def run(self, command: str, marks: set[str]) -> str:
        """What the screen shows in the end; raises RuntimeError when the command does not end as `marks` say."""
        if "linking" in marks:
            return "\n…\n".join(self._linking(sign) for sign in _LINKING)
        settings = {"WA2PG_LANG": self.language, "PATH": self.path}
        if "soul_kg" in marks:
            settings["DATABASE_URL"] = self.soul_kg
        code, written = at_a_terminal(self.folder, ["bash", "-c", command], settings)
        shown = _COLOURS.sub("", on_the_screen(written))
        if (code != 0) is not ("fails" in marks):
            raise RuntimeError(f"`{command}` ended with {code}:\n{shown}")
        return self._without_this_machine(shown)

    def _linking(self, sign: str) -> str:
        drawn = _DRAW.format(language=self.language, sign=sign)
        _code, written = at_a_terminal(self.folder, [sys.executable, "-c", drawn], {"PYTHONPATH": str(ROOT)})
        return "\n".join(line.rstrip() for line in _COLOURS.sub("", on_the_screen(written)).splitlines())

    def _without_this_machine(self, shown: str) -> str:
        home = str(find_place(self.folder / "data" / "postgres").home)
        shown = shown.replace(home, f"{SHOWN_FOLDER}/data/postgres").replace(str(self.folder), SHOWN_FOLDER)
        return "\n".join(line.rstrip() for line in shown.splitlines())


@contextmanager
def sandbox(language: str) -> Iterator[Sandbox]:
    """A folder with a server of its own for the other CRM; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wa2pg-guide-") as name, ExitStack() as stack:
        above = Path(name)
        folder, crm, programs = above / "wa2pg", above / "crm", above / "bin"
        folder.mkdir()
        programs.mkdir()
        stack.callback(remove_embedded, folder / "data" / "postgres")
        stack.callback(remove_embedded, crm)
        server = start_embedded(crm)
        ensure_database(server, "soul_kg")
        with connect(server.conninfo("soul_kg")) as connection:
            connection.execute(_SOUL_KG_TABLES.read_bytes())
            connection.execute(
                'insert into organizations (id, name, slug, "updatedAt") values (%s, %s, %s, now())',
                [_SOUL_KG_ORGANIZATION, "Silk Road Tours", "silk-road-tours"],
            )
        # what the guide tells to install
        (programs / "psql").symlink_to(server.binaries.program("psql"))
        host = conninfo_to_dict(server.conninfo("soul_kg"))["host"]
        path = f"{Path(sys.executable).parent}:{programs}:/usr/local/bin:/usr/bin:/bin"
        yield Sandbox(folder, language, f"postgresql://postgres@/soul_kg?host={host}", path)


def run_guide(text: str, language: str) -> str:
    """The guide with what its commands show now."""
    with sandbox(language) as place:
        return _BLOCK.sub(lambda block: _run_block(place, block), text)


def _run_block(place: Sandbox, block: re.Match[str]) -> str:
    marks = set(re.findall(r"[a-z_]+", block["marks"]))
    lines = []
    for command in commands_of(block["body"]):
        shown = place.run(command.replace("\\\n", ""), marks)
        lines += [f"$ {command}", *([shown] if shown else [])]
    return f"{block['marks']}```console\n" + "\n".join(lines) + "\n```"


def commands_of(body: str) -> list[str]:
    """The commands of a block; one goes on in the next line after a backslash."""
    return re.findall(r"^\$ ((?:.*\\\n)*.*)$", body, re.MULTILINE)


def main(named: list[str]) -> None:
    """Write the guides' screens anew."""
    for language in named or LANGUAGES:
        path = guide(language)
        path.write_text(run_guide(path.read_text("utf-8"), language), "utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
