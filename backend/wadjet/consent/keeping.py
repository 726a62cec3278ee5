"""How long does a consent last, and its proof? What was given and when it ended; receipts whose own term is over.

Rows of receipts are never changed, and deleted here alone: a whole chain at once, with a row of the journal in its
place. The chain that holds the newest row stays until a newer one has come, so that no number is ever given twice.
Source: policy 5.7, 8.4, 8.9; 94-V art. 12(2), 25(2)(5).
"""

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from .. import clock, database, jose, ledger, policy
from ..problems import Unavailable
from . import chain, models, receipts
from .models import First, Outline, Row

_PAGE, _BATCH = 500, 200  # chains looked at at once, and deleted in one transaction


@dataclass(frozen=True)
class Allowed:
    """One purpose that was allowed. `days`: its term in the version consented to; ended_at: "" while it stands."""

    purpose: str
    days: int
    ended_at: str = ""


@dataclass(frozen=True)
class Given:
    """A consent as its chain of receipts tells it. Times as `clock.stamp` writes them."""

    given_at: str
    purposes: tuple[Allowed, ...]


def given(receipt_ids: Sequence[str]) -> dict[str, Given]:
    """The consents that began with these receipts, by id; one that is not there, or cannot be read, is left out."""
    found = {}
    for id, rows in database.receipts.read(partial(models.chains, receipt_ids)).items():
        with suppress(jose.Unreadable, policy.VersionUnknown, ValueError, LookupError):
            found[id] = _given(rows)
    return found


def changed_since(seq: int) -> Iterator[tuple[int, list[str]]]:
    """What was changed or withdrawn after a number, in pages: the last number looked at, and the chains."""
    while page := database.receipts.read(partial(models.followers_after, seq)):
        seq = page[-1][0]
        yield seq, list(dict.fromkeys(each for _, each in page))


def last_day(rows: Sequence[Outline]) -> date:
    """The last local day on which a chain's consent counts.

    That of its withdrawal or refusal; else the end of the longest term that was consented to. A change of mind on our
    own pages or by a letter's link only takes away, so it renews no term.
    """
    last = rows[-1]
    if last.event != "given":
        return _day(last)
    renewing = [row for row in rows if row.event == "given" and row.proof != "possession"]
    return max(_day(row) + timedelta(days=_longest(row)) for row in renewing or rows[:1])


def expired(before: date, *, spared: Collection[str] = ()) -> Iterator[list[str]]:
    """The chains whose consent had its last day before that one, a page at a time; `spared`: kept all the same."""
    after, newest = 0, database.receipts.read(models.newest)
    while page := database.receipts.read(partial(models.first_rows, after, _PAGE)):
        after = page[-1].seq
        old = [row.id for row in page if _day(row) < before and row.id != newest]
        found = database.receipts.read(partial(models.outlines, old)) if old else {}
        over = [id for id, rows in found.items() if id not in spared and last_day(rows) < before]
        if over:
            yield over
        if len(page) < _PAGE or _day(page[-1]) >= before:
            return  # rows stand in the order of their times, and no consent ends before it was given


def expire(before: date, *, spared: Collection[str] = (), now: datetime) -> Iterator[int]:
    """Delete the receipts whose consent had its last day before that one; yields how many chains went, as it goes on.

    What remains are the journal's rows, which tell the number, time and digest of each receipt, and of nobody.
    """

    def drop(ids: list[str]) -> int:
        newest, done = models.newest(), 0
        for id, rows in models.outlines(ids).items():
            if id != newest and last_day(rows) < before:  # asked again: somebody may decide in it meanwhile
                models.delete_chain(id)
                ledger.append("destroy", "consent:receipt:expired", about=id, at=now, receipts=len(rows))
                done += 1
        return done

    total = 0
    for page in expired(before, spared=spared):
        for start in range(0, len(page), _BATCH):
            total += database.receipts.write(partial(drop, page[start : start + _BATCH]))
            yield total
    if total:
        with suppress(Unavailable):  # somebody reads: the log is written over in time
            database.receipts.empty_log()


def _given(rows: Sequence[Row]) -> Given:
    first = rows[0]
    days = _days(policy.version(first.version))
    ended: dict[str, str] = {}
    for row in rows:
        standing = receipts.standing(chain.payload_of(row))
        for purpose in standing.keys() | ended.keys():
            if standing.get(purpose):
                ended[purpose] = ""
            elif ended.get(purpose) == "":
                ended[purpose] = row.recorded_at
    known = sorted((key, at) for key, at in ended.items() if key in days)
    return Given(first.recorded_at, tuple(Allowed(key, days[key], at) for key, at in known))


@functools.lru_cache(maxsize=64)
def _days(version: policy.Version) -> Mapping[str, int]:
    """The terms of what a version asks, in days."""
    return {purpose.key: purpose.days for purpose in version.purposes if not purpose.required}


def _longest(row: Outline) -> int:
    return max(_days(policy.version(row.version)).values(), default=365)


def _day(row: Outline | First) -> date:
    return clock.local_date(clock.parse(row.recorded_at))
