"""WhatsApp's binary XML: `<tag attribute=value>children or bytes</tag>`, its common words as single bytes.

Every word may be spelled out, so writing needs no dictionary; reading what the client sends does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.whatsapp_server.words import MORE_WORDS, WORDS

_EMPTY, _TABLE_0, _TABLE_3 = 0, 236, 239
_DEVICE_JID, _LIST_8, _LIST_16, _JID, _HEX = 247, 248, 249, 250, 251
_BYTES_8, _BYTES_20, _BYTES_32, _DIGITS = 252, 253, 254, 255
_LENGTH_SIZES = {_LIST_8: 1, _LIST_16: 2, _BYTES_8: 1, _BYTES_20: 3, _BYTES_32: 4}
_PACKED = {_DIGITS: "0123456789-.\0\0\0\0", _HEX: "0123456789ABCDEF"}
# the byte that says which kind of user has the device
_DEVICE_SERVERS = {0: "s.whatsapp.net", 1: "lid", 128: "hosted", 129: "hosted.lid"}
_PLAIN = b"\0"  # stands before a stanza that is not deflated


class Jid(str):
    """An address, `user:device@server`; on the wire it is no text."""

    __slots__ = ()

    @property
    def server(self) -> str:
        return self.rpartition("@")[2]

    @property
    def user(self) -> str:
        return self.rpartition("@")[0].partition(":")[0]

    @property
    def device(self) -> int:
        return int(self.rpartition("@")[0].partition(":")[2] or 0)


SERVER = Jid("@s.whatsapp.net")


@dataclass(frozen=True)
class Node:
    """One element; a Jid among the attributes is written as an address, any other value as text."""

    tag: str
    attrs: Mapping[str, str] = field(default_factory=dict)
    children: tuple["Node", ...] = ()
    data: bytes | None = None

    def child(self, tag: str) -> "Node | None":
        return next((child for child in self.children if child.tag == tag), None)

    def find(self, *path: str) -> "Node":
        """The element at the end of this path of tags; raises ValueError where it is missing."""
        node = self
        for tag in path:
            below = node.child(tag)
            if below is None:
                raise ValueError(f"<{node.tag}> has no <{tag}>")
            node = below
        return node

    @property
    def content(self) -> bytes:
        if self.data is None:
            raise ValueError(f"<{self.tag}> has no bytes")
        return self.data


def write(node: Node) -> bytes:
    """The stanza as it goes into a frame."""
    return b"".join((_PLAIN, *_write_node(node)))


def _write_node(node: Node) -> Iterator[bytes]:
    filled = node.data is not None or bool(node.children)
    yield _list_head(1 + 2 * len(node.attrs) + filled)
    yield _bytes(node.tag.encode())
    for name, value in node.attrs.items():
        yield _bytes(name.encode())
        yield _address(value) if isinstance(value, Jid) else _bytes(value.encode())
    if node.data is not None:
        yield _bytes(node.data)
    elif node.children:
        yield _list_head(len(node.children))
        for child in node.children:
            yield from _write_node(child)


def _list_head(size: int) -> bytes:
    return bytes((_LIST_8, size)) if size < 1 << 8 else bytes((_LIST_16, *size.to_bytes(2, "big")))


def _bytes(content: bytes) -> bytes:
    size = len(content)
    kind = _BYTES_8 if size < 1 << 8 else _BYTES_20 if size < 1 << 20 else _BYTES_32
    return bytes((kind, *size.to_bytes(_LENGTH_SIZES[kind], "big"))) + content


def _address(jid: Jid) -> bytes:
    if jid.device:
        kind = next(number for number, server in _DEVICE_SERVERS.items() if server == jid.server)
        return bytes((_DEVICE_JID, kind, jid.device)) + _bytes(jid.user.encode())
    return bytes((_JID,)) + (_bytes(jid.user.encode()) if jid.user else bytes((_EMPTY,))) + _bytes(jid.server.encode())


def read(frame: bytes) -> Node:
    """The stanza in a frame; raises ValueError where it is none. The client never deflates one."""
    if not frame.startswith(_PLAIN):
        raise ValueError("a deflated stanza")
    return _Reader(frame[1:]).node()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError(f"the stanza ends at byte {len(self._data)}, before its end")
        self._at += count
        return taken

    def _number(self, size: int = 1) -> int:
        return int.from_bytes(self._take(size), "big")

    def _length(self, kind: int) -> int:
        if kind not in _LENGTH_SIZES:
            raise ValueError(f"byte {kind} begins neither a list nor bytes")
        return self._number(_LENGTH_SIZES[kind])

    def node(self) -> Node:
        size = self._length(self._number())
        tag = self._text()
        attrs = {self._text(): self._text() for _ in range((size - 1) // 2)}
        if size % 2:
            return Node(tag, attrs)
        kind = self._number()
        if kind in (_LIST_8, _LIST_16):
            return Node(tag, attrs, children=tuple(self.node() for _ in range(self._length(kind))))
        if kind in (_BYTES_8, _BYTES_20, _BYTES_32):
            return Node(tag, attrs, data=self._take(self._length(kind)))
        return Node(tag, attrs, data=self._text(kind).encode())

    def _text(self, kind: int | None = None) -> str:
        kind = self._number() if kind is None else kind
        if kind in _PACKED:
            return self._packed(_PACKED[kind])
        if kind == _JID:
            user, server = self._text(), self._text()
            return Jid(f"{user}@{server}")
        if kind == _DEVICE_JID:
            server, device = _DEVICE_SERVERS.get(self._number(), "?"), self._number()
            return Jid(f"{self._text()}{f':{device}' if device else ''}@{server}")
        if _TABLE_0 <= kind <= _TABLE_3:
            place = (kind - _TABLE_0, self._number())
            return MORE_WORDS.get(place, "word {}.{}".format(*place))
        if kind < len(WORDS):
            return WORDS[kind]
        return self._take(self._length(kind)).decode()

    def _packed(self, alphabet: str) -> str:
        """Two characters a byte; the first byte says how many bytes, and its high bit that the last half is empty."""
        head = self._number()
        text = "".join(alphabet[byte >> 4] + alphabet[byte & 15] for byte in self._take(head & 0x7F))
        return text[:-1] if head & 0x80 else text
