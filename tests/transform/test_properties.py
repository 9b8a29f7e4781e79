"""Promises that hold for any history: snapshots may be cut anywhere, runs repeat, every row is accounted for."""

import tempfile
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.datadir import DataDir
from tests.transform.archives import (
    ANNA,
    ANNA_LID,
    BAKYT,
    OWN_PHONE,
    Archive,
    Payload,
    Row,
    chat,
    contact,
    message,
    minute,
    pair,
    reject,
)
from tests.transform.conftest import Tables, clean

CHATS = st.sampled_from([ANNA, ANNA_LID, "996555000001:3@c.us", BAKYT, "7@lid", "1@g.us", OWN_PHONE, "12@c.us", None])
IDS = st.sampled_from(["M1", "M2", "M3", "", None])
TIMES: st.SearchStrategy[datetime | None] = st.sampled_from([None, minute(1), minute(2), minute(3), minute(10**7)])
TEXTS = st.sampled_from([None, "", "hello", "привет", "Меня зовут Айгуль", "a\0b", "👍"])
NAMES = st.sampled_from([None, "", "Anna", "Анна К", "+996555000001", "😀"])
SOURCES = st.sampled_from(["conversation", "mapping", "live", "session", "receipt", "inline_contact"])

_MESSAGES: st.SearchStrategy[Row] = st.builds(
    message,
    CHATS,
    IDS,
    TEXTS,
    from_me=st.booleans(),
    sent_at=TIMES,
    push_name=NAMES,
    kind=st.sampled_from(
        ["text", "image", "unavailable", "unknown", "system", "edit", "revoke", "reaction", "poll_vote", "future"]
    ),
    target_id=IDS,
    reply_to_id=IDS,
    delivery=st.sampled_from([None, "error", "sent", "read", "odd"]),
    forwarded=st.booleans(),
    ad_title=st.sampled_from([None, None, "Tour"]),
    media_name=st.sampled_from([None, "a.pdf"]),
)
# rows that came out of one message share its position
MESSAGES = st.one_of(
    _MESSAGES, st.builds(lambda row, position: row | {"position": position}, _MESSAGES, st.integers(0, 3))
)
PAYLOADS: st.SearchStrategy[Payload] = st.builds(
    Payload,
    messages=st.lists(MESSAGES, max_size=8),
    chats=st.lists(
        st.builds(chat, CHATS, name=NAMES, archived=st.sampled_from([None, True, False]), last_message_at=TIMES),
        max_size=2,
    ),
    contacts=st.lists(
        st.builds(contact, CHATS.filter(bool), source=SOURCES, full_name=NAMES, push_name=NAMES), max_size=2
    ),
    lid_map=st.lists(
        st.builds(pair, st.sampled_from([ANNA_LID, "7@lid"]), st.sampled_from([ANNA, BAKYT, "x"]), SOURCES), max_size=2
    ),
    rejects=st.lists(st.builds(reject, st.sampled_from(["not_a_message", "too_large"])), max_size=1),
)


def outcome(tables: Tables) -> tuple[object, ...]:
    """Everything of a run that the history alone decides."""
    run = tables.run
    return (
        run.tables,
        run.accounting,
        run.people_without_number,
        run.messages_without_number,
        run.contacts_without_messages,
        run.warnings,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(payloads=st.lists(PAYLOADS, min_size=1, max_size=4), cut=st.integers(0, 4), parts=st.integers(1, 3))
def test_any_history_in_one_snapshot_or_two_gives_the_same_bytes(payloads: list[Payload], cut: int, parts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = Archive(DataDir(Path(folder)), "whole")
        whole.add(*payloads)
        halves = Archive(DataDir(Path(folder)), "halves")
        halves.add(*payloads[:cut])
        halves.add(*payloads[cut:], parts=parts)

        one = clean(whole, enrich=True)
        two = clean(halves, enrich=True)
        again = clean(halves, enrich=True)

        assert outcome(one) == outcome(two) == outcome(again)
        assert one.run.accounting.balanced()
        assert one.run.accounting.rows_in == sum(len(payload.messages) for payload in payloads)
        assert one.run.accounting.rows_out == len(one.messages)
        assert sum(one.run.accounting.rejected.values()) + sum(one.run.accounting.undecoded.values()) == len(
            one.rejects
        )
