"""One `Message` for each kind of line a script can hold; field names are those of WhatsApp's waE2E schema."""

from collections.abc import Callable
from typing import Any

from extract.whatsapp.protobufs import Message, e2e_pb2
from extract.whatsapp.sample.script import Chat, Line, digest, number

_MIMES = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "ptv": "video/mp4",
    "voice": "audio/ogg; codecs=opus",
    "audio": "audio/mpeg",
    "document": "application/pdf",
    "sticker": "image/webp",
}

# Field 9001 does not exist in the schema: a message kind that is newer than this program
_FUTURE_VARIANT = b"\xca\xb2\x04\x14\x0a\x12from the year 2031"


def _media(chat: Chat, line: Line, **fields: object) -> dict[str, Any]:
    """Fields that every medium has; keys and hashes are invented, so nothing can be downloaded."""
    about = (chat.key, line.label)
    return {
        "mimetype": line.get("mime", _MIMES[line.kind]),
        "fileSHA256": digest(*about, "file"),
        "fileEncSHA256": digest(*about, "encrypted"),
        "mediaKey": digest(*about, "key"),
        "fileLength": int(line.get("bytes", str(20_000 + number(900_000, *about, "length")))),
        "directPath": f"/v/sample/{digest(*about, 'path').hex()[:24]}.enc",
        "mediaKeyTimestamp": int(line.sent_at.timestamp()),
        **fields,
    }


def _captioned(line: Line) -> dict[str, Any]:
    return {"caption": line.text} if line.text else {}


def _seconds(line: Line) -> int:
    return int(line.get("seconds", "12"))


def _text(_chat: Chat, line: Line) -> Message:
    return Message(conversation=line.text)


def _link(_chat: Chat, line: Line) -> Message:
    url = line.get("url")
    return Message(extendedTextMessage={"text": line.text, "matchedText": url, "title": line.get("title")})


def _image(chat: Chat, line: Line) -> Message:
    return Message(imageMessage=_media(chat, line, width=1600, height=1200, **_captioned(line)))


def _video(chat: Chat, line: Line) -> Message:
    return Message(videoMessage=_media(chat, line, seconds=_seconds(line), **_captioned(line)))


def _round_video(chat: Chat, line: Line) -> Message:
    return Message(ptvMessage=_media(chat, line, seconds=_seconds(line)))


def _voice(chat: Chat, line: Line) -> Message:
    return Message(audioMessage=_media(chat, line, seconds=_seconds(line), PTT=True))


def _audio(chat: Chat, line: Line) -> Message:
    return Message(audioMessage=_media(chat, line, seconds=_seconds(line), PTT=False))


def _document(chat: Chat, line: Line) -> Message:
    name = line.get("name")
    document = _media(chat, line, fileName=name, title=name, pageCount=int(line.get("pages", "1")), **_captioned(line))
    message = Message(documentMessage=document)
    # phones put a document that has a caption into an envelope of its own
    return Message(documentWithCaptionMessage={"message": message}) if line.text else message


def _sticker(chat: Chat, line: Line) -> Message:
    return Message(stickerMessage=_media(chat, line, isAnimated=False, emojis=line.text))


def _location(_chat: Chat, line: Line) -> Message:
    latitude, longitude = map(float, line.get("where").split(","))
    place = {"degreesLatitude": latitude, "degreesLongitude": longitude, "name": line.text}
    return Message(locationMessage=place | {"address": line.get("address")})


def _contact(_chat: Chat, line: Line) -> Message:
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:{line.text}\nTEL;type=CELL:{line.get('number')}\nEND:VCARD"
    return Message(contactMessage={"displayName": line.text, "vcard": card})


def _poll(_chat: Chat, line: Line) -> Message:
    options = [{"optionName": option} for option in line.get("options").split("|")]
    return Message(pollCreationMessageV3={"name": line.text, "options": options, "selectableOptionsCount": 1})


