"""What may stand in an entry, read from what is typed. Each reader raises ValueError, saying what it wants."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from .. import clock, policy
from .authority import Attachment

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_YEARS = range(2000, 2200)  # what is told of other years is a slip of the hand, and would be overdue for good

Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Line:
    """One line of text, naming nobody by their address."""

    longest: int = 200

    def __call__(self, text: str) -> str:
        text = text.strip()
        if not text or len(text) > self.longest or _CONTROL.search(text):
            raise ValueError(f"one line of at most {self.longest} letters")
        if "@" in text:
            raise ValueError("no address of anybody's: it stays for ever")
        return text


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if text not in self.words:
            raise ValueError(f"one of {', '.join(self.words)}")
        return text


def person(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", text):
        raise ValueError("a person's id, as `wadjet vault find` shows it")
    return text


def receipt(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", text):
        raise ValueError("a receipt's id")
    return text


def codes(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\s,]+", text))


def numbers(text: str) -> tuple[int, ...]:
    return tuple(whole(each) for each in codes(text))


def whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError("a whole number")
    return int(text)


def day(text: str) -> date:
    try:
        read = date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day like 2026-11-24") from None
    if read.year not in _YEARS:
        raise ValueError("a day like 2026-11-24")
    return read


def moment(text: str) -> datetime:
    """A time; without a zone that of Kazakhstan."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a time like 2026-11-24T10:30") from None
    if read.year not in _YEARS:
        raise ValueError("a time like 2026-11-24T10:30")
    return clock.parse((read if read.tzinfo else read.replace(tzinfo=clock.LOCAL)).isoformat())


def country(text: str) -> str:
    if text not in policy.countries():
        raise ValueError("an ISO 3166 code like KZ or DE")
    return text


def address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", text) or len(text) > 500:
        raise ValueError("an address like https://example.kz/privacy")
    return text


def truth(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def done(text: str) -> bool:
    if text != "yes":
        raise ValueError("yes, once it is so")
    return True


def attachment(text: str | Attachment) -> Attachment:
    """A file that went out: its name and digest are kept, not what is in it. Whoever has it in hand gives those."""
    if isinstance(text, Attachment):
        return Attachment(Line()(text.name), text.sha256)
    path = Path(text)
    if not path.is_file():
        raise ValueError("the path of a file")
    return Attachment(Line()(path.name), sha256(path.read_bytes()).hexdigest())
