"""How addresses in the settings are written: of databases, mail servers, people. Raises ValueError, with a remedy."""

import re
from typing import Any
from urllib.parse import urlsplit


def text(value: Any) -> str:
    """A string and nothing else."""
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")
    return value


def database(value: Any) -> str:
    """A file, or postgresql://…"""
    if not re.fullmatch(r"postgres(ql)?://\S+|[^:\0]+", text(value)):
        raise ValueError(f"{value!r} is neither a file nor postgresql://user@host/name")
    return str(value)


def redis(value: Any) -> str:
    """Where Redis is, or nothing."""
    if value and not re.match(r"(rediss?|redis\+unix)://", text(value)):
        raise ValueError(f"{value!r} is not an address like redis://127.0.0.1:6379/0")
    return str(value)


def mail_url(value: Any) -> str:
    """The value is not repeated: a password may be in it."""
    wrong = ValueError("write it like smtp://user:password@mail.example.kz, smtps://mail.example.kz or maildir:mail")
    if re.fullmatch(r"(maildir:[^:\0]+)?", text(value)):
        return str(value)
    try:
        parts = urlsplit(value)
        is_whole = parts.hostname and parts.port != 0 and not (parts.path or parts.query or parts.fragment)
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("smtp", "smtps") or not is_whole or not value.isascii() or re.search(r"\s", value):
        raise wrong
    return str(value)


def imap_url(value: Any) -> str:
    """imaps://user@host/folder, or nothing. The value is not repeated: a password may be in it."""
    wrong = ValueError("write it like imaps://user@mail.example.kz/INBOX, with %40 for the @ of a user")
    if not text(value):
        return ""
    try:
        parts = urlsplit(value)
        is_whole = parts.hostname and parts.username and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("imap", "imaps") or not is_whole or not value.isascii() or re.search(r"\s", value):
        raise wrong
    return str(value)


def mailbox(value: Any) -> str:
    """An e-mail address, or nothing."""
    if not re.fullmatch(r"([^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+)?", text(value)):
        raise ValueError(f"{value!r} is not an e-mail address; write it alone, like privacy@example.kz")
    return str(value)


def contact(value: Any) -> str:
    """Where those write who found a hole, or nothing."""
    if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+?[0-9-]+)?", text(value)):
        raise ValueError(f"{value!r} is no address: write mailto:security@wadjet.kz or https://…")  # RFC 9116 2.5.3
    return str(value)
