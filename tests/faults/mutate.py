"""Good requests and decisions, spoilt at random. Pure: the randomness is passed in, so a seed tells all."""

import base64
import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from wadjet import jose

# What has broken parsers of HTTP, JSON and JOSE before.
PIECES = [
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"\r\n\r\n", b"%00", b"%", b"%ff", b"../", b"//", b"?", b"#", b"\xff\xfe", b"\x80",
    b"\xed\xa0\x80", b"{", b"[" * 50, b'"', b"\\", b"\\u0000", b"\\ud800", b"null", b"1e999", b"-0", b"=", b"==", b".", b"..",
    b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x\r\n",
    b"Host: evil.example\r\n", b"Connection: close\r\n", b"Expect: 100-continue\r\n", b"HTTP/9.9", b"HTTP/1.0",
    b"X-Forwarded-For: 1.2.3.4, x\r\n", b"Accept: ,;q=x\r\n", b"Accept-Language: *;q=2,-\r\n", b"Cookie: a=b;\r\n",
    b"If-None-Match: *\r\n", b"Range: bytes=0-0\r\n", b"A" * 300, b"GET / HTTP/1.1\r\n\r\n", b"application/json", b"\xd0\xb6",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2**53, 2**53 + 1, 10**400, 1.5, 1e300, "", " ", "\0", "\ud800", "a" * 2000, "é", "<b>", "' OR 1=1 --",
    "../../etc/passwd", "{{7*7}}", "given", "withdrawn", "refused", "2026-13-01T00:00:00Z", "0000-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999999-23:59", "en", "zz-" + "a" * 8, [], {}, [[]], {"a": {}}, "A" * 21 + "A", "A" * 22, "~" * 4,
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
        deeper = [each for each in (inside.values() if isinstance(inside, dict) else inside) if each and isinstance(each, dict | list)]
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
        inside[random.choice([name.upper(), f"{name} ", "email", "__proto__", "", "constructor"])] = inside.pop(name, None)
    elif change == 2:
        inside[random.choice(list(inside) or [""])] = inside.get(name)
    elif change == 3 and isinstance(inside.get(name), str):
        inside[name] = spoil_bytes(inside[name].encode("utf-8", "surrogatepass"), random).decode("latin-1")
    else:
        inside[name] = random.choice(VALUES)
    return spoilt


def spoil_text(value: Any, random: Random) -> bytes:
    """The same document, or nearly, in odd JSON: members twice, other encodings, numbers that are none."""
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
        lambda: "".join(f"\\u{ord(letter):04x}" if letter.isalpha() and random.random() < 0.1 else letter for letter in text).encode(),
    ]
    return random.choice(odd)()


class Forger:
    """Spoils signed decisions. `key`: the visitor's; `stranger`: somebody else's."""

    def __init__(self, key: ECKey, stranger: ECKey) -> None:
        self._key, self._stranger = key, stranger

    def spoil(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        """A body that is no longer what the visitor signed, or hardly."""
        ways = (self._bytes, self._payload, self._header, self._signature, self._resigned, self._odd)
        return random.choice(ways)(decision, token, random)

    def _bytes(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        return spoil_bytes(token.encode(), random)

    def _payload(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        """Another decision under the old signature."""
        header, _, signature = token.split(".")
        payload = json.dumps(spoil_value(decision, random)).encode("utf-8", "surrogatepass")
        return f"{header}.{jose.b64url(payload)}.{signature}".encode()

    def _header(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        header, payload, signature = token.split(".")
        said = json.loads(jose.unb64url(header))
        said = random.choice([
            said | {"alg": random.choice(["none", "HS256", "ES384", "ES256K", "EdDSA", "", None, 1])},
            said | {random.choice(["jku", "x5u", "crit", "b64", "kid", "x5c", "zip"]): random.choice([*VALUES, ["b64"]])},
            said | {"jwk": self._stranger.as_dict(private=random.random() < 0.5)},
            said | {"jwk": said["jwk"] | {random.choice("xy"): jose.b64url(random.randbytes(random.choice([0, 31, 32, 33])))}},
            said | {"jwk": said["jwk"] | {"crv": random.choice(["P-384", "secp256k1", "Ed25519", None])}},
            spoil_value(said, random),
        ])  # fmt: skip
        return f"{jose.b64url(json.dumps(said).encode('utf-8', 'surrogatepass'))}.{payload}.{signature}".encode()

    def _signature(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        header, payload, signature = token.split(".")
        raw = bytearray(jose.unb64url(signature))
        spoilt = random.choice([
            b"", bytes(64), raw[:63], raw + b"\0", raw[32:] + raw[:32], random.randbytes(64),
            raw[: (at := random.randrange(64))] + bytes([raw[at] ^ 1 << random.randrange(8)]) + raw[at + 1 :],
            bytes.fromhex("3045022100") + raw[:32] + b"\x02\x20" + raw[32:],
        ])  # fmt: skip
        text = jose.b64url(bytes(spoilt))
        lax = [text, text + "==", base64.b64encode(bytes(spoilt)).decode(), signature[:-1] + chr(ord(signature[-1]) ^ 1), signature + "\n"]
        return f"{header}.{payload}.{random.choice(lax)}".encode()

    def _resigned(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        """The visitor's own hand under something spoilt."""
        payload = json.dumps(spoil_value(decision, random)).encode("utf-8", "surrogatepass")
        return self._sign(payload)

    def _odd(self, decision: dict[str, Any], token: str, random: Random) -> bytes:
        return self._sign(spoil_text(decision, random))

    def _sign(self, payload: bytes) -> bytes:
        jwk = {name: value for name, value in self._key.as_dict(private=False).items() if name in ("kty", "crv", "x", "y")}
        return str(jws.serialize_compact({"alg": "ES256", "jwk": jwk}, payload, self._key, ["ES256"])).encode()
