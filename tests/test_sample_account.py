"""The sample account read back from its bytes: its payloads, its people and what is expected of them."""

import hashlib
import os
import stat
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from google.protobuf.message import DecodeError

from extract.whatsapp.protobufs import HistorySync
from extract.whatsapp.sample import (
    EXPECTED,
    SAMPLE_AS_OF,
    SAMPLE_OWN_LID,
    SAMPLE_OWN_PHONE,
    sample_payloads,
    write_sample,
)
from schemas.words import Status
from tests.sample_walk import (
    chats_with_messages,
    inflated,
    numbers_of_hidden_ids,
    occurrences,
    phone_of,
    walked,
)

REPOSITORY = Path(__file__).parent.parent


def test_the_payloads_are_the_same_bytes_on_every_call_and_in_another_process() -> None:
    def fingerprint(payloads: list[tuple[str, bytes]]) -> str:
        return hashlib.sha256(b"".join(name.encode() + content for name, content in payloads)).hexdigest()

    here = fingerprint(sample_payloads())
    assert fingerprint(sample_payloads()) == here
    program = (
        "import hashlib; from extract.whatsapp.sample import sample_payloads as p;"
        "print(hashlib.sha256(b''.join(n.encode() + c for n, c in p())).hexdigest())"
    )
    for seed in ("1", "4711"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "PYTHONPATH": str(REPOSITORY)}
        ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert ran.stdout.decode().strip() == here


def test_files_are_private_and_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    paths = write_sample(tmp_path)
    assert paths == sorted(tmp_path.iterdir())
    assert [(path.name, path.read_bytes()) for path in paths] == sample_payloads()
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert write_sample(tmp_path) == paths


def test_the_sample_is_small() -> None:
    assert sum(len(inflated(content)) for _, content in sample_payloads()) < 1_000_000


def test_two_payloads_are_deflated_as_on_the_wire() -> None:
    assert sum(content[0] == 0x78 for _, content in sample_payloads()) == 2


def test_every_kind_of_chunk_is_there_with_order_and_progress() -> None:
    chunks = [(payload.syncType, payload.chunkOrder, payload.progress) for payload in walked().payloads.values()]
    kinds = HistorySync.HistorySyncType
    assert [kinds.Name(kind) for kind, _, _ in chunks] == [
        "INITIAL_BOOTSTRAP",
        "INITIAL_STATUS_V3",
        "PUSH_NAME",
        "NON_BLOCKING_DATA",
        *["RECENT"] * 3,
        *["FULL"] * 3,
    ]
    assert [(order, progress) for _, order, progress in chunks[4:]] == [(1, 33), (2, 66), (3, 100)] * 2


def test_only_the_payload_with_the_truncated_conversation_cannot_be_parsed_whole() -> None:
    refused = []
    for name, content in sample_payloads():
        try:
            HistorySync.FromString(inflated(content))
        except DecodeError:
            refused.append(name)
    assert refused == [name for name, _ in walked().undecodable] == ["0009-full-2.pb"]


def test_messages_stand_newest_first_by_their_order_number() -> None:
    for _, conversation in walked().conversations:
        numbers = [entry.msgOrderID for entry in conversation.messages]
        assert numbers == sorted(set(numbers), reverse=True)


def test_chunks_overlap_and_later_ones_hold_newer_messages() -> None:
    payloads: dict[tuple[str, bool, str], set[str]] = {}
    for seen in occurrences():
        payloads.setdefault(seen.identity, set()).add(seen.payload)
    kinds = [{name.split("-")[1] for name in names} for names in payloads.values()]
    assert sum(kind >= {"initial", "recent"} for kind in kinds) > 100
    assert sum(kind >= {"recent", "full"} for kind in kinds) >= 10
    assert sum(kind == {"recent"} for kind in kinds) > 20
    assert sum(kind == {"full"} for kind in kinds) >= 20
    assert any(len(names - {"0001-initial-bootstrap.pb"}) == 2 for names in payloads.values())
    possible_times = [seen for seen in occurrences() if seen.info.messageTimestamp < SAMPLE_AS_OF.timestamp()]
    latest = {
        kind: max(seen.info.messageTimestamp for seen in possible_times if kind in seen.payload)
        for kind in ("bootstrap", "recent")
    }
    assert latest["recent"] > latest["bootstrap"]


def test_the_clients_are_those_expected() -> None:
    phones = {phone_of(chat) for chat in chats_with_messages()} - {None}
    assert phones == {client.phone for client in EXPECTED.clients}
    assert len(phones) == len(EXPECTED.clients) == EXPECTED.client_count


def test_hidden_ids_are_told_by_conversation_by_mapping_by_receipt_or_never() -> None:
    hidden = {chat for chat in chats_with_messages() if chat.endswith("@lid")}
    told = numbers_of_hidden_ids()
    assert len(hidden) >= 5
    assert len(hidden - set(told)) == EXPECTED.people_without_number
    assert told[SAMPLE_OWN_LID] == SAMPLE_OWN_PHONE.removeprefix("+") + "@s.whatsapp.net"
    by_conversation = {c.ID for _, c in walked().conversations if c.HasField("pnJID")}
    by_mapping = {m.lidJID for p in walked().payloads.values() for m in p.phoneNumberToLidMappings}
    by_receipt = {seen.chat for seen in occurrences() if seen.info.userReceipt}
    assert len(hidden & by_conversation) == 1
    assert len(hidden & by_mapping) == 2
    assert len(hidden & by_receipt) == 1
    assert not by_conversation & by_mapping | by_receipt & (by_conversation | by_mapping)


