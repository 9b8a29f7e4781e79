"""Where one typed SQL statement ends and the next begins, as psql tells it."""

import re
from collections.abc import Iterator

# passed over whole: a semicolon in it ends nothing
_TOKEN = re.compile(
    r"""
      (?P<quoted>
          [eE]'(?:[^'\\]|\\.|'')*'(?!')
        | '(?:[^']|'')*'(?!')
        | "(?:[^"]|"")*"(?!")
        | \$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$
        | --[^\n]*
      )
    | (?P<begun>[eE]'|'|"|\$(?:[^\W\d]\w*|)\$)
    | (?P<comment>/\*)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<sign>[;()])
    | \d\w* | [^\w;()'"$/\-]+ | .
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"/\*|\*/")
# a body without quotes, whose statements have their own semicolons
_ROUTINE = re.compile(r"create (or replace )?(function|procedure)\b")
_MOST_WORDS = 4


class Statements:
    """Text that comes line by line, taken apart into statements; `begun` is what has not ended yet."""

    def __init__(self) -> None:
        self.begun = ""
        self._start_anew()

    def _start_anew(self) -> None:
        self._place = self._parentheses = self._blocks = 0
        self._first_words: list[str] = []

    def forget(self) -> None:
        """Give up what has begun."""
        self.begun = ""
        self._start_anew()

    def add(self, text: str) -> Iterator[str]:
        """Take more text and give the statements that are whole now, each with its semicolon."""
        self.begun += text
        while (end := self._end_of_statement()) is not None:
            statement, self.begun = self.begun[:end].strip(), self.begun[end:].lstrip()
            self._start_anew()
            yield statement
        if not self.begun.strip():
            self.forget()

    def _end_of_statement(self) -> int | None:
        while found := _TOKEN.match(self.begun, self._place):
            place: int | None = found.end()
            if found["begun"]:
                return None
            if found["comment"]:
                place = _end_of_comment(self.begun, found.end())
            if place is None:
                return None
            self._place = place
            if found["word"]:
                self._see_word(found["word"].lower())
            elif found["sign"] == ";":
                if not self._parentheses and not self._blocks:
                    return place
            elif found["sign"]:
                self._parentheses = max(0, self._parentheses + (1 if found["sign"] == "(" else -1))
        return None

    def _see_word(self, word: str) -> None:
        if len(self._first_words) < _MOST_WORDS:
            self._first_words.append(word)
        if self._parentheses or not _ROUTINE.match(" ".join(self._first_words)):
            return
        if word == "begin" or (word == "case" and self._blocks):
            self._blocks += 1
        elif word == "end" and self._blocks:
            self._blocks -= 1


def _end_of_comment(text: str, place: int) -> int | None:
    """Behind the mark that ends it: comments are nested."""
    depth = 1
    for mark in _COMMENT.finditer(text, place):
        depth += 1 if mark.group() == "/*" else -1
        if not depth:
            return mark.end()
    return None


def split_statements(text: str) -> tuple[list[str], str]:
    """The whole statements, each with its semicolon, and what has begun after them."""
    statements = Statements()
    whole = list(statements.add(text))
    return whole, statements.begun.lstrip()
