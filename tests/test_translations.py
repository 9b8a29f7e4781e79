"""Every language says everything, and everything that people read can be said in every language."""

import ast
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from schemas.translation import LANGUAGES, SOURCE
from tools.translations import PACKAGES, ROOT, as_mo, as_po, po_file, read, updated

TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
# what speaks to people, and which of its arguments do: by place and by name
_SPEAKING: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "UserError": ((0,), ("hint",)),
    "Check": ((0, 2, 3), ("name", "found", "cure")),
    "checked": ((0,), ()),
    "Step": ((0,), ("name",)),
    "say": ((0,), ()),
    "warn": ((0,), ()),
    "complain": ((0, 1), ("hint",)),
    "agreed": ((0,), ()),
    "confirm": ((0,), ()),
    "prompt": ((0,), ()),
    "report_text": ((0, 1), ()),
    "UsageError": ((0,), ("message",)),
    "BadParameter": ((0,), ("message",)),
    "fail": ((0,), ()),
}
_TRANSLATING = {"_", "ngettext", "N_", "number", "moment", "day", "percent", "getattr"}


def _messages(language: str) -> Iterator[Message]:
    return (message for message in read(language) if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_has_exactly_the_messages_of_the_program(language: str) -> None:
    """`make translations` brings what is missing and drops what nothing says any more."""
    assert as_po(updated(language)) == po_file(language).read_bytes()


@pytest.mark.parametrize("language", TRANSLATED)
def test_gettext_reads_what_the_translator_wrote(language: str) -> None:
    assert as_mo(read(language)) == po_file(language).with_suffix(".mo").read_bytes()


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    empty = [message.id for message in _messages(language) if not all(_strings(message))]
    unsure = [message.id for message in _messages(language) if message.fuzzy]

    assert not empty
    assert not unsure


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_message(language: str) -> None:
    different = [
        (message.id, told)
        for message in _messages(language)
        for told in _strings(message)
        if told and _placeholders(told) != _placeholders(_ids(message)[-1])
    ]

    assert not different


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_plural_form_is_there(language: str) -> None:
    forms = read(language).num_plurals

    assert all(len(_strings(message)) == forms for message in _messages(language) if len(_ids(message)) == 2)


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def _placeholders(text: str) -> set[str]:
    """`{name}` with its conversion, and the old `%(name)s` of click's."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return {"not a format"}
    return {f"{name}!{conversion or ''}:{spec or ''}" for _, name, spec, conversion in parts if name is not None}


@pytest.mark.parametrize("package", PACKAGES)
def test_whatever_is_said_goes_through_the_catalogue(package: str) -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)[:80]}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in _bare_sentences(ast.parse(path.read_text("utf-8")))
    ]

    assert not bare


def _bare_sentences(tree: ast.AST) -> Iterator[ast.expr]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        places, names = _SPEAKING.get(_name(call.func), ((), ()))
        said = [call.args[place] for place in places if place < len(call.args)]
        said += [keyword.value for keyword in call.keywords if keyword.arg in names]
        for expression in said:
            yield from _bare(expression)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _bare(expression: ast.AST) -> Iterator[ast.expr]:
    """Constants and f-strings with words in them, outside of a call that translates; a command alone needs none."""
    if isinstance(expression, ast.Call) and _name(expression.func) in _TRANSLATING:
        return
    if isinstance(expression, ast.JoinedStr):
        if _says(" ".join(str(part.value) for part in expression.values if isinstance(part, ast.Constant))):
            yield expression
        return
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str) and _says(expression.value):
        yield expression
    for inner in ast.iter_child_nodes(expression):
        if not isinstance(inner, ast.Compare | ast.Subscript | ast.Attribute):
            yield from _bare(inner)


def _says(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and not text.startswith(("wa2pg ", "make ", "export "))


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("--lang", "ru"), {}, "Использование"),
        (("--lang=ru",), {"LC_ALL": "en_US.UTF-8"}, "Использование"),
        ((), {"WA2PG_LANG": "ru"}, "Использование"),
        ((), {"LANG": "ru_RU.UTF-8"}, "Использование"),
        ((), {"LANG": "ru_KG.UTF-8", "LC_ALL": "C"}, "Usage"),
        ((), {"WA2PG_LANG": "en", "LANG": "ru_RU.UTF-8"}, "Usage"),
        (("--lang", "en"), {"WA2PG_LANG": "ru"}, "Usage"),
        ((), {"LANG": "tlh"}, "Usage"),
        (("--json",), {"WA2PG_LANG": "ru"}, "Usage"),
        (("--progress", "json"), {"WA2PG_LANG": "ru"}, "Usage"),
    ],
)
def test_the_flag_beats_the_setting_and_the_setting_the_locale(
    words: tuple[str, ...], environment: dict[str, str], told: str, tmp_path: Path
) -> None:
    done = _run("load", *words, "--help", folder=tmp_path, **environment)

    assert told in done.stdout


def test_the_setting_is_read_from_the_file_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WA2PG_LANG=ru\n")

    assert "Использование" in _run("--help", folder=tmp_path).stdout


def test_clicks_own_complaint_is_translated(tmp_path: Path) -> None:
    done = _run("load", "--no-such", folder=tmp_path, WA2PG_LANG="ru")

    assert done.returncode == 2
    assert "No such option" not in done.stderr
    assert "Error" not in done.stderr


@pytest.mark.parametrize("words", [("--lang", "xx"), ("--lang",)])
def test_a_language_that_is_not_here_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    assert _run("doctor", *words, folder=tmp_path).returncode == 2


def test_a_setting_that_is_no_language_is_named(tmp_path: Path) -> None:
    done = _run("audit", folder=tmp_path, WA2PG_LANG="xx")

    assert done.returncode == 3
    assert "WA2PG_LANG" in done.stderr


def _run(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wa2pg", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
