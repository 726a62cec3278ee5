"""Blind look-ups: who knows an e-mail address finds its person; who holds the storage cannot read one out of it.

HMAC-SHA256 under a key of its own. Exact: what is written otherwise but means the same is the same (capitals, composed
letters, a phone number's dashes), what only looks alike is another. Whom a letter reaches, `mailbox` tells apart.
"""

import hmac
import re
from hashlib import sha256
from unicodedata import normalize

import rfc8785

_TRUNK = re.compile(r"(?:\+?7|8)(\d{10})\Z")  # as people in Kazakhstan dial: 8 701 …, +7 701 …, 7 701 …


def index(key: bytes, kind: str, value: str) -> bytes:
    """32 bytes. `kind` keeps equal values of different meaning apart."""
    return hmac.digest(key, rfc8785.dumps([kind, value]), sha256)


def email(text: str) -> str:
    """One spelling of an address: NFC, small letters. Not casefold: straße@ and strasse@ are two mailboxes."""
    return normalize("NFC", text.strip().lower())


def mailbox(text: str) -> str:
    """Where a letter to an address goes. What stands before the @ keeps its capitals: Dana@ may be somebody else.

    Source: RFC 5321 2.4.
    """
    local, _, domain = normalize("NFC", text.strip()).rpartition("@")
    return f"{local}@{domain.lower()}"


def phone(text: str) -> str:
    """One spelling of a number: digits after a plus; Kazakhstan's without its country code is completed."""
    digits = re.sub(r"[^\d+]", "", normalize("NFKC", text))
    trunk = _TRUNK.match(digits)
    return f"+7{trunk[1]}" if trunk else f"+{digits.lstrip('+')}"


def identity(address: str, *names: str) -> str:
    """What two messages of one person have in common: the mailbox and every name."""
    return rfc8785.dumps([mailbox(address), *map(_name, names)]).decode()


def _name(text: str) -> str:
    return normalize("NFC", " ".join(normalize("NFC", text).casefold().split()))
