"""What may be told of messages without opening any: lists, one message's state, whose number it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import clock, consent, database, ledger, vault
from . import models, service
from .models import Brief, Row
from .problems import MessageUnknown
from .service import Answer

STATES = ("received", "answered", "closed", "unconfirmed", "reduced")


@dataclass(frozen=True)
class Standing:
    """A message unopened. `consents`: what was allowed with it, ended or not; answers: without their words.

    given_at  when that was; "" where its receipt is not there
    """

    id: str
    person: str
    state: str
    language: str
    received_at: str
    receipt: str
    is_blocked: bool
    given_at: str
    consents: tuple[consent.Allowed, ...]
    answers: tuple[Answer, ...]

    @property
    def until(self) -> dict[str, date | None]:
        """The last day of each purpose, as of a message."""
        return {each.purpose: None if each.ended_at else self._last_day(each) for each in self.consents}

    @property
    def allowed(self) -> dict[str, bool]:
        """What stands, by purpose."""
        return {each.purpose: not each.ended_at for each in self.consents}

    def _last_day(self, allowed: consent.Allowed) -> date:
        return clock.local_date(clock.parse(self.given_at)) + timedelta(days=allowed.days)


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
    """How a message stands; nothing of what it says. Raises MessageUnknown, PersonUnknown, VaultLocked."""

    def read() -> tuple[Row, bool, str, tuple[Answer, ...]]:
        row = models.find(message_id)
        if row is None or row.state == "pending":
            raise MessageUnknown("`wadjet contact list` shows those there are.")
        sealer, is_blocked = _unlock(row.person)
        answers = (Answer(it.id, it.answered_at, it.answered_by, "") for it in models.answers_of(row.id))
        return row, is_blocked, sealer.open(service.TABLE, "receipt", row.sealed["receipt"]), tuple(answers)

    row, is_blocked, receipt, answers = database.vault.read(read)
    given = consent.given([receipt]).get(receipt)
    given_at, consents = (given.given_at, given.purposes) if given else ("", ())
    return Standing(*row[:5], receipt, is_blocked, given_at, consents, answers)


def _unlock(person: str) -> tuple[vault.Sealer, bool]:
    """Their key, and whether they are blocked."""
    try:
        return vault.unlock(person), False
    except vault.PersonBlocked:
        return vault.unlock(person, even_blocked=True), True


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
