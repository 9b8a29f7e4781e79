"""Edits, revokes, reactions and poll votes: what they do, and to what."""

import json
from typing import Any

import pytest

from tests.transform.archives import ANNA, ANNA_LID, BAKYT, NOON, Archive, action, message, minute, pair, payload
from tests.transform.conftest import clean

LIKE = {"emoji": "👍", "from_me": False, "sent_at": "2026-05-01T13:00:00.000Z"}


def reactions(archive: Archive) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(clean(archive).message["reactions"])
    return found


def test_the_latest_edit_is_the_text_and_the_time(archive: Archive) -> None:
    archive.add(
        payload(
            action("edit", text="third", sent_at=minute(3)), action("edit", text="second", sent_at=minute(2)), message()
        )
    )
    tables = clean(archive)
    assert (tables.message["body"], tables.message["edited_at"]) == ("third", minute(3))
    assert tables.run.accounting.applied == {"edit": 2}


def test_between_edits_of_one_time_the_later_payload_counts(archive: Archive) -> None:
    archive.add(payload(message(), action("edit", text="one")), payload(action("edit", text="two")))
    assert clean(archive).message["body"] == "two"


def test_an_edit_without_a_usable_time_marks_the_message_all_the_same(archive: Archive) -> None:
    archive.add(payload(message(), action("edit", text="new", sent_at=None)))
    row = clean(archive).message
    assert (row["body"], row["edited_at"]) == ("new", NOON)


def test_an_edit_whose_text_could_not_be_read_keeps_the_text(archive: Archive) -> None:
    archive.add(payload(message(), action("edit", text=None)))
    row = clean(archive).message
    assert (row["body"], row["edited_at"]) == ("hello", minute(60))


def test_an_edit_can_empty_a_caption(archive: Archive) -> None:
    archive.add(payload(message(kind="image"), action("edit", text="")))
    assert clean(archive).message["body"] is None


def test_an_edit_in_one_payload_reaches_all_occurrences(archive: Archive) -> None:
    archive.add(payload(message()), payload(action("edit", text="new")), payload(message(delivery="read")))
    assert clean(archive).message["body"] == "new"


def test_a_revoked_message_keeps_row_and_text(archive: Archive) -> None:
    archive.add(payload(message(), action("revoke"), action("revoke", sent_at=minute(70))))
    tables = clean(archive)
    assert (tables.message["body"], tables.message["deleted_at"]) == ("hello", minute(60))
    assert tables.run.accounting.applied == {"revoke": 2}


def test_a_revoke_without_a_time_has_that_of_its_message(archive: Archive) -> None:
    archive.add(payload(message(), action("revoke", message_id="M1", sent_at=None)))
    assert clean(archive).message["deleted_at"] == NOON


def test_a_revoke_of_an_unknown_message_is_a_row_of_its_own(archive: Archive) -> None:
    archive.add(
        payload(
            action("revoke", "M9", sent_at=minute(8), from_me=True),
            action("revoke", "M9", sent_at=minute(9), from_me=True),
            action("revoke", "M9", sent_at=None, from_me=True),
        )
    )
    tables = clean(archive)
    row = tables.message
    assert (row["type"], row["direction"], row["body"]) == ("OTHER", "OUTGOING", None)
    assert (row["whatsapp_message_id"], row["sent_at"], row["deleted_at"]) == ("M9", minute(8), minute(8))
    assert (tables.run.accounting.rows_out, tables.run.accounting.duplicates) == (1, 2)
    assert (tables.client["outgoing_count"], tables.client["last_message_at"]) == (1, minute(8))


def test_a_revoke_of_an_unknown_message_without_a_time_takes_its_neighbours(archive: Archive) -> None:
    archive.add(payload(action("revoke", "M9", sent_at=None), message()))
    tables = clean(archive)
    assert {row["whatsapp_message_id"]: row["deleted_at"] for row in tables.messages} == {"M1": None, "M9": NOON}
    assert tables.run.warnings == ["1 message had no usable time and took that of a neighbour"]


def test_the_row_of_a_revoke_gives_way_to_the_message_when_it_comes(archive: Archive) -> None:
    archive.add(payload(action("revoke", "M1")))
    assert clean(archive).message["type"] == "OTHER"
    archive.add(payload(message()))
    tables = clean(archive)
    assert (tables.message["type"], tables.message["deleted_at"]) == ("TEXT", minute(60))
    assert tables.run.accounting.applied == {"revoke": 1}


def test_a_message_known_only_by_its_deletion_is_no_target(archive: Archive) -> None:
    archive.add(payload(action("revoke", "M9"), action("edit", "M9", "new"), action("reaction", "M9", "👍")))
    assert clean(archive).run.accounting.rejected == {"target_missing": 2}


