"""Messages of every odd kind, as many as are wanted, the same ones for the same seed."""

import base64
import random
from collections.abc import Callable, Iterator

from wadjet.mail.markers import MARKERS

OURS = b"From: office@wadjet.kz\r\nMessage-ID: <AAAAAAAAAAAAAAAAAAAAAA@wadjet.kz>\r\nSubject: ours\r\n\r\nours"
SUBJECTS = [*MARKERS["rectify"], *MARKERS["withdraw"], "Hello", "Сұрақ", "Вопрос", "", "Re: Re:", "disliked"]


def messages(many: int, seed: int = 0) -> Iterator[tuple[bytes, bool]]:
    """Each message, and whether it is one that no request is made of: ours, a report, or one that was there before."""
    chance = random.Random(seed)
    before: list[bytes] = []
    for number in range(many):
        kind = chance.choice(KINDS)
        if kind is _again and before:
            yield chance.choice(before), True
            continue
        raw = kind(chance, number)
        if kind is not _ours and kind is not _report:
            before.append(raw)
        before = before[-50:]
        yield raw, kind in (_ours, _report)


def _plain(chance: random.Random, number: int, body: bytes = b"Hello\r\n") -> bytes:
    subject = chance.choice(SUBJECTS[:-1])
    return _head(number, subject=subject.encode()) + b"\r\n" + body


def _head(number: int, *, subject: bytes = b"odd", sender: bytes = b"", more: bytes = b"") -> bytes:
    sender = sender or b"Writer <writer%d@example.kz>" % number
    return b"From: %s\r\nMessage-ID: <%d@example.kz>\r\nSubject: %s\r\n%s" % (sender, number, subject, more)


def _ours(_: random.Random, number: int) -> bytes:
    return b"From: office@wadjet.kz\r\nMessage-ID: <%022d@wadjet.kz>\r\nSubject: ours\r\n\r\nours" % number


def _report(_: random.Random, number: int) -> bytes:
    more = (
        b"Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n"
    )
    body = b"\r\n--r\r\n\r\nNot delivered.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n"
    return _head(number, sender=b"MAILER-DAEMON@example.kz", more=more) + body


def _again(chance: random.Random, number: int) -> bytes:
    return _plain(chance, number)


def _bytes(chance: random.Random, number: int) -> bytes:
    return b"%d " % number + chance.randbytes(chance.randrange(2_000))


def _flipped(chance: random.Random, number: int) -> bytes:
    raw = bytearray(_mixed(chance, number))
    first = raw.index(b"Subject")
    for _ in range(chance.randrange(1, 30)):
        raw[chance.randrange(first, len(raw))] = chance.randrange(256)
    return bytes(raw)


def _cut(chance: random.Random, number: int) -> bytes:
    raw = _mixed(chance, number)
    return raw[: chance.randrange(raw.index(b"Subject"), len(raw))]


def _headless(_: random.Random, number: int) -> bytes:
    return b"\r\nonly a body, number %d" % number


def _mixed(chance: random.Random, number: int) -> bytes:
    boundary = b"b%d" % chance.randrange(9)
    more = b"Content-Type: multipart/mixed; boundary=%s\r\nMIME-Version: 1.0\r\n" % boundary
    part = b"--%s\r\nContent-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n" % (
        boundary,
        chance.choice([b"utf-8", b"koi8-r", b"x-unknown", b"punycode", b"", b"utf-16", b"'"]),
        chance.choice([b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b"zip"]),
        base64.b64encode(chance.randbytes(100)),
    )
    return _head(number, more=more) + b"\r\n" + part * chance.randrange(5) + b"--" + boundary + b"--\r\n"


def _deep(chance: random.Random, number: int) -> bytes:
    levels = range(chance.randrange(2, 200))
    return _head(number) + b"".join(
        b"Content-Type: multipart/mixed; boundary=d%d\r\n\r\n--d%d\r\n" % (each, each) for each in levels
    )


def _wide(chance: random.Random, number: int) -> bytes:
    more = b"Content-Type: multipart/mixed; boundary=w\r\n"
    part = b"--w\r\nContent-Type: image/png; name=x.png\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
    return _head(number, more=more) + b"\r\n" + part * chance.randrange(300)


def _words(chance: random.Random, number: int) -> bytes:
    word = chance.choice(
        [
            b"=?utf-8?q?=0D=0ABcc=3A_victim=40example.kz?=",
            b"=?utf-8?b?PT91dGYtOD9xP3R3aWNlPz0=?=",
            b"=?x?q?" + b"=" * 50 + b"?=",
            b"=?utf-8?b?" + b"A" * chance.randrange(3_000) + b"?=",
            b"=?utf-8?q??=" * 500,
            b"=?" * 2_000,
            b"=?idna?q?xn--?=",
        ]
    )
    return _head(number, subject=word, sender=word + b" <a%d@example.kz>" % number) + b"\r\nwords"


def _senders(chance: random.Random, number: int) -> bytes:
    sender = chance.choice(
        [b"office@wadjet.kz", b"(" * 900, b"<", b"a@b.kz, c@d.kz", b"@", b"\xff\xfe", b'"' * 99, b"a@" + b"b." * 500]
    )
    return _head(number, sender=sender) + b"\r\nwho am I?"


def _robots(chance: random.Random, number: int) -> bytes:
    more = chance.choice(
        [b"Auto-Submitted: auto-replied\r\n", b"Precedence: bulk\r\n", b"List-Id: <a.b>\r\n", b"Return-Path: <>\r\n"]
    )
    return _head(number, more=more) + b"\r\nI am away."


def _headers(chance: random.Random, number: int) -> bytes:
    more = chance.choice(
        [b"X: y\r\n" * 5_000, b"X: " + b"y" * 300_000 + b"\r\n", b"\tz\r\n" * 5_000, b"no colon\r\n" * 9]
    )
    return _head(number, more=more) + b"\r\nheaders"


def _dates(chance: random.Random, number: int) -> bytes:
    date = chance.choice([b"Thu, 1 Jan 1970 00:00:00 +0000", b"Fri, 31 Dec 9999 23:59:59 +9999", b"soon", b"\0"])
    return _head(number, more=b"Date: %s\r\nReceived: by x; %s\r\n" % (date, date)) + b"\r\nwhen?"


def _ids(chance: random.Random, number: int) -> bytes:
    said = chance.choice([b"<>", b"no brackets", b"<a b>", b"<" + b"x" * 2_000 + b">", b"\xff", b""])
    return b"From: a@example.kz\r\nMessage-ID: %s\r\nSubject: id\r\n\r\n%d" % (said, number)


def _markup(chance: random.Random, number: int) -> bytes:
    body = chance.choice(
        [b"<div>" * 3_000, b"<" * 9_000, b"<!--" * 3_000, b"<script>alert(1)</script>Hi", b"&#0;&#xd800;&amp" * 500]
    )
    return _head(number, more=b"Content-Type: text/html\r\n") + b"\r\n" + body


KINDS: list[Callable[[random.Random, int], bytes]] = [
    _plain, _ours, _report, _again, _bytes, _flipped, _cut, _headless, _mixed, _deep, _wide, _words, _senders, _robots,
    _headers, _dates, _ids, _markup,
]  # fmt: skip
