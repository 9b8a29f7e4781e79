"""What a person (or a program) sees while a phone is linked and sends its history."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from schemas.progress import LinkEnded, LinkProgress, LinkSign, Paired, PairingCode, Progress, QrCode, Receiving, Step
from schemas.translation import N_, _, ngettext
from wa2pg.progress import StepLine, Style, shown_progress, step_details
from wa2pg.qr import code_text, write_picture
from wa2pg.talk import stderr

_TAPS = (
    N_("On the phone: open WhatsApp"),
    N_("  1. Settings (iPhone) or the three dots (Android)"),
    N_("  2. Linked devices"),
    N_("  3. Link a device"),
)
_SCAN = N_("Then point the phone at this code:")
_TYPE = N_("Then choose 'Link with phone number instead' and type this code:")
_CONNECTED = N_("connected, waiting for the phone; keep WhatsApp open on the phone")
_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def link_screen(style: Style, picture: Path | None) -> Iterator[LinkProgress]:
    """A callback for a link's signs, shown in this style while the block runs.

    With `picture` each code is written there as well, and the file is gone when the block ends.
    """
    with shown_progress(style if style is not Style.BAR else Style.NONE) as steps:
        screen = _screen(style, steps)
        pictured = _Pictured(picture, screen)
        try:
            yield pictured
        finally:
            pictured.close()
            screen.close()


def _screen(style: Style, steps: Progress) -> "_Screen":
    if style is Style.BAR:
        return _Terminal()
    if style is Style.JSON:
        return _Json()
    return _Log(steps, silent=style is Style.NONE)


class _Screen(Protocol):
    """One way to show a link's signs."""

    def show(self, sign: LinkSign, picture: Path | None) -> None:
        """Show one; `picture` is where the code is, when it is in a file too."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class _Pictured:
    """Writes the code as a picture before the screen is told."""

    def __init__(self, path: Path | None, screen: _Screen) -> None:
        self._path, self._screen, self._written = path, screen, False

    def __call__(self, sign: LinkSign) -> None:
        if self._path is not None:
            if isinstance(sign, QrCode):
                write_picture(self._path, sign.data, again=self._written)
                self._written = True
            elif isinstance(sign, Paired):
                self.close()
        self._screen.show(sign, self._path if self._written else None)

    def close(self) -> None:
        if self._path is not None and self._written:
            self._path.unlink(missing_ok=True)
            self._written = False


class _Json:
    """One JSON object a line on stderr, for another program: here the code itself is told."""

    def __init__(self) -> None:
        self._payloads = 0
        self._quiet_told = 0.0

    def show(self, sign: LinkSign, _picture: Path | None) -> None:
        if isinstance(sign, Step):
            self._write("sealing" if sign.name == "sealing" else "progress", step_details(sign))
        elif isinstance(sign, QrCode):
            self._write("qr", asdict(sign))
        elif isinstance(sign, PairingCode):
            self._write("pairing_code", asdict(sign))
        elif isinstance(sign, Paired):
            self._write("paired", {})
        elif isinstance(sign, LinkEnded):
            self._write("done" if sign.failure is None else "failed", {"failure": sign.failure} if sign.failure else {})
        elif sign.payloads != self._payloads:
            self._payloads, self._quiet_told = sign.payloads, time.monotonic()
            self._write("payload", _figures(sign))
        elif sign.connected and time.monotonic() - self._quiet_told >= _SECONDS_BETWEEN_LINES:
            self._quiet_told = time.monotonic()
            self._write("quiet", _figures(sign))

    def _write(self, event: str, details: dict[str, Any]) -> None:
        sys.stderr.write(json.dumps({"event": event, **details}) + "\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Nothing is open."""


def _figures(sign: Receiving) -> dict[str, Any]:
    return {**asdict(sign), "oldest": None if sign.oldest is None else sign.oldest.isoformat()}


class _Log:
    """Lines for a log, in English as all logs are. The code is never among them."""

    def __init__(self, steps: Progress, *, silent: bool) -> None:
        self._steps, self._silent = steps, silent
        self._said_at = 0.0
        self._said = ""

    def show(self, sign: LinkSign, picture: Path | None) -> None:
        if isinstance(sign, Step):
            self._steps(sign)
        elif isinstance(sign, QrCode):
            if picture is not None:
                self._say(f"the code to scan is in the picture, for {sign.seconds} s")
        elif isinstance(sign, Paired):
            self._say("the phone is linked")
        elif isinstance(sign, Receiving) and sign.connected:
            now = time.monotonic()
            if now - self._said_at >= _SECONDS_BETWEEN_LINES:
                self._said_at = now
                self._say(_log_line(sign))

    def _say(self, line: str) -> None:
        # nothing new to say is not said again
        if line != self._said and not self._silent:
            self._said = line
            sys.stderr.write(line + "\n")

    def close(self) -> None:
        """Nothing is open."""


