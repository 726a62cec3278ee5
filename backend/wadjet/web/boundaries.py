"""Where a request ends, and whom it asks: stricter than waitress wherever a proxy might read it otherwise.

Two servers on one way that find different ends of a request let its sender speak in somebody else's name. So what
RFC 9112 lets a server refuse is refused, and the connection with it. Waitress alone takes Content-Length beside
Transfer-Encoding, several chunked codings, folded lines, HTTP/0.9, and a bare LF after a chunk's size.
"""

import copy
import re
import time
from base64 import urlsafe_b64decode
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

# No neighbours in an expression match the same letter: else one request of 16 KiB holds up everybody for a second.
_REQUEST_LINE = re.compile(
    rb"(?P<method>[!#$%&'*+.^_`|~0-9A-Z-]+) "
    rb"(?P<target>/[!\"$-~]*|\*|(?i:https?)://(?P<authority>[^/?\s]+)(?:[/?][!\"$-~]*)?) HTTP/1\.(?P<minor>[01])"
)
_FIELD = re.compile(rb"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):(?P<value>[\t -~\x80-\xff]*)")
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?|")
_DIGITS = re.compile(rb"[0-9]+")
_LONE_LF = re.compile(rb"(?<!\r)\n")

_WORD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;%b(?:=(?:%b|\"[\t !#-~\x80-\xff]*\"))?)*\r\n" % (_WORD, _WORD))
_CHUNK_END = re.compile(rb"\r\n")
_TRAILER = re.compile(rb"(?:%b)?\r\n" % _FIELD.pattern)

ROOMY = "/console/"  # where the staff write whole policies; everything else is small
ROOMY_BODY_BYTES = 2 * 1024 * 1024  # three languages of a long policy


class Parser(HTTPRequestParser):
    """Refuses what could be read in two ways. Source: RFC 9112 2.2, 3, 5, 6."""

    adj: Any
    body_rcv: Any
    completed_at = 0.0  # when the whole request had arrived
    path = ""  # waitress names it when a client leaves, also of a request that was refused before it had one

    def received(self, data: bytes) -> int:
        """How many bytes were this request's."""
        if self.body_rcv is None:
            head = (self.header_plus + data).partition(b"\r\n\r\n")[0]
            if _LONE_LF.search(head, len(self.header_plus)):
                self.error, self.completed = BadRequest("A line ends in LF without CR."), True
                return len(data)
        taken: int = super().received(data)
        if self.completed:
            self.completed_at = time.monotonic()
            self.expect_continue = False  # else waitress would ask for a body that is not there or not wanted
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """The request line and the fields. Raises ParsingError."""
        line, *fields = header_plus.split(b"\r\n")
        asked = _REQUEST_LINE.fullmatch(line)
        if not asked:
            raise ParsingError("The request line is not well formed.")
        self.command, self.version = asked["method"].decode(), "1." + asked["minor"].decode()
        said = _read_fields([field for field in fields if field])
        _check(said, minor=asked["minor"])
        # Without the white space around values, on which waitress' own expression spends a second.
        tidy = [name + b":" + value for name, values in said.items() for value in values]
        try:
            super().parse_header(b"\r\n".join([line, *tidy, b""]))
        except ValueError as error:  # what urlsplit takes for an address, or int for a number, and is none
            raise ParsingError("The request line or a length is not well formed.") from error
        if asked["authority"] is not None:  # whom it asks, whatever Host says (RFC 9112 3.2.2)
            if not _HOST.fullmatch(asked["authority"]):
                raise ParsingError("The request's address names no host.")
            self.headers["HOST"] = asked["authority"].decode()
            self.path = self.path or "/"
        if self.path.startswith(ROOMY):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = ROOMY_BODY_BYTES + 1
        if self.chunked:
            self.body_rcv = _Chunks(self.body_rcv.getbuf())


def is_precious(request: Parser) -> bool:
    """Whether a request is answered however many wait: all but new decisions and messages, of which the widget keeps
    its own and sends them again. A withdrawal is never refused for load (policy 8.4.b).
    """
    if request.path != "/api/v1/receipts":
        return request.path not in ("/api/v1/contact", "/api/v1/challenge", "/contact/")
    body: bytes = request.body_rcv.getbuf().get() if request.body_rcv else b""
    payload = body.partition(b".")[2].partition(b".")[0]
    try:
        decoded = urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    except ValueError:
        decoded = b""
    return b"withdrawn" in body or b"withdrawn" in decoded


def _read_fields(lines: list[bytes]) -> dict[bytes, list[bytes]]:
    """Name in small letters → values, in order."""
    said: dict[bytes, list[bytes]] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if not field:
            raise ParsingError("A header field is not well formed.")
        said.setdefault(field["name"].lower(), []).append(field["value"].strip(b" \t"))
    return said


def _check(said: dict[bytes, list[bytes]], *, minor: bytes) -> None:
    hosts, lengths = said.get(b"host", []), said.get(b"content-length", [])
    codings = said.get(b"transfer-encoding", [])
    if len(hosts) > 1 or not all(map(_HOST.fullmatch, hosts)) or (minor == b"1" and not hosts):
        raise ParsingError("One Host header must name one host.")
    if len(lengths) > 1 or not all(map(_DIGITS.fullmatch, lengths)):
        raise ParsingError("Content-Length must be one number.")
    if codings and (lengths or minor == b"0" or [coding.lower() for coding in codings] != [b"chunked"]):
        raise ParsingError("Transfer-Encoding must be chunked, once, in HTTP/1.1 and without Content-Length.")


class _Chunks(ChunkedReceiver):
    """A body in chunks, line by line. Source: RFC 9112 7.1."""

    def __init__(self, buffer: Any) -> None:
        super().__init__(buffer)
        self._line = b""
        self._left = 0  # bytes of the chunk still to come
        self._expected = _CHUNK

    def received(self, data: bytes) -> int:
        """How many bytes were the body's."""
        at = 0
        while at < len(data) and not (self.completed or self.error):
            if self._left:
                piece = data[at : at + self._left]
                self.buf.append(piece)
                self._left -= len(piece)
                at += len(piece)
            else:
                end = data.find(b"\n", at) + 1 or len(data)
                self._line += data[at:end]
                at = end
                if self._line.endswith(b"\n"):
                    self._read(self._line)
                    self._line = b""
        return at

    def _read(self, line: bytes) -> None:
        found = self._expected.fullmatch(line)
        if not found:
            self.error = BadRequest("The chunks of the body are not well formed.")
        elif self._expected is _CHUNK:
            self._left = int(found[1], 16)
            self._expected = _CHUNK_END if self._left else _TRAILER
        elif self._expected is _CHUNK_END:
            self._expected = _CHUNK
        elif line == b"\r\n":
            self.completed = True
