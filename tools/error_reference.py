"""Every error that people can meet, by its sentence: docs/LANGUAGE/errors.md, made from the program by `make docs`."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ExitCode
from schemas.translation import _, language, use_language
from tools.translations import PACKAGES, ROOT

_TRANSLATING = {"_", "ngettext"}
_HEADINGS = {
    "en": ("Exit code", "The error says", "What to do"),
    "ru": ("Код завершения", "Что сказано", "Что делать"),
}
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, order=True)
class ErrorSentence:
    """A UserError of the program: its stage, exit code, and its sentence and hint as the catalogue has them."""

    stage: str
    code: int
    message: str
    hint: str


def errors() -> list[ErrorSentence]:
    """All of them that the program raises with a sentence of its own."""
    return sorted({error for package in PACKAGES for error in _of(package)})


def _of(package: str) -> Iterator[ErrorSentence]:
    for path in sorted((ROOT / package).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "UserError" and call.args:
                named = {keyword.arg: keyword.value for keyword in call.keywords}
                code = named.get("exit_code")
                number = ExitCode[code.attr] if isinstance(code, ast.Attribute) else ExitCode.FAILED
                for message in _sentences(call.args[0]):
                    hints = list(_sentences(named["hint"])) if "hint" in named else []
                    yield ErrorSentence(_stage(path), number, message, hints[0] if hints else "")


def _stage(path: Path) -> str:
    relative = path.relative_to(ROOT).parts
    return relative[0] if relative[0] != "wa2pg" else relative[-1].removesuffix(".py").strip("_")


def _sentences(expression: ast.expr) -> Iterator[str]:
    """The messages that an expression may translate, in the order of the source."""
    for part in ast.walk(expression):
        if isinstance(part, ast.Call) and getattr(part.func, "id", "") in _TRANSLATING:
            yield str(ast.literal_eval(part.args[0]))


def reference(told_in: str) -> str:
    """The page in this language."""
    before = language()
    use_language(told_in)
    try:
        by_code: dict[int, list[ErrorSentence]] = {}
        for error in errors():
            by_code.setdefault(error.code, []).append(error)
        return "\n".join(_section(code, found) for code, found in sorted(by_code.items()))
    finally:
        use_language(before)


def _section(code: int, found: list[ErrorSentence]) -> str:
    lines = {f"| {_cell(error.message)} | {_cell(error.hint)} |": None for error in found}
    title, says, todo = _HEADINGS.get(language(), _HEADINGS["en"])
    head = [f"## {title} {code}", "", f"| {says} | {todo} |", "|---|---|"]
    return "\n".join([*head, *lines, ""])


def _cell(message: str) -> str:
    told = _PLACEHOLDER.sub("…", _(message) if message else "")
    return told.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
