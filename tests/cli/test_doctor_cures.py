"""Set-ups that are really broken: the doctor's line names a cure, the cure is carried out, and the line is well again.

A cure that is a command is pasted into a shell as it stands in the JSON; one that is a sentence is done as it says.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from dotenv import dotenv_values

from extract.whatsapp.sample import SAMPLE_OWN_PHONE
from load.database import connect
from load.embedded import Embedded, ensure_database, remove_embedded, start_embedded
from load.migrate import known_migrations, migrate
from tests.cli.conftest import ROOT, Outcome, Terminal
from tests.llm.server import MODEL as SERVED
from tests.llm.server import ModelServer, Reply
from tests.load.servers import free_port

NOBODY = 65534
_COMMAND = re.compile(r"(?:^|[:,] (?:or run: )?)((?:\S*/wa2pg|wa2pg|git|rm|mv|chmod|sudo|export) .+)$")
_DOCTOR = [sys.executable, "-m", "wa2pg", "doctor", "--json"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


@dataclass(frozen=True)
class Line:
    """One of the doctor's."""

    health: str
    found: str
    cure: str

    @property
    def command(self) -> str:
        """What of the cure is pasted."""
        found = _COMMAND.search(self.cure)
        assert found, self.cure
        return found[1]


def line(terminal: Terminal, name: str) -> Line:
    """The line of this name; the exit code must go with the worst of all."""
    return line_of(terminal.run("doctor", "--json"), name)


def line_of(done: Outcome, name: str) -> Line:
    told = {check["name"]: check for check in done.json["checks"]}
    broken = any(check["health"] == "broken" for check in told.values())
    assert done.code == (1 if broken else 0), done.out
    return Line(told[name]["health"], told[name]["found"], told[name]["cure"] or "")


def paste(terminal: Terminal, command: str, typed: str = "") -> None:
    """Give the command to a shell, as somebody at a keyboard does, and what it asks for."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=terminal.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(terminal.folder), "PYTHONPATH": str(ROOT), **terminal.environment},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def mend(terminal: Terminal, name: str, health: str = "broken") -> Line:
    """Paste the line's cure and see that the line is well; returns the line as it was."""
    before = line(terminal, name)
    assert before.health == health, before
    paste(terminal, before.command)
    after = line(terminal, name)
    assert after.health == "ok", after
    return before


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, cleaned_sample: Path) -> Iterator[Terminal]:
    """Everything in order: an archive, clean tables, a server with a database and an organisation."""
    made = Terminal(tmp_path_factory.mktemp("sound"))
    shutil.copytree(cleaned_sample, made.folder, symlinks=True, dirs_exist_ok=True)
    assert made.run("org", "create", "Silk Road Tours").code == 0
    yield made
    remove_embedded(made.data / "postgres")


@pytest.fixture(scope="module")
def server(sound: Terminal) -> Embedded:
    return start_embedded(sound.data / "postgres")


@pytest.fixture
def ready(terminal: Terminal, sound: Terminal, server: Embedded) -> Terminal:
    """A folder of the test's own, on the module's database."""
    shutil.copytree(sound.data, terminal.data, symlinks=True, ignore=shutil.ignore_patterns("postgres"))
    terminal.environment |= {"DATABASE_URL": server.conninfo("wa2pg"), "WA2PG_ORG": "silk-road-tours"}
    return terminal


def snapshot(terminal: Terminal) -> Path:
    return next(path for path in (terminal.data / "archive/default").iterdir() if path.is_dir())


def test_nothing_is_broken_before_it_is_broken(ready: Terminal) -> None:
    done = ready.run("doctor", "--json")
    bad = {check["name"] for check in done.json["checks"] if check["health"] != "ok"}
    assert (done.code, bad <= {"neonize"}) == (0, True), done.out


def test_a_setting_of_env_that_cannot_be_used(ready: Terminal) -> None:
    env = ready.folder / ".env"
    env.write_text("WA2PG_ACCOUNT=default\nWA2PG_REGION=Kyrgyzstan\n")
    told = line(ready, "settings")
    (setting,) = re.findall(r"WA2PG_\w+", told.found)
    assert told.cure == "compare .env and your environment with .env.example"
    right = dotenv_values(ROOT / ".env.example")[setting] or ""
    env.write_text(re.sub(rf"(?m)^{setting}=.*$", f"{setting}={right}", env.read_text()))
    assert line(ready, "settings").health == "ok"


