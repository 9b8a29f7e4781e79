"""The closed words that files store, as people read them. What is stored never changes with the language."""

from schemas.translation import N_, _

# in the form that is shown: `said` makes it of what is stored
_WORDS = frozenset(
    (
        # why an extract ended: schemas.words.Ended
        N_("quiet"),
        N_("deadline"),
        N_("interrupted"),
        N_("logged out"),
        N_("crashed"),
        N_("source end"),
        # where payloads came from: schemas.words.SourceKind
        N_("whatsapp"),
        N_("replay"),
        N_("redecode"),
        N_("export-chat"),
        N_("android"),
        N_("ios"),
        # the raw tables
        N_("messages"),
        N_("chats"),
        N_("contacts"),
        N_("lid map"),
        N_("calls"),
        N_("rejects"),
        # kinds of messages: schemas.words.Kind
        N_("text"),
        N_("image"),
        N_("video"),
        N_("audio"),
        N_("voice"),
        N_("document"),
        N_("sticker"),
        N_("location"),
        N_("contact"),
        N_("poll"),
        N_("poll vote"),
        N_("reaction"),
        N_("edit"),
        N_("revoke"),
        N_("call"),
        N_("order"),
        N_("product"),
        N_("group invite"),
        N_("event"),
        N_("album"),
        N_("buttons reply"),
        N_("system"),
        N_("unavailable"),
        N_("unknown"),
        # why something was rejected: extract.whatsapp.decode and .inflate
        N_("journal damaged"),
        N_("event undecodable"),
        N_("event unknown"),
        N_("session store undecodable"),
        N_("inflate failed"),
        N_("inflates beyond 1 gib"),
        N_("empty payload"),
        N_("not a history payload"),
        N_("history fields undecodable"),
        N_("payload cut off"),
        N_("conversation cut off"),
        N_("conversation undecodable"),
        N_("message undecodable"),
        N_("call undecodable"),
        # by what way a message came, beside WhatsApp's own names of the kinds of history
        N_("live"),
        # why a row is not in the clean tables, beside the kinds and reasons above: transform/sql and schemas.clean_run
        N_("group"),
        N_("broadcast"),
        N_("channel"),
        N_("status post"),
        N_("bot"),
        N_("psa"),
        N_("note to self"),
        N_("other server"),
        N_("no chat"),
        N_("no phone"),
        N_("not a phone"),
        N_("no message id"),
        N_("target missing"),
        N_("not the author"),
    )
)


def said(word: str) -> str:
    """A stored word (`logged_out`) as people read it; others, such as WhatsApp's own (`RECENT`), stay as they are."""
    words = word.replace("_", " ")
    return _(words) if words in _WORDS else words


def said_counts(counts: dict[str, int]) -> str:
    """How often each stored word occurs, as a list; empty when nothing was counted."""
    return ", ".join(counted(count, said(word)) for word, count in counts.items() if count)


def counted(count: int, what: str) -> str:
    """A figure beside words that do not bend with it."""
    # Translators: a list member such as "1,204 text"; `what` stays as it is, whatever the figure is
    return _("{count} {what}", count=count, what=what)
