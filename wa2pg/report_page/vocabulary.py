"""The closed vocabularies as the page says them. Entries are English; whoever shows one translates it there."""

from collections.abc import Mapping

from babel import Locale

from extract.coverage import PhoneHolds
from extract.snapshot_list import SnapshotState
from schemas.translation import N_, SOURCE, _, language
from schemas.words import Ended, MessageType, SourceKind
from transform.figures.model import Unit

_TYPES: Mapping[str, str] = {
    MessageType.TEXT: N_("Text"),
    MessageType.IMAGE: N_("Picture"),
    MessageType.VIDEO: N_("Video"),
    MessageType.AUDIO: N_("Voice or audio"),
    MessageType.DOCUMENT: N_("Document"),
    MessageType.STICKER: N_("Sticker"),
    MessageType.LOCATION: N_("Location"),
    MessageType.CONTACT: N_("Contact"),
    MessageType.CALL: N_("Call"),
    MessageType.OTHER: N_("Other"),
}
_NO_LANGUAGE: Mapping[str | None, str] = {
    "other": N_("Another language"),
    "und": N_("Not sure"),
    None: N_("No letters"),
}
# languages that people call otherwise than CLDR does
_LANGUAGES: Mapping[str | None, str] = {"ky": N_("Kyrgyz")}
SOURCES: Mapping[str, str] = {
    SourceKind.WHATSAPP: N_("WhatsApp link"),
    SourceKind.REPLAY: N_("Files"),
    SourceKind.REDECODE: N_("Decoded again"),
    SourceKind.EXPORT_CHAT: N_("Exported chat"),
    SourceKind.ANDROID: N_("Android backup"),
    SourceKind.IOS: N_("iOS backup"),
}
_INCOMPLETE: Mapping[str, str] = {
    Ended.QUIET: N_("incomplete: nothing more came"),
    Ended.DEADLINE: N_("incomplete: time was up"),
    Ended.INTERRUPTED: N_("incomplete: stopped by hand"),
    Ended.LOGGED_OUT: N_("incomplete: logged out"),
    Ended.CRASHED: N_("incomplete: the program died"),
    Ended.SOURCE_END: N_("incomplete: end of the files"),
}
HOLDS: Mapping[str, str] = {
    PhoneHolds.NOTHING_MORE: N_("nothing more"),
    PhoneHolds.MORE: N_("older messages"),
    PhoneHolds.NOT_SAID: N_("not said"),
}
# the same, where the phone also holds messages after the last one that is here
HOLDS_AND_NEWER: Mapping[str, str] = {
    PhoneHolds.NOTHING_MORE: N_("nothing more, newer ones"),
    PhoneHolds.MORE: N_("older messages, newer ones"),
    PhoneHolds.NOT_SAID: N_("newer messages"),
}
_STATES: Mapping[str, str] = {
    SnapshotState.SEALED: N_("sealed"),
    SnapshotState.REPLACED: N_("replaced"),
    SnapshotState.OPEN: N_("open"),
    SnapshotState.LEFT_OPEN: N_("left open"),
    SnapshotState.REMOVED: N_("removed"),
    SnapshotState.GONE: N_("gone"),
    SnapshotState.UNREADABLE: N_("unreadable"),
    SnapshotState.UNCHAINED: N_("not in the chain"),
}
_EXPLANATIONS: Mapping[str, str] = {
    "no_phone": N_("The person is known by a WhatsApp id only; no number has come for it yet."),
    "not_a_phone": N_("The address has digits that no country uses."),
    "no_message_id": N_("The message came without an id, so it could not be told from another."),
    "target_missing": N_("An edit, reaction or vote about a message that has not come; a later snapshot may bring it."),
    "not_the_author": N_("An edit or deletion by the side that did not write the message."),
    "no_chat": N_("The message says no chat that it belongs to."),
    "conversation_cut_off": N_("A conversation that arrived damaged; its bytes are kept in the archive."),
}
UNITS: Mapping[str, str] = {Unit.DAY: N_("Day"), Unit.WEEK: N_("Week"), Unit.MONTH: N_("Month"), Unit.YEAR: N_("Year")}
MESSAGES_PER: Mapping[str, str] = {
    Unit.DAY: N_("Messages per day"),
    Unit.WEEK: N_("Messages per week"),
    Unit.MONTH: N_("Messages per month"),
    Unit.YEAR: N_("Messages per year"),
}
MESSAGES_PER_CAPTION: Mapping[str, str] = {**MESSAGES_PER, Unit.WEEK: N_("Messages per week, by the week's Monday")}
MESSAGES_CHART: Mapping[str, str] = {
    Unit.DAY: N_("Columns of messages per day, from clients and from the company. The table below has the numbers."),
    Unit.WEEK: N_("Columns of messages per week, from clients and from the company. The table below has the numbers."),
    Unit.MONTH: N_(
        "Columns of messages per month, from clients and from the company. The table below has the numbers."
    ),
    Unit.YEAR: N_("Columns of messages per year, from clients and from the company. The table below has the numbers."),
}


def message_type(value: str) -> str:
    """A type of clean messages."""
    return _(_TYPES.get(value, value))


def language_name(code: str | None) -> str:
    """A language by its name in the language in force, or why there is none."""
    known = _NO_LANGUAGE.get(code) or _LANGUAGES.get(code)
    if known:
        return _(known)
    name = Locale(language()).languages.get(code, str(code))
    return capitalized(str(name))


def status(value: str) -> str:
    """A status. Its English words are for an English page; in any other it is called as in the database."""
    return value.replace("_", " ").capitalize() if language() == SOURCE else value


def source(value: str) -> str:
    """Where a snapshot came from."""
    return _(SOURCES.get(value, value))


def incomplete(ended: str) -> str:
    """That a snapshot does not have everything, and how it ended."""
    known = _INCOMPLETE.get(ended)
    return _(known) if known else _("incomplete: {reason}", reason=ended)


def state(value: str) -> str:
    """How a snapshot stands."""
    return _(_STATES.get(value, value))


def explanation(reason: str) -> str:
    """A reject's reason in a sentence; nothing where its name says all."""
    return _(_EXPLANATIONS.get(reason, ""))


def capitalized(words: str) -> str:
    """With a capital first letter, the others as they are."""
    return words[:1].upper() + words[1:]