def test_an_env_that_is_no_text(ready: Terminal) -> None:
    (ready.folder / ".env").write_bytes(b"WA2PG_REGION=\xff\xfe\n")
    told = line(ready, "settings")
    assert told.health == "broken"
    # Enter at each question
    paste(ready, told.command, "\n" * 8)
    assert line(ready, "settings").health == "ok"
    assert dotenv_values(ready.folder / ".env")["WA2PG_ACCOUNT"] == "default"


def test_a_terminal_that_cannot_show_names(ready: Terminal) -> None:
    ready.environment |= {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    told = line(ready, "locale")
    assert told.health == "warning"
    again = f"{told.command}; {sys.executable} -m wa2pg doctor --json > mended.json"
    paste(ready, again)
    assert line_of(Outcome(0, (ready.folder / "mended.json").read_text(), ""), "locale").health == "ok"


def test_a_data_directory_that_is_a_file(ready: Terminal) -> None:
    ready.environment["WA2PG_DATA_DIR"] = str(ready.folder / "file")
    (ready.folder / "file").write_text("")
    told = line(ready, "data directory")
    assert (told.health, told.cure) == ("broken", "set WA2PG_DATA_DIR to a folder")
    ready.environment["WA2PG_DATA_DIR"] = str(ready.data)
    assert line(ready, "data directory").health == "ok"


@as_root
@pytest.mark.parametrize("closed", [".", "archive/default", "clean/default"])
@pytest.mark.parametrize("owner", [0, NOBODY])
def test_a_data_directory_that_is_closed_to_the_user(ready: Terminal, closed: str, owner: int) -> None:
    data = ready.data.rename(ready.folder / "our data")
    ready.environment["WA2PG_DATA_DIR"] = str(data)
    os.chown(data / closed, owner, owner)
    (data / closed).chmod(0o500 if owner == 0 else 0o700)
    told = line_of(_without_privileges(ready), "data directory")
    assert told.health == "broken"
    assert told.cure == ("chmod -R u+rwX" if owner == 0 else "sudo chown -R root") + f" '{data}'"
    # the test is the administrator already
    paste(ready, told.command.removeprefix("sudo "))
    assert line_of(_without_privileges(ready), "data directory").health == "ok"


def _without_privileges(terminal: Terminal) -> Outcome:
    """The doctor as a root that is held to files' modes and owners like everybody else."""
    done = subprocess.run(
        ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner,-chown", *_DOCTOR],
        cwd=terminal.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **terminal.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def test_a_damaged_session(ready: Terminal) -> None:
    folder = ready.data / "sessions/default"
    folder.mkdir(parents=True)
    (folder / "session.sqlite3").write_bytes(b"no database at all" * 100)
    told = line(ready, "session")
    assert told.health == "broken"
    # it asks before it removes keys: somebody at the keyboard types y
    paste(ready, told.command + " --yes")
    assert line(ready, "session").health == "ok"


def test_an_extract_that_died(ready: Terminal) -> None:
    died = snapshot(ready).with_name("20260301T000000Z-dead.partial")
    (died / "journal").mkdir(parents=True)
    mend(ready, "archive", "warning")


def test_an_archive_that_lost_its_chain(ready: Terminal) -> None:
    (ready.data / "archive/default/chain.jsonl").unlink()
    mend(ready, "archive")


def test_a_chain_that_cannot_be_read(ready: Terminal) -> None:
    chain = ready.data / "archive/default/chain.jsonl"
    chain.write_bytes(b"\0" * 100)
    told = line(ready, "archive")
    assert told.health == "broken"
    assert "remove chain.jsonl and run: " in told.cure
    chain.unlink()
    (command,) = re.findall(r"and run: (.+), which makes it anew", told.cure)
    paste(ready, command)
    assert line(ready, "archive").health == "ok"


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_snapshot_s_table_that_is_damaged_is_made_again_from_the_journal(ready: Terminal, damage: str) -> None:
    table = snapshot(ready) / "messages/part-0000.parquet"
    if damage == "cut":
        table.write_bytes(table.read_bytes()[:-100])
    else:
        table.unlink()
    told = mend(ready, "archive")
    assert "messages/part-0000.parquet" in told.found
    assert "restore it from a backup" in told.cure
    assert line(ready, "clean tables").health == "warning"
    mend(ready, "clean tables", "warning")


def test_a_manifest_that_was_edited(ready: Terminal, sound: Terminal) -> None:
    manifest = snapshot(ready) / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"complete": true', b'"complete": false'))
    told = line(ready, "archive")
    assert (told.health, told.cure) == ("broken", "restore it from a backup; nothing else has this data")
    shutil.copyfile(snapshot(sound) / "manifest.json", manifest)
    assert line(ready, "archive").health == "ok"


def test_clean_tables_that_are_damaged(ready: Terminal) -> None:
    (ready.data / "clean/default/current/run.json").write_bytes(b"{")
    mend(ready, "clean tables")


def test_clean_tables_that_are_gone(ready: Terminal) -> None:
    shutil.rmtree(ready.data / "clean/default")
    mend(ready, "clean tables", "warning")


def test_clean_tables_that_are_older_than_the_archive(ready: Terminal, sound: Terminal) -> None:
    again = ready.run("extract", "--replay", str(sound.folder / "in"), "--again")
    assert again.code == 0, again.err
    mend(ready, "clean tables", "warning")


def test_a_database_without_tables(ready: Terminal, server: Embedded) -> None:
    ensure_database(server, "bare")
    ready.environment |= {"DATABASE_URL": server.conninfo("bare"), "WA2PG_ORG": ""}
    mend(ready, "tables")
    mend(ready, "organisation", "warning")


def test_a_database_of_an_earlier_version(ready: Terminal, server: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_database(server, "earlier")
    ready.environment |= {"DATABASE_URL": server.conninfo("earlier"), "WA2PG_ORG": ""}
    with connect(server.conninfo("earlier")) as connection:
        monkeypatch.setattr("load.migrate.known_migrations", lambda: known_migrations()[:1])
        migrate(connection)
    assert "1 of " in mend(ready, "tables").found


def test_an_organisation_that_is_not_there(ready: Terminal) -> None:
    ready.environment["WA2PG_ORG"] = "hunza-treks"
    told = line(ready, "organisation")
    assert told.health == "broken"
    listed, make = re.findall(r"(\S*wa2pg org \w+(?: NAME)?)", told.cure)
    paste(ready, listed)
    paste(ready, make.replace("NAME", "'Hunza Treks'"))
    assert line(ready, "organisation").health == "ok"


def test_a_user_who_lacks_rights(ready: Terminal, server: Embedded) -> None:
    with psycopg.connect(server.conninfo("wa2pg"), autocommit=True) as owner:
        owner.execute("create role importer login")
        owner.execute("revoke usage on schema public from public")
        owner.execute("revoke temporary on database wa2pg from public")
        ready.environment["DATABASE_URL"] = server.conninfo("wa2pg").replace("user=postgres", "user=importer")
        told = line(ready, "tables")
        said, *grants = told.cure.splitlines()
        assert (told.health, said) == ("broken", "let the owner of the tables run:")
        for grant in grants:
            owner.execute(grant.encode())
    assert line(ready, "tables").health == "ok"
    assert ready.run("load").code == 0


def test_a_port_at_which_no_server_listens(ready: Terminal, server: Embedded) -> None:
    good = ready.environment["DATABASE_URL"]
    ready.environment["DATABASE_URL"] = f"postgresql://importer:secret@127.0.0.1:{free_port()}/wa2pg"
    told = line(ready, "database")
    assert told.health == "broken"
    assert told.cure == "check that it runs and that host and port in DATABASE_URL are right"
    ready.environment["DATABASE_URL"] = good
    assert line(ready, "database").health == "ok"
    assert server.folder.exists()


class _WithKey(ModelServer):
    """Takes one key alone."""

    key = "sk-right"

    def handler(self) -> type:
        outer, handler = self, super().handler()

        class Guarded(handler):  # type: ignore[misc, valid-type]
            def do_GET(self) -> None:  # noqa: N802 - http.server's name
                if self.headers.get("Authorization") == f"Bearer {outer.key}":
                    super().do_GET()
                else:
                    outer._send(self, Reply(401, b"{}"))

        return Guarded


@pytest.fixture
def model_server() -> Iterator[_WithKey]:
    with _WithKey() as started:
        assert isinstance(started, _WithKey)
        yield started


def test_a_language_model_s_key_that_is_refused(ready: Terminal, model_server: _WithKey) -> None:
    (ready.folder / ".env").write_text(
        f"LLM_BASE_URL={model_server.url}\nOPENROUTER_MODEL={SERVED}\nLLM_API_KEY=sk-wrong\n"
    )
    told = line(ready, "LLM")
    assert told.health == "broken"
    assert "sk-wrong" not in told.found + told.cure
    assert re.findall(r"set (\w+): \S*wa2pg init$", told.cure) == ["LLM_API_KEY"]
    # Enter at each question, which keeps what .env has, but for the key
    paste(ready, told.command, "\n" * 7 + f"{model_server.key}\n")
    assert line(ready, "LLM").health == "ok"


def test_an_unattended_import_that_failed(ready: Terminal, sound: Terminal) -> None:
    words = ("import", "--unattended", "--replay", str(sound.folder / "in"), "--again", "--as-of", "2026-03-01")
    failed = ready.run(*words, DATABASE_URL=f"postgresql://importer@127.0.0.1:{free_port()}/wa2pg")
    assert failed.code == 6
    # pasted at another terminal, which has no WA2PG_ORG
    ready.environment["WA2PG_ORG"] = ""
    told = mend(ready, "last import")
    assert "--org silk-road-tours" in told.cure


def test_an_unattended_import_with_a_number_in_its_command(ready: Terminal, sound: Terminal) -> None:
    words = ("import", "--unattended", "--replay", str(sound.folder / "in"), "--own", SAMPLE_OWN_PHONE)
    failed = ready.run(*words, DATABASE_URL=f"postgresql://importer@127.0.0.1:{free_port()}/wa2pg")
    assert failed.code == 6
    told = line(ready, "last import")
    assert told.command.endswith("wa2pg import --unattended --account default --org silk-road-tours")
    assert SAMPLE_OWN_PHONE.strip("+") not in (ready.data / "unattended-default.json").read_text()


def test_an_unattended_import_s_outcome_that_cannot_be_read(ready: Terminal) -> None:
    (ready.data / "unattended-default.json").write_text("{}")
    mend(ready, "last import", "warning")


@pytest.fixture
def checkout(ready: Terminal, tmp_path: Path) -> Path:
    """The program as git has it, of which a file may be damaged."""
    folder = tmp_path / "the checkout"
    for package in ("schemas", "extract", "transform", "load", "wa2pg"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(folder)]
    for words in (["init", "-q"], ["add", "transform/language", "schemas"], ["commit", "-q", "-m", "as released"]):
        subprocess.run([*git, *words], check=True)
    ready.environment["PYTHONPATH"] = str(folder)
    return folder


@pytest.mark.parametrize("damage", ["cut", "empty", "other", "gone", "all gone"])
def test_a_damaged_catalogue(ready: Terminal, checkout: Path, damage: str) -> None:
    catalogue = checkout / "schemas/locale/ru/LC_MESSAGES/wa2pg.mo"
    whole = catalogue.read_bytes()
    if damage == "gone":
        catalogue.unlink()
    elif damage == "all gone":
        shutil.rmtree(checkout / "schemas/locale")
    else:
        catalogue.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "other": b"x" * 1000}[damage])
    ready.environment["LANG"] = "ru_RU.UTF-8"
    in_english = " ".join(ready.run("doctor").out.split())
    assert re.search(r"warning locale lost or damaged: schemas/locale\S*; English is spoken instead", in_english)
    mend(ready, "locale", "warning")
    assert re.search(r"^ок +локаль +ru_RU", ready.run("doctor").out, re.MULTILINE)


def test_a_damaged_catalogue_without_git_is_installed_again(ready: Terminal, checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    (checkout / "schemas/locale/ru/LC_MESSAGES/wa2pg.mo").unlink()
    told = line(ready, "locale")
    assert (told.health, told.cure) == ("warning", "install this version of wa2pg again")


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_language_model(ready: Terminal, checkout: Path, damage: str) -> None:
    model = checkout / "transform/language/model.ftz"
    if damage == "cut":
        model.write_bytes(model.read_bytes()[:1000])
    else:
        model.unlink()
    mend(ready, "language model")


@pytest.mark.parametrize(("megabytes", "health"), [(100, "broken"), (1000, "warning")])
def test_a_disk_that_is_nearly_full(ready: Terminal, megabytes: int, health: str) -> None:
    small = ready.folder / "small"
    small.mkdir()
    mount = f'mount -t tmpfs -o size={megabytes}m tmpfs {small} || exit 99; exec "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "bash", "-c", mount, "bash", *_DOCTOR],
        cwd=ready.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "WA2PG_DATA_DIR": str(small)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 99 or not done.stdout:
        pytest.skip("no disk can be mounted here")
    told = line_of(Outcome(done.returncode, done.stdout, done.stderr), "data directory")
    assert (told.health, told.cure.startswith("make room on this disk")) == (health, True)
    # "next" is a command or nothing
    assert json.loads(done.stdout)["next"] is None
    ready.environment["WA2PG_DATA_DIR"] = str(ready.data)
    assert line(ready, "data directory").health == "ok"
