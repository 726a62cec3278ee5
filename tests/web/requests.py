"""Requests, byte for byte, that two servers on one way might end at different places. Source: RFC 9112.

`CASES` names each: what is sent, and what our server answers to it, in order: a text is what the echo says the body
was, a number any other status. Whatever follows a refused request is not answered.
"""

from collections.abc import Iterator
from typing import NamedTuple

LINE = b"POST /api/echo HTTP/1.1"
HOST = b"Host: localhost"
CHUNKED = b"Transfer-Encoding: chunked"
BODY = b"4\r\nbody\r\n0\r\n\r\n"
LONG = 17 * 1024


class Case(NamedTuple):
    """`want` is empty where the request never ends: then nobody answers."""

    sent: bytes
    want: tuple[int | str, ...]


def ask(*fields: bytes, line: bytes = LINE, host: bytes = HOST, body: bytes = b"", stay: bool = False) -> bytes:
    """One request; the connection ends with it unless the client wants to `stay`."""
    head = [line, *filter(None, [host]), *([] if stay else [b"Connection: close"]), *fields]
    return b"\r\n".join([*head, b"", body])


NEXT = ask(line=b"GET /api/echo?next HTTP/1.1")  # what a smuggler would have somebody else's server answer
REFUSED, TAKEN = (400,), ("body",)
GET = b"GET /api/echo HTTP/1.1"


def lengths() -> Iterator[tuple[str, Case]]:
    bad = [
        b"+4", b"-4", b"0x4", b"4, 4", b"4,4", b"4 4", b"4.0", b"4e0", b"", b"4;x", b'"4"', b"4\0", b"4\x0b", b"0b100",
        b"1_0", b"four", b"\xd9\xa4", b"4\x85", b"\xa04", b"4,", b",4", b"4\r", b"9" * 5000,
    ]  # fmt: skip
    for value in bad:
        sent = ask(b"Content-Length: " + value, body=b"body", stay=True) + NEXT
        yield f"length {value[:9]!r}", Case(sent, REFUSED)
    for value in (b"4", b"04", b"0" * 99 + b"4", b" 4\t"):
        yield f"length {value[-9:]!r}", Case(ask(b"Content-Length:" + value, body=b"body"), TAKEN)
    for value in (b"99999", b"9" * 30):
        yield f"length {value[:9]!r}, too much", Case(ask(b"Content-Length: " + value, body=b"body", stay=True), (413,))
    for name in (
        b"Content-Length ",
        b"Content-Length\t",
        b" Content-Length",
        b"Content-Length\0",
        b"\xffContent-Length",
    ):
        yield f"length named {name!r}", Case(ask(name + b": 4", body=b"body", stay=True) + NEXT, REFUSED)
    for second in (b"4", b"5", b"0"):
        sent = ask(b"Content-Length: 4", b"content-length: " + second, body=b"body", stay=True) + NEXT
        yield f"two lengths, 4 and {second!r}", Case(sent, REFUSED)
    yield "no length, then a body", Case(ask(stay=True) + b"body", ("",))
    yield "length with an underscore", Case(ask(b"Content_Length: 4", stay=True) + NEXT, ("", ""))
    yield "length shorter than the body", Case(ask(b"Content-Length: 2", body=b"body", stay=True), ("bo",))
    yield "length longer than the body", Case(ask(b"Content-Length: 9", body=b"body", stay=True), ())
    yield (
        "length named away by Connection",
        Case(ask(b"Content-Length: 4", b"Connection: close, Content-Length", body=b"body"), TAKEN),
    )
    yield "GET with a body", Case(ask(b"Content-Length: 4", line=GET, body=b"body", stay=True) + NEXT, ("body", ""))


