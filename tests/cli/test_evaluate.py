"""`wa2pg evaluate`."""

from tests.cli.conftest import Terminal


def test_the_command_reports_figures_and_lines_but_no_text(terminal: Terminal) -> None:
    file = terminal.folder / "labelled.tsv"
    file.write_text(
        "Канча турат, кымбат эмеспи\tky\nСекретное слово тут\tuk\nOnze vlucht heeft vertraging\tnl\n", "utf-8"
    )
    done = terminal.run("evaluate", "language", str(file), "--json", "--against", "lid.176", "--against", "py3langid")
    assert done.code == 0, done.err
    report = done.json
    assert report["command"] == "evaluate language"
    assert report["wrong"] == [
        {"line": 2, "expected": "uk", "found": "ru", "confidence": report["wrong"][0]["confidence"]}
    ]
    assert report.keys() > {
        "accuracy",
        "macro_f1",
        "per_class",
        "per_length",
        "confusion",
        "rejected",
        "texts_per_second",
    }
    assert set(report["against"]) == {"lid.176", "py3langid"}
    assert "Секретное" not in done.out + done.err
    shown = terminal.run("evaluate", "language", str(file), "--against", "lid.176")
    assert "lid.176" in shown.out
    assert "Секретное" not in shown.out + shown.err


def test_the_command_minds_the_languages_setting(terminal: Terminal) -> None:
    file = terminal.folder / "labelled.tsv"
    file.write_text("жол\tkk\n", "utf-8")
    assert terminal.run("evaluate", "language", str(file), "--json", WA2PG_LANGUAGES="kk:20").json["accuracy"] == 1.0
    wrong = terminal.run("evaluate", "language", str(file), WA2PG_LANGUAGES="kk:20,xx:1")
    assert wrong.code == 3
    assert "WA2PG_LANGUAGES" in wrong.err


def test_a_file_that_is_not_there_is_a_usage_error(terminal: Terminal) -> None:
    assert terminal.run("evaluate", "language", "missing.tsv").code == 2
