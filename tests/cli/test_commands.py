"""Exit codes, reports and sentences of the commands."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from extract.whatsapp.sample import EXPECTED, SAMPLE_OWN_PHONE
from schemas.version import VERSION
from tests.cli.conftest import ROOT, Terminal

FRAME = {"command", "version", "ok", "exit_code", "account", "seconds", "next", "warnings"}


def test_import_is_the_three_stages_with_one_report(terminal: Terminal, sample: Path) -> None:
    assert terminal.run("org", "create", "Silk Road Tours").code == 0
    words = ("import", "--organization-id", "silk-road-tours", "--replay", str(sample), "--own", SAMPLE_OWN_PHONE)
    dry = terminal.run(*words, "--limit", "5", "--dry-run", "--json", "--as-of", "2026-03-01")

    assert dry.code == 0, dry.err
    assert dry.json.keys() > FRAME
    assert (dry.json["load"]["run"], dry.json["load"]["dry_run"]) == (None, True)
    assert (dry.json["load"]["chats"]["imported"], dry.json["load"]["chats"]["total"]) == (5, EXPECTED.client_count)
    messages = dry.json["load"]["messages"]
    assert messages["left_out"] > 0
    assert messages.pop("total") == dry.json["transform"]["messages"] == sum(messages.values())
    assert dry.json["transform"]["clients"] == EXPECTED.client_count

    assert dry.json["next"].endswith("wa2pg load --account default --org silk-road-tours --limit 5")

    real = terminal.run(*words, "--as-of", "2026-03-01", "--json").json
    assert real["next"].endswith("wa2pg db check --account default --org silk-road-tours")
    assert real["extract"]["snapshot"] is None
    assert real["load"]["chats"]["imported"] == EXPECTED.client_count


def test_stages_one_by_one_tell_what_to_run_next(terminal: Terminal, sample: Path) -> None:
    extracted = terminal.run("extract", "--replay", str(sample), "--own", SAMPLE_OWN_PHONE, "--json").json
    assert extracted["payloads"] == {"announced": 10, "received": 10}
    assert "transform --account default" in extracted["next"]

    transformed = terminal.run("transform", "--as-of", "2026-03-01", "--json").json
    parts = ("applied", "not_for_crm", "rejected")
    total = transformed["out"] + transformed["duplicates"] + sum(sum(transformed[part].values()) for part in parts)
    assert transformed["in"] == total == extracted["rows"]["messages"]
    # nothing in it is to be filled in; what is missing it says itself
    *_program, command, option, account = transformed["next"].split()
    assert (command, option, account) == ("load", "--account", "default")
    missing = terminal.run(command, option, account)
    assert (missing.code, "org create" in missing.err, "then add: --org" in missing.err) == (2, True, True)
    known = terminal.run("transform", "--as-of", "2026-03-01", "--json", WA2PG_ORG="silk-road").json
    assert known["next"].endswith("load --account default --org silk-road")

    audited = terminal.run("audit", "--json")
    assert (audited.code, audited.json["findings"]) == (0, [])


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["extract"], 2, "there is no terminal to show the code"),
        (["extract", "--replay", "missing"], 2, "does not exist"),
        (["extract", "--redecode", "x", "--again"], 2, "--redecode takes no other source"),
        (["extract", "--redecode", "x"], 5, "no sealed snapshot x"),
        (["extract", "--account", "Not Good"], 2, "An account name is"),
        (["transform"], 5, "no"),
        (["transform", "--as-of", "yesterday"], 2, "2026-03-01"),
        (["load", "--org", "x"], 5, "no clean tables yet"),
        (["load"], 2, "Which organisation?"),
        (["load", "--org", "x", "--limit", "0"], 2, "--limit"),
        (["import", "--org", "x", "--llm-budget", "1"], 2, "goes with --use-llm"),
        (["audit", "nobody"], 5, "has no archive"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_people_get_wrong_is_a_sentence_and_a_code(
    terminal: Terminal, words: list[str], code: int, sentence: str
) -> None:
    done = terminal.run(*words)

    assert done.code == code
    assert sentence in done.err
    assert "Traceback" not in done.err


def test_an_error_is_json_too_when_json_was_asked_for(terminal: Terminal) -> None:
    done = terminal.run("load", "--org", "x", "--json")

    assert (done.json["ok"], done.json["exit_code"], done.code) == (False, 5, 5)
    assert "transform" in done.json["error"]["hint"]


def test_an_unreachable_database_is_named_without_its_password(terminal: Terminal) -> None:
    address = "postgresql://crm:pass-word-1@127.0.0.1:1/crm"
    done = terminal.run("org", "list", "-vv", DATABASE_URL=address)

    assert done.code == 6
    assert "pass-word-1" not in done.out + done.err


def test_an_unknown_organisation_is_told_with_the_command_that_makes_it(terminal: Terminal, sample: Path) -> None:
    done = terminal.run("import", "--org", "nobody", "--replay", str(sample))

    assert done.code == 3
    assert "org create" in done.err
    assert not (terminal.data / "archive").exists()


def test_settings_come_from_env_files_and_flags_beat_them(terminal: Terminal, sample: Path) -> None:
    (terminal.folder / ".env").write_text("WA2PG_ACCOUNT=office\nWA2PG_DATA_DIR=elsewhere\nWA2PG_ORG=\n")

    assert terminal.run("extract", "--replay", str(sample), "--json").json["account"] == "office"
    assert (terminal.folder / "elsewhere/archive/office").is_dir()
    assert terminal.run("extract", "--replay", str(sample), "--json", WA2PG_ACCOUNT="shop").json["account"] == "shop"
    flag = terminal.run("extract", "--replay", str(sample), "--account", "yard", "--json", WA2PG_ACCOUNT="shop")
    assert flag.json["account"] == "yard"


def test_a_wrong_setting_is_named_without_its_value(terminal: Terminal) -> None:
    done = terminal.run("transform", WA2PG_REGION="Kyrgyzstan-996555")

    assert done.code == 3
    assert "WA2PG_REGION" in done.err
    assert "996555" not in done.err


def test_everything_that_was_made_is_private_and_looser_modes_are_tightened(terminal: Terminal, sample: Path) -> None:
    terminal.run("extract", "--replay", str(sample))
    for path in terminal.data.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    chain = terminal.data / "archive/default/chain.jsonl"
    chain.chmod(0o644)
    again = terminal.run("audit")

    assert chain.stat().st_mode & 0o777 == 0o600
    assert "private now" in again.err


def test_progress_as_json_is_a_line_a_step_on_stderr_and_the_report_is_alone_on_stdout(
    terminal: Terminal, sample: Path
) -> None:
    done = terminal.run("extract", "--replay", str(sample), "--progress", "json", "--json")

    lines = [line for line in done.err.splitlines() if line.startswith("{")]
    assert any('"step": "sealing"' in line for line in lines)
    assert done.json["ok"] is True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_what_the_next_run_goes_on_from(terminal: Terminal, sample: Path, number: int) -> None:
    for copy in range(400):
        (sample / f"copy-{copy}.pb").write_bytes(b"%d" % copy)
    words = [sys.executable, "-m", "wa2pg", "extract", "--replay", str(sample), "--progress", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, cwd=terminal.folder, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(number)
    process.stderr.read()
    process.stderr.close()

    assert process.wait() == 130
    assert terminal.run("extract", "--replay", str(sample)).code == 0
    assert terminal.run("audit").code == 0


def test_the_version_names_the_parts_that_matter(terminal: Terminal) -> None:
    first, *parts = terminal.run("--version").out.splitlines()
    assert first == f"wa2pg {VERSION}"
    told = dict(part.strip().split("  ", 1) for part in parts)
    assert told.keys() == {
        "Python", "neonize", "DuckDB", "pyarrow", "psycopg", "fastText", "phonenumbers", "embedded PostgreSQL",
    }  # fmt: skip
    assert re.search(r"WhatsApp client of \d{4}-\d\d-\d\d, \d+ days old", told["neonize"])
    assert all(re.match(r" *\d+\.\d+", version) for version in told.values()), told
    assert "клиент WhatsApp от" in terminal.run("--version", "--lang", "ru").out
    assert not terminal.data.exists()


@pytest.mark.parametrize("place", ["file", "file/data"])
def test_a_data_directory_that_cannot_be_one_is_refused(terminal: Terminal, place: str) -> None:
    (terminal.folder / "file").write_text("x")
    done = terminal.run("audit", WA2PG_DATA_DIR=place)

    assert done.code == 3
    assert "WA2PG_DATA_DIR" in done.err


def test_make_hands_a_name_over_as_it_was_typed(tmp_path: Path) -> None:
    name = f"""$(touch {tmp_path}/a)$(shell touch {tmp_path}/b) `touch {tmp_path}/c` "x" 'y'; $HOME"""
    show = "show:\n\t@printenv NAME\n"
    done = subprocess.run(
        ["make", "-s", "-f", "Makefile", "-f", "-", "show", f"NAME={name}"],
        cwd=ROOT, input=show, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.rstrip("\n") == name
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_in_the_environment_is_used_and_never_repeated(terminal: Terminal) -> None:
    words = ("extract", "--qr-png", "code.png", "--deadline", "60")
    closed = terminal.run(*words, WA2PG_PROXY="http://wa2pg:geheim@127.0.0.1:1")
    assert (closed.code, "The proxy did not bring us to WhatsApp." in closed.err) == (1, True)
    unknown = terminal.run(*words, WA2PG_PROXY="ftp://wa2pg:geheim@127.0.0.1:1")
    assert (unknown.code, "A proxy's address begins with" in unknown.err) == (2, True)
    assert "geheim" not in closed.out + closed.err + unknown.out + unknown.err


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ("Next: ", 'org create "My company"')), ("ru", ("Дальше: ", 'org create "Моя компания"'))],
)
def test_a_list_without_organisations_says_how_to_make_one(
    terminal: Terminal, language: str, told: tuple[str, str]
) -> None:
    listed = terminal.run("org", "list", WA2PG_LANG=language)
    last = listed.out.splitlines()[-1]
    assert (listed.code, last.startswith(told[0]), last.endswith(told[1])) == (0, True, True), listed.out

    # the command as it stands there
    made = terminal.run(*shlex.split(last.removeprefix(told[0]))[-3:])
    assert made.code == 0, made.err
    again = terminal.run("org", "list", WA2PG_LANG=language)
    assert (again.code, told[0] in again.out) == (0, False)


_INTERRUPTED_WHILE_READ = """
import sys

class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "wa2pg.start":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
from wa2pg.__main__ import main
main()
"""


def test_ctrl_c_while_the_program_is_being_read_is_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_WHILE_READ], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")
