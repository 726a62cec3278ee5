"""What a form's receipt commits to: who wrote, and what. It tells nobody; whoever holds the opening can show it.

commitment  `sha-256:` and the digest, base64url, over the RFC 8785 form of the opening
opening     {"salt": 256 random bits as base64url, "fields": {name: what was written, cleaned}}
Without the salt nobody finds the words by trying: not from the receipt, nor from anything else it is kept with.
"""

import re
from hashlib import sha256
from typing import Any

import rfc8785

from .. import jose

_COMMITMENT = re.compile(r"sha-256:[A-Za-z0-9_-]{43}")
_SALT = re.compile(r"[A-Za-z0-9_-]{43}")


def commit(opening: dict[str, Any]) -> str:
    """The commitment that this opening opens, and no other."""
    return "sha-256:" + jose.b64url(sha256(rfc8785.dumps(opening)).digest())


def is_commitment(value: Any) -> bool:
    return isinstance(value, str) and _COMMITMENT.fullmatch(value) is not None


def read_opening(data: bytes) -> dict[str, Any]:
    """An opening in a file, as the letter brings it and `wadjet contact show --opening` prints it.

    Raises jose.Unreadable.
    """
    opening = jose.read_json(data)
    if not isinstance(opening, dict) or opening.keys() != {"salt", "fields"}:
        raise jose.Unreadable("not an opening: salt and fields, and nothing else")
    salt, fields = opening["salt"], opening["fields"]
    if not (isinstance(salt, str) and _SALT.fullmatch(salt)):
        raise jose.Unreadable("not an opening: its salt is no 32 bytes of base64url")
    if not (isinstance(fields, dict) and fields and all(isinstance(each, str) for each in fields.values())):
        raise jose.Unreadable("not an opening: its fields are no texts")
    return opening
