"""How long is a message kept? What decides it, and how a message goes before its person does.

A message says on which day it is to be looked at again (`look_on`, at once: ""), so that a million of them cost a day's
work only on the day when something is due. Source: policy 5.7, 8.4, 8.8, 8.9.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from .. import consent, database, ledger, mail, vault
from . import models
from .answering import LETTER
from .removing import remove, remove_answers, unlist

_TABLE = "contact_message"
_NEWS = ("receipt", "first_name", "email")  # what the news need: policy 6, `marketing`
_NOT_GIVEN = ("patronymic", "phone")  # may be absent
REDUCED = "reduced"


@dataclass(frozen=True)
class Keeping:
    """What decides how long a message is kept. Times as `clock.stamp` writes them, "" for never.

    consent       what was consented to, as it stands; None where its receipt is not there
    is_answering  it was settled, and the letter that answers it has not gone yet
    """

    message: str
    person: str
    state: str
    language: str
    received_at: str
    closed_at: str
    look_on: str
    receipt: str
    consent: consent.Given | None
    is_answering: bool = False


def due_a_look(day: str, after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """A page of (look_on, id, person) of the messages to be looked at by that day, in this order."""
    return database.vault.read(lambda: models.due_a_look(day, after, limit))


def keepings(people: Sequence[str]) -> list[Keeping]:
    """All that some people wrote and were acknowledged, 500 people at most; the destroyed are left out.

    Raises VaultLocked.
    """
    kept, answering = database.vault.read(lambda: (rows := models.kept_of(people), _answering(rows)))
    sealers = _sealers({row.person for row in kept})
    rows = [(row, _receipt(row, sealers.get(row.person))) for row in kept]
    read = [(row, receipt) for row, receipt in rows if receipt is not None]
    given = consent.given([receipt for _, receipt in read])
    return [Keeping(*row[:7], receipt, given.get(receipt), row.id in answering) for row, receipt in read]


def look_again(receipts: Collection[str], *, is_marking: bool) -> list[str]:
    """The people whose consents changed: those of these receipts whose messages are here.

    is_marking  have the messages looked at, whichever day they named; inside `vault.write` then, else `read`
    """
    people = []
    for receipt in receipts:
        row = models.by_receipt(vault.index("receipt", receipt))
        if row is not None:
            people.append(row.person)
            if is_marking:
                models.look_on(row.id, "")
    return list(dict.fromkeys(people))


def look_on(days: Sequence[tuple[str, str]]) -> None:
    """Have messages looked at again: (id, day). Inside `vault.write`."""
    for message_id, day in days:
        models.look_on(message_id, day)


def ids_of(person: str) -> list[str]:
    """The ids of a person's messages, pending ones too; inside `vault.read` or `write`."""
    return models.ids_of(person)


def holding(people: Sequence[str]) -> set[str]:
    """Those of some people, 500 at most, of whom a message is here; inside `vault.read` or `write`."""
    return models.people_among(people)


def silent_since(before: str, after: str, limit: int) -> list[tuple[str, str]]:
    """A page of (person, when they last wrote), in the order of ids, of those who last wrote before a time."""
    return database.vault.read(lambda: models.silent_since(before, after, limit))


def drop(message_id: str, *, ground: str, now: datetime) -> bool:
    """Destroy a message whose person stays; inside `vault.write`. Whether it was there. Source: policy 2.14."""
    row = models.find(message_id)
    if row is None:
        return False
    unlist(row)
    remove(message_id)
    ledger.append("destroy", "contact:message:destroyed", about=message_id, at=now, store=database.vault, ground=ground)
    return True


def reduce(message_id: str, *, until: str, ground: str, now: datetime) -> bool:
    """Leave of a message only what the news need; inside `vault.write`. Whether there was more. Source: policy 5.4.

    The receipt's id stays, by which the news can be stopped; the words go, and with them what opens the commitment.
    """
    row = models.find(message_id)
    if row is None or row.state == REDUCED:
        return False
    unlist(row)
    sealer = vault.unlock(row.person)
    emptied = {
        name: None if name in _NOT_GIVEN else sealer.seal(_TABLE, name, "")
        for name in models.SEALED
        if name not in _NEWS
    }
    models.reduce(message_id, REDUCED, until, emptied)
    remove_answers(message_id)
    ledger.append("delete", "contact:message:reduced", about=message_id, at=now, store=database.vault, ground=ground)
    return True


def reduce_card(person: str, *, now: datetime) -> None:
    """Leave of a card only what the news need; outside any transaction. Raises as `vault.rectify` does."""
    card = database.vault.read(lambda: vault.card(person))
    more = {name: "" for name in ("last_name", "patronymic", "phone") if getattr(card, name)}
    if more and card.first_name:
        vault.rectify(person, now=now, **more)


def _answering(rows: Sequence[models.Kept]) -> set[str]:
    """Those that were settled before the letter of an answer went; 500 are asked about at a time."""
    settled, found = [row.id for row in rows if row.state == "closed"], set[str]()
    for start in range(0, len(settled), 500):
        answers = models.answers_to(settled[start : start + 500])
        found |= {answers[each] for each in mail.waiting(LETTER, answers)}
    return found


def _sealers(people: Collection[str]) -> dict[str, vault.Sealer]:
    """Their keys, in one question; those being destroyed, which the next start finishes, have none."""
    with suppress(vault.PersonUnknown):
        return vault.unlock_all(people)
    found: dict[str, vault.Sealer] = {}
    for person in people:
        with suppress(vault.PersonUnknown):
            found |= vault.unlock_all([person])
    return found


def _receipt(row: models.Kept, sealer: vault.Sealer | None) -> str | None:
    """Its id; "" where it does not open, None where nothing of the person does any more."""
    try:
        return sealer.open(_TABLE, "receipt", row.receipt) if sealer else None
    except vault.SealBroken:
        return ""
