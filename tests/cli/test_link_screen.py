"""What is seen while a phone is linked: the code, the live line, lines for a log, JSON for a program."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import qrcode
from rich.console import Console

from schemas.errors import ExitCode, UserError
from schemas.progress import LinkEnded, LinkSign, Paired, PairingCode, QrCode, Receiving, Step
from schemas.translation import LANGUAGES, SOURCE, use_language
from wa2pg import link_screen as screens
from wa2pg.link_screen import link_screen
from wa2pg.progress import Style
from wa2pg.qr import code_text, write_picture

# as long as WhatsApp's: 223 characters
DATA = "https://wa.me/settings/linked_devices#2@" + "aB3/" * 45 + "=,1"
CODE = QrCode(DATA, 60)
RECEIVING = Receiving(True, 12, 1204, 52_637, date(2023, 4, 2), 63, 0.4, 90)
_UPPER = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}


def modules(text: str) -> list[list[bool]]:
    """The rows of modules that half blocks draw."""
    rows = []
    for line in text.split("\n"):
        rows.append([_UPPER[character][0] for character in line])
        rows.append([_UPPER[character][1] for character in line])
    return rows


@pytest.mark.parametrize("colour", [True, False])
def test_the_code_on_the_screen_is_the_code(colour: bool) -> None:
    expected = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=2)
    expected.add_data(DATA)
    expected.make()
    drawn = [[dark == colour for dark in row] for row in modules(code_text(DATA, colour=colour).plain)]
    matrix = [list(row) for row in expected.get_matrix()]
    assert drawn[: len(matrix)] == matrix
    # an odd number of rows is filled up with light ones
    assert not any(any(row) for row in drawn[len(matrix) :])


def test_the_code_fits_into_80_columns() -> None:
    lines = code_text(DATA).plain.split("\n")
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 30


def test_a_picture_is_private_and_gone_once_the_phone_answered(tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    with link_screen(Style.NONE, picture) as tell:
        tell(CODE)
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_mode & 0o777 == 0o600
        tell(Paired())
        assert not picture.exists()
    assert list(tmp_path.iterdir()) == []


def show_and_fail(style: Style, sign: LinkSign, error: BaseException, picture: Path | None = None) -> None:
    with link_screen(style, picture) as tell:
        tell(sign)
        raise error


def test_a_picture_does_not_outlive_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        show_and_fail(Style.NONE, CODE, KeyboardInterrupt(), tmp_path / "code.png")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    mine, linked = tmp_path / "mine.png", tmp_path / "linked.png"
    mine.write_text("keep")
    linked.symlink_to(mine)
    for path in (mine, linked):
        with pytest.raises(UserError, match="there already"):
            show_and_fail(Style.NONE, CODE, KeyboardInterrupt(), path)
    assert mine.read_text() == "keep"
    assert linked.is_symlink()


def test_the_next_code_replaces_the_picture(tmp_path: Path) -> None:
    with link_screen(Style.NONE, tmp_path / "code.png") as tell:
        tell(CODE)
        first = (tmp_path / "code.png").read_bytes()
        tell(QrCode(DATA + "x", 20))
        assert (tmp_path / "code.png").read_bytes() != first


def test_a_picture_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        write_picture(tmp_path / "nowhere" / "code.png", DATA)
    assert refused.value.exit_code == ExitCode.USAGE


def shown(style: Style, capsys: pytest.CaptureFixture[str], *signs: LinkSign, picture: Path | None = None) -> str:
    with link_screen(style, picture) as tell:
        for sign in signs:
            tell(sign)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("style", [Style.LOG, Style.NONE])
def test_a_log_never_has_the_code(style: Style, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = PairingCode("ABCD-EFGH", 160)
    written = shown(style, capsys, CODE, code, Paired(), RECEIVING, picture=tmp_path / "code.png")
    assert "wa.me" not in written
    assert "ABCD" not in written
    assert "█" not in written
    assert ("52,637 messages" in written) == (style is Style.LOG)


def test_json_is_one_object_a_line_and_tells_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    step = Step("sealing", 0, None, {"messages": 3})
    lines = shown(
        Style.JSON, capsys, CODE, PairingCode("ABCD-EFGH", 160), Paired(), RECEIVING, step, LinkEnded()
    ).splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == ["qr", "pairing_code", "paired", "payload", "sealing", "done"]
    assert (events[0]["data"], events[0]["seconds"]) == (DATA, 60)
    assert events[1]["code"] == "ABCD-EFGH"
    assert (events[3]["chats"], events[3]["messages"], events[3]["percent"]) == (1204, 52_637, 63)
    assert events[3]["oldest"] == "2023-04-02"


def test_a_link_that_failed_is_not_done(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = shown(Style.JSON, capsys, LinkEnded("passkey")).splitlines()
    assert json.loads(line) == {"event": "failed", "failure": "passkey"}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> "Terminal":
    return Terminal(monkeypatch)


class Terminal:
    """A terminal of 80 columns that remembers what was written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def after(self, *signs: LinkSign, height: int = 40) -> str:
        """What the screen shows once these were told."""
        written = io.StringIO()
        console = Console(file=written, force_terminal=True, width=80, height=height, legacy_windows=False)
        self._monkeypatch.setattr(screens, "stderr", lambda: console)
        screen = screens._Terminal()
        for sign in signs:
            screen.show(sign, None)
        # it redraws on a thread of its own; what it would draw now is looked at when that is over
        screen.close()
        with console.capture() as captured:
            console.print(screen._render())
        return captured.get()


def test_a_terminal_shows_the_taps_the_code_and_the_seconds(terminal: Terminal) -> None:
    screen = terminal.after(CODE)
    assert "Link a device" in screen
    assert "█" in screen
    assert "a new code in 60 s" in screen


def test_a_low_terminal_shows_the_code_without_the_taps(terminal: Terminal) -> None:
    screen = terminal.after(CODE, height=31)
    assert "█" in screen
    assert "Link a device" not in screen


def test_a_terminal_too_low_for_the_code_says_what_to_do(terminal: Terminal) -> None:
    screen = terminal.after(CODE, height=24)
    assert "█" not in screen
    assert "needs a window of" in screen
    assert "--qr-png FILE or --phone" in screen


def test_a_terminal_shows_the_letters_to_type(terminal: Terminal) -> None:
    assert "ABCD-EFGH" in terminal.after(PairingCode("ABCD-EFGH", 160))


def test_one_live_line_fits_80_columns(terminal: Terminal) -> None:
    screen = terminal.after(RECEIVING).rstrip("\n")
    assert "\n" not in screen
    for part in ("63 %", "1,204 chats", "52,637 messages", "2023-04-02", "keep WhatsApp open"):
        assert part in screen
    assert len(screen) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_it_will_end_is_never_cut_off(terminal: Terminal, language: str) -> None:
    quiet = replace(RECEIVING, payloads=1204, chats=31_204, messages=5_452_637, percent=100, quiet=30)
    use_language(language)
    try:
        screen = terminal.after(quiet).rstrip("\n")
    finally:
        use_language(SOURCE)
    assert "\n" not in screen
    assert "60" in screen
    assert len(screen) <= 80
