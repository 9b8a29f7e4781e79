"""Pictures, films, sounds, files, stickers. The text is the caption; without one there is none."""

from collections.abc import Callable
from typing import Any

from extract.whatsapp.content.model import Content, join_lines, read_text
from schemas.words import Kind


def _captioned(kind: Kind) -> Callable[[Any], Content]:
    def convert(message: Any) -> Content:
        return Content(kind, read_text(message.caption), context=message.contextInfo, media=message)

    return convert


def _audio(message: Any) -> Content:
    # PTT ("push to talk") marks a voice note; a plain audio file has it unset
    kind = Kind.VOICE if message.PTT else Kind.AUDIO
    return Content(kind, context=message.contextInfo, media=message)


def _document(message: Any) -> Content:
    name = read_text(message.fileName) or read_text(message.title)
    caption = read_text(message.caption)
    return Content(Kind.DOCUMENT, caption, context=message.contextInfo, media=message, media_name=name)


def _sticker(message: Any) -> Content:
    return Content(Kind.STICKER, context=message.contextInfo, media=message)


def _sticker_pack(message: Any) -> Content:
    return Content(Kind.STICKER, join_lines(message.name, message.caption), context=message.contextInfo)


def _album(message: Any) -> Content:
    counts = [(message.expectedImageCount, "images"), (message.expectedVideoCount, "videos")]
    text = ", ".join(f"{count} {what}" for count, what in counts if count)
    return Content(Kind.ALBUM, text or None, context=message.contextInfo)


CONVERTERS: dict[str, Callable[[Any], Content]] = {
    "imageMessage": _captioned(Kind.IMAGE),
    "videoMessage": _captioned(Kind.VIDEO),
    "ptvMessage": _captioned(Kind.VIDEO),
    "audioMessage": _audio,
    "documentMessage": _document,
    "stickerMessage": _sticker,
    "stickerPackMessage": _sticker_pack,
    "albumMessage": _album,
}
