"""`.env` is changed where it is to be and nowhere else, and read back exactly as it was written."""

import os
import pwd
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import ExitCode, UserError
from schemas.settings import Settings
from wa2pg.env_file import BACKUP, can_be_written, quoted, read_env_file

AS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")
_TRICKY = st.sampled_from(
    [
        "$",
        "${",
        "${HOME}",
        "${X:-y}",
        "\\",
        "\\'",
        "'",
        '"',
        " ",
        " #",
        "#",
        "=",
        "`",
        "%",
        "\u00a0",
        "\\n",
        "{",
        "}",
        "я",
        "🐪",
    ]
)
_LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
VALUES = st.lists(_LINE | _TRICKY, max_size=6).map("".join).filter(lambda text: text != "" and can_be_written(text))
AGAIN = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def write(env: Path, **values: str) -> bool:
    return read_env_file(env).write(values)


@AGAIN
@given(key=VALUES, org=VALUES)
def test_a_value_is_read_back_exactly_by_the_settings(env: Path, key: str, org: str) -> None:
    env.unlink(missing_ok=True)
    write(env, OPENROUTER_API_KEY=key, WA2PG_ORG=org)

    found = Settings()
    assert found.openrouter_api_key is not None
    assert (found.openrouter_api_key.get_secret_value(), found.org) == (key, org)
    assert (read_env_file(env).value("OPENROUTER_API_KEY"), read_env_file(env).value("WA2PG_ORG")) == (key, org)


