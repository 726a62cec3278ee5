"""Destroying people, so that what is left of them anywhere opens for nobody (policy 2.14).

0. In the vault's transaction it is asked whether anything forbids it: a block, or a law that a room names (`kept_by`).
1. In the file of the keys, meanwhile: a tombstone is left, the key and the look-ups are deleted, the log is emptied.
   From here on nothing of theirs can be read, in no backup of the vault either.
2. In the vault, in one transaction: what every room holds of them, their row; the journal tells of it.
3. The vault's log is emptied.

Killed between the steps, or restored from a backup of before, a vault is brought to 3 by `repair` at its next start.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

from .. import clock, database, ledger
from . import models, person_keys
from .problems import PersonBlocked, PersonHeld, PersonUnknown, VaultLocked
from .service import agree, check_reason

_BATCH = 500  # one commit in each database
_IN_FLIGHT = timedelta(days=1)  # longer than any request that expects a person can take


@dataclass(frozen=True)
class _Holder:
    count: Callable[[str], int]
    forget: Callable[[str], None]


@dataclass(frozen=True)
class Kept:
    """What keeps a person: the law that is cited, and the last day."""

    law: str
    until: date


_holders: list[_Holder] = []
_told: list[Callable[[str, datetime, str, str], None]] = []
_keepers: list[Callable[[str, datetime], Kept | None]] = []


def held_by(*, count: Callable[[str], int], forget: Callable[[str], None]) -> None:
    """A room tells that it holds something of people, in the vault's database, sealed under their keys.

    count(person)   how many things it holds of one; called inside `vault.read`
    forget(person)  delete them all; called inside `vault.write`, must not fail for a person it does not know
    """
    _holders.append(_Holder(count, forget))


def when_destroyed(tell: Callable[[str, datetime, str, str], None]) -> None:
    """A room asks to be told of everybody who is destroyed: tell(person, at, reason, by), inside that `vault.write`."""
    _told.append(tell)


def kept_by(keeper: Callable[[str, datetime], Kept | None]) -> None:
    """A room tells what keeps people from being destroyed: keeper(person, now), None where nothing does.

    Called inside `vault.read` or `write`; must not fail for a person it does not know. Whatever keeps one cites a law.
    """
    _keepers.append(keeper)


def kept(person: str, *, now: datetime) -> Kept | None:
    """What keeps a person, the longest where several do; inside `vault.read` or `write`."""
    return max(filter(None, (keeper(person, now) for keeper in _keepers)), key=lambda it: it.until, default=None)


def check_free(*people: str, now: datetime) -> None:
    """Whether nothing forbids to destroy any of them; inside `vault.read` or `write`.

    Raises PersonBlocked, PersonHeld. Source: policy 2.2; 94-V art. 1(3), 8(7), 12(2).
    """
    for person in people:
        row = models.find(person)
        if row and row.blocked_at:
            raise PersonBlocked(f"Unblock {person} first: what is blocked is not destroyed either.")
        if it := kept(person, now=now):
            raise PersonHeld(f"{person} is held until {it.until.isoformat()}: {it.law}.")


def held(person: str) -> int:
    """How many things the rooms hold of a person, inside `vault.read` or `write`."""
    return sum(holder.count(person) for holder in _holders)


def destroy(person: str, *, reason: str, now: datetime) -> None:
    """Destroy a person; twice is once.

    Raises PersonUnknown, PersonBlocked, PersonHeld, ReasonUnfit; Unavailable: do it again.
    """
    for _ in destroy_all([person], reason=reason, now=now):
        pass


def destroy_all(
    people: Sequence[str],
    *,
    reason: str,
    by: str = "",
    first: Callable[[str], object] | None = None,
    now: datetime,
) -> Iterator[int]:
    """The same for many; yields how many are done. One that is refused refuses all of them, before the first.

    by     the member of the operator's staff who decided it, where no row of another room says so
    first  done for each before they go, outside any transaction, once nobody is refused
    Who is blocked or held while it goes on ends it there: their batch is not begun.
    """
    for batch in _batches(people):
        database.vault.read(partial(_check, batch, reason, now))
    done = 0
    for batch in _batches(people):
        if first:
            for person in batch:
                first(person)
        database.vault.write(partial(_end, batch, reason, now))
        database.person_keys.empty_log()
        _finish(batch, by)
        done += len(batch)
        yield done


def destroy_unkept(people: Sequence[str], *, is_kept: Callable[[str], bool], reason: str, now: datetime) -> list[str]:
    """Destroy those of some people, 500 at most, of whom nothing is to be kept; answers who went. Twice is once.

    is_kept(person)  asked inside the vault's transaction, in which the keys go too: so whoever writes meanwhile either
                     keeps the person or is taken in as another one, and nothing acknowledged is lost
    Who is blocked stays. Raises Unavailable: do it again.
    """

    def work() -> list[str]:
        rows = [row for row in map(models.find, people) if row is not None and not row.blocked_at]
        gone = [row.id for row in rows if not is_kept(row.id)]
        if gone:  # as in `_end`
            database.person_keys.write(partial(_destroy_keys, gone, clock.stamp(now), reason))
            _forget(dict.fromkeys(gone, (clock.stamp(now), reason)))
        return gone

    gone = database.vault.write(work)
    if gone:
        database.person_keys.empty_log()
        database.vault.empty_log()
    return gone


def repair(*, now: datetime) -> None:
    """Finish what was begun, before anything is served: destruction above all, and what look-ups wait for.

    To be run once the rooms have told what they hold. A master key is needed for look-ups alone.
    """
    for page in _pages(models.destroyed_after):
        if there := database.vault.read(partial(models.present, page)):
            _finish(sorted(there))
    pending: list[tuple[str, str]] = database.person_keys.read(partial(models.pending_after, ""))
    while pending:
        _settle(pending, clock.local_date(now) - _IN_FLIGHT)
        pending = database.person_keys.read(partial(models.pending_after, pending[-1][0]))


def _check(people: Sequence[str], reason: str, now: datetime) -> None:
    """Whether all of them may be destroyed."""
    for person in people:
        row = models.find(person)
        if row is None:
            _check_known(person)
        check_free(person, now=now)
        check_reason(reason, row)


def _end(people: Sequence[str], reason: str, now: datetime) -> None:
    """The keys, inside `vault.write`: so nobody can be blocked or held between the last look and the act."""
    check_free(*people, now=now)
    # Nothing that waits for the keys' file waits for the vault.
    database.person_keys.write(partial(_destroy_keys, people, clock.stamp(now), reason))


def _check_known(person: str) -> None:
    tombstone = database.person_keys.read(partial(models.tombstone, person))
    if not tombstone and not person_keys.has_key(person):
        raise PersonUnknown(f"{person} is none of ours.")


def _destroy_keys(people: Sequence[str], at: str, reason: str) -> None:
    for person in people:
        models.destroy_key(person, at, reason)


def _finish(people: Sequence[str], by: str = "") -> None:
    """Steps 2 and 3 for people whose keys are destroyed."""
    tombstones = database.person_keys.read(lambda: {person: models.tombstone(person) for person in people})
    database.vault.write(partial(_forget, tombstones, by))
    database.vault.empty_log()


def _forget(tombstones: dict[str, tuple[str, str] | None], by: str = "") -> None:
    there = models.present(list(tombstones))
    for person, tombstone in tombstones.items():
        for holder in _holders:
            holder.forget(person)
        models.delete(person)
        if person in there and tombstone:
            at, reason = tombstone
            ledger.append(
                "destroy",
                "vault:person:destroyed",
                about=person,
                at=clock.parse(at),
                store=database.vault,
                reason=reason,
                **({"by": by} if by else {}),
            )
            for tell in _told:
                tell(person, clock.parse(at), reason, by)


def _settle(pending: Sequence[tuple[str, str]], before: date) -> None:
    """What a crash left in the file of the keys: look-ups of a card that changed, keys of people who never came."""
    there = database.vault.read(partial(models.present, [person for person, _ in pending]))

    with suppress(VaultLocked):
        person_keys.index_key()  # known before `agree` needs it, inside a transaction

    def work() -> None:
        for person, why in pending:
            if person not in there:
                if why < before.isoformat():
                    models.drop_key(person)
            elif why[0].isdigit():
                models.mark(person, None)
            else:
                with suppress(VaultLocked):  # at a later start, then
                    agree(person)

    database.person_keys.write(work)


def _batches(people: Sequence[str]) -> Iterator[list[str]]:
    iterator = iter(people)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _pages(read: Callable[[str], list[str]]) -> Iterator[list[str]]:
    page = database.person_keys.read(partial(read, ""))
    while page:
        yield page
        page = database.person_keys.read(partial(read, page[-1]))