@pytest.mark.parametrize("kind", ["edit", "revoke"])
def test_only_the_side_that_wrote_a_message_changes_it(archive: Archive, kind: str) -> None:
    archive.add(payload(message(), action(kind, text="new", from_me=True)))
    tables = clean(archive)
    row = tables.message
    assert (row["body"], row["edited_at"], row["deleted_at"]) == ("hello", None, None)
    assert tables.run.accounting.rejected == {"not_the_author": 1}
    assert [(row["reason"], row["detail"]) for row in tables.rejects] == [("not_the_author", kind)]


@pytest.mark.parametrize("kind", ["edit", "revoke"])
def test_of_two_messages_with_one_id_the_own_sides_is_changed(archive: Archive, kind: str) -> None:
    archive.add(payload(message(), message(from_me=True), action(kind, text="new", from_me=True)))
    incoming, outgoing = clean(archive).messages
    assert incoming["edited_at"] is incoming["deleted_at"] is None
    assert outgoing["edited_at" if kind == "edit" else "deleted_at"] == minute(60)


@pytest.mark.parametrize("kind", ["edit", "reaction", "poll_vote"])
def test_an_unknown_target_is_rejected_until_a_later_snapshot_brings_it(archive: Archive, kind: str) -> None:
    archive.add(payload(action(kind, text="👍"), message(BAKYT, "M1")))
    tables = clean(archive)
    assert tables.run.accounting.rejected == {"target_missing": 1}
    assert [(row["chat_jid"], row["reason"], row["detail"]) for row in tables.rejects] == [
        (ANNA, "target_missing", kind)
    ]
    archive.add(payload(message()))
    tables = clean(archive)
    assert (tables.run.accounting.rejected, tables.run.accounting.applied) == ({}, {kind: 1})


@pytest.mark.parametrize("kind", ["edit", "revoke", "reaction", "poll_vote"])
@pytest.mark.parametrize("target", [None, "", "\0"])
def test_an_action_that_names_no_target_is_rejected(archive: Archive, kind: str, target: str | None) -> None:
    archive.add(payload(message(), action(kind, target, "x")))
    assert clean(archive).run.accounting.rejected == {"target_missing": 1}


@pytest.mark.parametrize("kind", ["edit", "revoke", "reaction", "poll_vote"])
def test_identical_repeats_are_duplicates(archive: Archive, kind: str) -> None:
    archive.add(payload(message(), action(kind, text="x"), lid_map=[pair()]))
    archive.add(payload(action(kind, text="x", chat=ANNA_LID), action(kind, text="x", message_id="A2")))
    accounting = clean(archive).run.accounting
    assert (accounting.applied, accounting.duplicates) == ({kind: 2}, 1)


def test_repeats_of_an_action_without_a_target_are_duplicates_too(archive: Archive) -> None:
    archive.add(payload(action("edit", text="x")), payload(action("edit", text="x")))
    accounting = clean(archive).run.accounting
    assert (accounting.rejected, accounting.duplicates) == ({"target_missing": 1}, 1)


def test_a_poll_vote_is_applied_and_changes_nothing(archive: Archive) -> None:
    archive.add(payload(message(kind="poll", from_me=True), action("poll_vote")))
    tables = clean(archive)
    assert tables.run.accounting.applied == {"poll_vote": 1}
    assert tables.message["reactions"] == "[]"


def test_reactions_of_all_payloads_are_united_in_order_of_time(archive: Archive) -> None:
    archive.add(
        payload(message(), action("reaction", text="❤", from_me=True, sent_at=minute(61))),
        payload(message(), action("reaction", text="👍")),
    )
    heart = {"emoji": "❤", "from_me": True, "sent_at": "2026-05-01T13:01:00.000Z"}
    assert reactions(archive) == [LIKE, heart]


def test_at_one_time_the_clients_reaction_comes_first(archive: Archive) -> None:
    archive.add(payload(message(), action("reaction", text="❤", from_me=True), action("reaction", text="👍")))
    assert [reaction["from_me"] for reaction in reactions(archive)] == [False, True]


def test_each_side_has_its_latest_reaction(archive: Archive) -> None:
    archive.add(
        payload(message(), action("reaction", text="👍"), action("reaction", text="❤", sent_at=minute(1))),
        payload(action("reaction", text="😀", sent_at=None)),
    )
    assert reactions(archive) == [LIKE]


@pytest.mark.parametrize("removed", ["", None])
def test_a_removed_reaction_is_gone(archive: Archive, removed: str | None) -> None:
    archive.add(payload(message(), action("reaction", text="👍"), action("reaction", text=removed, sent_at=minute(90))))
    tables = clean(archive)
    assert tables.message["reactions"] == "[]"
    assert tables.run.accounting.applied == {"reaction": 2}


def test_a_reaction_may_be_to_either_sides_message_and_holds_any_text(archive: Archive) -> None:
    archive.add(payload(message(from_me=True), action("reaction", text='"\\\n', sent_at=None)))
    assert reactions(archive) == [{"emoji": '"\\\n', "from_me": False, "sent_at": None}]
