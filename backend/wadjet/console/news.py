"""What is new for the staff, found once and told once: letters about counts, at most one of a kind in an hour.

New messages and requests, and letters that were given up, are read off the vault's journal, where they stand in the
order of their transactions; a mark says how far. What becomes due is told by the room whose clock it is, in the
transaction that notes it. All of it is added to a bundle; a bundle goes out when its kind did not in this hour, with
a letter in the outbox for each who is to have it, in that same transaction. So whoever is killed when, nothing is
told twice and nothing is lost. Source: policy 3.2.a, 8.4.b.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from .. import chores, clock, contact, database, deadlines, ledger, mail, registers, rights
from ..settings import Settings
from . import bundles
from .access import ROLES

N_ = str  # marks a sentence for the catalogues; it is translated where a page or a letter is written

DIGEST = "digest"
HOUR = 9  # local, of the digest; or the first time after it that something serves
MOST = 1000  # what is counted is counted no further
OPERATOR = ""  # who has the letter that nobody of the staff is to have: the operator's mailbox
_JOURNAL = "journal"
_KEPT = timedelta(days=30)
OWN = "staff-"  # a letter to the staff that was given up is told of to nobody: that one would be given up too


@dataclass(frozen=True)
class Count:
    """A line of a letter. `needs`: without that permission it is not told; `path`: of the page to open."""

    title: str
    needs: str
    path: str


@dataclass(frozen=True)
class Kind:
    """A letter to the staff, and what it counts, by the name in its bundle."""

    title: str
    counts: Mapping[str, Count]

    def seen_by(self, role: str, facts: Mapping[str, int]) -> list[tuple[Count, int]]:
        """Its lines for somebody of that role; none: there is nothing for them in it."""
        may = ROLES[role].permissions
        return [(each, facts[name]) for name, each in self.counts.items() if facts.get(name) and each.needs in may]

    def is_for(self, role: str) -> bool:
        """Whether there could ever be."""
        return any(each.needs in ROLES[role].permissions for each in self.counts.values())


def _count(title: str, area: str) -> Count:
    return Count(title, f"{area}:read", f"/console/{area}/")


KINDS = {
    "new": Kind(
        N_("Something new has come"),
        {"requests": _count(N_("New requests"), "requests"), "messages": _count(N_("New messages"), "messages")},
    ),
    "soon": Kind(
        N_("Due soon"),
        {
            "requests": _count(N_("Requests due by the next working day"), "requests"),
            "registers": _count(N_("Entries of registers due by the next working day"), "registers"),
        },
    ),
    "late": Kind(
        N_("Overdue"),
        {
            "requests": _count(N_("Requests overdue"), "requests"),
            "registers": _count(N_("Entries of registers overdue"), "registers"),
        },
    ),
    "failed": Kind(
        N_("Letters were given up"),
        {
            "letters": _count(N_("Letters given up"), "health"),
            "answers": Count(
                N_("Answers that could not be delivered"), "messages:answer", "/console/messages/?state=answered"
            ),
        },
    ),
    DIGEST: Kind(
        N_("What the day asks for"),
        {
            "requests_late": _count(N_("Requests overdue"), "requests"),
            "requests_today": _count(N_("Requests due today"), "requests"),
            "requests_soon": _count(N_("Requests due by the next working day"), "requests"),
            "requests_new": _count(N_("Requests that nobody has taken up"), "requests"),
            "messages": _count(N_("Messages that wait for an answer"), "messages"),
            "registers_late": _count(N_("Entries of registers overdue"), "registers"),
            "registers_soon": _count(N_("Entries of registers due by the next working day"), "registers"),
            "letters": _count(N_("Letters given up"), "health"),
        },
    ),
}


@rights.warns
def due(news: Counter[str], now: datetime) -> None:  # noqa: ARG001 - listeners are told when
    """Requests that became due soon, and overdue; inside the transaction that marks them."""
    for level, count in news.items():
        _collect(level, {"requests": count})


@chores.every(60)
def tell(settings: Settings, now: datetime) -> None:
    """Find what is new and have it told; safe in any number of processes, and to be cut off at any point."""
    _read_journal()
    database.vault.write(partial(_warn, settings, now))
    database.vault.write(partial(_go_out, now))
    _digest(settings, now)


def _read_journal() -> None:
    """Count what came since the last look, outside the transaction that moves the mark."""
    since = database.vault.read(partial(bundles.mark, _JOURNAL))
    if since is None:  # what came before anybody was told of anything is for Today
        last = ledger.newest(database.vault, 1)
        database.vault.write(partial(_begin, last[0]["seq"] if last else 0))
        return
    seq, found = since, Counter[tuple[str, str]]()
    for row in ledger.listing(database.vault, after=since):
        seq = row["seq"]
        match row["event"]:
            case "rights:request:received":
                found["new", "requests"] += 1
            case "contact:message:received":
                found["new", "messages"] += 1
            case "mail:letter:failed" if f"kind={OWN}" not in row["facts"]:
                found["failed", "letters"] += 1
                found["failed", "answers"] += f"kind={contact.LETTER}" in row["facts"]
    if seq > since:
        database.vault.write(partial(_take, since, seq, found))


def _begin(seq: int) -> None:
    if bundles.mark(_JOURNAL) is None:
        bundles.set_mark(_JOURNAL, seq)


def _take(since: int, seq: int, found: Mapping[tuple[str, str], int]) -> None:
    if bundles.mark(_JOURNAL) != since:  # another process has counted these
        return
    bundles.set_mark(_JOURNAL, seq)
    for (kind, name), count in found.items():
        _collect(kind, {name: count})


def _warn(settings: Settings, now: datetime) -> None:
    for level, count in registers.warn(settings, now).items():
        _collect(level, {"registers": count})


def _collect(kind: str, facts: Mapping[str, int]) -> None:
    """Add to what is to be told; inside `vault.write`, where one writes at a time."""
    if any(facts.values()):
        bundles.put(kind, "", Counter(bundles.bundle(kind, "") or {}) + Counter(facts))


def _go_out(now: datetime) -> None:
    """Close what may go out in this hour. Inside `vault.write`."""
    hour = clock.stamp(now.replace(minute=0, second=0, microsecond=0))
    for kind in KINDS:
        facts = bundles.bundle(kind, "")
        if facts and bundles.bundle(kind, hour) is None:
            bundles.close(kind, hour)
            _enqueue(kind, hour, facts, now)
    bundles.drop_before(clock.stamp(now - _KEPT))


def _enqueue(kind: str, hour: str, facts: Mapping[str, int], now: datetime) -> None:
    readers = [each for each in bundles.readers() if kind not in each.muted and KINDS[kind].seen_by(each.role, facts)]
    for each in readers:
        mail.enqueue(f"{OWN}{kind}", f"{hour}/{each.id}", now=now)
    if facts.get("registers") and not readers:  # a day that the law gives is told of, whether or not anybody works here
        mail.enqueue(f"{OWN}{kind}", f"{hour}/{OPERATOR}", now=now)


def _digest(settings: Settings, now: datetime) -> None:
    """Once on each working day, by whichever process is first."""
    today = clock.local_date(now)
    if now.astimezone(clock.LOCAL).hour < HOUR or not deadlines.is_working_day(today, settings):
        return
    if database.vault.read(partial(bundles.bundle, DIGEST, today.isoformat())) is None:
        database.vault.write(partial(_send_digest, today, _day(settings, now), now))


def _send_digest(today: date, facts: Mapping[str, int], now: datetime) -> None:
    if bundles.bundle(DIGEST, today.isoformat()) is None:
        bundles.put(DIGEST, today.isoformat(), facts)
        _enqueue(DIGEST, today.isoformat(), facts, now)


def _day(settings: Settings, now: datetime) -> dict[str, int]:
    """What the day asks for, as numbers; few rows are read, however many there are."""
    today = clock.local_date(now)
    docket = rights.docket(now=now, settings=settings, limit=MOST)
    waiting = registers.clocks(MOST)
    horizon = deadlines.add_working_days(today, 1, settings).isoformat()
    due_today = sum(row["due_on"] == today.isoformat() for row in docket.due_soon)
    return {
        "requests_late": len(docket.overdue),
        "requests_today": due_today,
        "requests_soon": len(docket.due_soon) - due_today,
        "requests_new": len(docket.new),
        "messages": len(contact.waiting(MOST)),
        "registers_late": sum(each.due_on < today.isoformat() for each in waiting),
        "registers_soon": sum(today.isoformat() <= each.due_on <= horizon for each in waiting),
        "letters": len(mail.left("dead", MOST)),
    }
