"""One cell of the review file: how it is written so that no spreadsheet changes it, and what a person may put there."""

import re
import unicodedata

from schemas.translation import _
from schemas.words import LANGUAGES, Status
from transform.names import LONGEST_NAME, usable_name
from transform.phones import phone_of
from transform.review.headings import NO, YES, in_every_language

# what a person can set; `skip` beside them is on or off
WORDED = ("name", "language", "status", "reason")
LONGEST_REASON = 500

_FORMULA_SIGNS = "=+-@\t\r\n|＝＋－＠"
# what a spreadsheet takes for a number, a date or a truth value: digits with at most one word, and its own constants
_CONVERTED = re.compile(r"(?=.*\d)[\W\d_]*(?:[^\W\d_]+[\W\d_]*)?|true|false|истина|ложь", re.IGNORECASE | re.DOTALL)
_AS_FORMULA = re.compile(r'="([^"]*)"')
_MANGLED = re.compile(r"\+?\d+(?:[.,]\d+)?\s*[eе]\s*[+-]?\d+", re.IGNORECASE)  # the second e is Cyrillic
_NUMBER = re.compile(r"\+?\d[\d\s().,’'‒–—-]*")
# one line a language or two: English, Russian, Kyrgyz, Kazakh, Uzbek, Ukrainian, German, French, Spanish, Italian ...
_YES_WORDS = """
1 1.0 1,0 x х y yes true on v ✓ ✔ да д истина ооба ия ha так ja j wahr oui vrai si sí sì s vero verdadero
tak t prawda evet doğru نعم
"""
_NO_WORDS = """
0 0.0 0,0 n no false off - – — нет н ложь жок жоқ yo'q ні nein falsch non faux falso nie fałsz hayır yanlış لا
"""
_TRUE = frozenset(_YES_WORDS.split())
_FALSE = frozenset(_NO_WORDS.split())


class CellError(ValueError):
    """What is wrong with a cell, without repeating it; `mend` says what to put there."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.mend = mend


def written(text: str) -> str:
    """The text as it stands in the file: behind an apostrophe where a spreadsheet would make something else of it."""
    return "'" + text if _endangered(text) else text


def as_read(cell: str) -> str:
    """The text of a cell; the reverse of `written`, also after a spreadsheet took the apostrophe away."""
    return cell[1:] if cell.startswith("'") and _endangered(cell[1:]) else cell


def read_phone(cell: str) -> str:
    """The E.164 number of a cell, however a spreadsheet has rewritten it; raises CellError."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if formula := _AS_FORMULA.fullmatch(text):
        text = formula[1]
    text = text.lstrip("'").removeprefix("tel:").strip()
    if _MANGLED.fullmatch(text):
        raise CellError(
            _("the phone was turned into a rounded number by a spreadsheet, and its last digits are lost"),
            _(
                "open the file that wa2pg wrote anew (Excel: Data > From Text/CSV) and import the column {column} "
                "as Text",
                column=_("phone"),
            ),
        )
    text = re.sub(r"[.,]0{1,2}$", "", text)
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    phone = phone_of(digits, None) if _NUMBER.fullmatch(text) else None
    if phone is None:
        raise CellError(
            _("the phone is not an international number"), _("write it with its country code: +996555000111")
        )
    return phone


def read_word(column: str, cell: str) -> str:
    """What a person put into a cell of one of WORDED, in the form that tables hold; raises CellError."""
    return _READERS[column](cell)


def read_skip(cell: str) -> bool:
    """Whether the client is to be left out of loads; an empty cell says no; raises CellError."""
    word = cell.strip().strip("'").casefold()
    if word in _TRUE or word in in_every_language(YES):
        return True
    if not word or word in _FALSE or word in in_every_language(NO):
        return False
    raise CellError(_("skip says neither yes nor no"), _("write yes, or leave the cell empty"))


def _endangered(text: str) -> bool:
    bare = text.lstrip("'")
    return bool(bare) and (bare[0] in _FORMULA_SIGNS or _CONVERTED.fullmatch(bare) is not None)


def _name(cell: str) -> str:
    name = usable_name(cell)
    if name is None or len(cell.strip()) > LONGEST_NAME:
        raise CellError(
            _("the name is none"), _("a name has a letter and at most {most} characters", most=LONGEST_NAME)
        )
    return name


def _language(cell: str) -> str:
    code = cell.strip().lower()
    if code not in {*LANGUAGES, "other", "und"}:
        raise CellError(
            _("the language is not known"),
            _("one of: {words}; empty: as it was read", words=" ".join((*LANGUAGES, "other", "und"))),
        )
    return code


def _status(cell: str) -> str:
    word = re.sub(r"[\s_-]+", "_", cell.strip()).upper()
    if word not in set(Status):
        raise CellError(
            _("the status is not known"), _("one of: {words}; empty: as it was read", words=" ".join(Status))
        )
    return word


def _reason(cell: str) -> str:
    seen = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in cell)
    reason = " ".join(seen.split())
    if len(reason) > LONGEST_REASON:
        raise CellError(_("the reason is too long"), _("at most {most} characters", most=LONGEST_REASON))
    return reason


_READERS = {"name": _name, "language": _language, "status": _status, "reason": _reason}
