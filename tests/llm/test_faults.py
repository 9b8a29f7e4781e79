"""Whatever a server does, each client has a status, and the record says where it is from."""

import gzip
import json
import resource
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import ExitCode, UserError
from schemas.words import Status
from tests.llm.conftest import KEY, Ask
from tests.llm.server import COST, ModelServer, Reply, answer, completion, failure, good
from transform.llm import service

TEXTS = [f"hello number {word}" for word in ("one", "two", "three")]


def always(reply: Reply) -> Callable[[dict[str, Any], int], Reply]:
    return lambda _request, _number: reply


def first(reply: Reply, count: int = 1) -> Callable[[dict[str, Any], int], Reply]:
    """This reply to the first requests, good ones afterwards."""
    return lambda request, number: reply if number < count else good(request, number)


def test_a_server_that_answers_tells_every_status(ask: Ask) -> None:
    with ModelServer() as server:
        asked = ask(server, TEXTS)
    assert {decision.status for decision in asked.decisions.values()} == {Status.QUALIFIED}
    assert {decision.source for decision in asked.decisions.values()} == {"llm"}
    record = asked.record
    assert (record.conversations, record.asked, record.cached, record.unasked, record.fallback) == (3, 3, 0, 0, {})
    assert record.usd == pytest.approx(3 * COST)
    assert asked.warnings == []
    assert set(server.keys) == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    "reply",
    [
        failure(429),
        failure(429, Retry_After="0"),
        failure(500),
        failure(502),
        failure(503, Retry_After="Sun, 01 Mar 2026 09:00:00 GMT"),
        failure(408),
        Reply(200, b'{"id": "gen-1", "choices": [{"mess'),
        Reply(200, b"<html>busy</html>"),
        Reply(200, b"null"),
        Reply(200, b'{"choices": []}'),
        Reply(200, b'{"error": {"code": 502, "message": "secret words"}}'),
        Reply(200, b'{"choices": [{"message": {"content": "{}"}}]}' * 9, cut=True),
        Reply(200, b" " * (2 << 20)),
        Reply(200, b"{}", delay=2.5),
        Reply(200, b"[" * 500_000),
        Reply(200, b"{}", drip=0.2),
        # an answer that would do if it were unpacked
        Reply(200, gzip.compress(good({}, 0).body), {"Content-Encoding": "gzip"}),
    ],
    ids=lambda reply: f"{reply.status}-{len(reply.body)}-{'-'.join(reply.headers.values())}{'-cut' * reply.cut}",
)
def test_what_may_pass_is_tried_again(ask: Ask, reply: Reply) -> None:
    with ModelServer(first(reply)) as server:
        asked = ask(server, TEXTS[:1])
    assert (asked.record.fallback, len(server.bodies)) == ({}, 2)
    assert next(iter(asked.decisions.values())).source == "llm"


def test_nothing_is_unpacked(ask: Ask) -> None:
    mebibyte = b" " * (1 << 20)
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join([packer.compress(mebibyte) for _ in range(512)] + [packer.flush()])
    before = peak_of_this_process()
    with ModelServer(always(Reply(200, bomb, {"Content-Encoding": "gzip"}))) as server:
        asked = ask(server, TEXTS[:1])
    assert asked.record.fallback == {"unreadable": 1}
    assert len(server.bodies) == service.ATTEMPTS
    assert set(server.encodings) == {"identity"}
    assert peak_of_this_process() - before < 100 << 20


def test_a_packed_refusal_is_a_refusal_all_the_same(ask: Ask) -> None:
    refusal = Reply(401, gzip.compress(b"secret words"), {"Content-Encoding": "gzip"})
    with ModelServer(always(refusal)) as server:
        asked = ask(server, TEXTS)
    assert "does not accept the key" in asked.warnings[0]
    assert len(server.bodies) < len(TEXTS) * service.ATTEMPTS


def peak_of_this_process() -> int:
    """Bytes of memory at the most so far."""
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kibibytes if sys.platform == "darwin" else kibibytes << 10


@pytest.mark.parametrize(
    "text",
    [
        "I think that this client is QUALIFIED.",
        answer("HOT_LEAD"),
        answer(confidence=7),
        answer(reason=""),
        answer()[:-20],
        json.dumps({"status": "SOLD"}),
        answer(status_of_client="SOLD"),
        answer(first_day="next friday"),
    ],
)
def test_an_answer_of_another_form_is_asked_for_once_more(ask: Ask, text: str) -> None:
    with ModelServer(first(completion(text))) as server:
        asked = ask(server, TEXTS[:1])
    assert (asked.record.fallback, len(server.bodies)) == ({}, 2)
    assert asked.record.usd == pytest.approx(2 * COST)
    again = json.loads(server.bodies[1])["messages"]
    assert [message["role"] for message in again] == ["system", "user", "assistant", "user"]
    assert "agreed form" in again[3]["content"]


