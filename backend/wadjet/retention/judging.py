"""What is known of people, put before the schedule: the verdicts on all that is held of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .. import clock, contact, database, rights, vault
from . import holds, schedule
from .schedule import Due, Kept


@dataclass(frozen=True)
class Verdict:
    """What becomes of one person's messages.

    held     everything of theirs, by id; all of it due: they go, and everything with them
    due      by message: `destroy`, or `delete` what is not needed any more; kept: when to look again
    unclear  messages whose receipt is not there: nothing is destroyed on no evidence
    suspended  why nothing may be destroyed, "" where it may; receipts: those of the messages that are due
    """

    person: str
    suspended: str
    held: frozenset[str]
    due: dict[str, Due] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    reduced: frozenset[str] = frozenset()

    @property
    def end(self) -> Due | None:
        """Of what the person goes: everything held is to be destroyed; the last to be due says why."""
        destroyed = {id: due for id, due in self.due.items() if due.act == "destroy"}
        return max(destroyed.values(), key=lambda due: due.on) if destroyed and destroyed.keys() == self.held else None

    @property
    def stands(self) -> bool:
        """Whether a consent of theirs stands."""
        return any(kept.purposes for kept in self.kept.values())

    @property
    def leaves_little(self) -> bool:
        """Whether of all that stays only what the news need is left."""
        staying = self.held - {id for id, due in self.due.items() if due.act == "destroy"}
        reducing = {id for id, due in self.due.items() if due.act == "delete"}
        return bool(reducing) and staying <= reducing | self.reduced


def judge(people: Sequence[str], today: date) -> list[Verdict]:
    """The verdicts on some people who wrote messages, 500 at most. Raises VaultLocked."""
    found: dict[str, list[contact.Keeping]] = {}
    for each in contact.keepings(people):
        found.setdefault(each.person, []).append(each)
    standing = database.vault.read(lambda: {person: (why_not_yet(person, today), held_of(person)) for person in found})
    return [_verdict(person, *standing[person], messages, today) for person, messages in found.items()]


def why_not(person: str, today: date) -> str:
    """Why nothing of a person may be destroyed, "" where it may, or they are gone; inside `vault.read` or `write`."""
    try:
        is_blocked = vault.state(person).blocked_at is not None
    except (vault.PersonUnknown, vault.PersonDestroyed):
        return ""
    return schedule.suspension(is_blocked=is_blocked, hold=holds.standing(person), today=today)


def why_not_yet(person: str, today: date) -> str:
    """The same of what goes by itself: it stays too while a demand of theirs waits for it."""
    request = rights.awaiting([person], today).get(person, "")
    return why_not(person, today) or schedule.suspension(is_blocked=False, hold=None, request=request, today=today)


def held_of(person: str) -> frozenset[str]:
    """Everything that the rooms below hold of a person, by id; inside `vault.read` or `write`."""
    return frozenset([*contact.ids_of(person), *(id for id, _ in rights.words_of(person))])


def facts(each: contact.Keeping) -> schedule.Message | None:
    """A message as the schedule sees it; None where its receipt is not there."""
    if each.consent is None:
        return None
    return schedule.Message(
        given_on=day(each.consent.given_at),
        purposes=tuple(
            schedule.Purpose(it.purpose, it.days, day(it.ended_at) if it.ended_at else None)
            for it in each.consent.purposes
        ),
        closed_on=None if each.is_answering else _closed_on(each),
        is_confirmed=each.state != "unconfirmed",
        is_reduced=each.state == contact.REDUCED,
    )


def day(stamp: str) -> date:
    """The local day of a time as `clock.stamp` writes it."""
    return clock.local_date(clock.parse(stamp))


def _closed_on(each: contact.Keeping) -> date | None:
    """One that was settled before there was a column for it is due since it came."""
    return day(each.closed_at or each.received_at) if each.closed_at or each.state == "closed" else None


def _verdict(
    person: str, suspended: str, held: frozenset[str], messages: Iterable[contact.Keeping], today: date
) -> Verdict:
    due, kept, unclear, receipts, reduced = {}, {}, [], [], []
    for each in messages:
        it = facts(each)
        found = schedule.message(it, today) if it else None
        if found is None:
            unclear.append(each.message)
        elif isinstance(found, Due):
            due[each.message] = found
            receipts.append(each.receipt)
        else:
            tomorrow = today + timedelta(days=1)  # once its letter has gone, or was given up, it has been settled
            kept[each.message] = replace(found, until=tomorrow) if each.is_answering else found
        if each.state == contact.REDUCED:
            reduced.append(each.message)
    return Verdict(person, suspended, held, due, kept, tuple(unclear), tuple(receipts), frozenset(reduced))