def codings() -> Iterator[tuple[str, Case]]:
    bad = [
        b"chunked, chunked", b"identity", b"gzip, chunked", b"chunked, gzip", b"xchunked", b"chunkedx", b"chunked;q=1",
        b'"chunked"', b"chunked,", b",chunked", b"", b"\x0bchunked", b"chunked\x0b", b"chunked\x0c", b"chu nked",
        b"chunked\0", b"deflate", b"trailers", b"chunked chunked", b"\x85chunked", b"chunked\xa0", b"c\xc4\xa7unked",
        b"'chunked'", b"chunked\r", b"cow",
    ]  # fmt: skip
    for value in bad:
        sent = ask(b"Transfer-Encoding: " + value, body=BODY, stay=True) + NEXT
        yield f"coding {value!r}", Case(sent, REFUSED)
    for value in (b"chunked", b"CHUNKED", b"\tChunked \t"):
        yield f"coding {value!r}", Case(ask(b"Transfer-Encoding:" + value, body=BODY), TAKEN)
    for name in (b"Transfer-Encoding ", b"Transfer-Encoding\t", b" Transfer-Encoding", b"Transfer\0-Encoding"):
        yield f"coding named {name!r}", Case(ask(name + b": chunked", body=BODY, stay=True) + NEXT, REFUSED)
    for length in (b"0", b"4", b"14", b"400", b"+1"):
        for fields in ((b"Content-Length: " + length, CHUNKED), (CHUNKED, b"Content-Length: " + length)):
            first = fields[0].partition(b":")[0].decode()
            sent = ask(*fields, body=BODY, stay=True) + NEXT
            yield f"coding and length {length!r}, {first} first", Case(sent, REFUSED)
    sent = ask(b"Transfer-Encoding: identity", b"Content-Length: 4", body=b"body", stay=True) + NEXT
    yield "coding identity and length", Case(sent, REFUSED)
    yield "two codings", Case(ask(CHUNKED, CHUNKED, body=BODY, stay=True) + NEXT, REFUSED)
    yield "two codings, one odd", Case(ask(CHUNKED, b"Transfer-encoding: cow", body=BODY, stay=True) + NEXT, REFUSED)
    yield "coding with an underscore", Case(ask(b"Transfer_Encoding: chunked", stay=True) + NEXT, ("", ""))
    old = LINE.replace(b"1.1", b"1.0")
    yield "coding in HTTP/1.0", Case(ask(CHUNKED, line=old, body=BODY) + NEXT, REFUSED)
    yield (
        "coding in HTTP/1.0 that stays",
        Case(ask(CHUNKED, b"Connection: keep-alive", line=old, body=BODY, stay=True) + NEXT, REFUSED),
    )
    yield "coding folded away", Case(ask(b"X: a\r\n Transfer-Encoding: chunked", body=BODY), REFUSED)
    yield "coding behind a bare LF", Case(ask(b"X: a\nTransfer-Encoding: chunked", body=BODY), REFUSED)
    yield "coding behind a bare CR", Case(ask(b"X: a\rTransfer-Encoding: chunked", body=BODY), REFUSED)
    yield "coding on the next line", Case(ask(b"Transfer-Encoding:\r\n chunked", body=BODY), REFUSED)


