"""Drives the neonize that PYTHONPATH gives it, for a test in another process.

usage: neonize_child.py PROXY_URL SESSION_FILE

Prints one JSON object a line for everything that neonize tells it. Reads commands, one a line: `stop`, `logout`,
`pair NUMBER`.
"""

import ctypes
import json
import os
import sys
import threading
import time
from typing import Any

# Go writes to stdout what it likes; a copy of it is ours, and Go's goes to stderr
_OUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
_LOCK = threading.Lock()


def say(event: str, **details: Any) -> None:
    with _LOCK:
        _OUT.write(json.dumps({"name": event, **details}) + "\n")
        _OUT.flush()


def describe(event: Any, kind: str) -> dict[str, Any]:
    from neonize.utils.jid import Jid2String  # noqa: PLC0415 - imported after stdout is ours

    if kind == "HistorySyncEv":
        data = event.Data
        return {"order": data.chunkOrder, "chats": len(data.conversations), "bytes": data.ByteSize()}
    if kind == "MessageEv":
        source = event.Info.MessageSource
        return {
            "id": event.Info.ID,
            "chat": Jid2String(source.Chat),
            "alt": Jid2String(source.SenderAlt),
            "own": source.IsFromMe,
            "push_name": event.Info.Pushname,
            "category": event.Info.Category,
            "text": event.Message.conversation,
            "time": event.Info.Timestamp,
        }
    if kind == "PairStatusEv":
        return {"status": event.Status, "error": event.Error}
    if kind in ("LoggedOutEv", "ConnectFailureEv"):
        return {"reason": event.Reason}
    return {}


def obey(client: Any) -> None:
    from neonize.utils.enum import ClientType  # noqa: PLC0415

    for line in sys.stdin:
        command, *arguments = line.split()
        try:
            if command == "logout":
                client.logout()
            elif command == "pair":
                say("code", code=client.PairPhone(*arguments, True, client_type=ClientType.CHROME))
            elif command == "stop":
                client.stop()
        except Exception as error:  # noqa: BLE001 - the test wants to know
            say("failed", command=command, error=repr(error), arguments=arguments)
        else:
            say("done", command=command)


KINDS = """ConnectedEv ConnectFailureEv ClientOutdatedEv DisconnectedEv HistorySyncEv LoggedOutEv MessageEv
OfflineSyncCompletedEv OfflineSyncPreviewEv PairStatusEv StreamErrorEv StreamReplacedEv TemporaryBanEv
UndecryptableMessageEv"""


def main() -> None:
    os.dup2(2, 1)
    proxy, session = sys.argv[1:]
    from neonize import events  # noqa: PLC0415
    from neonize.client import NewClient, ProxySettings  # noqa: PLC0415

    client = NewClient(session)
    client.qr(lambda _, data: say("qr", text=data.decode()))

    def status(_: Any, text: Any) -> None:
        say("status", status=ctypes.string_at(text).decode())

    client._NewClient__onLoginStatus = status
    for kind in KINDS.split():
        client.event(getattr(events, kind))(lambda _, event, kind=kind: say(kind, **describe(event, kind)))
    threading.Thread(target=obey, args=(client,), daemon=True).start()
    started = time.monotonic()
    try:
        client.connect(ProxySettings(proxy))
    except Exception as error:  # noqa: BLE001
        say("raised", error=repr(error))
    say("returned", after=round(time.monotonic() - started, 2))
    os._exit(0)


if __name__ == "__main__":
    main()
