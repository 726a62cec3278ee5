"""Good requests and decisions, spoilt at random. Pure: the randomness is passed in, so a seed tells all."""

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from wadjet import jose

# What has broken parsers of HTTP, JSON and JOSE before.
PIECES = [
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"\r\n\r\n", b"%00", b"%", b"%ff", b"../", b"//", b"?", b"#",
    b"\xff\xfe", b"\x80", b"\xd0\xb6", b"\xed\xa0\x80", b"{", b"[" * 50, b'"', b"\\", b"\\u0000", b"\\ud800", b"null",
    b"1e999", b"-0", b"=", b"==", b".", b"..", b"A" * 300, b"HTTP/9.9", b"HTTP/1.0", b"GET / HTTP/1.1\r\n\r\n",
    b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x\r\n",
    b"Host: evil.example\r\n", b"Connection: close\r\n", b"Expect: 100-continue\r\n", b"Cookie: a=b;\r\n",
    b"X-Forwarded-For: 1.2.3.4, x\r\n", b"Accept: ,;q=x\r\n", b"Accept-Language: *;q=2,-\r\n", b"If-None-Match: *\r\n",
    b"Range: bytes=0-0\r\n", b"application/json",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2**53, 2**53 + 1, 10**400, 1.5, 1e300, [], {}, [[]], {"a": {}}, "", " ", "\0",
    "\ud800", "é", "a" * 2000, "A" * 21 + "B", "~" * 4, "<b>", "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "given",
    "withdrawn", "refused", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999-23:59",
    "en", "zz-" + "a" * 8,
]  # fmt: skip


def spoil_bytes(good: bytes, random: Random) -> bytes:
    """One to four bytes or pieces changed, added, removed, doubled or exchanged."""
    data = bytearray(good)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        at, to = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
        piece = random.choice(PIECES)
        change = random.randrange(7)
        if change == 0:
            data[at : at + 1] = bytes([random.randrange(256)])
        elif change == 1:
            data[at:at] = piece
        elif change == 2:
            data[at : at + len(piece)] = piece
        elif change == 3:
            del data[at : min(to, at + 40)]
        elif change == 4:
            data[at:at] = data[at : min(to, at + 60)]
        elif change == 5:
            del data[to:]
        else:
            data[at:to] = bytes(data[at:to]).swapcase()
    return bytes(data)


def spoil_value(value: Any, random: Random) -> Any:
    """One member of a document, at any depth, replaced, removed, renamed, doubled or added."""
    spoilt = copy.deepcopy(value)
    inside = spoilt
    while True:
        members = inside.values() if isinstance(inside, dict) else inside
        deeper = [each for each in members if each and isinstance(each, dict | list)]
        if not deeper or random.random() < 0.5:
            break
        inside = random.choice(deeper)
    if isinstance(inside, list):
        inside.insert(0, random.choice(VALUES))
        return spoilt
    name = random.choice([*inside, "id"])
    change = random.randrange(5)
    if change == 0:
        inside.pop(name, None)
    elif change == 1:
        other = random.choice([name.upper(), f"{name} ", "email", "__proto__", "", "constructor"])
        inside[other] = inside.pop(name, None)
    elif change == 2:
        inside[random.choice(list(inside) or [""])] = inside.get(name)
    elif change == 3 and isinstance(inside.get(name), str):
        inside[name] = spoil_bytes(inside[name].encode("utf-8", "surrogatepass"), random).decode("latin-1")
    else:
        inside[name] = random.choice(VALUES)
    return spoilt


