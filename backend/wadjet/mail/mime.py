"""A message's bytes, read within limits. Pure; whatever the bytes are, something is answered.

Python's own parser follows any depth and any number of parts, and 10 MB can be made to keep it for hours.
This one passes over the bytes once for each level, at most ten times. It wants what a person has written and the types
of what hangs on it, no more: nothing is decompressed, and what is attached is not decoded.
"""

import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .charsets import base64, decode, words

MOST_BYTES = 10_000_000  # of a message that is read whole
HEAD_BYTES = 262_144  # of its head
MOST_PARTS, MOST_DEPTH = 100, 10
MOST_LETTERS = 20_000  # of its text
_VALUE_BYTES = 8_000  # of a header
_SAME_HEADERS = 3  # that are kept
_PLAIN_BYTES, _HTML_BYTES = 240_000, 1_000_000  # of a part that are decoded: in quoted-printable a letter can take 12

_HEADER = re.compile(rb"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([\w*-]{1,40})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)', re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_TOKEN = re.compile(r"<!--|-->|<[^<>]*>")
_TAG = re.compile(r"</?([a-z0-9]+)")
_BREAKS = re.compile(r"address|blockquote|br|d[dlt]|div|h[1-6r]|li|[ou]l|p|pre|table|t[dhr]")
_SILENT = frozenset({"head", "script", "style", "template", "title"})


class Head:
    """The headers of a message or of a part, as bytes; names in small letters."""

    def __init__(self, raw: bytes) -> None:
        self._values: dict[str, list[bytes]] = {}
        self.stray: list[bytes] = []  # lines that are no headers
        name = ""
        for line in raw.split(b"\n"):
            if line[:1] in (b" ", b"\t") and name:
                value = self._values[name][-1]
                self._values[name][-1] = (value + b" " + line.strip())[:_VALUE_BYTES]
            elif found := _HEADER.match(line):
                name = found[1].decode("ascii").lower()
                values = self._values.setdefault(name, [])
                if len(values) == _SAME_HEADERS:
                    values.pop()
                values.append(found[2].strip()[:_VALUE_BYTES])
            elif line.strip():
                self.stray.append(line)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def all(self, name: str) -> list[str]:
        """Every value of that name, three at most, as text; encoded words are still encoded."""
        return [decode(value) for value in self._values.get(name, ())]

    def one(self, name: str) -> str:
        """The first value of that name, else ""."""
        return next(iter(self.all(name)), "")

    def words(self, name: str) -> str:
        """The first value with its encoded words read, once."""
        return words(self._values[name][0]) if name in self._values else ""


class Part(NamedTuple):
    """A leaf: something to read, or something attached. `body` lies between these places of the message."""

    media_type: str
    charset: str
    encoding: str
    is_attached: bool
    start: int
    end: int


@dataclass
class Message:
    """What was read. `gap`: why not all of it was, `cut` or `broken`, else ""."""

    head: Head
    text: str = ""
    attachments: tuple[str, ...] = ()
    media_types: list[str] = field(default_factory=list)
    gap: str = ""


def read(raw: bytes) -> Message:
    """The head, the text and what is attached."""
    data = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.startswith(b"From "):  # mbox's line, which some servers also put before what they pipe
        data = data[data.find(b"\n") + 1 :] if b"\n" in data else b""
    head, start = _head(data, 0, len(data))
    message = Message(head, gap="cut" if start > HEAD_BYTES else "")
    parts = list(_walk(message, data, head, start, len(data), 0))
    stray = decode(b"\n".join(head.stray)[:_PLAIN_BYTES])
    message.text = tidy(f"{stray}\n\n{_text(data, parts)}")
    if len(message.text) > MOST_LETTERS:
        message.text, message.gap = message.text[:MOST_LETTERS], message.gap or "cut"
    message.attachments = tuple(part.media_type for part in parts if part.is_attached)
    return message


def tidy(text: str) -> str:
    """Text without control characters, marks that turn its direction, and empty lines in heaps."""
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", text)
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n").split("\n")
    return re.sub("\n{3,}", "\n\n", "\n".join(map(str.rstrip, lines))).strip()


def _head(data: bytes, start: int, end: int) -> tuple[Head, int]:
    """The head that begins there, and where what follows it begins."""
    if data.startswith(b"\n", start):
        return Head(b""), start + 1
    blank = data.find(b"\n\n", start, end)
    stop, body = (end, end) if blank < 0 else (blank, blank + 2)
    head = Head(data[start : min(stop, start + HEAD_BYTES)])
    return (head, body) if head else (Head(b""), start)  # no head at all: then it is all text


def _walk(message: Message, data: bytes, head: Head, start: int, end: int, depth: int) -> Iterator[Part]:
    """The leaves below a head, in order, as many as are read; notes in `message` what was left out."""
    media_type, parameters = _content_type(head)
    message.media_types.append(media_type)
    if media_type.startswith("multipart/"):
        if depth >= MOST_DEPTH:
            message.gap = "cut"
            return
        sections = _sections(data, parameters.get("boundary", ""), start, end)
        for found, (first, last) in enumerate(sections):
            if len(message.media_types) > MOST_PARTS:
                message.gap = "cut"
                return
            if not found and first < 0:  # nothing is where the head says that there is something
                message.gap = "broken"
                yield Part("text/plain", "", "", is_attached=False, start=start, end=end)
                return
            inner, body = _head(data, first, last)
            yield from _walk(message, data, inner, min(body, last), last, depth + 1)
        return
    disposition = head.one("content-disposition").strip().lower()
    is_text = media_type in ("text/plain", "text/html")
    is_named = "name" in parameters or "filename" in disposition
    is_attached = not is_text or disposition.startswith("attachment") or (is_named and depth > 0)
    encoding = head.one("content-transfer-encoding").strip().lower()
    yield Part(media_type, parameters.get("charset", ""), encoding, is_attached, start, end)


def _sections(data: bytes, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What lies between the delimiters; (-1, -1) where there is none. Source: RFC 2046 5.1.1."""
    mark = boundary.encode("utf-8", "replace")
    begun = -1
    if mark and len(mark) <= 200:
        delimiter = re.compile(rb"\n--" + re.escape(mark) + rb"(--)?[ \t]*(?=\n|\Z)")
        for found in delimiter.finditer(data, max(start - 1, 0), end):
            if begun >= 0:
                yield begun, max(found.start(), begun)
            begun = min(found.end() + 1, end)
            if found[1]:
                return
    yield (begun, end) if begun >= 0 else (-1, -1)


def _content_type(head: Head) -> tuple[str, dict[str, str]]:
    value = head.one("content-type")[:2_000]
    parameters = {
        name.lower(): re.sub(r"\\(.)", r"\1", said[1:-1]) if said.startswith('"') else said
        for name, said in reversed(_PARAMETER.findall(value))
    }
    media_type = value.partition(";")[0].strip().lower()
    if not value:
        return "text/plain", parameters
    return (media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"), parameters


def _text(data: bytes, parts: list[Part]) -> str:
    """What a person has written: the plain parts, else the HTML ones."""
    for media_type, most, reading in (("text/plain", _PLAIN_BYTES, str), ("text/html", _HTML_BYTES, _without_tags)):
        found: list[str] = []
        for part in parts:
            if part.media_type == media_type and not part.is_attached and sum(map(len, found)) <= MOST_LETTERS:
                body = data[part.start : min(part.end, part.start + most)]
                found.append(reading(decode(_transferred(body, part.encoding), part.charset)))
        if text := "\n\n".join(found).strip():
            return text
    return ""


def _transferred(body: bytes, encoding: str) -> bytes:
    """Source: RFC 2045 6."""
    if encoding == "base64":
        return base64(body)
    return binascii.a2b_qp(body) if encoding == "quoted-printable" else body


def _without_tags(text: str) -> str:
    """The words of HTML. Not by a parser: what is made of it is never HTML again, and no parser is linear."""
    said: list[str] = []
    place, silent, is_comment = 0, "", False
    for found in _TOKEN.finditer(text):
        if not silent and not is_comment:
            said.append(re.sub(r"\s+", " ", text[place : found.start()]))
        place = found.end()
        mark = found[0].lower()
        if is_comment or mark in ("<!--", "-->"):
            is_comment = mark != "-->"
            continue
        tag = _TAG.match(mark)
        name = tag[1] if tag else ""
        if silent:
            silent = "" if mark.startswith("</") and name == silent else silent
        elif name in _SILENT:
            silent = "" if mark.startswith("</") else name
        elif _BREAKS.fullmatch(name):
            said.append("\n")
    if not silent and not is_comment:
        said.append(re.sub(r"\s+", " ", text[place:]))
    return html.unescape("".join(said)) or html.unescape(_TOKEN.sub(" ", text)).strip()
