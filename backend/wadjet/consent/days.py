"""Which receipts were recorded on a day, which are one key's, and each by its number here.

A number opens nothing: unlike an id it may stand in an address and in a log. A page costs the same however many
receipts there are: of a day's, at most so many are looked at, and the page says where it stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from .. import clock, database
from . import models
from .models import Line
from .problems import ReceiptUnknown

PAGE = 50
_LOOKED_AT = 10_000
_BATCH = 200


@dataclass(frozen=True)
class Kept:
    """A receipt in its place. `seq`: its number here; chain: the receipts of its chain, in order, the first fifty."""

    seq: int
    id: str
    receipt: str
    status: str
    key: str | None
    chain: tuple[Line, ...]


@dataclass(frozen=True)
class Sifted:
    """Which of a day's receipts are wanted; "" and 0: whichever."""

    event: str = ""
    version: int = 0
    language: str = ""
    site: str = ""

    def has(self, event: str, version: int, language: str, site: str) -> bool:
        return (
            self.event in ("", event)
            and self.version in (0, version)
            and self.language in ("", language)
            and self.site in ("", site)
        )


@dataclass(frozen=True)
class Lines:
    """A page of receipts.

    after  where the next page begins, None at the end; cut_short: whether the page ended because enough was looked at
    """

    lines: list[Line]
    after: int | None = None
    cut_short: bool = False


def number_of(receipt_id: str) -> int:
    """The number here of a receipt. Raises ReceiptUnknown."""
    seq = database.receipts.read(partial(models.number_of, receipt_id))
    if seq is None:
        raise ReceiptUnknown("Check its id: it was never given out here, or it was mistyped.")
    return seq


def numbered(seq: int) -> Kept:
    """A receipt by its number here. Raises ReceiptUnknown."""

    def look() -> Kept:
        row = models.numbered(seq)
        if row is None:
            raise ReceiptUnknown("No receipt has that number: it may have gone at the end of its term.")
        return Kept(seq, row.id, row.token, models.status(row), row.key, tuple(models.chain_lines(row.chain, PAGE)))

    return database.receipts.read(look)


def of_key(key: str, *, before: int | None = None) -> Lines:
    """The receipts under one key, the newest first. `before`: as the page before said."""
    found = database.receipts.read(lambda: models.of_key(key, before or 2**31 - 1, PAGE + 1))
    return Lines(found[:PAGE], found[PAGE - 1].seq if len(found) > PAGE else None)


def of_day(day: date, sifted: Sifted = Sifted(), *, after: int | None = None) -> Lines:
    """The receipts of a local day, in the order of their times. `after`: as the page before said."""
    most = PAGE + 1 if sifted == Sifted() else _LOOKED_AT

    def look() -> Lines:
        seen = models.between(*span(day, day), after, most)
        found = [each[0] for each in seen if sifted.has(*each[1:])]
        page = models.lines(found[:PAGE])
        if len(found) > PAGE:
            return Lines(page, found[PAGE - 1])
        return Lines(page, seen[-1][0], cut_short=True) if len(seen) == _LOOKED_AT else Lines(page)

    return database.receipts.read(look)


def between(since: date, until: date) -> Iterator[Kept]:
    """Every receipt of these local days, in the order of their times; read a page at a time, its chain left out."""
    after: int | None = None

    def look() -> tuple[list[Kept], int | None]:
        seen = [each[0] for each in models.between(*span(since, until), after, _BATCH)]
        rows = [(seq, row) for seq in seen if (row := models.numbered(seq))]
        kept = [Kept(seq, row.id, row.token, models.status(row), row.key, ()) for seq, row in rows]
        return kept, seen[-1] if seen else None

    while True:
        page, after = database.receipts.read(look)
        yield from page
        if after is None:
            return


def is_more_than(since: date, until: date, most: int) -> bool:
    """Whether more receipts than that were recorded on these local days."""
    return len(database.receipts.read(lambda: models.between(*span(since, until), None, most + 1))) > most


def span(since: date, until: date) -> tuple[str, str]:
    """From when on, and before when, as `clock.stamp` writes it."""
    return clock.stamp(clock.start_of(since)), clock.stamp(clock.start_of(until + timedelta(days=1)))