@pytest.mark.parametrize(
    ("reply", "fallback", "requests"),
    [
        (completion("no JSON here"), "unreadable", 2),
        (completion(answer("HOT_LEAD")), "unreadable", 2),
        (completion(answer(), finish="content_filter"), "refused", 1),
        (completion(None, refusal="I cannot help with that."), "refused", 1),
        (completion(None), "refused", 1),
        (failure(503), "unavailable", service.ATTEMPTS),
        (failure(429), "unavailable", service.ATTEMPTS),
        (Reply(200, b"[" * 90), "unreadable", service.ATTEMPTS),
        (Reply(200, b"{}", delay=1.5), "timeout", service.ATTEMPTS),
    ],
)
def test_where_there_is_no_answer_the_rules_decide(ask: Ask, reply: Reply, fallback: str, requests: int) -> None:
    with ModelServer(always(reply)) as server:
        asked = ask(server, TEXTS[:1], seconds=0.5)
    assert (asked.decisions, asked.record.fallback, len(server.bodies)) == ({}, {fallback: 1}, requests)
    assert any("the rules told the status" in warning for warning in asked.warnings)
    assert "secret" not in str(asked.warnings)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "does not accept the key"),
        (402, "no credit left"),
        (403, "refuses this key or this model"),
        (404, "no such model"),
        (400, "does not take these requests"),
        (307, "does not take these requests"),
    ],
)
def test_what_every_request_would_meet_stops_the_asking(ask: Ask, status: int, sentence: str) -> None:
    headers = {"Location": "http://127.0.0.1:1/elsewhere"} if status == 307 else {}
    texts = [f"text {word}" for word in "abcdefghij"]
    with ModelServer(always(failure(status, **headers))) as server:
        asked = ask(server, texts, at_once=1)
    assert (len(server.bodies), asked.record.fallback, asked.decisions) == (1, {"stopped": 10}, {})
    assert (asked.record.asked, asked.record.unasked) == (1, 9)
    assert sentence in asked.warnings[0]
    assert "secret words" not in asked.warnings[0]
    assert KEY not in asked.warnings[0]


def test_a_server_that_answers_nobody_is_not_asked_for_hours(ask: Ask) -> None:
    with ModelServer(always(failure(503))) as server:
        asked = ask(server, [f"text {number}" for number in range(10)] * 3, at_once=2)
    assert len(server.bodies) <= 7 * service.ATTEMPTS
    assert asked.record.fallback == {"stopped": 15, "unavailable": 15}
    assert "does not answer" in asked.warnings[0]


def test_a_server_that_drips_for_ever_is_waited_for_no_longer_than_for_any_other(ask: Ask) -> None:
    with ModelServer(always(Reply(200, b"{}", drip=0.2))) as server:
        begin = time.monotonic()
        asked = ask(server, TEXTS[:1], seconds=0.5)
        assert time.monotonic() - begin < 6
    assert asked.record.fallback == {"timeout": 1}


@pytest.mark.parametrize("cost", [float("inf"), float("nan"), -1.0])
def test_a_cost_that_is_no_sum_is_reckoned_from_the_tokens(ask: Ask, cost: float) -> None:
    with ModelServer(always(completion(answer(), cost=cost))) as server:
        asked = ask(server, TEXTS[:1])
    assert asked.record.usd == pytest.approx(900 * 0.00000015 + 60 * 0.0000006)


