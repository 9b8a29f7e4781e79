"""The WhatsApp protobuf classes, imported once and without neonize's side effects.

Importing any module of neonize runs its `__init__`, which (neonize 0.5.2) loads libmagic through
python-magic, calls `logging.basicConfig` and leaves the pipes of two `uname -a` to the garbage collector.
Where the system has no libmagic, the wheel `pylibmagic` lends its own. The classes' fields are those
of WhatsApp's own schema; every one is proto2, so presence is asked with HasField.
"""

import ctypes
import importlib
import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SEARCH_PATHS = ("LIBRARY_PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@contextmanager
def _neonize_kept_quiet() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    environment = {name: os.environ.get(name) for name in _SEARCH_PATHS}
    try:
        ctypes.CDLL("libmagic.so.1")
    except OSError:
        # patches the loader's search and the paths above; programs we start later must not inherit those
        importlib.import_module("pylibmagic")
    popen = os.popen

    def answered(command: str, *arguments: Any) -> Any:
        return io.StringIO(" ".join(os.uname())) if command == "uname -a" else popen(command, *arguments)

    try:
        os.popen = answered  # type: ignore[assignment]
        yield
    finally:
        os.popen = popen
        for name, value in environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for handler in list(root.handlers):
            if handler not in handlers:
                root.removeHandler(handler)
        root.setLevel(level)


with _neonize_kept_quiet():
    from neonize.proto import Neonize_pb2 as neonize_pb2
    from neonize.proto.waCommon import WACommon_pb2 as common_pb2
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e_pb2
    from neonize.proto.waHistorySync import WAWebProtobufsHistorySync_pb2 as history_pb2
    from neonize.proto.waSyncAction import WAWebProtobufSyncAction_pb2 as sync_action_pb2
    from neonize.proto.waWeb import WAWebProtobufsWeb_pb2 as web_pb2

HistorySync = history_pb2.HistorySync
Conversation = history_pb2.Conversation
HistorySyncMsg = history_pb2.HistorySyncMsg
WebMessageInfo = web_pb2.WebMessageInfo
Reaction = web_pb2.Reaction
Message = e2e_pb2.Message
MessageKey = common_pb2.MessageKey
CallLogRecord = sync_action_pb2.CallLogRecord

__all__ = [
    "CallLogRecord",
    "Conversation",
    "HistorySync",
    "HistorySyncMsg",
    "Message",
    "MessageKey",
    "Reaction",
    "WebMessageInfo",
    "common_pb2",
    "e2e_pb2",
    "history_pb2",
    "neonize_pb2",
    "sync_action_pb2",
    "web_pb2",
]