def _buttons(_chat: Chat, line: Line) -> Message:
    buttons = [
        {"buttonID": str(place), "buttonText": {"displayText": shown}, "type": e2e_pb2.ButtonsMessage.Button.RESPONSE}
        for place, shown in enumerate(line.get("options").split("|"))
    ]
    return Message(buttonsMessage={"contentText": line.text, "footerText": line.get("footer"), "buttons": buttons})


def _buttons_reply(_chat: Chat, line: Line) -> Message:
    return Message(buttonsResponseMessage={"selectedButtonID": "0", "selectedDisplayText": line.text})


def _list(_chat: Chat, line: Line) -> Message:
    rows = [{"title": title, "rowID": str(place)} for place, title in enumerate(line.get("options").split("|"))]
    shown = {"title": line.get("title"), "description": line.text, "buttonText": line.get("button")}
    return Message(listMessage=shown | {"sections": [{"title": line.get("title"), "rows": rows}]})


def _list_reply(_chat: Chat, line: Line) -> Message:
    return Message(listResponseMessage={"title": line.text, "singleSelectReply": {"selectedRowID": "1"}})


def _template(_chat: Chat, line: Line) -> Message:
    button = {"index": 0, "quickReplyButton": {"displayText": line.get("button"), "ID": "0"}}
    shown = {"hydratedTitleText": line.get("title"), "hydratedContentText": line.text, "hydratedButtons": [button]}
    return Message(templateMessage={"hydratedTemplate": shown})


def _template_reply(_chat: Chat, line: Line) -> Message:
    return Message(templateButtonReplyMessage={"selectedID": "0", "selectedDisplayText": line.text})


def _order(chat: Chat, line: Line) -> Message:
    order = {"orderID": str(10**12 + number(10**11, chat.key)), "orderTitle": line.get("title"), "message": line.text}
    money = {"itemCount": 1, "totalAmount1000": int(line.get("amount")) * 1000, "totalCurrencyCode": "USD"}
    return Message(orderMessage=order | money)


def _product(_chat: Chat, line: Line) -> Message:
    product = {"title": line.get("title"), "currencyCode": "USD", "priceAmount1000": int(line.get("amount")) * 1000}
    return Message(productMessage={"product": product, "body": line.text})


def _group_invite(_chat: Chat, line: Line) -> Message:
    invite = {
        "groupJID": line.get("group"),
        "groupName": line.get("name"),
        "inviteCode": "SAMPLE0000",
        "caption": line.text,
    }
    return Message(groupInviteMessage=invite)


def _event(_chat: Chat, line: Line) -> Message:
    event = {"name": line.text, "description": line.get("description"), "startTime": int(line.get("start"))}
    return Message(eventMessage=event)


def _album(_chat: Chat, line: Line) -> Message:
    return Message(albumMessage={"expectedImageCount": int(line.get("images"))})


def _call(_chat: Chat, line: Line) -> Message:
    outcome = e2e_pb2.CallLogMessage.CONNECTED
    return Message(callLogMesssage={"isVideo": False, "callOutcome": outcome, "durationSecs": _seconds(line)})


def _unknown(_chat: Chat, _line: Line) -> Message:
    return Message.FromString(_FUTURE_VARIANT)


VARIANTS: dict[str, Callable[[Chat, Line], Message]] = {
    "text": _text,
    "link": _link,
    "image": _image,
    "video": _video,
    "ptv": _round_video,
    "voice": _voice,
    "audio": _audio,
    "document": _document,
    "sticker": _sticker,
    "location": _location,
    "contact": _contact,
    "poll": _poll,
    "buttons": _buttons,
    "buttons_reply": _buttons_reply,
    "list": _list,
    "list_reply": _list_reply,
    "template": _template,
    "template_reply": _template_reply,
    "order": _order,
    "product": _product,
    "group_invite": _group_invite,
    "event": _event,
    "album": _album,
    "call": _call,
    "unknown": _unknown,
}
