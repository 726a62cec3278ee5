"""What may be told of messages without opening any: lists, one message's state, whose number it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .. import database, ledger, vault
from . import models, service
from .models import Brief
from .problems import MessageUnknown

STATES = ("received", "answered", "closed", "unconfirmed", "reduced")


@dataclass(frozen=True)
class Standing:
    """A message unopened. `allowed`: what stands of its consent; answers: (id, when, by whom, whether by a letter)."""

    id: str
    person: str
    state: str
    language: str
    received_at: str
    receipt: str
    allowed: dict[str, bool]
    is_blocked: bool
    answers: tuple[tuple[str, str, str, bool], ...]

    @property
    def last_answer(self) -> str:
        """The id of the last one, "" without any."""
        return self.answers[-1][0] if self.answers else ""


def page(
    state: str = "", *, after: tuple[str, str] | None = None, is_newest_first: bool = True, limit: int = 50
) -> list[Brief]:
    """A page of the messages in a state, "" for all; one indexed read. `after`: (received_at, id) of the last seen."""
    return database.vault.read(lambda: models.page(state, after, is_newest_first=is_newest_first, limit=limit))


def written_by(people: Sequence[str], *, limit: int = 50) -> list[Brief]:
    """What some people wrote, 500 people at most, the newest first."""
    return database.vault.read(lambda: models.briefs_of(people, limit))


def receipts_of(person: str, ids: Sequence[str]) -> dict[str, str]:
    """The receipts of some messages of a person, also of one who is blocked. Raises as `vault.unlock` does."""

    def look() -> dict[str, str]:
        sealer = vault.unlock(person, even_blocked=True)
        return {id: sealer.open(service.TABLE, "receipt", sealed) for id, sealed in models.receipts_of(ids).items()}

    return database.vault.read(look)


def look(message_id: str) -> Standing:
    """How a message stands; nothing of what it says. Raises MessageUnknown, PersonUnknown."""

    def read() -> Standing:
        row = models.find(message_id)
        if row is None or row.state == "pending":
            raise MessageUnknown("`wadjet contact list` shows those there are.")
        answers = ((it.id, it.answered_at, it.answered_by, it.text is not None) for it in models.answers_of(row.id))
        return Standing(
            row.id,
            row.person,
            row.state,
            row.language,
            row.received_at,
            service.receipt_of(row),
            {},
            vault.state(row.person).blocked_at is not None,
            tuple(answers),
        )

    found = database.vault.read(read)
    return replace(found, allowed=service.standing(found.receipt))


def find(number: str, *, by: str, now: datetime) -> str:
    """The id of the message that has this number, or whose receipt has; the journal tells that it was looked for.

    Raises MessageUnknown, VaultLocked.
    """
    index = vault.index("receipt", number)

    def work() -> str:
        row = models.find(number) or models.by_receipt(index)
        if row is None or row.state == "pending":
            raise MessageUnknown("Check the number: it has 22 letters, digits, - and _.")
        ledger.append("extract", "contact:message:found", about=row.id, at=now, store=database.vault, by=by)
        return row.id

    return database.vault.write(work)
