"""Who is told? An address on record of somebody it was proven for, or the address that wrote; each mailbox once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import mail, vault
from . import models
from .kinds import ERASING, KINDS
from .models import Row, Subject


@dataclass(frozen=True, repr=False)
class Addressee:
    """One mailbox. `key` names it in the letter's row; `people`: those reached there who have proven the request.

    is_for_another  none of them: it is the one that wrote, and staff know whom it was done for
    """

    key: str
    address: str
    people: tuple[str, ...]
    is_for_another: bool


def tell(letter: str, row: Row, *, now: datetime) -> None:
    """Have every mailbox told of a request, inside `vault.write`; a program that wrote is not answered."""
    if not row.is_automatic:
        for each in of(row, models.subjects(row.id)):
            mail.enqueue(letter, name(row.id, each.key), now=now)


def name(request: str, person: str) -> str:
    """What a letter about a request to the mailbox of that person is about."""
    return f"{request}.{person}"


def find(about: str) -> tuple[Row, Addressee] | None:
    """The request and the mailbox of a letter's row, inside `vault.read`; None where either is gone."""
    request, _, key = about.partition(".")
    row = models.find(request)
    found = [each for each in of(row, models.subjects(request)) if each.key == key] if row else []
    return (row, found[0]) if row and found else None


def of(row: Row, subjects: Sequence[Subject]) -> list[Addressee]:
    """Every mailbox that is told of a request, inside `vault.read` or `write`.

    The writer comes first, so that their mailbox is named by them: they outlive those who are destroyed.
    """
    is_done = row.state == "fulfilled"  # then whoever it was done for, and nobody who has proven it since
    touched = {each.person for each in subjects if (each.done_at if is_done else each.proven_at)}
    proven = {each.person for each in subjects if each.proven_at} & touched
    named = {each.person for each in subjects if each.proof == "staff"} & touched if is_done else set()
    if is_done and row.kind in ERASING:  # the others are gone
        touched &= {row.person}
    if row.state == "refused" or named or not KINDS[row.kind].is_bound:
        touched.add(row.person)
    mailboxes: dict[str, list[tuple[str, str]]] = {}
    for person in sorted(touched, key=lambda each: (each != row.person, each)):
        try:
            address = vault.card(person, even_blocked=True).email
        except vault.PersonUnknown:
            continue
        if address:
            mailboxes.setdefault(vault.mailbox(address), []).append((person, address))
    found = []
    for people in mailboxes.values():
        reached = tuple(person for person, _ in people if person in proven)
        found.append(Addressee(*people[0], reached, bool(named) and not reached))
    return found