def spoil_text(value: Any, random: Random) -> bytes:
    """The same document, or nearly, in odd JSON: members twice, other encodings, numbers that are none."""

    def escaped(letter: str) -> str:
        return f"\\u{ord(letter):04x}" if letter.isalpha() and random.random() < 0.1 else letter

    text = json.dumps(value)
    odd: list[Callable[[], bytes]] = [
        lambda: text.encode("utf-16"),
        lambda: b"\xef\xbb\xbf" + text.encode(),
        lambda: json.dumps(value, indent=3).encode(),
        lambda: text.replace("{", '{"id": "AAAAAAAAAAAAAAAAAAAAAA", ', 1).encode(),
        lambda: text.replace("true", "NaN").encode(),
        lambda: text.replace("{", '{"x": ' + "[" * 200 + "]" * 200 + ",", 1).encode(),
        lambda: (text + text).encode(),
        lambda: f"[{text}]".encode(),
        lambda: text.replace('"', "'").encode(),
        lambda: "".join(map(escaped, text)).encode(),
    ]
    return random.choice(odd)()


@dataclass(frozen=True)
class Forger:
    """Spoils a signed decision. `key`: its visitor's; `stranger`: somebody else's."""

    key: ECKey
    stranger: ECKey
    decision: dict[str, Any]
    token: str
    random: Random

    def spoil(self) -> bytes:
        """A body that is no longer what the visitor signed, or hardly."""
        ways = (self._bytes, self._payload, self._header, self._signature, self._resigned, self._odd)
        return self.random.choice(ways)()

    def _bytes(self) -> bytes:
        return spoil_bytes(self.token.encode(), self.random)

    def _payload(self) -> bytes:
        """Another decision under the old signature."""
        header, _, signature = self.token.split(".")
        return f"{header}.{_encoded(spoil_value(self.decision, self.random))}.{signature}".encode()

    def _header(self) -> bytes:
        header, payload, signature = self.token.split(".")
        random, said = self.random, json.loads(jose.unb64url(header))
        jwk, odd = said["jwk"], jose.b64url(random.randbytes(random.choice([0, 31, 32, 33])))
        extra = random.choice(["jku", "x5u", "crit", "b64", "kid", "x5c", "zip"])
        said = random.choice([
            said | {"alg": random.choice(["none", "HS256", "ES384", "ES256K", "EdDSA", "", None, 1])},
            said | {extra: random.choice([*VALUES, ["b64"]])},
            said | {"jwk": self.stranger.as_dict(private=random.random() < 0.5)},
            said | {"jwk": jwk | {random.choice("xy"): odd}},
            said | {"jwk": jwk | {"crv": random.choice(["P-384", "secp256k1", "Ed25519", None])}},
            spoil_value(said, random),
        ])  # fmt: skip
        return f"{_encoded(said)}.{payload}.{signature}".encode()

    def _signature(self) -> bytes:
        header, payload, signature = self.token.split(".")
        raw, at = jose.unb64url(signature), self.random.randrange(64)
        spoilt = self.random.choice([
            b"", bytes(64), raw[:63], raw + b"\0", raw[32:] + raw[:32], self.random.randbytes(64),
            raw[:at] + bytes([raw[at] ^ 1 << self.random.randrange(8)]) + raw[at + 1 :],
            bytes.fromhex("3045022100") + raw[:32] + b"\x02\x20" + raw[32:],
        ])  # fmt: skip
        stray = signature[:-1] + chr(ord(signature[-1]) ^ 1)
        text, padded = jose.b64url(spoilt), base64.b64encode(spoilt).decode()
        texts = [text, text + "==", padded, stray, signature + "\n"]
        return f"{header}.{payload}.{self.random.choice(texts)}".encode()

    def _resigned(self) -> bytes:
        """The visitor's own hand under something spoilt."""
        return self._sign(_bytes_of(spoil_value(self.decision, self.random)))

    def _odd(self) -> bytes:
        return self._sign(spoil_text(self.decision, self.random))

    def _sign(self, payload: bytes) -> bytes:
        public = self.key.as_dict(private=False)
        head = {"alg": "ES256", "jwk": {name: public[name] for name in ("kty", "crv", "x", "y")}}
        return str(jws.serialize_compact(head, payload, self.key, ["ES256"])).encode()


def _encoded(value: Any) -> str:
    return jose.b64url(_bytes_of(value))


def _bytes_of(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")
