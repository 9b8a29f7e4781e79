"""What people read, in their language: messages from gettext catalogues, numbers and dates as they write them.

English is the source. `locale/LANGUAGE/LC_MESSAGES/wa2pg.po` holds a language, the `.mo` beside it is what gettext
reads; `make translations` finds the messages and makes both (CONTRIBUTING.md). What is written into files, into the
database, into logs and as JSON is English and never goes through here.
"""

import gettext as standard
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

DOMAIN = "wa2pg"
LOCALE = Path(__file__).with_name("locale")
SOURCE = "en"
LANGUAGES = (SOURCE, *sorted(path.name for path in LOCALE.glob("*") if path.is_dir()))


class _Now:
    """The language in force in this process."""

    language = SOURCE
    catalogue: standard.NullTranslations = standard.NullTranslations()


def use_language(language: str) -> None:
    """Say everything in this language from now on; raises KeyError for one that is not here.

    Also click's own words, which it looks up in the process's text domain. English where the catalogue cannot be read.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    catalogue = _catalogue(language)
    if catalogue is None:
        # an installation that has lost it must still say what it was asked for
        language, catalogue = SOURCE, standard.NullTranslations()
    _Now.language, _Now.catalogue = language, catalogue
    os.environ["LANGUAGE"] = language
    standard.bindtextdomain(DOMAIN, str(LOCALE))
    standard.textdomain(DOMAIN)


def _catalogue(language: str) -> standard.NullTranslations | None:
    try:
        return standard.translation(DOMAIN, LOCALE, [language], fallback=language == SOURCE)
    except (OSError, ValueError, LookupError, struct.error):
        return None


def lost_catalogues() -> list[Path]:
    """The compiled catalogues that are gone or cannot be read: English is spoken in their place.

    The folder of all of them where it holds no language any more.
    """
    others = [language for language in LANGUAGES if language != SOURCE]
    lost = [language for language in others if _catalogue(language) is None]
    files = [LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo" for language in lost]
    return files if others else [LOCALE]


def language() -> str:
    """The language in force, by ISO 639-1."""
    return _Now.language


@contextmanager
def in_source() -> Iterator[None]:
    """Say everything inside the block in English: it is stored, or read by programs."""
    before = _Now.language, _Now.catalogue
    _Now.language, _Now.catalogue = SOURCE, standard.NullTranslations()
    try:
        yield
    finally:
        _Now.language, _Now.catalogue = before


def language_of_environment() -> str:
    """The first language that the locale's variables name and that is here, else English."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for name in filter(None, os.environ.get(variable, "").split(":")):
            code = name.lower().replace("-", "_").partition(".")[0].partition("_")[0]
            if code in LANGUAGES:
                return code
            if code in {"c", "posix"}:
                return SOURCE
    return SOURCE


def _(message: str, /, **values: object) -> str:
    """`message` in the language in force, with `{name}` filled in.

    Whole numbers, moments and days among the values are written as this language writes them; give a number that is a
    name (a port, a version) as a str.
    """
    told = _Now.catalogue.gettext(message) if message else ""
    return _filled(told, message, values) if values else told


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form that goes with `count`, which is also `{count}` in the message; else as `_`."""
    told = _Now.catalogue.ngettext(one, many, count)
    return _filled(told, one if count == 1 else many, {"count": count, **values})


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """Mark a message that is translated later, where it is shown; itself unchanged."""
    return message


def number(value: float, decimals: int = 0) -> str:
    """A number with this language's separators and so many decimals."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    try:
        return format_decimal(value, pattern, locale=_Now.language)
    except ArithmeticError:
        # of more digits than babel reckons with; it came from outside
        return f"{value:.3g}" if isinstance(value, float) else str(value)


def percent(share: float, decimals: int = 0) -> str:
    """A share of one, as per cent."""
    return _("{number}%", number=number(share * 100, decimals))


def day(value: date) -> str:
    """A day as this language writes it."""
    # the order of a date's parts, in the letters of Unicode's date patterns (UTS 35)
    return format_date(value, _("yyyy-MM-dd"), locale=_Now.language)


def moment(value: datetime) -> str:
    """A moment to the minute, in UTC."""
    pattern = _("yyyy-MM-dd HH:mm")
    return _("{time} UTC", time=format_datetime(value.astimezone(UTC), pattern, locale=_Now.language))


def _filled(told: str, message: str, values: dict[str, object]) -> str:
    """A translation with its values; the English sentence, or that without its values, where it cannot take them."""
    written = _written(values)
    for form in (told, message):
        # what was to be said is often an error: a wrong placeholder must not stand in its way
        with suppress(LookupError, ValueError, AttributeError, TypeError):
            return form.format(**written)
    return message


def _written(values: dict[str, object]) -> dict[str, object]:
    return {name: _as_written(value) for name, value in values.items()}


def _as_written(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    return value
