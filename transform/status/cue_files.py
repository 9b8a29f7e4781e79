"""The knowledge of words, as data: cue files of ours, by language and by trade, and those of a company.

A file has the tables `client` and `agent`, in each a list of phrases for an act, and may have `grammar`. In a
phrase `#` stands for a number, `*` after letters for the rest of a word, `*` alone for any word (docs/status.md).
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ExitCode, UserError
from schemas.system_errors import system_reason
from schemas.translation import _
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
# neither a letter nor one of the signs that a phrase may have; what stands between words may be left out
_UNREAD = frozenset("%‰&@§\\_")
# a sentence's end is none of its words, and no phrase goes on behind it
_ENDS = ".!?؟;…"
_WORD = re.compile(rf"#|\*|[{EMOJI}]|([^\W\d_]+(?:'[^\W\d_]+)*)(\*?)")


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
        raise _fault(
            path.name, _("cannot be read ({reason})", reason=system_reason(error)), f"chmod 600 {path}"
        ) from None
    if len(content) > _MOST_BYTES:
        raise _fault(path.name, _("is larger than 1 MB"), _("split it in smaller files, or move it out of the folder"))
    return content


def _cues_of(name: str, content: bytes) -> Iterator[tuple[str, Cue]]:
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _fault(
            name, _("is not UTF-8 text"), _("save it as UTF-8; docs/status.md shows a file of one's own")
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise _fault(
            name,
            _not_toml(str(error)),
            _('write lists like pays = ["i paid"]; docs/status.md shows a file of one\'s own'),
        ) from None
    except RecursionError:
        raise _fault(
            name, _("is nested too deeply"), _("write lists of phrases only; docs/status.md shows a file of one's own")
        ) from None
    count = 0
    for table, lists in tables.items():
        known = TABLES.get(table)
        if known is None or not isinstance(lists, dict):
            raise _fault(
                name,
                _("has {name} where a table must be", name=_shown(table)),
                _("tables are {names}", names=_listed(TABLES)),
            )
        for act, phrases in lists.items():
            where = f"[{table}] {_shown(act)}"
            if act not in known:
                raise _fault(
                    name,
                    _("has an unknown list {list}", list=where),
                    _("lists of [{table}] are {names}", table=table, names=_listed(known)),
                )
            if not isinstance(phrases, list):
                raise _fault(
                    name,
                    _("has no list of phrases at {list}", list=where),
                    _('write {act} = ["a phrase"]', act=act),
                )
            for place, phrase in enumerate(phrases, start=1):
                words = words_of(phrase) if isinstance(phrase, str) else None
                if words is None:
                    raise _fault(
                        name,
                        _("has something at {list}, place {place}, that is no phrase", list=where, place=str(place)),
                        _(
                            "a phrase is at most {most} letters in quotes and begins (after #, if it has one) "
                            "with a word, or with {least} letters of one before *",
                            most=_MOST_LETTERS,
                            least=_LEAST_LETTERS,
                        ),
                    )
                if holds_unread_signs(phrase):
                    raise _unread(name, where, place, _line_of(phrase, content))
                yield table, Cue(words, act)
            count += len(phrases)
    if count > _MOST_PHRASES:
        raise _fault(name, _("has more than {most} phrases", most=_MOST_PHRASES), _("leave the rarer ones out"))


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


def holds_unread_signs(phrase: str) -> bool:
    """Whether a phrase holds what no text is compared by, so that it would be found where something else was said.

    Commas, hyphens, quotes, brackets and marks at the end are left out of texts and phrases alike.
    """
    rest = _WORD.sub(" ", fold(phrase.rstrip(_ENDS + " ")))
    return any(sign in _UNREAD or sign in _ENDS or unicodedata.category(sign)[0] in "NS" for sign in rest)


def _unread(name: str, where: str, place: int, line: int | None) -> UserError:
    what = (
        _("has a phrase at {list}, place {place}, with a sign that is not read", list=where, place=str(place))
        if line is None
        else _(
            "has a phrase at {list}, place {place} (line {line}), with a sign that is not read",
            list=where,
            place=str(place),
            line=str(line),
        )
    )
    return _fault(name, what, _("write # for a number, and leave other signs (% $ + & …) out"))


def _line_of(phrase: str, content: bytes) -> int | None:
    """The line of a phrase that stands as it is in only one; None otherwise."""
    lines = content.decode("utf-8-sig").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if f'"{phrase}"' in line or f"'{phrase}'" in line]
    return found[0] if len(found) == 1 else None


def _fault(name: str, what: str, hint: str) -> UserError:
    message = _("The cue file {file} {problem}.", file=_shown(name), problem=what)
    return UserError(message, hint=hint, exit_code=ExitCode.CONFIGURATION)


def _not_toml(error: str) -> str:
    """What tomllib says of the place, without what stands there."""
    if place := re.search(r"\(at line (\d+), column (\d+)\)", error):
        return _("is not TOML at line {line}, column {column}", line=place[1], column=place[2])
    return _("is not TOML at end of document") if "(at end of document)" in error else _("is not TOML")


def _shown(name: str) -> str:
    """A name from outside, as far as it can be shown in one line."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:40])
    return shown + "…" * (len(name) > 40)


def _listed(names: Mapping[str, object] | frozenset[str]) -> str:
    return " ".join(sorted(names))