def chunks() -> Iterator[tuple[str, Case]]:
    for start in (b"4\r\n", b"04\r\n", b"0" * 15 + b"4\r\n", b"4;a\r\n", b"4;a=b;c\r\n", b'4;a="b c"\r\n'):
        yield f"chunk {start!r}", Case(ask(CHUNKED, body=start + BODY[3:]), TAKEN)
    bad = [
        b"4\n", b"4\r", b"4\n\r\n", b"4\r\r\n", b"+4\r\n", b"-4\r\n", b"0x4\r\n", b" 4\r\n", b"4 \r\n", b"4\t\r\n",
        b"\r\n4\r\n", b"g\r\n", b"4,\r\n", b"4;\r\n", b"4;a\n\r\n", b"4;a\nb\r\n", b"4;a=\0\r\n", b'4;a="b\r\n',
        b"4;=b\r\n", b"4 ;a\r\n", b"0" * 16 + b"4\r\n", b"1" + b"0" * 15 + b"4\r\n", b"4.0\r\n", b"\xd9\xa4\r\n",
        b"4\0\r\n",
        b"3\r\n", b"5\r\n",
    ]  # fmt: skip
    for start in bad:
        sent = ask(CHUNKED, body=start + BODY[3:], stay=True) + NEXT
        yield f"chunk {start!r}", Case(sent, REFUSED)
    ends: dict[bytes, tuple[int | str, ...]] = {
        b"4\r\nbody0\r\n\r\n": REFUSED, b"4\r\nbody\n0\r\n\r\n": REFUSED, b"4\r\nbody\r0\r\n\r\n": REFUSED,
        b"4\r\nbody\r\n0\n\n": REFUSED, b"4\r\nbody\r\n0\r\n\n": REFUSED, b"4\r\nbody\r\n0\r\nX: a\r\n\r\n": TAKEN,
        b"4\r\nbody\r\n0\r\nX : a\r\n\r\n": REFUSED, b"4\r\nbody\r\n0\r\nX: a\n\r\n": REFUSED,
        b"4\r\nbody\r\n0\r\nX: \0\r\n\r\n": REFUSED, b"4\r\nbody\r\n0\r\n X: a\r\n\r\n": REFUSED,
        b"4\r\nbody\r\n0\r\nGET /api/echo?next HTTP/1.1\r\n\r\n": REFUSED,
        b"2\r\nbo\r\n2\r\ndy\r\n0;a=b\r\n\r\n": TAKEN, b"4\r\nbody\r\n0\r\n": (), b"4\r\nbody\r\n": (),
        b"4\r\nbo": (), b"ffffffff\r\nbody": (),
        b"4;a": (),
    }  # fmt: skip
    for body, want in ends.items():
        yield f"chunks {body!r}", Case(ask(CHUNKED, body=body), want)
    yield "chunk extensions without end", Case(ask(CHUNKED, body=b"4;" + b"a" * 70_000), (413,))
    yield "chunks, then another request", Case(ask(CHUNKED, body=BODY, stay=True) + NEXT, ("body", ""))
    yield (
        "chunks with a length in the trailer",
        Case(ask(CHUNKED, body=BODY[:-2] + b"Content-Length: 1\r\n\r\n"), TAKEN),
    )


def hosts() -> Iterator[tuple[str, Case]]:
    bad = [
        b"a, b",
        b"a b",
        b"a/b",
        b"a@b",
        b"a?b",
        b"a#b",
        b"[::1",
        b"::1",
        b"a:b",
        b"a:1:2",
        b"a\\b",
        b"\xd2\x9b",
        b"<a>",
    ]
    for value in bad:
        yield f"host {value!r}", Case(ask(line=GET, host=b"Host: " + value), REFUSED)
    for value in (b"localhost", b"LOCALHOST:80", b"localhost:", b"127.0.0.1:8000", b"[::1]:80"):
        yield f"host {value!r}", Case(ask(line=GET, host=b"Host: " + value), ("",))
    yield "no host", Case(ask(line=GET, host=b""), REFUSED)
    yield "no host in HTTP/1.0", Case(ask(line=GET.replace(b"1.1", b"1.0"), host=b""), ("",))
    for second in (b"localhost", b"evil"):
        yield f"two hosts, {second!r}", Case(ask(b"host: " + second, line=GET), REFUSED)
    yield "two hosts, one folded", Case(ask(b"X: a\r\n Host: evil", line=GET), REFUSED)
    yield "two hosts, one with a space", Case(ask(b"Host : evil", line=GET), REFUSED)


