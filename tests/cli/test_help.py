"""The help of every command: what it does, an example that its own options take, the options."""

import shlex
from pathlib import Path

import click
import pytest

from schemas.translation import use_language
from tools.cli_reference import commands
from wa2pg.language import in_language

COMMANDS = dict(commands())


def examples(path: str) -> list[str]:
    lines = [line.strip() for line in (COMMANDS[path].help or "").splitlines()]
    return [line for line in lines if line.startswith(f"{path} ") or line == path]


@pytest.mark.parametrize("path", COMMANDS)
def test_it_says_what_the_command_does_and_shows_an_example(path: str) -> None:
    command = COMMANDS[path]
    shown = command.get_help(click.Context(command, info_name=path, terminal_width=80, max_content_width=80))
    usage, does, *_rest = shown.split("\n\n")
    assert usage.startswith(f"Usage: {path} [OPTIONS]")
    assert does.strip()[0].isupper()
    assert does.rstrip().endswith((".", ":"))
    assert examples(path), shown
    assert all(len(line) <= 80 for line in shown.splitlines()), shown


@pytest.mark.parametrize("path", COMMANDS)
def test_its_examples_are_command_lines_that_it_takes(path: str) -> None:
    for labelled in ("labelled.tsv", "labelled.jsonl"):
        Path(labelled).touch()
    for example in examples(path):
        line = example.split("  ")[0].partition(" > ")[0]
        words = shlex.split(line)
        named = max((name for name in COMMANDS if f"{line} ".startswith(f"{name} ")), key=len)
        command = COMMANDS[named]
        assert not isinstance(command, click.Group), example
        command.make_context(named, words[len(named.split()) :])


@pytest.mark.parametrize("path", COMMANDS)
def test_its_examples_are_the_same_in_russian(path: str) -> None:
    use_language("ru")
    try:
        told = in_language(COMMANDS[path]).help or ""
    finally:
        use_language("en")
    # what stands for a name is a word of the language
    assert all(example.split("  ")[0].removesuffix(" NAME") in told for example in examples(path))
    assert any("а" <= letter <= "я" for letter in told)
