"""Receipts and the texts they name: the tables and their questions.

Rows are inserted and never updated; what deletes them is the end of their own term, a chain at a time (`keeping`).
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import peewee

from .. import database


class Receipt(peewee.Model):
    """One answered decision.

    seq    the order of commit; `chain` is the id of the first receipt of a chain of changes of mind
    token  the receipt as it was handed out: a compact JWS, never rebuilt
    key    the thumbprint of the visitor's key; a form's is used once and is never the banner's
    proof  what stands behind the decision: `key`, `offer` (unsigned), or `possession` (of the receipt it ends)
    """

    seq = peewee.AutoField()
    id = peewee.CharField(max_length=22, unique=True)
    chain = peewee.CharField(max_length=22)
    previous = peewee.CharField(max_length=22, null=True)
    site = peewee.CharField(max_length=63)
    event = peewee.CharField(max_length=9)
    version = peewee.IntegerField()
    language = peewee.CharField(max_length=35)
    proof = peewee.CharField(max_length=10)
    recorded_at = peewee.CharField(max_length=24)
    token = peewee.TextField()
    key = peewee.CharField(max_length=43, null=True)

    class Meta:
        database = database.receipts.proxy
        table_name = "receipt"


# Most receipts begin a chain and are found by their id; only what follows in one needs an index of its own.
Receipt.add_index(
    Receipt.index(Receipt.chain, Receipt.seq, where=Receipt.previous.is_null(False), name="receipt_chain")
)
Receipt.add_index(Receipt.index(Receipt.key, Receipt.seq, where=Receipt.key.is_null(False), name="receipt_key_seq"))
Receipt.add_index(Receipt.index(Receipt.version, Receipt.seq, name="receipt_version"))
# Holds all that a day's receipts are sifted by: rows, which the tokens fill, are read of those alone that are shown.
_SIFTED_BY = (Receipt.event, Receipt.version, Receipt.language, Receipt.site)
Receipt.add_index(Receipt.index(Receipt.recorded_at, Receipt.seq, *_SIFTED_BY, name="receipt_day"))


class ConsentText(peewee.Model):
    """What banner and panel said in one language, once for however many receipts name it.

    digest  SHA-256, hex, over `canonical`
    """

    digest = peewee.CharField(max_length=64, primary_key=True)
    canonical = peewee.BlobField()

    class Meta:
        database = database.receipts.proxy
        table_name = "consent_text"


class Row(NamedTuple):
    """A receipt as stored, its columns without `seq`."""

    id: str
    chain: str
    previous: str | None
    site: str
    event: str
    version: int
    language: str
    proof: str
    recorded_at: str
    token: str
    key: str | None


_COLUMNS = ", ".join(Row._fields)
# The names in these statements are our own columns', never anybody's input.
_INSERT = f"INSERT INTO receipt ({_COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))})"  # noqa: S608
_BY_ID = f"SELECT {_COLUMNS} FROM receipt WHERE id = ?"  # noqa: S608
_HEAD = f"SELECT {_COLUMNS} FROM receipt WHERE chain = ? AND previous IS NOT NULL ORDER BY seq DESC LIMIT 1"  # noqa: S608
_FOLLOWING = f"SELECT {_COLUMNS} FROM receipt WHERE chain = ? AND previous IS NOT NULL ORDER BY seq"  # noqa: S608
# A withdrawal is taken by a wrong clock too, and says nothing of the time.
_LAST = "SELECT recorded_at FROM receipt WHERE event <> 'withdrawn' ORDER BY seq DESC LIMIT 1"
_LATER = """
SELECT event, previous FROM receipt
WHERE chain = ? AND previous IS NOT NULL AND seq > (SELECT seq FROM receipt WHERE id = ?) ORDER BY seq"""
LISTED = ("id", "event", "version", "language", "recorded_at", "status", "proof")
_STATUS = """CASE
    WHEN NOT EXISTS (SELECT 1 FROM receipt AS later WHERE later.chain = receipt.chain AND later.seq > receipt.seq
                     AND later.previous IS NOT NULL)
    THEN 'current'
    WHEN EXISTS (SELECT 1 FROM receipt AS later WHERE later.chain = receipt.chain AND later.seq > receipt.seq
                 AND later.event = 'withdrawn' AND later.previous = receipt.id)
      OR 'withdrawn' = (SELECT event FROM receipt AS later WHERE later.chain = receipt.chain
                        AND later.previous IS NOT NULL AND later.seq > receipt.seq ORDER BY later.seq LIMIT 1)
    THEN 'withdrawn' ELSE 'superseded' END"""
_PAGE = f"""
SELECT seq, id, event, version, language, recorded_at, {_STATUS} AS status, proof
FROM receipt WHERE seq > ?{{}} ORDER BY seq LIMIT 1000"""  # noqa: S608
_ALL, _OF_VERSION = _PAGE.format(""), _PAGE.format(" AND version = ?")

_OUTLINE = "chain, event, version, proof, recorded_at"
_CHAINED = "SELECT {} FROM receipt WHERE previous IS {} AND {} IN ({}) ORDER BY seq"
_FOLLOWERS = "SELECT seq, chain FROM receipt WHERE seq > ? AND previous IS NOT NULL ORDER BY seq LIMIT 1000"
_FIRST = "SELECT seq, id, recorded_at FROM receipt WHERE seq > ? AND previous IS NULL ORDER BY seq LIMIT ?"
_WHOLE = f"SELECT seq, {_COLUMNS} FROM receipt WHERE seq > ? ORDER BY seq LIMIT 500"  # noqa: S608
_BEFORE = f"SELECT seq, {_STATUS} AS status, {_COLUMNS} FROM receipt WHERE seq < ? ORDER BY seq DESC LIMIT ?"  # noqa: S608
_NEXT = f"""
SELECT {_COLUMNS} FROM receipt
WHERE chain = ? AND previous IS NOT NULL AND seq > (SELECT seq FROM receipt WHERE id = ?) ORDER BY seq LIMIT 1"""  # noqa: S608
_TRUSTED = "SELECT entry FROM journal_entry WHERE about = 'clock' ORDER BY seq DESC LIMIT 1"
_BY_KEY = "SELECT 1 FROM receipt WHERE key = ? LIMIT 1"
_GIVEN_BY_KEY = "SELECT token FROM receipt WHERE key = ? AND event = 'given' LIMIT 1"
_KEEP = "INSERT INTO consent_text (digest, canonical) VALUES (?, ?) ON CONFLICT DO NOTHING"
_TEXT = "SELECT canonical FROM consent_text WHERE digest = ?"


def insert(row: Row) -> None:
    """Append a receipt; call it inside `write`."""
    database.receipts.execute(_INSERT, *row)


def is_key_known(thumbprint: str) -> bool:
    """Whether any receipt is by this key."""
    return database.receipts.execute(_BY_KEY, thumbprint).fetchone() is not None


def given_by(thumbprint: str) -> str | None:
    """A receipt of something given by this key, if there is any."""
    row = database.receipts.execute(_GIVEN_BY_KEY, thumbprint).fetchone()
    return row[0] if row else None


def keep_text(digest: str, canonical: bytes) -> None:
    """Keep a text unless it is there; call it inside `write`."""
    database.receipts.execute(_KEEP, digest, canonical)


def text(digest: str) -> bytes | None:
    row = database.receipts.execute(_TEXT, digest).fetchone()
    return bytes(row[0]) if row else None


def everything() -> Iterator[Row]:
    """Every receipt in the order of commit, read a page at a time; reads by itself."""

    def read(after: int) -> list[tuple[Any, ...]]:
        return list(database.receipts.execute(_WHOLE, after).fetchall())

    last = 0
    while page := database.receipts.read(partial(read, last)):
        yield from (Row(*row[1:]) for row in page)
        last = page[-1][0]


def newest_before(seq: int | None, limit: int) -> list[tuple[int, str, Row]]:
    """The newest receipts, or those before a number: its number, its `status`, itself."""
    rows = database.receipts.execute(_BEFORE, 2**63 - 1 if seq is None else seq, limit).fetchall()
    return [(row[0], row[1], Row(*row[2:])) for row in rows]


def count() -> int:
    """How many receipts there are; reads by itself."""
    counted: int = database.receipts.read(
        lambda: database.receipts.execute("SELECT count(*) FROM receipt").fetchone()[0]
    )
    return counted


def after(receipt: Row) -> Row | None:
    """The receipt that comes next in its chain."""
    return _row(database.receipts.execute(_NEXT, receipt.chain, receipt.id).fetchone())


def find(receipt_id: str) -> Row | None:
    if "\0" in receipt_id:  # PostgreSQL fails on the question
        return None
    return _row(database.receipts.execute(_BY_ID, receipt_id).fetchone())


def head(chain: str) -> Row | None:
    """The last receipt that follows in a chain, the one that counts; None while its first one stands alone."""
    return _row(database.receipts.execute(_HEAD, chain).fetchone())


def chain_of(receipt: Row) -> list[Row]:
    """The receipts of a chain, in the order of commit."""
    later = database.receipts.execute(_FOLLOWING, receipt.chain).fetchall()
    return [row for row in (find(receipt.chain), *map(_row, later)) if row]


def last_recorded_at() -> str | None:
    """When a receipt was last recorded that is no withdrawal, as `clock.stamp` writes it."""
    row = database.receipts.execute(_LAST).fetchone()
    return row[0] if row else None


def clock_trusted_over() -> str:
    """Which such time the operator has told to be wrong, last; "" where there is none."""
    row = database.receipts.execute(_TRUSTED).fetchone()
    return str(json.loads(bytes(row[0]))["over"]) if row else ""


def status(receipt: Row) -> str:
    """`current`, `withdrawn` or `superseded`.

    What follows in the chain decides: a withdrawal that names this receipt or comes next ends it; anything
    else that follows supersedes it, also where two tabs changed the same receipt (the last one counts).
    """
    later = database.receipts.execute(_LATER, receipt.chain, receipt.id).fetchall()
    if not later:
        return "current"
    named = any(event == "withdrawn" and previous == receipt.id for event, previous in later)
    return "withdrawn" if named or later[0][0] == "withdrawn" else "superseded"


def listing(version: int | None) -> Iterator[tuple[Any, ...]]:
    """Every receipt, or those of one policy version, in the order of commit; its status as `status` tells it.

    Read a page at a time, so that neither memory nor a connection is held for a million rows.
    """
    sql, of = (_OF_VERSION, [version]) if version else (_ALL, [])

    def read(after: int) -> list[tuple[Any, ...]]:
        return list(database.receipts.execute(sql, after, *of).fetchall())

    page = database.receipts.read(partial(read, 0))
    while page:
        yield from (row[1:] for row in page)
        last: int = page[-1][0]
        page = database.receipts.read(partial(read, last))


class Line(NamedTuple):
    """A receipt as a list shows it. `seq`: its number here, which opens nothing to anybody else."""

    seq: int
    recorded_at: str
    event: str
    version: int
    language: str
    site: str
    proof: str
    status: str


_LINES = f"SELECT seq, recorded_at, event, version, language, site, proof, {_STATUS} AS status FROM receipt WHERE {{}}"  # noqa: S608
_OF_KEY = _LINES.format("key = ? AND seq < ? ORDER BY seq DESC LIMIT ?")
_SOME = _LINES.format("seq IN ({}) ORDER BY recorded_at, seq")
_DAY = """
SELECT seq, event, version, language, site FROM receipt
WHERE recorded_at >= ? AND recorded_at < ?{} ORDER BY recorded_at, seq LIMIT ?"""
_BEHIND = " AND recorded_at >= ? AND (recorded_at > ? OR seq > ?)"
_CHAIN = _LINES.format("id = ?"), _LINES.format("chain = ? AND previous IS NOT NULL ORDER BY seq LIMIT ?")
_NUMBERED = f"SELECT {_COLUMNS} FROM receipt WHERE seq = ?"  # noqa: S608
_NUMBER_OF = "SELECT seq FROM receipt WHERE id = ?"


def numbered(seq: int) -> Row | None:
    if seq >= 2**31:  # no column holds it, and databases fail on the question
        return None
    return _row(database.receipts.execute(_NUMBERED, seq).fetchone())


def number_of(receipt_id: str) -> int | None:
    row = None if "\0" in receipt_id else database.receipts.execute(_NUMBER_OF, receipt_id).fetchone()
    return row[0] if row else None


def of_key(key: str, before: int, limit: int) -> list[Line]:
    """Receipts under one key, the newest first."""
    return [Line(*row) for row in database.receipts.execute(_OF_KEY, key, before, limit).fetchall()]


def between(since: str, until: str, after: int | None, limit: int) -> list[tuple[int, str, int, str, str]]:
    """(seq, event, version, language, site) of what was recorded from one time on and before another, in their order;
    `after`: behind the receipt of that number. The index alone is read."""
    where, values = "", list[str | int]()
    if after is not None:
        reached = numbered(after)
        if reached is None:  # it has gone meanwhile; to begin anew would never end
            return []
        where, values = _BEHIND, [reached.recorded_at, reached.recorded_at, after]
    return list(database.receipts.execute(_DAY.format(where), since, until, *values, limit).fetchall())


def lines(numbers: Sequence[int]) -> list[Line]:
    """What a list shows of these receipts, in the order of their times."""
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    return [Line(*row) for row in database.receipts.execute(_SOME.format(marks), *numbers).fetchall()]


def chain_lines(chain: str, limit: int) -> list[Line]:
    """What a list shows of a chain, in the order of commit: its first receipts."""
    first, later = _CHAIN
    rows = database.receipts.execute(first, chain).fetchall()
    return [Line(*row) for row in (*rows, *database.receipts.execute(later, chain, limit).fetchall())]


class First(NamedTuple):
    """A receipt that begins a chain."""

    seq: int
    id: str
    recorded_at: str


class Outline(NamedTuple):
    """What of a receipt tells how long its consent lasts, without the receipt."""

    chain: str
    event: str
    version: int
    proof: str
    recorded_at: str


def chains(ids: Sequence[str]) -> dict[str, list[Row]]:
    """Whole chains by the ids of their first receipts, 500 at most, each in the order of commit."""
    found: dict[str, list[Row]] = {}
    for row in _chained(_COLUMNS, ids):
        found.setdefault(row[1], []).append(Row(*row))
    return found


def outlines(ids: Sequence[str]) -> dict[str, list[Outline]]:
    """The same without their tokens, which fill the table."""
    found: dict[str, list[Outline]] = {}
    for row in _chained(_OUTLINE, ids):
        found.setdefault(row[0], []).append(Outline(*row))
    return found


def _chained(columns: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows that begin these chains, then those that follow in them, in the order of commit."""
    marks = ", ".join("?" * len(ids))
    for which, name in (("NULL", "id"), ("NOT NULL", "chain")) if ids else ():
        yield from database.receipts.execute(_CHAINED.format(columns, which, name, marks), *ids).fetchall()


def followers_after(seq: int) -> list[tuple[int, str]]:
    """A page of (seq, chain) of what followed in chains, in the order of commit."""
    return [(row[0], row[1]) for row in database.receipts.execute(_FOLLOWERS, seq).fetchall()]


def first_rows(after: int, limit: int) -> list[First]:
    """A page of the receipts that begin a chain, in the order of commit."""
    return [First(*row) for row in database.receipts.execute(_FIRST, after, limit).fetchall()]


def newest() -> str | None:
    """The chain of the row that was committed last."""
    row = database.receipts.execute("SELECT chain FROM receipt ORDER BY seq DESC LIMIT 1").fetchone()
    return row[0] if row else None


def delete_chain(id: str) -> None:
    """Delete a chain by the id of its first receipt; call it inside `write`."""
    database.receipts.execute("DELETE FROM receipt WHERE chain = ? AND previous IS NOT NULL", id)
    database.receipts.execute("DELETE FROM receipt WHERE id = ?", id)


def _row(values: Any) -> Row | None:
    return Row(*values) if values else None