def _log_line(sign: Receiving) -> str:
    parts = [] if sign.percent is None else [f"{sign.percent} %"]
    if sign.payloads:
        parts += [f"{sign.chats:,} chats", f"{sign.messages:,} messages"]
    if sign.oldest is not None:
        parts.append(f"since {sign.oldest.isoformat()}")
    return ", ".join(parts) or _CONNECTED


def _line(sign: Receiving, *, since: bool = True) -> str:
    parts = [] if sign.percent is None else [f"{sign.percent} %"]
    if sign.payloads:
        parts += [
            ngettext("{count} chat", "{count} chats", sign.chats),
            ngettext("{count} message", "{count} messages", sign.messages),
        ]
    if since and sign.oldest is not None:
        parts.append(_("since {day}", day=sign.oldest))
    return ", ".join(parts) or _(_CONNECTED)


class _Terminal:
    """The code redrawn in place, then one live line."""

    def __init__(self) -> None:
        self._console: Console = stderr()
        self._spinner = Spinner("dots")
        self._code: QrCode | PairingCode | None = None
        self._until = 0.0
        self._line = _("connecting to WhatsApp")
        self._picture: Path | None = None
        self._step: StepLine | None = None
        self._live = Live(
            get_renderable=self._render, console=self._console, transient=True, refresh_per_second=4, screen=False
        )
        self._live.start()

    def show(self, sign: LinkSign, picture: Path | None) -> None:
        step = None
        if isinstance(sign, QrCode | PairingCode):
            self._code, self._until, self._picture = sign, time.monotonic() + sign.seconds, picture
        elif isinstance(sign, Paired):
            self._code = None
            self._line = _("linked; waiting for the phone to send its history")
            self._live.console.print(_("The phone is linked."))
        elif isinstance(sign, Receiving):
            if sign.connected:
                self._code = None
                self._line = self._receiving(sign)
            elif self._code is None and sign.payloads:
                self._line = _("the line broke; waiting for WhatsApp")
        elif isinstance(sign, LinkEnded):
            self._code = None
        else:
            self._code = None
            step = self._step or StepLine()
            step(sign)
        self._step = step

    def _receiving(self, sign: Receiving) -> str:
        if sign.stopping:
            if not sign.outstanding:
                return _("stopping")
            return ngettext(
                "stopping; {count} announced piece is still on the way",
                "stopping; {count} announced pieces are still on the way",
                sign.outstanding,
            )
        line = self._what_comes(sign, _line(sign))
        # what will happen is not to be cut off
        return line if cell_len(line) <= self._console.width - 3 else self._what_comes(sign, _line(sign, since=False))

    @staticmethod
    def _what_comes(sign: Receiving, figures: str) -> str:
        if sign.payloads and sign.quiet > _SECONDS_BETWEEN_LINES:
            left = max(0, round(sign.quiet_needed - sign.quiet))
            return _("{figures}; done if quiet for {left} s", figures=figures, left=left)
        return _("{figures}; keep WhatsApp open", figures=figures) if sign.payloads else figures

    def _render(self) -> RenderableType:
        if self._code is None:
            line = self._step.line(self._console.width - 3, "━") if self._step else self._line
            self._spinner.update(text=Text.assemble(line, no_wrap=True, overflow="ellipsis"))
            return self._spinner
        left = max(0, round(self._until - time.monotonic()))
        if isinstance(self._code, PairingCode):
            good = _("good for {left} s", left=left)
            return Text("\n".join([*map(_, (*_TAPS, _TYPE)), "", f"    {self._code.code}", "", good]))
        code = code_text(self._code.data, colour=not self._console.no_color)
        below = Text(_("a new code in {left} s; Ctrl-C stops", left=left), no_wrap=True, overflow="ellipsis")
        # the code's lines, the one below, and the cursor's
        needed = code.plain.count("\n") + 3
        if self._console.height < needed:
            return self._too_small(needed, left)
        if self._console.height < needed + len(_TAPS) + 1:
            return Group(code, below)
        return Group(Text("\n".join(map(_, (*_TAPS, _SCAN)))), code, below)

    def _too_small(self, needed: int, left: int) -> RenderableType:
        """A code that is cut off cannot be scanned, and one scrolled through not be redrawn."""
        told = [
            _(
                "The code needs a window of {needed} lines; this one has {here}.",
                needed=needed,
                here=self._console.height,
            ),
            _("Make it higher or the letters smaller (often Ctrl and -), and the code appears."),
            _("Or stop with Ctrl-C and use --qr-png FILE or --phone +NUMBER."),
        ]
        if self._picture is not None:
            told.append(_("It is in {path}.", path=self._picture))
        return Text("\n".join([*told, _("a new code in {left} s", left=left)]))

    def close(self) -> None:
        self._live.stop()