def lines() -> Iterator[tuple[str, Case]]:
    bad = [
        b"get /api/echo HTTP/1.1", b"Get /api/echo HTTP/1.1", b"GET /api/echo", b"GET /api/echo HTTP/0.9",
        b"GET /api/echo HTTP/1.2", b"GET /api/echo HTTP/2.0", b"GET /api/echo HTTP/1.1.1", b"GET /api/echo http/1.1",
        b"GET /api/echo HTTP/ 1.1", b"GET /api/echo HTTP/01.1", b"GET /api/echo HTTP/1.10", b"GET /api/echo HTTP/11",
        b"GET /api/echo HTTP", b"GET /api/echo HTTP/1.1 HTTP/1.1", b"GET  /api/echo HTTP/1.1",
        b"GET /api/echo  HTTP/1.1", b"GET\t/api/echo\tHTTP/1.1", b"GET /api/echo HTTP/1.1 ",
        b"GET /api/echo HTTP/1.1\t",
        b"GET /api/ echo HTTP/1.1", b"GET HTTP/1.1", b"GET", b"/api/echo HTTP/1.1", b"GET api/echo HTTP/1.1",
        b"GET /api/echo#a HTTP/1.1", b"GET /api/echo?\xd2\x9b HTTP/1.1", b"GET /api/echo\0 HTTP/1.1",
        b"GET /api/echo\x7f HTTP/1.1", b"GET /api/echo\tx HTTP/1.1", b"GET /api/echo\r HTTP/1.1",
        b"G@T /api/echo HTTP/1.1",
        b"GET: /api/echo HTTP/1.1", b"GE\0T /api/echo HTTP/1.1", b"CONNECT localhost:80 HTTP/1.1",
        b"GET http:/api/echo HTTP/1.1", b"GET http:///api/echo HTTP/1.1", b"GET ftp://localhost/api/echo HTTP/1.1",
        b"GET http://a@localhost/ HTTP/1.1", b"GET http://[::1/ HTTP/1.1", b"GET http://[::::]/ HTTP/1.1",
        b"GET http://a,b/ HTTP/1.1", b"GET http://localhost:x/ HTTP/1.1", b"GET localhost HTTP/1.1", b"PRI * HTTP/2.0",
        b"SSH-2.0-OpenSSH_9.2", b"*1", b"HELO localhost", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\xff\xfe",
    ]  # fmt: skip
    for line in bad:
        yield f"line {line!r}", Case(ask(line=line, stay=True) + NEXT, REFUSED)
    for target in (b"http://localhost/api/echo", b"HTTPS://localhost:8000/api/echo?a=b", b"/api/echo?a=[]{}|\\^`<>"):
        yield f"target {target!r}", Case(ask(line=b"GET " + target + b" HTTP/1.1"), ("",))
    no_such = (
        b"http://localhost",
        b"http://localhost?a",
        b"/",
        b"//localhost/api/echo",
        b"/%",
        b"/%00",
        b"/%zz",
        b"/%ff",
    )
    for target in no_such:
        yield f"target {target!r}, unknown", Case(ask(line=b"GET " + target + b" HTTP/1.1"), (404,))
    for line in (b"TRACE /api/echo HTTP/1.1", b"BREW /api/echo HTTP/1.1", b"CONNECT /api/echo HTTP/1.1"):
        yield f"line {line!r}, a method not taken", Case(ask(line=line), (405,))
    yield "line with two targets", Case(ask(line=b"GET /api/echo\r\n /x HTTP/1.1"), REFUSED)
    yield "asterisk", Case(ask(line=b"OPTIONS * HTTP/1.1"), (404,))
    yield "empty lines before", Case(b"\r\n\r\n\r\n" + NEXT, ("",))
    yield "nothing but empty lines", Case(b"\r\n" * 50, ())
    yield "half a line", Case(b"GET /api/ec", ())
    yield "half a field", Case(LINE + b"\r\nHost: loc", ())
    yield "line without end", Case(b"GET /" + b"a" * 2 * LONG, (431,))


