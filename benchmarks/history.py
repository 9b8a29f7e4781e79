"""Generated histories of any size: invented clients of a tour company, many messages, overlapping chunks.

Deterministic by seed. About 350 bytes a message as protobuf, a sixth of them pictures with a thumbnail.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extract.whatsapp.protobufs import HistorySync

_OPENINGS = (
    "Здравствуйте! Сколько стоит тур на {place} на {n} человек?",
    "Добрый день, интересует {place} с {n} июля",
    "Hello! Is the {place} trip available on {n} June?",
    "Саламатсызбы, {place} канча турат, {n} кишибиз",
    "Подскажите пожалуйста что входит в стоимость {place}",
    "Bonjour, nous sommes {n}, est-ce que {place} est possible en août ?",
    "Да, {n} взрослых и двое детей, {place} подходит",
    "Отправил предоплату {n}000 сом, проверьте пожалуйста",
    "Спасибо большое, {place} очень понравился! {n} из 10",
    "ок",
    "Когда выезд? В {n} утра?",
    "مرحبا، كم سعر رحلة {place} لعدد {n} أشخاص؟",
)
_PLACES = ("Иссык-Куль", "Сон-Куль", "Ала-Арча", "Каракол", "Song-Köl", "Ала-Көл")
_START = 1_700_000_000
# a tenth of every chat comes in two chunks
_OVERLAP = 10


def write_history(folder: Path, *, messages: int, chats: int, chunks: int, seed: int = 1) -> list[Path]:
    """Write `chunks` payloads that hold about `messages` different messages of `chats` clients; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, payload in enumerate(payloads(messages=messages, chats=chats, chunks=chunks, seed=seed), 1):
        path = folder / f"{number:04d}.pb"
        path.write_bytes(payload.SerializeToString())
        paths.append(path)
    return paths


def payloads(*, messages: int, chats: int, chunks: int, seed: int = 1) -> Iterator[Any]:
    """The payloads of a generated history, one at a time."""
    rng = random.Random(seed)
    each = messages // chats
    for chunk in range(chunks):
        history = HistorySync(
            syncType=HistorySync.INITIAL_BOOTSTRAP if chunk == 0 else HistorySync.RECENT,
            chunkOrder=chunk,
            progress=100 * (chunk + 1) // chunks,
        )
        for chat in range(chats):
            first, last = each * chunk // chunks, each * (chunk + 1) // chunks
            # newest first, as phones send; the last tenth comes again in the next chunk
            wanted = range(last - 1, max(0, first - (last - first) // _OVERLAP) - 1, -1)
            _conversation(history, chat, wanted, rng)
        yield history


def _conversation(history: Any, chat: int, wanted: range, rng: random.Random) -> None:
    conversation = history.conversations.add(ID=f"99655{chat:07d}@s.whatsapp.net", name=f"Client {chat}")
    for number in wanted:
        record = conversation.messages.add(msgOrderID=number)
        info = record.message
        info.key.remoteJID = conversation.ID
        info.key.fromMe = number % 3 == 2
        info.key.ID = f"3EB0{chat:08X}{number:08X}"
        info.messageTimestamp = _START + chat * 3600 + number * 900
        info.status = 4
        if not info.key.fromMe:
            info.pushName = f"Client {chat}"
        text = _OPENINGS[(chat * 31 + number * 7) % len(_OPENINGS)].format(
            place=_PLACES[(chat + number) % len(_PLACES)], n=(chat * number) % 997
        )
        if number % 6 == 5:
            image = info.message.imageMessage
            image.caption, image.mimetype, image.fileLength = text, "image/jpeg", 120_000
            image.JPEGThumbnail, image.mediaKey, image.fileSHA256 = (
                rng.randbytes(600),
                rng.randbytes(32),
                rng.randbytes(32),
            )
        elif number % 4 == 1:
            info.message.extendedTextMessage.text = text
            if number:
                info.message.extendedTextMessage.contextInfo.stanzaID = f"3EB0{chat:08X}{number - 1:08X}"
        else:
            info.message.conversation = text
        info.message.messageContextInfo.messageSecret = rng.randbytes(32)
