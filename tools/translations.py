"""The catalogues of `schemas/locale`, kept in step with the messages that the program has: `make translations`.

    python -m tools.translations [LANGUAGE …]

Messages come from `_`, `ngettext` and `N_` in the program and in the page's templates, from the commands' help, and
from click. A language named that is not there yet is begun. New messages are left empty, those that nothing says any
more are dropped; the .mo files are compiled anew.
"""

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from schemas.translation import DOMAIN, LOCALE, SOURCE
from tools.cli_reference import commands
from wa2pg.language import metavar, paragraphs

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "extract", "transform", "load", "wa2pg")
_HEADER = "# What wa2pg says, translated. Made and kept in step by `make translations`; write into msgstr only."
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def messages() -> Catalog:
    """Every message of the program, untranslated."""
    catalog = Catalog(domain=DOMAIN, charset="utf-8")
    for place, message, comments in sorted(_found(), key=str):
        catalog.add(message, locations=[(place, 0)], auto_comments=comments)
    return catalog


def _found() -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    for package in PACKAGES:
        yield from _from_sources(ROOT / package, package)
    yield from _from_sources(Path(click.__file__).parent, "click")
    for path, command in commands():
        place = f"help/{path.replace(' ', '-')}"
        for text in (command.help, command.short_help, command.epilog):
            yield from ((place, part, []) for part in paragraphs(text))
        for parameter in command.params:
            for text in (parameter.help, metavar(parameter)):
                yield from ((place, part, []) for part in paragraphs(text))


def _from_sources(folder: Path, name: str) -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    options = {"**.html": {"trimmed": "true"}}
    methods = [("**.py", "tools.translations:from_python"), ("**.html", "jinja2.ext.babel_extract")]
    found = extract_from_dir(folder, methods, options, _KEYWORDS, ("Translators:",), strip_comment_tags=True)
    for path, _line, message, comments, _context in found:
        # click's help for its Windows console is never shown here
        if not path.startswith("_winconsole"):
            yield f"{name}/{path}", message, comments


def from_python(
    file: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Every call that marks a message. Babel's own does not see those inside f-strings and other calls' arguments."""
    del options  # part of what Babel calls
    source = file.read().decode("utf-8")
    lines = source.splitlines()
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = tuple(
            arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None for arg in call.args
        )
        if name in keywords and given and given[0]:
            above = lines[call.lineno - 2].strip().removeprefix("# ") if call.lineno > 1 else ""
            yield call.lineno, name, given, [above] if above.startswith(tuple(comment_tags)) else []


def po_file(language: str) -> Path:
    """Where a language is."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """A language as it is on disk; an empty one when it is not there."""
    path = po_file(language)
    if not path.exists():
        return Catalog(
            language, DOMAIN, _HEADER, "wa2pg", charset="utf-8", fuzzy=False, creation_date=datetime.now(UTC)
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def updated(language: str) -> Catalog:
    """A language with exactly the messages that the program has now."""
    catalog, template = read(language), messages()
    template.creation_date = catalog.creation_date  # a file in which nothing changed stays as it is
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The text file that a translator works in."""
    written = BytesIO()
    write_po(written, catalog, width=110, sort_output=True, include_lineno=False)
    return written.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """The file that gettext reads."""
    written = BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def main(named: list[str]) -> None:
    """Write every language anew and say what is left to translate."""
    languages = sorted({path.name for path in LOCALE.iterdir() if path.is_dir()} | set(named) - {SOURCE})
    for language in languages:
        catalog = updated(language)
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(read(language)))
        empty = sum(bool(message.id) and not _whole(message.string) for message in catalog)
        print(f"{language}: {len(catalog):,} messages, {empty:,} without a translation")


def _whole(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main(sys.argv[1:])
