"""How are signed texts read? Strictly: one encoding, one meaning, nothing ignored.

Lenient readers are how forgeries pass: two readers that disagree about duplicate members, padding or
unknown header parameters can be shown two different documents. Source: RFC 7515, RFC 8259, RFC 7493.
"""

import binascii
import json
import re
from hashlib import sha256
from typing import Any, NamedTuple, NoReturn

_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODER = json.JSONEncoder(separators=(",", ":"))
MAX_DEPTH = 8


class Unreadable(ValueError):
    """Not a well-formed document. The message says what is wrong, in English, without its content."""


class Compact(NamedTuple):
    """A compact JWS taken apart; nothing in it is believed yet."""

    header: dict[str, Any]
    payload: bytes
    signing_input: bytes
    signature: bytes


def b64url(data: bytes) -> str:
    """base64url without padding (RFC 7515 appendix C)."""
    standard = binascii.b2a_base64(data, newline=False).decode("ascii")
    return standard.rstrip("=").replace("+", "-").replace("/", "_")


def unb64url(text: object) -> bytes:
    """The inverse, canonical form only: no padding, no white space, no stray bits. Raises Unreadable.

    One text stands for each bytes: whatever else the decoder lets pass is not what they are written as.
    """
    if not isinstance(text, str):
        raise Unreadable("not text")
    try:
        data = binascii.a2b_base64(text.replace("-", "+").replace("_", "/") + "==")
    except ValueError as error:
        raise Unreadable("not base64url") from error
    if b64url(data) != text:
        raise Unreadable("not canonical base64url")
    return data


def read_json(data: bytes) -> Any:
    """One JSON value, read without mercy. Raises Unreadable.

    Refused: anything but UTF-8, duplicate members, NaN and Infinity, numbers beyond 2^53,
    lone surrogates, nesting deeper than MAX_DEPTH.
    """
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON in UTF-8") from error
    if text.count("[") + text.count("{") > MAX_DEPTH and _nests(value, MAX_DEPTH):
        raise Unreadable("nested too deeply")
    if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise Unreadable("a lone surrogate")
    return value


def read_compact(token: str) -> Compact:
    """Take a compact JWS apart. Raises Unreadable; says nothing about whether it is genuine."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Unreadable("not a compact JWS: three parts are needed")
    header = read_json(unb64url(parts[0]))
    if not isinstance(header, dict):
        raise Unreadable("the header is not an object")
    return Compact(header, unb64url(parts[1]), f"{parts[0]}.{parts[1]}".encode("ascii"), unb64url(parts[2]))


def thumbprint(jwk: dict[str, Any]) -> str:
    """RFC 7638 thumbprint of an EC or OKP public key whose members were checked, SHA-256."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y") if name in jwk}
    return b64url(sha256(_ENCODER.encode(members).encode("ascii")).digest())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("a member appears twice")
    return members


def _refuse(constant: str) -> NoReturn:
    raise Unreadable(f"{constant} is not a number")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(value := int(digits)) > 2**53:
        raise Unreadable("a number is too large")
    return value


def _finite(digits: str) -> float:
    value = float(digits) if len(digits) < 64 else float("inf")
    if value in (float("inf"), float("-inf")):
        raise Unreadable("a number is too large")
    return value


def _nests(value: Any, levels: int) -> bool:
    """Whether containers nest deeper than `levels`."""
    if not isinstance(value, dict | list):
        return False
    members = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_nests(member, levels - 1) for member in members)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_integer, parse_float=_finite)
