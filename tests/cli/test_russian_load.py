"""What the commands around the load say when Russian was chosen: no English is left in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from load.embedded import remove_embedded
from schemas.clean_run import CURRENT
from tests.cli.conftest import Terminal
from tests.load.clean_runs import many_chats, write_clean_run

ORG = "silk-road"
_LATIN = re.compile(r"[A-Za-z][A-Za-z'-]+")
# what is the same in every language: commands and options, paths, addresses, ids and the like
_NAMES = re.compile(
    r"""
      `[^`]*`
    | (?:\S*/)?wa2pg\ (?:load|runs|org|db|transform)\b(?:\ (?:list|show|create|check|shell)\b)?[^\n;,)»а-яё]*
    | psql\ -h\ .*
    | (?<![\w-])--?[a-z][\w-]*(?:[ =](?:last|soul-kg|plan\.csv|\d+))?
    | \S*/\S+
    | \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b | \b[0-9a-f]{8}\b
    | \b\d{8}T\d{6}Z-\w{4}\b
    | \b\w+@\w+ | \$\w+
    """,
    re.VERBOSE,
)
_SAME = {
    # names
    *("CRM", "CSV", "DATABASE_URL", "DATABASE", "JSON", "KG", "Kg", "PostgreSQL", "SQL", "Soul", "URL", "UTC"),
    *("WhatsApp", "default", "id", "limit", "pg", "postgres", "psql", "silk-road", "slug", "sqlstate", "wa", "where"),
    # tables, columns, layouts, statuses, and what PostgreSQL says it did
    *("LEAD", "NEW", "QUALIFIED", "SOLD", "UPDATE", "client", "clients", "conversations", "count", "crm", "history"),
    *("import", "incoming", "messages", "name", "runs", "status"),
    # parts of addresses, and of examples to paste
    *("Ctrl-C", "Ctrl-D", "a-z", "database", "dt", "host", "moia-kompaniia", "password", "postgresql"),
    *("public", "schema", "user"),
}
# said by what surrounds every report
_FRAME = re.compile(r"^(?:error|warning|  hint|Next): ", re.MULTILINE)


def left_in_english(said: str) -> list[str]:
    """The words in Latin letters that are no names."""
    plain = _NAMES.sub(" ", _FRAME.sub("", said))
    return [word for line in plain.splitlines() for word in _LATIN.findall(line.replace("_", " ")) if word not in _SAME]


def put(terminal: Terminal, name: str, messages: int) -> None:
    folder = terminal.data / "clean" / "default"
    write_clean_run(folder / name, [chat.but(name="Айгүл") for chat in many_chats(3, messages=messages)])
    link = folder / CURRENT
    link.unlink(missing_ok=True)
    link.symlink_to(name)


@pytest.fixture(scope="module")
def russian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder: Path = tmp_path_factory.mktemp("russian")
    terminal = Terminal(folder, {"WA2PG_LANG": "ru", "COLUMNS": "80"})
    put(terminal, "20261123T031500Z-k3f9", 2)
    # the first to find the folders open to others, and to say so
    made = terminal.run("org", "create", "Компания", "--slug", ORG)
    assert left_in_english(made.out) == []
    yield terminal
    remove_embedded(folder / "data/postgres")


def test_a_load_is_made_and_taken_back_in_russian(russian: Terminal) -> None:
    for number, words in enumerate(
        [
            "org create Компания --slug silk-road",
            "org list",
            f"load --org {ORG} --dry-run",
            f"load --org {ORG} --plan",
            f"load --org {ORG} --limit 2",
            "runs list",
            "runs show last",
            f"db check --org {ORG}",
            "db shell --write -c 'update clients set name = null, incoming_count = 99'",
            f"db check --org {ORG}",
            f"load --org {ORG}",
            f"load --org {ORG}",
            "load --undo last --dry-run",
            "load --undo last --yes --force",
            "runs list",
            "runs show last",
            "db migrate",
            "db start",
            "db stop",
        ]
    ):
        done = russian.run(*_split(words), *([] if "shell" in words else ["-q"]))
        assert done.code in {0, 1}, (number, words, done.err)
        assert "shell" in words or re.search("[а-яё]", done.out), words
        assert left_in_english(done.out + done.err) == [], (number, words, done.out, done.err)


def test_what_is_kept_is_english_and_what_is_shown_of_it_is_not(terminal: Terminal) -> None:
    terminal.environment |= {"WA2PG_LANG": "ru"}
    put(terminal, "20261123T031500Z-k3f9", 2)
    assert terminal.run("org", "create", "Компания", "--slug", ORG).code == 0
    rules = (
        "alter table clients add constraint not_him check (phone not like '%2');"
        "alter table messages add constraint not_the_first check (whatsapp_message_id not like '%-0')"
    )
    assert terminal.run("db", "shell", "--write", "-c", rules).code == 0
    done = terminal.run("load", "--org", ORG, "-q")
    assert done.code == 0, done.err
    shown = " ".join(done.out.split())
    assert "таблица clients, ограничение not_him" in shown
    assert "таблица messages, ограничение not_the_first" in shown
    (refused,) = (terminal.data / "reports").glob("*-refused.csv")
    assert "table messages, constraint not_the_first" in refused.read_text()
    kept = terminal.run("db", "shell", "--no-psql", "-c", "select counts -> 'chats' ->> 'failed' from import_runs")
    assert "table clients, constraint not_him" in kept.out


@pytest.mark.parametrize(
    ("words", "address", "code"),
    [
        ("load", "", 2),
        ("load --org nobody", "", 3),
        ("load --csv plan.csv", "", 2),
        ("load --undo last --plan", "", 2),
        ("runs show 00000000", "", 2),
        ("org create Компания --slug -", "", 2),
        ("db check", "", 2),
        ("db start", "postgresql://127.0.0.1:1/x", 3),
        ("org list", "postgresql://127.0.0.1:1/x", 6),
        ("org list", "nonsense", 6),
        ("org list", "postgresql://127.0.0.1/x?schema=public", 6),
        ("db shell -c 'select 1'", "postgresql://127.0.0.1:1/x", 6),
        ("db shell --no-psql -c 'delete from clients'", "", 1),
        ("db shell --no-psql -c '\\x'", "", 1),
        ("db shell --no-psql -c '\\?'", "", 0),
    ],
)
def test_a_mistake_is_told_in_russian(russian: Terminal, words: str, address: str, code: int) -> None:
    done = russian.run(*_split(words), DATABASE_URL=address)
    assert done.code == code, done.err
    assert re.search("[а-яё]", done.out + done.err)
    assert left_in_english(done.out + done.err) == [], done.out + done.err


def _split(words: str) -> list[str]:
    return [part[1:-1] if part[0] == "'" else part for part in re.findall(r"'[^']*'|\S+", words)]
