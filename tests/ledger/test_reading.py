"""The journal page by page, and a database that refuses whoever would alter it."""

from datetime import date, timedelta

import peewee
import psycopg
import pytest

from tests.house import on_both_databases
from wadjet import clock, database, ledger
from wadjet.ledger import reading

STORES = pytest.mark.parametrize("store", [database.receipts, database.vault], ids=["receipts", "vault"])
REFUSED = (peewee.IntegrityError, peewee.DatabaseError, psycopg.Error)


def write(store, rows):
    """`rows`: (when, facts) each."""

    def work():
        for at, facts in rows:
            told = {"act": "use", "event": "test:row:written", "about": "x"} | facts
            act, event = told.pop("act"), told.pop("event")
            ledger.append(act, event, at=at, store=store, **told)

    store.write(work)


def pages(store, wanted):
    """Every page to the end."""
    after, found = None, []
    while True:
        page = ledger.page(store, wanted, after=after)
        found.append(page)
        if page.after is None:
            return found
        after = page.after


def numbers(rows):
    return [row["facts"].removeprefix("number=") for row in rows]


@on_both_databases
@STORES
def test_pages_go_back_from_the_newest_and_meet_each_row_once(app, now, store):
    # Two in a row are of one moment, and one is dated before the row that it follows.
    moments = [now + timedelta(milliseconds=number // 2 - (9 if number == 60 else 0)) for number in range(130)]
    write(store, [(at, {"number": number}) for number, at in enumerate(moments)])
    inside = ledger.Wanted(event="test:")

    found = [number for page in pages(store, inside) for number in numbers(page.rows)]

    order = sorted(range(130), key=lambda number: (moments[number], number), reverse=True)
    assert found == [str(number) for number in order]
    assert numbers(ledger.rows(store, inside)) == found[::-1]
    assert [len(page.rows) for page in pages(store, inside)] == [50, 50, 30]


@on_both_databases
@STORES
def test_a_day_is_the_local_one(app, store):
    midnight = clock.start_of(date(2026, 3, 12))
    moments = [midnight - timedelta(milliseconds=1), midnight, midnight + timedelta(hours=24, milliseconds=-1)]
    moments.append(midnight + timedelta(hours=24))
    write(store, [(at, {"number": number}) for number, at in enumerate(moments)])
    day = ledger.Wanted(since=date(2026, 3, 12), until=date(2026, 3, 12))

    assert numbers(ledger.page(store, day).rows) == ["2", "1"]
    assert numbers(ledger.page(store, ledger.Wanted(until=date(2026, 3, 11))).rows) == ["0"]
    assert "3" in numbers(ledger.page(store, ledger.Wanted(since=date(2026, 3, 13))).rows)


@on_both_databases
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"act": "block"}, ["1"]),
        ({"event": "vault:"}, ["1"]),
        ({"by": "staff-7"}, ["2"]),
        ({"about": "somebody"}, ["3"]),
        ({"about": "somebody", "by": "staff-7"}, []),
        ({"by": "staff-"}, []),
    ],
)
def test_what_is_asked_for_is_found(app, now, asked, found):
    # Words of a fact that look like an entry's own are none.
    rows = [{}, {"act": "block", "event": "vault:person:blocked"}, {"by": "staff-7"}, {"about": "somebody"}]
    rows[0] = {"note": '"at":"2001-01-01T00:00:00.000Z","by":"staff-7"'}
    write(database.vault, [(now, {"number": number} | row) for number, row in enumerate(rows)])

    assert [row["facts"].split()[0][7:] for row in ledger.page(database.vault, ledger.Wanted(**asked)).rows] == found


def test_a_page_looks_at_so_many_rows_and_says_where_it_stopped(app, now, monkeypatch):
    monkeypatch.setattr(reading, "_LOOKED_AT", 100)
    write(database.vault, [(now, {"number": 0, "act": "block"})])
    write(database.vault, [(now + timedelta(seconds=number), {}) for number in range(1, 151)])

    first, second = pages(database.vault, ledger.Wanted(act="block", event="test:"))

    assert (first.rows, first.seen_to) == ([], clock.stamp(now + timedelta(seconds=51)))
    assert (len(second.rows), second.after) == (1, None)


@on_both_databases
@STORES
@pytest.mark.clause("9.1")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET about = 'nobody'",
        "UPDATE journal_entry SET entry = entry WHERE seq = 1",
        "DELETE FROM journal_entry WHERE seq = 1",
        "DELETE FROM journal_entry",
    ],
)
def test_the_database_refuses_to_alter_the_journal(app, now, store, statement):
    write(store, [(now, {"number": 1})])
    before = list(ledger.listing(store))

    with pytest.raises(REFUSED, match="only added to"):
        store.write(lambda: store.execute(statement))

    assert list(ledger.listing(store)) == before != []


@STORES
def test_no_row_takes_the_place_of_another(app, now, store):
    write(store, [(now, {"number": 1})])
    before = list(ledger.listing(store))

    for replacing in ("REPLACE", "INSERT OR REPLACE"):
        with pytest.raises(REFUSED, match="only added to"):
            store.write(lambda sql=replacing: store.execute(f"{sql} INTO journal_entry VALUES (1, 'x', '{{}}')"))

    assert list(ledger.listing(store)) == before


@STORES
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "journal_entry_at (<expr>>? AND <expr><?)"),
        ({"by": "staff-7"}, "journal_entry_by (<expr>=? AND <expr>>? AND <expr><?)"),
        ({"about": "somebody"}, "journal_entry_about (about=?)"),
    ],
)
@pytest.mark.parametrize("after", [None, 1])
def test_a_page_is_reached_through_an_index(app, now, store, asked, index, after, asked_of_sqlite):
    """However long the journal is: no statement reads all of it."""
    write(store, [(now, {"by": "staff-7", "about": "somebody"})])
    asked_of_sqlite.forget()

    ledger.page(store, ledger.Wanted(**asked), after=after)

    statement, values = asked_of_sqlite.statements[-1]
    steps = store.read(lambda: store.execute(f"EXPLAIN QUERY PLAN {statement}", *values).fetchall())
    assert f"SEARCH journal_entry USING INDEX {index}" in [step[-1] for step in steps]


@pytest.mark.parametrize("by", ['Әйгерім "Q"', "back\\slash", "plain"])
def test_a_name_of_any_letters_is_found(app, now, by):
    write(database.vault, [(now, {"number": 0}), (now, {"number": 1, "by": by})])

    assert [row["by"] for row in ledger.page(database.vault, ledger.Wanted(by=by, event="test:row")).rows] == [by]
