"""How many decisions were recorded, by day, site, event, version, language and purposes: of keys, never of people.

Receipts are counted once, five hundred at a time in the order of commit, and what was counted is kept in rows of its
own (`receipt_count`), which are only added. So to count a year takes as long at a million receipts as at a thousand:
rows of counts, and those few receipts that came since. What a receipt says of its purposes is inside the token, and no
index could hold it. Receipts that go at the end of their term stay counted: a number is about nobody.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from .. import chores, clock, database
from ..settings import Settings
from . import chain, counted, receipts
from .counted import Uncounted
from .days import span

BLOCK = 500
_BLOCKS_AT_ONCE = 40  # a few seconds of work; then others have their turn
_MOST_LIVE = 2_000


class Kind(NamedTuple):
    """What decisions that are counted together have alike. `allowed`, `refused`: keys of purposes, with spaces."""

    day: str
    site: str
    event: str
    version: int
    language: str
    allowed: str
    refused: str


@dataclass(frozen=True)
class Tally:
    """How many decisions of each kind. `is_whole`: False while receipts of these days are still to be counted."""

    counts: Counter[Kind]
    is_whole: bool


def tally(since: date, until: date) -> Tally:
    """How many decisions of each kind were recorded on these local days."""

    def look() -> tuple[Counter[Kind], list[Uncounted]]:
        found = counted.counts(since.isoformat(), until.isoformat())
        live = counted.uncounted(counted.counted_to(), _MOST_LIVE + 1)
        return Counter({Kind(*kind): number for *kind, number in found}), live

    counts, live = database.receipts.read(look)
    first, last = span(since, until)
    counts.update(_kind(each) for each in live[:_MOST_LIVE] if first <= each.recorded_at < last)
    return Tally(counts, len(live) <= _MOST_LIVE)


@chores.every(15)
def count(_settings: Settings, _now: datetime) -> None:
    """Count what is to be counted; safe in any number of processes, and wherever it is cut off."""
    for _ in range(_BLOCKS_AT_ONCE):
        upto, block = database.receipts.read(_next)
        if len(block) < BLOCK or not database.receipts.write(partial(_keep, upto, block)):
            return


def _next() -> tuple[int, list[Uncounted]]:
    upto = counted.counted_to()
    return upto, counted.uncounted(upto, BLOCK)


def _keep(upto: int, block: list[Uncounted]) -> bool:
    """Add the counts of a block, unless another process has; whether it was ours."""
    if counted.counted_to() != upto:
        return False
    for kind, number in Counter(map(_kind, block)).items():
        counted.insert_count(block[-1].seq, *kind, number)
    return True


def _kind(row: Uncounted) -> Kind:
    standing = receipts.standing(chain.read(row.token))
    day = clock.local_date(clock.parse(row.recorded_at)).isoformat()
    return Kind(day, row.site, row.event, row.version, row.language, *map(" ".join, _halves(standing)))


def _halves(standing: dict[str, bool]) -> Iterator[list[str]]:
    for wanted in (True, False):
        yield sorted(key for key, is_allowed in standing.items() if is_allowed is wanted)
