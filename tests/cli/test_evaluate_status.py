"""`wa2pg evaluate status`."""

import json
from pathlib import Path

from tests.cli.conftest import Terminal

WRITTEN = Path(__file__).parent.parent / "status" / "written.jsonl"


def one(name: str, status: str, *texts: str) -> str:
    messages = [
        {"ts": f"2026-02-27T10:{n:02}:00Z", "from_me": text.startswith("a:"), "type": "text", "text": text[2:]}
        for n, text in enumerate(texts)
    ]
    return json.dumps({"id": name, "as_of": "2026-02-28T09:00:00Z", "status": status, "messages": messages})


def test_the_command_reports_figures_and_ids_but_no_text(terminal: Terminal) -> None:
    file = terminal.folder / "labelled.jsonl"
    file.write_text(one("h1", "NEW_LEAD", "c:Hello Secretword") + "\n" + one("h2", "SOLD", "c:Hello Secretword") + "\n")
    done = terminal.run("evaluate", "status", str(file), "--json")
    assert done.code == 0, done.err
    report = done.json
    assert report["command"] == "evaluate status"
    assert report["detector"].startswith("rules ")
    assert (report["accuracy"], report["macro_f1"]) == (0.5, 0.3333)
    assert report["confusion"] == {"NEW_LEAD": {"NEW_LEAD": 1}, "SOLD": {"NEW_LEAD": 1}}
    assert report["per_class"]["SOLD"]["recall"] == 0
    assert [(wrong["id"], wrong["line"], wrong["found"]) for wrong in report["wrong"]] == [("h2", 2, "NEW_LEAD")]
    shown = terminal.run("evaluate", "status", str(file))
    assert "h2" in shown.out
    assert "Secretword" not in done.out + done.err + shown.out + shown.err


def test_the_tables_fit_eighty_columns(terminal: Terminal) -> None:
    shown = terminal.run("evaluate", "status", str(WRITTEN))
    assert shown.code == 0
    assert "PROPOSAL_SENT" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_the_companys_own_cues_count(terminal: Terminal) -> None:
    file = terminal.folder / "labelled.jsonl"
    file.write_text(one("h1", "CLOSED", "c:Hello, abracadabra") + "\n")
    data = terminal.folder / "data"
    (data / "status_cues").mkdir(parents=True)
    cues = data / "status_cues" / "office.toml"
    before = terminal.run("evaluate", "status", str(file), "--json", WA2PG_DATA_DIR=str(data)).json
    cues.write_text('[client]\nrefuses = ["abracadabra"]\n')
    after = terminal.run("evaluate", "status", str(file), "--json", WA2PG_DATA_DIR=str(data)).json
    assert (before["accuracy"], after["accuracy"]) == (0.0, 1.0)
    assert before["detector"] != after["detector"]
    cues.write_text("[client]\nrefuses = [")
    broken = terminal.run("evaluate", "status", str(file), WA2PG_DATA_DIR=str(data))
    assert broken.code == 3
    assert "office.toml" in broken.err


def test_a_bad_line_is_a_usage_error_that_names_it(terminal: Terminal) -> None:
    file = terminal.folder / "labelled.jsonl"
    file.write_text(one("h1", "SOLD", "c:Hello Secretword") + "\n{Secretword\n")
    done = terminal.run("evaluate", "status", str(file))
    assert done.code == 2
    assert "Line 2" in done.err
    assert "Secretword" not in done.out + done.err
