"""What those are to be told who were given a person's data: it was corrected, may be used no more, was destroyed.

Each entry names the transfers by their numbers in R3, which say what left when: so it can be told, and shown, of
somebody who is here no more too. Source: policy 3.2.g, 11; law.md 2.4; 94-V art. 8(7), 25(2)(4), (8).
"""

from collections.abc import Collection
from datetime import date, datetime

from .. import clock, deadlines, vault
from . import models
from .entries import note, record
from .grounds import CONSENT

TERMS = {"rectify": "D1", "withdrawn": "D6", "destroy": "D13"}  # what happened, and the duty that telling is part of
_WAITING = "person = ? AND recipient = ? AND kind = ? AND passed_on IS NULL"


def recall(
    person: str, kind: str, *, fields: Collection[str] = (), purposes: Collection[str] = (), by: str, now: datetime
) -> None:
    """Have everybody told who was given this person's data; inside `vault.write`.

    kind      a word of TERMS
    fields    only of what these hold; purposes: only of what went by a consent to one of these
    What waits to be told to somebody is told with what follows of the same kind, by its own day.
    """
    due = deadlines.due_on(TERMS[kind], now).isoformat()
    given: dict[int, tuple[set[int], set[str]]] = {}
    for row in models.rows("transfer", "person = ?", person):
        held = set(row["fields"].split()).intersection(fields or row["fields"].split())
        if held and (not purposes or (row["basis"] == CONSENT and row["purpose"] in purposes)):
            numbers, codes = given.setdefault(row["recipient"], (set(), set()))
            numbers.add(row["id"])
            codes |= held
    for recipient, (numbers, codes) in given.items():
        for waiting in models.rows("recall", _WAITING, person, recipient, kind):
            told = {"transfers": _sorted(waiting["transfers"], numbers), "fields": _sorted(waiting["fields"], codes)}
            models.change("recall", waiting["id"], told, still_empty="passed_on")
            break
        else:
            told = {"transfers": _sorted("", numbers), "fields": _sorted("", codes)}
            values = {"person": person, "recipient": recipient, "kind": kind, "due_on": due, **told}
            number = models.insert("recall", at=clock.stamp(now), by_whom=by, **values)
            record("recalls", number, "entered", by=by, now=now, kind=kind, recipient=recipient)


def passed_on(number: int, passed_on: date, *, by: str, now: datetime) -> None:
    """The recipient was told. Raises EntryUnknown, EntryMoved."""
    note("recall", "recalls", number, {"passed_on": passed_on.isoformat()}, still_empty="passed_on", by=by, now=now)


def _sorted(known: str, more: Collection[int | str]) -> str:
    return " ".join(sorted({*known.split(), *map(str, more)}, key=lambda each: (len(each), each)))


def _rectified(person: str, at: datetime, fields: Collection[str], by: str) -> None:
    recall(person, "rectify", fields=fields, by=by or "vault", now=at)


vault.when_rectified(_rectified)