def fields() -> Iterator[tuple[str, Case]]:
    for byte in {*range(32), 127} - {9}:
        sent = ask(b"X: a%cb" % byte, line=GET, stay=True) + NEXT
        yield f"control {byte:#04x} in a value", Case(sent, REFUSED)
    for byte in b'\0\t\r\n "(),/;<=>?@[\\]{}\x7f\x80\xff':
        yield f"{byte:#04x} in a name", Case(ask(b"X%cX: a" % byte, line=GET, stay=True) + NEXT, REFUSED)
    for field in (b"X", b": a", b":", b"X a", b"X: a\r\n b", b"X: a\r\n\tb", b"X:\r\n ", b" X: a"):
        yield f"field {field!r}", Case(ask(field, line=GET, stay=True) + NEXT, REFUSED)
    yield "fold after the line", Case(ask(line=GET + b"\r\n X: a", stay=True) + NEXT, REFUSED)
    yield "any good value", Case(ask(b"X: \t!~\xd2\x9b \xff\t ", b"X:", b"!#$%&'*+-.^`|~: a", line=GET), ("",))
    yield "all lines end in LF", Case(ask(line=GET).replace(b"\r\n", b"\n"), REFUSED)
    yield "the first line ends in LF", Case(ask(line=GET + b"\nX: a"), REFUSED)
    yield "the last line ends in LF", Case(ask(line=GET)[:-2] + b"\n" + NEXT, REFUSED)
    yield "the first line ends in CR", Case(ask(line=GET + b"\rX: a"), REFUSED)
    yield "a field too long", Case(ask(b"X: " + b"a" * LONG, line=GET), (431,))
    yield "fields too many", Case(ask(*[b"X: a"] * (LONG // 6), line=GET), (431,))
    yield "spaces without end, then a control", Case(ask(b"X: " + b" " * 16_000 + b"\0", line=GET), REFUSED)
    yield "hop by hop", Case(ask(b"TE: trailers", b"Upgrade: h2c", b"HTTP2-Settings: a", line=GET), ("",))


def connections() -> Iterator[tuple[str, Case]]:
    stays = ask(b"Content-Length: 4", body=b"body", stay=True)
    yield "twenty in a row", Case(stays * 20 + NEXT, ("body",) * 20 + ("",))
    yield "after the last", Case(ask(b"Content-Length: 4", body=b"body") + NEXT, TAKEN)
    yield "after a refusal", Case(stays + ask(b"X : a", stay=True) + NEXT * 3, ("body", 400))
    yield "after a body cut short", Case(stays + ask(b"Content-Length: 400", body=b"body", stay=True) + NEXT, ("body",))
    old = ask(line=GET.replace(b"1.1", b"1.0"), stay=True)
    yield "HTTP/1.0 ends with its answer", Case(old + NEXT, ("",))
    stays = ask(b"Connection: keep-alive", line=GET.replace(b"1.1", b"1.0"), stay=True)
    yield "HTTP/1.0 that stays", Case(stays + NEXT, ("", ""))
    expects = b"Expect: 100-continue"
    yield "expects to go on", Case(ask(expects, b"Content-Length: 4", body=b"body", stay=True) + NEXT, ("body", ""))
    yield "expects to go on without a body", Case(ask(expects, line=GET, stay=True) + NEXT, ("", ""))
    yield "expects to go on with too much", Case(ask(expects, b"Content-Length: 99999", stay=True), (413,))
    yield "expects to go on, refused", Case(ask(expects, b"X : a", stay=True) + NEXT, REFUSED)
    yield "expects something else", Case(ask(b"Expect: cake", line=GET), ("",))
    options = ask(line=b"OPTIONS /api/echo HTTP/1.1", stay=True)
    yield "an answer without a body, then another", Case(options + NEXT, (200, ""))


CASES: dict[str, Case] = {}
for kind in (lengths, codings, chunks, hosts, lines, fields, connections):
    for name, case in kind():
        assert name not in CASES, name
        CASES[name] = case
