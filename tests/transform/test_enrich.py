"""Language and status on their way through a transform, with the real detectors where words matter."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from extract.own import parse_own
from extract.whatsapp.replay import replay
from extract.whatsapp.sample import EXPECTED, SAMPLE_AS_OF, SAMPLE_OWN_LID, SAMPLE_OWN_PHONE, write_sample
from schemas.datadir import DataDir
from schemas.files import sha256_of
from schemas.words import Status
from tests.transform.archives import (
    ANNA,
    ANNA_PHONE,
    AS_OF,
    BAKYT,
    BAKYT_PHONE,
    OWN_LID,
    Archive,
    action,
    contact,
    message,
    minute,
    payload,
)
from tests.transform.conftest import FirstLetterDetector, Tables, clean
from transform.language.model import MODEL
from transform.run import TransformOptions, transform
from transform.status import ChatMessage, StatusDecision


class Listener:
    """Keeps what it was asked about."""

    name = "listener"

    def __init__(self) -> None:
        self.heard: list[list[ChatMessage]] = []

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        assert as_of == AS_OF
        self.heard.append(list(messages))
        return StatusDecision(Status.WARMED, 0.5, "rules", f"heard {len(messages)}")


def listen(archive: Archive) -> tuple[Tables, list[list[ChatMessage]]]:
    listener = Listener()
    folder = transform(
        archive.data,
        archive.account,
        TransformOptions(as_of=AS_OF),
        language=FirstLetterDetector(),
        status=listener,
    )
    return Tables(folder), listener.heard


def test_the_status_detector_knows_which_times_were_filled(archive: Archive) -> None:
    archive.add(
        payload(
            message(message_id="M3", sent_at=minute(3)),
            action("revoke", "gone", sent_at=None),
            message(message_id="M2", sent_at=None),
            message(message_id="M1", sent_at=minute(1)),
        )
    )
    _, (heard,) = listen(archive)
    assert [(one.sent_at, one.timed) for one in heard] == [
        (minute(1), True),
        (minute(1), False),
        (minute(1), False),
        (minute(3), True),
    ]


def test_each_body_has_a_language_and_the_client_has_that_of_his_own_words(archive: Archive) -> None:
    archive.add(
        payload(
            message(message_id="M5", text="I come on Monday", from_me=True, sent_at=minute(5)),
            message(message_id="M4", text="Please send the programme", from_me=True, sent_at=minute(4)),
            message(message_id="M3", text=None, kind="image", sent_at=minute(3)),
            message(message_id="M2", text="👍 12", sent_at=minute(2)),
            message(message_id="M1", text="Сколько стоит тур", kind="video", sent_at=minute(1)),
        )
    )
    tables = clean(archive, enrich=True)
    assert [row["language"] for row in tables.messages] == ["ru", None, None, "en", "en"]
    assert tables.client["preferred_language"] == "ru"
    assert tables.client["language_confidence"] > 0.5
    assert tables.client["languages"] == '{"ru":1.0}'


def test_each_language_of_a_clients_own_texts_has_its_share_the_largest_first(archive: Archive) -> None:
    said = ["Сколько стоит", "please", "Где вы", "Когда", "Когда", "Спасибо", "👍"]
    archive.add(
        payload(
            message(BAKYT, "B1", "🙂"),
            message(BAKYT, "B2", "hello", from_me=True),
            *(message(message_id=f"M{n}", text=text, sent_at=minute(n)) for n, text in enumerate(said)),
            message(message_id="O", text="Our programme", from_me=True),
        )
    )
    told = {client["phone"]: client["languages"] for client in clean(archive, enrich=True).clients}
    assert told == {ANNA_PHONE: '{"ru":0.8,"en":0.2}', BAKYT_PHONE: "{}"}


def test_calls_contacts_and_places_are_nobodys_words(archive: Archive) -> None:
    archive.add(payload(*(message(message_id=kind, kind=kind) for kind in ("call", "contact", "location"))))
    tables = clean(archive, enrich=True)
    assert [row["language"] for row in tables.messages] == [None, None, None]
    assert tables.client["preferred_language"] is None


def test_an_edited_text_is_read_as_it_is_now(archive: Archive) -> None:
    archive.add(payload(message(text="hello"), action("edit", text="привет")))
    assert clean(archive, enrich=True).message["language"] == "ru"


def test_status_is_told_from_each_clients_messages_up_to_as_of(archive: Archive) -> None:
    archive.add(
        payload(
            message(ANNA, "M3", "later", sent_at=AS_OF.replace(hour=1)),
            message(ANNA, "B", "two", sent_at=minute(1)),
            message(ANNA, "A", "three", sent_at=minute(1), from_me=True),
            message(ANNA, "C", None, kind="document", media_name="tour.pdf"),
            message(BAKYT, "M1", "untimed", sent_at=None),
            message("996555000003@s.whatsapp.net", "M9", "future", sent_at=AS_OF.replace(hour=2)),
        )
    )
    tables, heard = listen(archive)
    assert [[said.text for said in messages] for messages in heard] == [["tour.pdf", "three", "two"], ["untimed"], []]
    assert [said.from_me for said in heard[0]] == [False, True, False]
    assert [said.type for said in heard[0]] == ["DOCUMENT", "TEXT", "TEXT"]
    assert [client["status_reason"] for client in tables.clients] == ["heard 3", "heard 1", "heard 0"]
    assert (tables.clients[0]["status"], tables.clients[0]["status_source"]) == ("WARMED", "rules")
    assert len(tables.messages) == 6


def test_the_real_detectors_read_a_conversation(archive: Archive) -> None:
    archive.add(
        payload(
            message(
                message_id="M2", text="Готовы? Сколько вас человек и на какие даты?", from_me=True, sent_at=minute(2)
            ),
            message(message_id="M1", text="Здравствуйте! Хочу поехать на Иссык-Куль", sent_at=minute(1)),
        )
    )
    folder = transform(archive.data, archive.account, TransformOptions(as_of=minute(10)))
    tables = Tables(folder)
    assert [row["language"] for row in tables.messages] == ["ru", "ru"]
    assert tables.client["preferred_language"] == "ru"
    assert tables.client["status"] in {Status.NEW_LEAD, Status.QUALIFIED}
    assert tables.run.settings["language"]
    assert tables.run.settings["status"]


def test_a_companys_own_cues_count_and_are_told_in_the_run(archive: Archive) -> None:
    archive.add(payload(message(message_id="M1", text="Здравствуйте, абракадабра", sent_at=minute(1))))
    options = TransformOptions(as_of=minute(10))
    before = Tables(transform(archive.data, archive.account, options))
    archive.data.status_cues.mkdir()
    (archive.data.status_cues / "office.toml").write_text('[client]\nrefuses = ["абракадабра"]\n', "utf-8")
    after = Tables(transform(archive.data, archive.account, options))
    assert (before.client["status"], after.client["status"]) == (Status.NEW_LEAD, Status.CLOSED)
    assert before.run.settings["status"] != after.run.settings["status"]
    assert before.run.inputs_sha256 != after.run.inputs_sha256


def test_what_a_client_is_called_is_no_evidence_of_his_language(archive: Archive) -> None:
    archive.add(
        payload(
            message(message_id="M1", text="Anna", sent_at=minute(1), push_name="Anna Weber"),
            message(message_id="M2", text="ANNA: Сколько стоит", from_me=True, sent_at=minute(2)),
            message(message_id="M3", text="Annabelle", sent_at=minute(3)),
            message(BAKYT, "M4", "Anna", sent_at=minute(1)),
        )
    )
    tables = clean(archive, enrich=True)
    told = {row["whatsapp_message_id"]: row["language"] for row in tables.messages}
    # Anna is a word like any other where nobody is called so
    assert told == {"M1": None, "M2": "ru", "M3": "en", "M4": "en"}


def test_what_the_companys_people_are_called_is_no_evidence_in_any_chat(archive: Archive) -> None:
    archive.add(
        payload(
            message("1@g.us", "G1", "hi", from_me=True, push_name="Aigul Guide"),
            message(message_id="M1", text="Aigul", sent_at=minute(1), push_name="Anna Weber"),
            message(message_id="M2", text="AIGUL: Сколько вас?", from_me=True, sent_at=minute(2)),
            message(BAKYT, "M3", "Nurlan, где вы?", sent_at=minute(1)),
            # what a client calls himself is a name in his chat alone
            message(BAKYT, "M4", "Weber", sent_at=minute(2)),
            message(BAKYT, "M5", "Maria", sent_at=minute(3)),
            contacts=[contact(OWN_LID, push_name="Nurlan"), contact("5@s.whatsapp.net", push_name="Maria")],
        ),
    )
    told = {row["whatsapp_message_id"]: row["language"] for row in clean(archive, enrich=True).messages}
    assert told == {"M1": None, "M2": "ru", "M3": "ru", "M4": "en", "M5": "en"}


def test_few_messages_lean_on_the_country_of_the_phone(archive: Archive) -> None:
    archive.add(payload(message(message_id="M1", text="салам"), message(message_id="M2", text="привет")))
    assert clean(archive, enrich=True).client["language_confidence"] == 0.75


def test_what_the_company_expects_is_recorded_and_decides_what_is_open(archive: Archive) -> None:
    archive.add(payload(message("77015550001@s.whatsapp.net", "M1", text="жол")))
    told = {}
    for languages in ({}, {"kk": 20.0}):
        folder = transform(archive.data, archive.account, TransformOptions(as_of=AS_OF, languages=languages))
        tables = Tables(folder)
        told[tables.run.settings["language"]] = tables.message["language"]
    alone, expecting = told
    assert alone is not None
    assert expecting is not None
    assert sha256_of(MODEL) in alone
    assert (alone.endswith("languages none"), expecting.endswith("languages kk:20")) == (True, True)
    assert told[expecting] == "kk"


def test_remembered_answers_give_the_same_bytes(archive: Archive) -> None:
    texts = ("Саламатсызбы", "канча турат", "ok", "tour", "Спасибо большое", "жол", "yes please", "12")
    archive.add(payload(*(message(message_id=f"M{n}", text=text, sent_at=minute(n)) for n, text in enumerate(texts))))
    options = TransformOptions(as_of=AS_OF, languages={"ky": 3.0})
    runs = [transform(archive.data, archive.account, options) for _ in range(2)]
    assert list(archive.data.cache.iterdir())
    shutil.rmtree(archive.data.cache)
    runs.append(transform(archive.data, archive.account, options))
    for table in ("messages", "clients"):
        assert len({sha256_of(run.table(table)) for run in runs}) == 1


def test_every_client_of_the_sample_gets_the_language_his_author_meant(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    own = parse_own(SAMPLE_OWN_PHONE, SAMPLE_OWN_LID)
    replay(data, "demo", write_sample(tmp_path), own=own)
    tables = Tables(transform(data, "demo", TransformOptions(as_of=SAMPLE_AS_OF, region="KG")))
    told = {client["phone"]: client["preferred_language"] for client in tables.clients}
    assert told == {client.phone: client.language for client in EXPECTED.clients}


def test_without_enrichment_nothing_is_read(archive: Archive) -> None:
    archive.add(payload(message()))
    tables = clean(archive)
    assert tables.message["language"] is None
    assert (tables.client["preferred_language"], tables.client["languages"]) == (None, "{}")
    assert (tables.client["status"], tables.client["status_confidence"]) == (Status.NEW_LEAD, 0.0)
    assert (tables.run.settings["language"], tables.run.settings["status"]) == (None, None)
