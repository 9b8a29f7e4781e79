"""`--use-llm` from the command line: what leaves the machine, what is asked of a person, what it leaves behind."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from extract.whatsapp.sample import EXPECTED, SAMPLE_OWN_PHONE, write_sample
from load.embedded import remove_embedded
from tests.cli.conftest import ROOT, Outcome, Terminal
from tests.extract.payloads import extract, history, info
from tests.llm.conftest import KEY
from tests.llm.server import ModelServer, Reply, answer, completion, failure, good

PHONE = "996555123456"
PLANTED = ["0700998877", "+7 916 123-45-67", "anna.petrova@mail.example", "4111 1111 1111 1111", "AN7654321", "Айсулуу",
           "Жумабаева", "https://pay.example/i?token=s3cr3t"]  # fmt: skip


@pytest.fixture
def archived(tmp_path: Path) -> Terminal:
    """An archive with one client, whose chat holds what must not leave the machine."""
    texts = [
        "Здравствуйте, меня зовут Айсулуу Жумабаева",
        f"Сколько стоит тур на 5 человек 12 августа? Мой номер {PLANTED[0]} или {PLANTED[1]}, почта {PLANTED[2]}",
        f"Паспорт {PLANTED[4]}, карта {PLANTED[3]}, оплата тут {PLANTED[7]} для Айсулуу",
    ]
    chat = f"{PHONE}@s.whatsapp.net"
    extract(tmp_path, history(*(info(f"M{n}", chat=chat, message=text) for n, text in enumerate(texts)), chat=chat))
    return Terminal(tmp_path)


@pytest.fixture
def sample(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    write_sample(folder)
    assert terminal.run("extract", "--replay", str(folder), "--own", SAMPLE_OWN_PHONE).code == 0
    return terminal


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    yield Terminal(tmp_path)
    remove_embedded(tmp_path / "data/postgres")


def transform(terminal: Terminal, server: ModelServer, *words: str, **environment: str) -> Outcome:
    return terminal.run(
        "transform", "--use-llm", "--as-of", "2026-03-02", "--json", *words,
        **{"LLM_BASE_URL": server.url, "LLM_API_KEY": KEY} | environment,
    )  # fmt: skip


def tables(terminal: Terminal) -> dict[str, bytes]:
    run = (terminal.data / "clean/default/current").resolve()
    return {path.name: path.read_bytes() for path in run.glob("*.parquet")}


def clients(terminal: Terminal) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(terminal.data / "clean/default/current/clients.parquet").to_pylist()
    return rows


def test_what_is_recorded_by_the_server_holds_nothing_that_was_planted(archived: Terminal, server: ModelServer) -> None:
    done = transform(archived, server, "--yes")
    assert done.code == 0, done.err
    (body,) = server.bodies
    text = body.decode()
    for secret in [*PLANTED, PHONE, SAMPLE_OWN_PHONE]:
        assert secret not in text
        assert re.sub(r"\W", "", secret) not in re.sub(r"\W", "", text)
    assert "5 человек 12 августа" in text
    (client,) = clients(archived)
    assert (client["status"], client["status_source"], client["status_confidence"]) == ("QUALIFIED", "llm", 0.9)
    model = done.json["language_model"]
    assert (model["conversations"], model["asked"], model["cached"], model["fallback"]) == (1, 1, 0, {})
    run = json.loads((archived.data / "clean/default/current/run.json").read_bytes())
    assert run["language_model"]["agreed_at"] is not None
    assert run["settings"]["language_model"].startswith("llm openai/gpt-4o-mini at 127.0.0.1:")


def test_a_second_run_asks_nothing_and_gives_the_same_bytes(sample: Terminal, server: ModelServer) -> None:
    first = transform(sample, server, "--yes")
    assert first.code == 0, first.err
    assert len(server.bodies) <= EXPECTED.client_count
    before, requests = tables(sample), server.requests
    again = transform(sample, server, LLM_API_KEY="")
    assert (again.code, server.requests) == (0, requests)
    assert tables(sample) == before
    model = again.json["language_model"]
    assert (model["cached"], model["asked"]) == (EXPECTED.client_count, 0)
    # and without the server
    server.__exit__(None, None, None)
    assert transform(sample, server).code == 0
    assert tables(sample) == before
    assert KEY.encode() not in b"".join(path.read_bytes() for path in sample.data.rglob("*") if path.is_file())


def test_what_a_person_has_settled_is_not_asked_about(sample: Terminal, server: ModelServer) -> None:
    assert sample.run("transform", "--as-of", "2026-03-02").code == 0
    assert sample.run("review").code == 0
    path = sample.data / "review/default.csv"
    text = path.read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    told, kept_out, named = rows[:3]
    told["status"] = "SOLD" if told["status"] != "SOLD" else "CLOSED"
    kept_out["skip"] = "yes"
    named["name"] = "Somebody Else"
    saved = io.StringIO(newline="")
    writer = csv.DictWriter(saved, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(saved.getvalue(), "utf-8-sig", newline="")
    done = transform(sample, server, "--yes")
    assert done.code == 0, done.err
    assert done.json["language_model"]["conversations"] == EXPECTED.client_count - 2
    sources = {"'" + client["phone"]: (client["status"], client["status_source"]) for client in clients(sample)}
    assert sources[told["phone"]] == (told["status"], "review")
    assert sources[kept_out["phone"]][1] == "rules"
    assert sources[named["phone"]][1] == "llm"
    # who takes his word back has the model asked
    path.write_text(text, "utf-8-sig", newline="")
    assert transform(sample, server).json["language_model"]["conversations"] == EXPECTED.client_count


def test_what_is_shown_is_what_is_sent(archived: Terminal, server: ModelServer) -> None:
    words = ("--use-llm", "--as-of", "2026-03-02", "--show-request")
    shown = archived.run("transform", *words, f"+{PHONE}", LLM_BASE_URL=server.url)
    assert (shown.code, server.requests) == (0, 0)
    assert not (archived.data / "clean/default/current").exists()
    transform(archived, server, "--yes")
    assert shown.out.encode() == server.bodies[0] + b"\n"
    nobody = archived.run("transform", *words, "+996700000000", LLM_BASE_URL=server.url)
    assert (nobody.code, "no client with this number" in nobody.err) == (2, True)
    assert "996700000000" not in nobody.err


def test_a_request_that_would_not_be_sent_is_not_shown(archived: Terminal, server: ModelServer) -> None:
    words = ("--use-llm", "--as-of", "2026-03-02", "--show-request", f"+{PHONE}")
    assert transform(archived, server, "--yes").code == 0
    known = archived.run("transform", *words, LLM_BASE_URL=server.url)
    assert (known.code, known.out) == (2, "")
    assert "the model answered about this conversation before" in known.err
    (archived.data / "cache/llm-answers.jsonl").unlink()
    assert archived.run("transform", *words, LLM_BASE_URL=server.url).code == 0

    assert archived.run("review").code == 0
    review = archived.data / "review/default.csv"
    assert "QUALIFIED" in review.read_text("utf-8-sig")
    review.write_text(review.read_text("utf-8-sig").replace("QUALIFIED", "SOLD", 1), "utf-8-sig")
    settled = archived.run("transform", *words, LLM_BASE_URL=server.url)
    assert (settled.code, settled.out, PHONE in settled.err) == (2, "", False)
    assert "the review file tells the status" in settled.err


def test_nothing_is_sent_before_somebody_agreed(archived: Terminal, server: ModelServer) -> None:
    done = transform(archived, server)
    assert (done.code, server.bodies) == (2, [])
    assert "nobody is here to ask" in done.json["error"]["message"]
    for said in (
        "1 conversation of the account default is to be sent",
        "127.0.0.1:",
        "openai/gpt-4o-mini",
        "USD",
        "--show-request",
    ):
        assert said in done.err
    assert transform(archived, server, "--yes").code == 0
    agreements = archived.data / "llm-agreements.json"
    assert agreements.stat().st_mode & 0o777 == 0o600
    (archived.data / "cache/llm-answers.jsonl").unlink()
    assert transform(archived, server).code == 0


@pytest.mark.parametrize(("typed", "code", "sent"), [("y\n", 0, 1), ("n\n", 2, 0), ("\n", 2, 0)])
def test_a_person_at_a_terminal_is_asked(
    archived: Terminal, server: ModelServer, typed: str, code: int, sent: int
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "wa2pg", "transform", "--use-llm", "--progress", "none"],
        cwd=archived.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LLM_BASE_URL": server.url},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as running:
        shown, until = "", time.monotonic() + 60
        while "Send them?" not in shown and time.monotonic() < until:
            shown += os.read(ours, 4096).decode(errors="replace")
        os.write(ours, typed.encode())
        assert running.wait(60) == code
    os.close(theirs)
    os.close(ours)
    assert len(server.bodies) == sent


def test_a_service_that_fails_leaves_the_tables_and_exit_7(archived: Terminal, server: ModelServer) -> None:
    server.script = lambda _request, _number: failure(401)
    done = transform(archived, server, "--yes")
    assert (done.code, done.json["language_model"]["fallback"]) == (7, {"stopped": 1})
    assert any("does not accept the key" in warning for warning in done.json["warnings"])
    (client,) = clients(archived)
    assert client["status_source"] == "rules"
    assert KEY not in done.out + done.err
    assert "secret words" not in done.out + done.err


def test_import_goes_on_to_load_and_ends_with_7(terminal: Terminal, server: ModelServer) -> None:
    sample = terminal.folder / "in"
    sample.mkdir()
    write_sample(sample)
    assert terminal.run("org", "create", "Silk Road Tours").code == 0
    server.script = lambda request, number: completion("no") if number < 2 else good(request, number)
    done = terminal.run(
        "import", "--org", "silk-road-tours", "--replay", str(sample), "--own", SAMPLE_OWN_PHONE, "--use-llm", "--yes",
        "--llm-at-once", "1", "--json", LLM_BASE_URL=server.url,
    )  # fmt: skip
    assert done.code == 7, done.err
    assert done.json["load"]["chats"]["imported"] == EXPECTED.client_count
    assert done.json["transform"]["language_model"]["fallback"] == {"unreadable": 1}


def test_a_reason_that_quotes_the_chat_is_not_written(archived: Terminal, server: ModelServer) -> None:
    quoting = answer(reason="Client: сколько стоит тур на 5 человек 12 августа")
    server.script = lambda _request, _number: completion(quoting)
    transform(archived, server, "--yes")
    (client,) = clients(archived)
    assert client["status_reason"] == "read from the conversation by openai/gpt-4o-mini"


def test_the_key_comes_from_standard_input_and_goes_nowhere_else(archived: Terminal, server: ModelServer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wa2pg", "transform", "--use-llm", "--yes", "--openrouter-key", "-", "--json"],
        cwd=archived.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LLM_BASE_URL": server.url},
        input=KEY + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert server.keys == [f"Bearer {KEY}"]
    assert "history" not in done.stderr
    typed = archived.run("transform", "--use-llm", "--openrouter-key", KEY, LLM_BASE_URL=server.url)
    assert typed.code == 0
    assert typed.err.count("the shell's history keeps a key") == 1
    assert KEY not in done.stdout + done.stderr + typed.out + typed.err


def test_openrouters_key_is_sent_to_no_other_server(archived: Terminal, server: ModelServer) -> None:
    done = archived.run("transform", "--use-llm", "--yes", LLM_BASE_URL=server.url, OPENROUTER_API_KEY=KEY)
    assert (done.code, server.keys) == (0, [None])


@pytest.mark.parametrize(
    ("words", "environment", "code", "sentence"),
    [
        (["--use-llm"], {}, 3, "there is no key for openrouter.ai"),
        (["--use-llm"], {"LLM_BASE_URL": "ftp://x"}, 3, "LLM_BASE_URL is the address"),
        (["--use-llm"], {"LLM_BASE_URL": "http://u:geheim@x/v1"}, 3, "LLM_BASE_URL is the address"),
        (["--use-llm"], {"OPENROUTER_API_KEY": "two words"}, 3, "holds signs that no key has"),
        (["--use-llm", "--openrouter-key", "-"], {}, 2, "No key came on standard input"),
        (["--llm-budget", "1"], {}, 2, "--llm-budget goes with --use-llm"),
        (["--show-request", "+996555"], {}, 2, "--show-request goes with --use-llm"),
        (["--use-llm", "--llm-budget", "0"], {}, 2, "--llm-budget"),
    ],
)
def test_what_people_get_wrong(
    archived: Terminal, words: list[str], environment: dict[str, str], code: int, sentence: str
) -> None:
    done = archived.run("transform", *words, **environment)
    assert (done.code, sentence in done.err) == (code, True), done.err
    assert "geheim" not in done.err


def test_plain_http_to_another_machine_is_warned_of(archived: Terminal) -> None:
    done = archived.run("transform", "--use-llm", LLM_BASE_URL="http://192.0.2.1:9/v1")
    assert "goes there unencrypted" in done.err
    assert done.code == 2


def test_a_run_that_is_stopped_keeps_the_answers_that_it_paid_for(sample: Terminal, server: ModelServer) -> None:
    def slowly(request: dict[str, Any], number: int) -> Reply:
        reply = good(request, number)
        reply.delay = 0.05 if number < 5 else 60
        return reply

    server.script = slowly
    with subprocess.Popen(
        [sys.executable, "-m", "wa2pg", "transform", "--use-llm", "--yes", "--llm-at-once", "2"],
        cwd=sample.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LLM_BASE_URL": server.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        until = time.monotonic() + 60
        while len(server.bodies) < 7 and time.monotonic() < until:
            time.sleep(0.02)
        running.terminate()
        begin = time.monotonic()
        assert running.wait(30) == 130
        assert time.monotonic() - begin < 10
    server.script = good
    done = transform(sample, server)
    assert done.json["language_model"]["cached"] >= 5


def test_a_model_is_measured_on_labelled_conversations(tmp_path: Path, server: ModelServer) -> None:
    def told(request: dict[str, Any], _number: int) -> Reply:
        return completion(answer("SOLD" if "paid" in request["messages"][1]["content"] else "QUALIFIED"))

    server.script = told
    lines = [
        {
            "id": name,
            "as_of": "2026-03-01T09:00:00Z",
            "status": status,
            "messages": [{"ts": "2026-02-28T10:00:00Z", "from_me": False, "type": "text", "text": text}],
        }
        for name, status, text in (("a", "SOLD", "I have paid"), ("b", "QUALIFIED", "How much for five?"),
                                   ("c", "NEW_LEAD", "Hello there"))
    ]  # fmt: skip
    (tmp_path / "labelled.jsonl").write_text("\n".join(map(json.dumps, lines)))
    terminal = Terminal(tmp_path)
    words = ("evaluate", "status", "labelled.jsonl", "--llm", "--json")
    assert terminal.run(*words, LLM_BASE_URL=server.url).code == 2
    done = terminal.run(*words, "--yes", LLM_BASE_URL=server.url)
    assert done.code == 0, done.err
    assert [one["id"] for one in done.json["wrong"]] == ["c"]
    assert done.json["sources"] == {"llm": 3}
    assert done.json["language_model"]["asked"] == 3
    server.script = lambda _request, _number: failure(401)
    lines.append(lines[0] | {"id": "d", "messages": [lines[0]["messages"][0] | {"text": "Hi"}]})  # type: ignore[operator]
    (tmp_path / "labelled.jsonl").write_text("\n".join(map(json.dumps, lines)))
    stopped = terminal.run(*words, LLM_BASE_URL=server.url)
    assert (stopped.code, stopped.json["sources"]) == (7, {"llm": 3, "rules": 1})


def test_a_server_that_is_not_there_is_one_sentence_and_no_lines_of_a_library(archived: Terminal) -> None:
    done = archived.run(
        "transform",
        "--use-llm",
        "--as-of",
        "2026-03-02",
        "--yes",
        "--progress",
        "none",
        LLM_BASE_URL="http://127.0.0.1:9",
    )
    assert done.code == 7
    assert "the model's answer to 1 conversation did not come or could not be used (unavailable)" in done.err
    assert "retry" not in done.err
