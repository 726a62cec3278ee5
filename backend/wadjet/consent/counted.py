"""The table of counts, and its questions. Rows are only ever inserted."""

from typing import Any, NamedTuple

import peewee

from .. import database


class ReceiptCount(peewee.Model):
    """How many decisions of one kind are among those up to number `upto` that no row before has counted."""

    upto = peewee.IntegerField()
    day = peewee.CharField(max_length=10, index=True)
    site = peewee.CharField(max_length=63)
    event = peewee.CharField(max_length=9)
    version = peewee.IntegerField()
    language = peewee.CharField(max_length=35)
    allowed = peewee.TextField()
    refused = peewee.TextField()
    receipts = peewee.IntegerField()

    class Meta:
        database = database.receipts.proxy
        table_name = "receipt_count"
        primary_key = peewee.CompositeKey("upto", "day", "site", "event", "version", "language", "allowed", "refused")


class Uncounted(NamedTuple):
    """What of a receipt is counted."""

    seq: int
    site: str
    event: str
    version: int
    language: str
    recorded_at: str
    token: str


_KIND = "day, site, event, version, language, allowed, refused"
_COUNTED_TO = "SELECT coalesce(max(upto), 0) FROM receipt_count"
_COUNTS = f"SELECT {_KIND}, sum(receipts) FROM receipt_count WHERE day >= ? AND day <= ? GROUP BY {_KIND}"  # noqa: S608
_UNCOUNTED = """
SELECT seq, site, event, version, language, recorded_at, token FROM receipt WHERE seq > ? ORDER BY seq LIMIT ?"""
_COUNT = f"INSERT INTO receipt_count (upto, {_KIND}, receipts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


def counted_to() -> int:
    """The number of the last receipt that is counted."""
    return int(database.receipts.execute(_COUNTED_TO).fetchone()[0])


def counts(first: str, last: str) -> list[tuple[Any, ...]]:
    """What is counted of these days: the columns of a kind, and how many."""
    return [(*row[:-1], int(row[-1])) for row in database.receipts.execute(_COUNTS, first, last).fetchall()]


def uncounted(after: int, limit: int) -> list[Uncounted]:
    """The receipts behind a number, in the order of commit."""
    return [Uncounted(*row) for row in database.receipts.execute(_UNCOUNTED, after, limit).fetchall()]


def insert_count(*values: Any) -> None:
    """Append a count; call it inside `write`."""
    database.receipts.execute(_COUNT, *values)