def test_a_retry_is_no_line_on_the_screen(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with ModelServer(first(failure(503))) as server:
        ask(server, TEXTS[:1])
    assert caplog.records == []


def test_a_server_that_is_not_there(ask: Ask) -> None:
    with ModelServer() as server:
        url = server.url
    asked = ask(server, TEXTS, base_url=url)
    assert (asked.decisions, asked.record.fallback) == ({}, {"unavailable": 3})


def test_one_bad_conversation_costs_no_other_its_answer(ask: Ask) -> None:
    def script(request: dict[str, Any], number: int) -> Reply:
        return failure(500) if "two" in request["messages"][1]["content"] else good(request, number)

    with ModelServer(script) as server:
        asked = ask(server, TEXTS)
    assert (len(asked.decisions), asked.record.fallback) == (2, {"unavailable": 1})


def test_retry_after_is_obeyed(ask: Ask) -> None:
    with ModelServer(first(failure(429, Retry_After="1"))) as server:
        ask(server, TEXTS[:1])
    assert 0.95 <= server.times[1] - server.times[0] < 5


def test_no_more_are_under_way_than_was_said(ask: Ask) -> None:
    slow = completion(answer())
    slow.delay = 0.1
    texts = [f"text {number}" for number in range(24)]
    with ModelServer(always(slow)) as server:
        begin = time.monotonic()
        ask(server, texts, at_once=8)
        assert time.monotonic() - begin < 24 * 0.1
    assert server.most_at_once <= 8
    with ModelServer(always(slow)) as server:
        ask(server, [f"other {number}" for number in range(6)], at_once=2)
    assert server.most_at_once == 2


def test_a_budget_ends_the_asking_and_no_run(ask: Ask) -> None:
    texts = [f"text {number}" for number in range(20)]
    with ModelServer() as server:
        asked = ask(server, texts, budget=0.0012, at_once=2)
        answered = len(server.bodies)
        assert 3 <= answered < 12
        assert asked.record.usd is not None
        assert asked.record.usd <= 0.0012
        assert asked.record.fallback == {"budget": 20 - answered}
        assert "the budget of 0.0012 USD is spent" in asked.warnings[0]
        # the rest is asked another time, and what was paid for is not paid for again
        again = ask(server, texts)
    assert (again.record.asked, again.record.cached) == (asked.record.unasked, asked.record.asked)


def test_a_budget_needs_a_price(ask: Ask) -> None:
    with ModelServer(prices=False) as server:
        with pytest.raises(UserError, match="names no price") as error:
            ask(server, TEXTS, budget=1.0)
        assert error.value.exit_code == ExitCode.CONFIGURATION
        assert server.bodies == []
        # without a budget it is asked, and what it cost is what the server says
        asked = ask(server, TEXTS)
    assert asked.estimates[0].usd is None
    assert asked.record.usd == pytest.approx(3 * COST)


def test_what_was_answered_is_not_asked_again(ask: Ask) -> None:
    with ModelServer() as server:
        before = ask(server, [*TEXTS, TEXTS[0]])
        # two clients with the same words are asked about once
        assert (before.record.asked, before.record.cached, len(server.bodies)) == (3, 1, 3)
        requests = server.requests
        after = ask(server, [*TEXTS, TEXTS[0]])
        assert server.requests == requests
    assert after.decisions == before.decisions
    assert (after.record.asked, after.record.cached, after.record.usd) == (0, 4, None)
    assert after.record.agreed_at == before.record.agreed_at


def test_another_model_or_conversation_is_asked(ask: Ask) -> None:
    with ModelServer() as server:
        ask(server, TEXTS)
        ask(server, TEXTS, model="other/free")
        ask(server, [TEXTS[0] + "!"])
    assert len(server.bodies) == 7


def test_a_damaged_memory_is_asked_about_again_and_kept_private(ask: Ask, tmp_path: Path) -> None:
    with ModelServer() as server:
        ask(server, TEXTS)
        path = tmp_path / "cache/llm-answers.jsonl"
        assert path.stat().st_mode & 0o777 == 0o600
        kept = path.read_bytes()
        assert KEY.encode() not in kept
        assert b"hello" not in kept
        lines = [line for line in kept.split(b"\n") if line]
        path.write_bytes(
            b"\n".join([lines[0], lines[1][:30], b"\xff{", b'{"key": 1}', lines[2].replace(b"QUAL", b"X")])
        )
        again = ask(server, TEXTS)
        assert (again.record.cached, again.record.asked) == (1, 2)
        assert ask(server, TEXTS).record.cached == 3


def test_who_does_not_agree_sends_nothing(ask: Ask) -> None:
    with ModelServer() as server:
        with pytest.raises(UserError, match="nothing was sent"):
            ask(server, TEXTS, agreed=False)
        assert server.bodies == []
        agreed = ask(server, TEXTS)
        (estimate,) = agreed.estimates
        assert (estimate.conversations, estimate.server) == (3, server.url.split("/")[2])
        assert estimate.usd == pytest.approx(0.0006, rel=0.9)
        # asked once for this account, server and model
        assert ask(server, ["another text"]).estimates == []
        assert len(ask(server, ["one more"], model="other/free").estimates) == 1
