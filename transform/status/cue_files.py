"""The knowledge of words, as data: cue files of ours, by language and by trade, and those of a company.

A file has the tables `client` and `agent`, in each a list of phrases for an act, and may have `grammar`. In a
phrase `#` stands for a number, `*` after letters for the rest of a word, `*` alone for any word (docs/status.md).
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ExitCode, UserError
from transform.status.acts import CLIENT_ACTS, COMPANY_ACTS, fold

OURS = Path(__file__).with_name("cues")
TRADES = OURS / "trades"
TABLES: Mapping[str, frozenset[str]] = {
    "client": frozenset(map(str, CLIENT_ACTS)),
    "agent": frozenset(map(str, COMPANY_ACTS)),
    "grammar": frozenset({"denials", "conditions", "elsewhere", "money", "thousands"}),
}
_MOST_BYTES = 1 << 20
_MOST_PHRASES = 20_000
_MOST_LETTERS = 100
_LEAST_LETTERS = 2
EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
_WORD = re.compile(rf"#|\*|[{EMOJI}]|([^\W\d_]+(?:'[^\W\d_]+)*)(\*?)")
_DOCS = "docs/status.md shows a file of one's own"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a phrase: `text` is folded, `#` for a number or `*` for any word; `open_end`: only its beginning."""

    text: str
    open_end: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of a cue file: its words and the name that it stands under (an act, or a list of `grammar`)."""

    words: tuple[Word, ...]
    name: str


@dataclass(frozen=True)
class Cues:
    """All phrases by table; `sha256` identifies the files that they came from."""

    tables: Mapping[str, Sequence[Cue]]
    sha256: str


def read_cues(*folders: Path) -> Cues:
    """The cues of the `*.toml` files directly in these folders; a folder that does not exist holds none.

    Raises UserError (3) that names file, table, list and place of what is no cue, never the phrase.
    """
    digest = hashlib.sha256()
    tables: dict[str, list[Cue]] = {table: [] for table in TABLES}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            content = _content(path)
            digest.update(path.name.encode() + b"\0" + content + b"\0")
            for table, cue in _cues_of(path.name, content):
                tables[table].append(cue)
    return Cues(tables, digest.hexdigest())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _fault(path.name, f"cannot be read ({error.strerror})", f"chmod 600 {path}") from None
    if len(content) > _MOST_BYTES:
        raise _fault(path.name, "is larger than 1 MB", "split it in smaller files, or move it out of the folder")
    return content


def _cues_of(name: str, content: bytes) -> Iterator[tuple[str, Cue]]:
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _fault(name, "is not UTF-8 text", "save it as UTF-8; " + _DOCS) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        where = f" at {place[1]}" if place else ""
        raise _fault(name, f"is not TOML{where}", 'write lists like pays = ["i paid"]; ' + _DOCS) from None
    except RecursionError:
        raise _fault(name, "is nested too deeply", "write lists of phrases only; " + _DOCS) from None
    count = 0
    for table, lists in tables.items():
        known = TABLES.get(table)
        if known is None or not isinstance(lists, dict):
            raise _fault(name, f"has {_shown(table)} where a table must be", "tables are " + _listed(TABLES))
        for act, phrases in lists.items():
            where = f"[{table}] {_shown(act)}"
            if act not in known:
                raise _fault(name, f"has an unknown list {where}", f"lists of [{table}] are " + _listed(known))
            if not isinstance(phrases, list):
                raise _fault(name, f"has no list of phrases at {where}", f'write {act} = ["a phrase"]')
            for number, phrase in enumerate(phrases, start=1):
                words = words_of(phrase) if isinstance(phrase, str) else None
                if words is None:
                    raise _fault(
                        name,
                        f"has something at {where}, place {number}, that is no phrase",
                        f"a phrase is at most {_MOST_LETTERS} letters in quotes and begins (after #, if it has one) "
                        f"with a word, or with {_LEAST_LETTERS} letters of one before *",
                    )
                yield table, Cue(words, act)
            count += len(phrases)
    if count > _MOST_PHRASES:
        raise _fault(name, f"has more than {_MOST_PHRASES:,} phrases", "leave the rarer ones out")


def words_of(phrase: str) -> tuple[Word, ...] | None:
    """The words of a phrase; None when it is none or would be found everywhere."""
    if len(phrase) > _MOST_LETTERS:
        return None
    words = tuple(Word(match[1] or match[0], bool(match[2])) for match in _WORD.finditer(fold(phrase)))
    # a number counts with the word that follows it
    first = words[1:] if words and words[0].text == "#" else words
    if not first or first[0].text in {"#", "*"} or (first[0].open_end and len(first[0].text) < _LEAST_LETTERS):
        return None
    return words


def _fault(name: str, what: str, hint: str) -> UserError:
    return UserError(f"The cue file {_shown(name)} {what}.", hint=hint, exit_code=ExitCode.CONFIGURATION)


def _shown(name: str) -> str:
    """A name from outside, as far as it can be shown in one line."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:40])
    return shown + "…" * (len(name) > 40)


def _listed(names: Mapping[str, object] | frozenset[str]) -> str:
    return " ".join(sorted(names))
