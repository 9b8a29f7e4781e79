"""What shops and their bots send and get back: buttons, lists, templates, orders, products."""

from collections.abc import Callable
from typing import Any

from extract.whatsapp.content.model import Content, join_lines, read_text
from schemas.words import Kind

_HEADERS = {
    "documentMessage": Kind.DOCUMENT,
    "imageMessage": Kind.IMAGE,
    "videoMessage": Kind.VIDEO,
    "locationMessage": Kind.LOCATION,
}


def _with_header(message: Any, text: str | None, context: Any) -> Content:
    """A text that may carry a picture, film, file or place above it: the header decides the kind."""
    for name, kind in _HEADERS.items():
        if message.HasField(name):
            header = getattr(message, name)
            file_name = read_text(header.fileName) if kind is Kind.DOCUMENT else None
            has_file = kind is not Kind.LOCATION
            return Content(kind, text, context=context, media=header if has_file else None, media_name=file_name)
    return Content(Kind.TEXT, text, context=context)


def _buttons(message: Any) -> Content:
    labels = (read_text(button.buttonText.displayText) for button in message.buttons)
    shown = (f"[{label}]" for label in labels if label)
    text = join_lines(message.text, message.contentText, message.footerText, *shown)
    return _with_header(message, text, message.contextInfo)


def _list(message: Any) -> Content:
    titles = (read_text(row.title) for section in message.sections for row in section.rows)
    rows = (f"- {title}" for title in titles if title)
    text = join_lines(message.title, message.description, *rows, message.footerText)
    return Content(Kind.TEXT, text, context=message.contextInfo)


def _template(message: Any) -> Content:
    if message.HasField("interactiveMessageTemplate"):
        return _interactive(message.interactiveMessageTemplate)
    filled = message.hydratedTemplate if message.HasField("hydratedTemplate") else message.hydratedFourRowTemplate
    labels = []
    for button in filled.hydratedButtons:
        which = button.WhichOneof("hydratedButton")
        label = read_text(getattr(button, which).displayText) if which else None
        if label:
            labels.append(f"[{label}]")
    text = join_lines(filled.hydratedTitleText, filled.hydratedContentText, filled.hydratedFooterText, *labels)
    return _with_header(filled, text, message.contextInfo)


def _highly_structured(message: Any) -> Content:
    filled = _template(message.hydratedHsm)
    if filled.text is None:
        filled.text = join_lines(*message.params)
    return filled


def _interactive(message: Any) -> Content:
    cards = [_interactive(card).text for card in message.carouselMessage.cards]
    header = message.header
    text = join_lines(header.title, header.subtitle, message.body.text, message.footer.text, *cards)
    for name in ("documentMessage", "imageMessage", "videoMessage", "locationMessage"):
        if header.HasField(name):
            return _with_header(header, text, message.contextInfo)
    return Content(Kind.TEXT, text, context=message.contextInfo)


def _buttons_reply(message: Any) -> Content:
    text = read_text(message.selectedDisplayText) or read_text(message.selectedButtonID)
    return Content(Kind.BUTTONS_REPLY, text, context=message.contextInfo)


def _list_reply(message: Any) -> Content:
    text = join_lines(message.title, message.description) or read_text(message.singleSelectReply.selectedRowID)
    return Content(Kind.BUTTONS_REPLY, text, context=message.contextInfo)


def _template_reply(message: Any) -> Content:
    text = read_text(message.selectedDisplayText) or read_text(message.selectedID)
    return Content(Kind.BUTTONS_REPLY, text, context=message.contextInfo)


def _interactive_reply(message: Any) -> Content:
    text = read_text(message.body.text) or read_text(message.nativeFlowResponseMessage.name)
    return Content(Kind.BUTTONS_REPLY, text, context=message.contextInfo)


def _amount(message: Any) -> str | None:
    # totalAmount1000 is the amount in thousandths of the currency
    if not message.totalAmount1000:
        return None
    return f"{message.totalAmount1000 / 1000:.2f} {read_text(message.totalCurrencyCode) or ''}".strip()


def _order(message: Any) -> Content:
    items = f"{message.itemCount} items" if message.itemCount else None
    text = join_lines(message.orderTitle, message.message, items, _amount(message))
    return Content(Kind.ORDER, text, context=message.contextInfo)


def _product(message: Any) -> Content:
    text = join_lines(message.product.title, message.product.description, message.body, message.footer)
    return Content(Kind.PRODUCT, text, context=message.contextInfo)


def _invoice(message: Any) -> Content:
    return Content(Kind.ORDER, read_text(message.note))


CONVERTERS: dict[str, Callable[[Any], Content]] = {
    "buttonsMessage": _buttons,
    "listMessage": _list,
    "templateMessage": _template,
    "highlyStructuredMessage": _highly_structured,
    "interactiveMessage": _interactive,
    "buttonsResponseMessage": _buttons_reply,
    "listResponseMessage": _list_reply,
    "templateButtonReplyMessage": _template_reply,
    "interactiveResponseMessage": _interactive_reply,
    "orderMessage": _order,
    "productMessage": _product,
    "invoiceMessage": _invoice,
}
