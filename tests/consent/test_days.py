"""Receipts of a day, of a key, by number: in pages that meet each of them once."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.house import on_both_databases
from tests.visitor import Visitor, new_id
from wadjet import clock, consent, database
from wadjet.consent import days, models

DAY = date(2027, 3, 12)
ALL = consent.Sifted()


@pytest.fixture
def record(app, settings, publish):
    """`record(5, at)`: so many decisions as stored at a time, copies of a real one under other ids; their numbers."""
    visitor = Visitor(app.test_client())
    real: Any = database.receipts.read(lambda: models.find(visitor.give()["id"]))

    def record_some(many, at, **changes):
        def work():
            for _ in range(many):
                new = new_id()
                models.insert(real._replace(id=new, chain=new, recorded_at=clock.stamp(at), **changes))
            return models.number_of(new)

        last = database.receipts.write(work)
        return list(range(last - many + 1, last + 1))

    return record_some


def pages(sifted=ALL, day=DAY):
    after, found = None, []
    while True:
        page = consent.of_day(day, sifted, after=after)
        found.append(page)
        if page.after is None:
            return found
        after = page.after


def numbers(found):
    return [line.seq for page in found for line in page.lines]


@on_both_databases
def test_a_day_is_the_local_one_and_its_pages_meet_each_receipt_once(record):
    midnight = clock.start_of(DAY)
    record(1, midnight - timedelta(milliseconds=1))
    late = record(60, midnight + timedelta(hours=23))
    early = record(61, midnight)  # committed later than what is dated after it
    record(1, midnight + timedelta(days=1))

    assert numbers(pages()) == early + late
    assert [len(page.lines) for page in pages()] == [50, 50, 21]
    assert [each.seq for each in consent.recorded_between(DAY, DAY)] == early + late
    assert consent.is_more_than(DAY, DAY, 120)
    assert not consent.is_more_than(DAY, DAY, 121)


@on_both_databases
@pytest.mark.parametrize("wanted", [{"event": "refused"}, {"version": 2}, {"language": "ru"}, {"site": "other.kz"}])
def test_a_day_is_sifted(record, wanted):
    at = clock.start_of(DAY)
    record(3, at)
    wished = record(2, at, **wanted)
    record(3, at)

    assert numbers(pages(consent.Sifted(**wanted))) == wished
    assert numbers(pages(consent.Sifted(**{"language": "en"} | wanted | {"version": 3}))) == []


def test_a_page_looks_at_so_many_and_says_so(record, monkeypatch):
    monkeypatch.setattr(days, "_LOOKED_AT", 100)
    record(150, clock.start_of(DAY))
    rare = record(1, clock.start_of(DAY) + timedelta(hours=1), language="ru")

    first, second = pages(consent.Sifted(language="ru"))

    assert (first.lines, first.cut_short) == ([], True)
    assert ([each.seq for each in second.lines], second.cut_short, second.after) == (rare, False, None)


@on_both_databases
def test_receipts_of_a_key_are_the_newest_first(app, record, now):
    key = "k" * 43
    mine = record(70, now, key=key)
    record(3, now, key="j" * 43)

    first = consent.of_key(key)
    second = consent.of_key(key, before=first.after)

    assert [each.seq for each in (*first.lines, *second.lines)] == mine[::-1]
    assert second.after is None


@on_both_databases
def test_a_receipt_is_found_by_its_number_with_its_chain(client):
    visitor = Visitor(client)
    first = visitor.give()
    second = visitor.give(previous=first["id"])
    third = visitor.withdraw(second["id"]).json

    kept = consent.numbered(consent.number_of(second["id"]))

    assert (kept.id, kept.receipt, kept.status) == (second["id"], second["receipt"], "withdrawn")
    assert [each.seq for each in kept.chain] == [consent.number_of(each["id"]) for each in (first, second, third)]
    assert [each.status for each in kept.chain] == ["superseded", "withdrawn", "current"]


@pytest.mark.parametrize("number", [0, 999, 2**31, 2**70])
def test_a_number_that_is_none_is_unknown(client, number):
    with pytest.raises(consent.ReceiptUnknown):
        consent.numbered(number)


@pytest.mark.parametrize("receipt_id", ["A" * 22, "", "\0", "'; --"])
def test_an_id_that_is_none_is_unknown(client, receipt_id):
    with pytest.raises(consent.ReceiptUnknown):
        consent.number_of(receipt_id)


def test_what_has_gone_meanwhile_ends_the_list(record):
    at = clock.start_of(DAY)
    record(3, at)

    assert consent.of_day(DAY, after=999).lines == []


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (models._DAY.format(models._BEHIND), "COVERING INDEX receipt_day"),
        (models._OF_KEY, "INDEX receipt_key_seq"),
    ],
)
def test_a_page_is_reached_through_an_index(app, statement, index):
    values = ["1"] * statement.count("?")

    steps = database.receipts.read(
        lambda: database.receipts.execute(f"EXPLAIN QUERY PLAN {statement}", *values).fetchall()
    )

    assert steps[0][-1].startswith(f"SEARCH receipt USING {index} ")
    assert not [step for step in steps if "TEMP B-TREE" in step[-1]]
