"""The README shows what `make demo` really prints, but for names of runs and paths of the machine."""

import re

from tests.cli.conftest import ROOT, Terminal

_VARIES = (
    (r"\d{8}T\d{6}Z-[a-z0-9]{4}", "RUN"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"psql .*", "psql"),
    (r"Next: \S+", "Next: wa2pg"),
    (r"seconds +[\d.]+", "seconds"),
)


def _masked(text: str) -> list[str]:
    for pattern, word in _VARIES:
        text = re.sub(pattern, word, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_output_in_the_readme_is_that_of_the_demo(terminal: Terminal) -> None:
    shown = re.search(r"\$ make demo\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown is not None
    done = terminal.run("demo", "--progress", "none", COLUMNS="80")

    assert done.code == 0, done.err
    lines = _masked(shown.group(1))
    assert [line for line in lines if not line.startswith("warning: ")] == _masked(done.out)
    assert [line for line in lines if line.startswith("warning: ")] == _masked(done.err)
