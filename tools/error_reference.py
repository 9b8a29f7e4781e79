"""Every error that people can meet, by its sentence: docs/LANGUAGE/errors.md, made from the program by `make docs`."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from babel.messages.catalog import Catalog

from schemas.errors import ExitCode
from schemas.translation import SOURCE
from tools.translations import PACKAGES, ROOT, read

_TRANSLATING = {"_", "ngettext"}
_HEADINGS = {
    "en": ("Exit code", "The error says", "What to do"),
    "ru": ("Код завершения", "Что сказано", "Что делать"),
}
_FEWEST_WORDS = 3
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, order=True)
class ErrorSentence:
    """A UserError of the program: its exit code, and its sentence and hint as the catalogue has them."""

    code: int
    message: str
    hint: str


def errors() -> list[ErrorSentence]:
    """All of them that the program raises with a sentence of its own."""
    return sorted({error for package in PACKAGES for error in _of(package)})


def _of(package: str) -> Iterator[ErrorSentence]:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == "UserError" and node.args:
                named = {keyword.arg: keyword.value for keyword in node.keywords}
                hints = list(_sentences(named["hint"])) if "hint" in named else []
                for message in filter(_is_sentence, _sentences(node.args[0])):
                    yield ErrorSentence(_code(named.get("exit_code")), message, hints[0] if hints else "")
            elif isinstance(node, ast.Tuple) and [_name(part) for part in node.elts[:2]] == ["N_", "N_"]:
                # a table of conditions: sentence, hint and, where they differ, the code
                message, hint = (_text(part) for part in node.elts[:2])
                code = _code(node.elts[2]) if len(node.elts) > 2 else ExitCode.DATABASE
                if message[:1].isupper() and hint[:1].islower():
                    yield ErrorSentence(code, message, hint)


def _name(expression: ast.expr) -> str:
    if isinstance(expression, ast.Call):
        return _name(expression.func)
    return expression.attr if isinstance(expression, ast.Attribute) else getattr(expression, "id", "")


def _code(expression: ast.expr | None) -> ExitCode:
    return ExitCode.__members__.get(_name(expression).strip("_") if expression else "", ExitCode.FAILED)


def _text(call: ast.expr) -> str:
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _sentences(expression: ast.AST) -> Iterator[str]:
    """The messages that an expression may be, in the order of the source; what is filled into one is none."""
    if isinstance(expression, ast.Call) and _name(expression) in _TRANSLATING:
        yield _text(expression)
        return
    for part in ast.iter_child_nodes(expression):
        yield from _sentences(part)


def _is_sentence(message: str) -> bool:
    """Whether it says something of its own, beside what is filled in."""
    return len(re.findall(r"\w+", _PLACEHOLDER.sub("", message))) >= _FEWEST_WORDS


def reference(told_in: str) -> str:
    """The page in this language."""
    by_code: dict[int, list[ErrorSentence]] = {}
    for error in errors():
        by_code.setdefault(error.code, []).append(error)
    catalogue = read(told_in) if told_in != SOURCE else Catalog()
    return "\n".join(_section(catalogue, told_in, code, found) for code, found in sorted(by_code.items()))


def _section(catalogue: Catalog, told_in: str, code: int, found: list[ErrorSentence]) -> str:
    title, says, todo = _HEADINGS.get(told_in, _HEADINGS[SOURCE])
    lines = {f"| {_cell(catalogue, error.message)} | {_cell(catalogue, error.hint)} |": None for error in found}
    return "\n".join([f"## {title} {code}", "", f"| {says} | {todo} |", "|---|---|", *lines, ""])


def _cell(catalogue: Catalog, message: str) -> str:
    found = catalogue.get(message) if message else None
    forms = found.string if found else message
    # of several forms the one for a single thing
    told = (forms if isinstance(forms, str) else forms[0]) if forms else message
    return _PLACEHOLDER.sub("…", told).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