def test_one_person_writes_from_a_number_and_from_a_hidden_id() -> None:
    threads = Counter(phone for chat in chats_with_messages() if (phone := phone_of(chat)))
    assert sorted(threads.values())[-2:] == [1, 2]


def test_threads_of_no_client_are_there() -> None:
    chats = {conversation.ID for _, conversation in walked().conversations}
    groups = {chat for chat in chats if chat.endswith("@g.us")}
    assert len(groups) == EXPECTED.groups
    assert all(c.participant for _, c in walked().conversations if c.ID in groups)
    own = SAMPLE_OWN_PHONE.removeprefix("+") + "@s.whatsapp.net"
    others = {"0@s.whatsapp.net", "1500000001@broadcast", "120363000000055509@newsletter", own}
    others |= {chat for chat in chats if chat.startswith("1313555")}
    assert others < chats
    statuses = walked().payloads["0002-initial-status-v3.pb"].statusV3Messages
    assert {info.key.remoteJID for info in statuses} == {"status@broadcast"}
    assert len(groups) + len(others) + 1 == EXPECTED.not_for_crm_chats


def test_an_address_book_entry_without_messages_is_there() -> None:
    named = {conversation.ID for _, conversation in walked().conversations if conversation.name}
    assert len(named - chats_with_messages()) == EXPECTED.contacts_without_messages


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_meant_for_several_clients(status: Status) -> None:
    assert sum(client.status == status for client in EXPECTED.clients) >= 4


def test_all_eight_languages_occur_and_russian_most() -> None:
    languages = Counter(client.language for client in EXPECTED.clients)
    assert set(languages) == {"ru", "en", "ky", "ar", "de", "fr", "es", "pl"}
    assert languages.most_common(1)[0][0] == "ru"
    assert languages["ky"] == 6


def test_three_clients_type_kyrgyz_without_its_own_letters() -> None:
    plain = 0
    for client in EXPECTED.clients:
        if client.language == "ky":
            texts = [
                seen.info.message.conversation
                for seen in occurrences()
                if phone_of(seen.chat) == client.phone and not seen.info.key.fromMe
            ]
            plain += not set("өүңӨҮҢ") & set("".join(texts))
    assert plain == 3


def test_silence_fits_the_status_that_is_meant() -> None:
    """By the policy silence closes a thread whose last word is ours, after thirty days, unless the client bought."""
    last: dict[str, Any] = {}
    for seen in occurrences():
        phone, info = phone_of(seen.chat), seen.info
        if phone and 0 < info.messageTimestamp < SAMPLE_AS_OF.timestamp():
            last[phone] = max(last.get(phone, info), info, key=lambda info: info.messageTimestamp)
    long_ago = (SAMPLE_AS_OF - timedelta(days=30)).timestamp()
    for client in EXPECTED.clients:
        silent = last[client.phone].key.fromMe and last[client.phone].messageTimestamp < long_ago
        assert not silent or client.status in {Status.CLOSED, Status.SOLD}
    unanswered = {client.status for client in EXPECTED.clients if not last[client.phone].key.fromMe}
    assert set(Status) - {Status.CLOSED} <= unanswered | {Status.SOLD}


def test_names_are_told_where_the_expectation_says() -> None:
    names: dict[tuple[str, str], set[str]] = {}

    def tell(source: str, jid: str, name: str) -> None:
        names.setdefault((source, phone_of(jid) or ""), set()).add(name)

    for _, conversation in walked().conversations:
        tell("chat", conversation.ID, conversation.name)
    for payload in walked().payloads.values():
        for pushed in payload.pushnames:
            tell("push_name", pushed.ID, pushed.pushname)
        for contact in payload.inlineContacts:
            tell("inline_contact", contact.pnJID, contact.fullName)
    for seen in occurrences():
        if not seen.info.key.fromMe:
            tell("business", seen.chat, seen.info.verifiedBizName)
    for client in EXPECTED.clients:
        if client.name_from == "introduction":
            texts = [s.info.message.conversation for s in occurrences() if phone_of(s.chat) == client.phone]
            assert any(client.name in text for text in texts if client.name and isinstance(text, str))
        elif client.name_from:
            assert client.name in names[client.name_from, client.phone]
    assert {client.name_from for client in EXPECTED.clients} == {
        "chat", "inline_contact", "business", "push_name", "introduction", None,
    }  # fmt: skip
    assert any(name.startswith("+") for (source, _), told in names.items() for name in told if source == "chat")


def test_numbers_have_the_shape_of_their_countries() -> None:
    regions = set()
    for client in EXPECTED.clients:
        number = phonenumbers.parse(client.phone)
        assert phonenumbers.is_possible_number(number)
        regions.add(phonenumbers.region_code_for_country_code(number.country_code or 0))
    assert regions >= {"KG", "RU", "US", "GB", "AE", "DE", "FR", "ES", "PL", "MX", "BR", "AR", "CI"}
    assert "+77015550112" in {client.phone for client in EXPECTED.clients}, "Kazakhstan shares +7 with Russia"
    assert any(chat.startswith("521") and len(chat.split("@")[0]) == 13 for chat in chats_with_messages())
