"""What a row of the journal is about, as a page of the console, where it has one that whoever looks may see.

A receipt has none here: its id is the right to end its consent, and stands in no address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from .. import registers
from . import desk

_ID, _NUMBER = r"(?P<{}>[\w-]{{22}})", r"(?P<{}>[1-9]\d{{0,8}})"


@dataclass(frozen=True)
class Subject:
    """A kind of thing: how the events about it begin, how it is called there, its page, and who may open that."""

    events: tuple[str, ...]
    called: re.Pattern[str]
    endpoint: str
    needs: tuple[str, ...]


def _subject(events: str, called: str, endpoint: str, *needs: str) -> Subject:
    return Subject(tuple(events.split()), re.compile(called, re.ASCII), endpoint, needs)


_SUBJECTS = (
    _subject(
        "vault:person: rights:person: rights:copy: retention:person: retention:hold:",
        _ID.format("person"),
        "persons.item",
        "messages:read",
        "requests:read",
    ),
    _subject("contact:message:", _ID.format("message_id"), "messages.item", "messages:read"),
    _subject("rights:request:", _ID.format("request_id"), "requests.item", "requests:read"),
    _subject(
        "registers:", f"(?P<code>[A-Za-z]+[0-9]*)/{_NUMBER.format('number')}", "registers.entry", "registers:read"
    ),
    _subject("policy:draft:", f"draft-{_NUMBER.format('number')}", "policy.texts", "policy:read"),
    _subject("retention:proposal:", f"early/{_NUMBER.format('number')}", "retention.proposal", "retention:read"),
    _subject("console:account:", f"staff-{_NUMBER.format('staff')}", "users.item", "users:read"),
)
_GONE = ("vault:person:destroyed", "contact:message:destroyed", "contact:message:depersonalised")


def page_of(row: Mapping[str, Any]) -> str:
    """The address of the page of what a row is about; "" where there is none, or none for them."""
    event = row["event"]
    for each in _SUBJECTS:
        if event.startswith(each.events) and (found := each.called.fullmatch(row["about"])):
            is_open = event not in _GONE and desk.who().may(*each.needs)
            named: dict[str, Any] = found.groupdict()
            return url_for(each.endpoint, **named) if is_open and _has_page(named) else ""
    return ""


def _has_page(named: Mapping[str, str]) -> bool:
    """Not every register has a page for each entry."""
    code = named.get("code")
    return code is None or any(each.code == code and each.find for each in registers.catalogue.shown())