@AGAIN
@given(before=VALUES, after=VALUES, there=VALUES)
def test_a_value_is_replaced_whatever_it_was(env: Path, before: str, after: str, there: str) -> None:
    env.write_bytes(f"# mine\nFIRST={quoted(there)}\nDATABASE_URL={quoted(before)}  # the CRM's\nLAST=1\n".encode())
    write(env, DATABASE_URL=after)

    now = read_env_file(env)
    assert [now.value(name) for name in ("FIRST", "DATABASE_URL", "LAST")] == [there, after, "1"]
    assert now.text.startswith(f"# mine\nFIRST={quoted(there)}\nDATABASE_URL=")
    assert now.text.endswith("  # the CRM's\nLAST=1\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"WA2PG_ORG=new\n"),
        (b"A=1", b"A=1\nWA2PG_ORG=new\n"),
        (b"WA2PG_ORG=old\r\nA='1'\r\n", b"WA2PG_ORG=new\r\nA='1'\r\n"),
        (b"A=1\r\n", b"A=1\r\nWA2PG_ORG=new\r\n"),
        (b"\xef\xbb\xbfWA2PG_ORG=old\n", b"\xef\xbb\xbfWA2PG_ORG=new\n"),
        (b"\n\n  export WA2PG_ORG = 'old' # ours\nA=1\n", b"\n\n  export WA2PG_ORG=new # ours\nA=1\n"),
        (b"WA2PG_ORG='a'#note\n", b"WA2PG_ORG=new #note\n"),
        (b"WA2PG_ORG=a#b #c\n", b"WA2PG_ORG=new #c\n"),
        (b"wa2pg_org=old\n", b"wa2pg_org=new\n"),
        (b"WA2PG_ORG= # c\n", b"WA2PG_ORG=new # c\n"),
        (b"WA2PG_ORG=#not a comment\n", b"WA2PG_ORG=new\n"),
        (b"WA2PG_ORG=pass#word\n", b"WA2PG_ORG=new\n"),
        (b"WA2PG_ORG=\nB=2\n", b"WA2PG_ORG=new\nB=2\n"),
        (b"WA2PG_ORG\nB=2\n", b"WA2PG_ORG=new\nB=2\n"),
        (b"WA2PG_ORG='a\nb'\nB=2\n", b"WA2PG_ORG=new\nB=2\n"),
        # the last of several is the one that counts
        (b"WA2PG_ORG=1\nA=1\nWA2PG_ORG=2\n", b"WA2PG_ORG=new\nA=1\n"),
        (b"# WA2PG_ORG=old\n", b"# WA2PG_ORG=old\nWA2PG_ORG=new\n"),
        (b"what is this\nB=2\n", b"what is this\nB=2\nWA2PG_ORG=new\n"),
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_is(env: Path, before: bytes, after: bytes) -> None:
    env.write_bytes(before)
    assert write(env, WA2PG_ORG="new")

    if before:
        assert env.read_bytes() == after
    assert Settings().org == "new"
    assert env.with_name(BACKUP).read_bytes() == before


def test_a_value_that_is_taken_out_counts_as_not_set(env: Path) -> None:
    env.write_text("DATABASE_URL=postgresql://old # x\n")
    write(env, DATABASE_URL="", LLM_BASE_URL="")

    assert env.read_text() == "DATABASE_URL= # x\n"
    assert Settings().database_url is None


def test_nothing_is_written_where_nothing_changes(env: Path) -> None:
    env.write_text("export WA2PG_ORG='a'\n")
    env.chmod(0o640)

    assert write(env, WA2PG_ORG="a", LLM_BASE_URL="") is False
    assert not env.with_name(BACKUP).exists()


def test_the_files_are_private_whatever_the_umask(env: Path) -> None:
    env.write_text("A=1\n")
    env.chmod(0o644)
    before = os.umask(0)
    try:
        write(env, WA2PG_ORG="a")
    finally:
        os.umask(before)

    assert {path.name: path.stat().st_mode & 0o777 for path in env.parent.iterdir()} == {".env": 0o600, BACKUP: 0o600}


def test_a_line_that_swallows_what_follows_is_refused_and_nothing_is_written(env: Path) -> None:
    env.write_text("A='never closed\n")
    with pytest.raises(UserError, match="closing quote"):
        # what would close it
        write(env, WA2PG_ORG="it's")

    assert env.read_text() == "A='never closed\n"
    assert list(env.parent.iterdir()) == [env]


def test_a_link_stays_and_the_file_behind_it_is_written(env: Path) -> None:
    real = env.parent / "etc" / "wa2pg.env"
    real.parent.mkdir()
    real.write_text("A=1\n")
    env.symlink_to("etc/wa2pg.env")
    write(env, WA2PG_ORG="a")

    assert env.is_symlink()
    assert real.read_text() == "A=1\nWA2PG_ORG=a\n"
    assert real.with_name(BACKUP).read_text() == "A=1\n"


def test_a_link_to_nothing_makes_what_it_names(env: Path) -> None:
    env.symlink_to("other.env")
    write(env, WA2PG_ORG="a")

    assert "WA2PG_ORG=a\n" in (env.parent / "other.env").read_text()


def _large(path: Path) -> None:
    path.write_bytes(b"# \n" * 400_000)


def _binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def _zeros(path: Path) -> None:
    path.write_bytes(b"\0" * 10)


@pytest.mark.parametrize("make", [_large, _binary, _zeros, Path.mkdir, os.mkfifo])
def test_what_is_no_settings_file_is_refused(env: Path, make: Callable[[Path], None]) -> None:
    make(env)
    with pytest.raises(UserError) as raised:
        read_env_file(env)

    assert raised.value.exit_code is ExitCode.CONFIGURATION


def test_a_ring_of_links_is_refused(env: Path) -> None:
    env.symlink_to(".env")
    with pytest.raises(UserError, match="cannot be read and written"):
        read_env_file(env)


def test_a_file_that_changed_meanwhile_stays(env: Path) -> None:
    env.write_text("A=1\n")
    read = read_env_file(env)
    env.write_text("A=2\n")
    with pytest.raises(UserError, match="meanwhile"):
        read.write({"WA2PG_ORG": "a"})

    assert env.read_text() == "A=2\n"


def test_a_folder_that_cannot_be_written_to_is_told_before_any_question() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        child = os.fork()
        if child == 0:
            if AS_ROOT:
                os.setgroups([])
                os.setgid(NOBODY.pw_gid)
                os.setuid(NOBODY.pw_uid)
            try:
                read_env_file(folder / ".env")
            except UserError as error:
                os._exit(int(error.exit_code))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == ExitCode.CONFIGURATION
        folder.chmod(0o755)


@pytest.mark.skipif(not AS_ROOT, reason="only root can give files away")
def test_the_file_keeps_its_owner(env: Path) -> None:
    env.write_text("A=1\n")
    os.chown(env, NOBODY.pw_uid, NOBODY.pw_gid)
    write(env, WA2PG_ORG="a")

    assert {(path.stat().st_uid, path.stat().st_gid) for path in (env, env.with_name(BACKUP))} == {
        (NOBODY.pw_uid, NOBODY.pw_gid)
    }
