"""What is to be done first: pages of requests, what the day asks for, who asked; without opening any."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.house import on_both_databases
from tests.rights.desk import Desk, people_of
from tests.writer import AIGERIM
from wadjet import clock, database, ledger, rights
from wadjet.registers import catalogue
from wadjet.rights import models, worklist
from wadjet.rights.worklist import Wanted

MONDAY = datetime(2026, 11, 23, 10, tzinfo=clock.LOCAL)
MAIL = AIGERIM["email"]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.watch.moment = MONDAY
    return desk


def take(desk: Desk, request: str, by: str = "staff-1", kind: str = "") -> None:
    rights.take(request, by=by, kind=kind, settings=desk.settings, now=desk.now)


def store(desk: Desk, **columns: Any) -> Any:
    """Another one beside the first that was asked, written as it stands."""
    request = columns.pop("id")
    first = next(iter(rights.listing(now=desk.now)))["id"]
    row = database.vault.read(lambda: models.find(first))
    assert row
    database.vault.write(lambda: models.insert(row._replace(id=request, said=None, **columns)))
    return request


def seen(wanted: Wanted, desk: Desk) -> list[str]:
    """Every page of a list."""
    ids: list[str] = []
    after: tuple[str, ...] = ()
    while True:
        page = rights.page(wanted, after=after, now=desk.now)
        assert len(page.rows) <= worklist.PAGE
        ids += [row["id"] for row in page.rows]
        if not page.after:
            return ids
        after = page.after


@on_both_databases
def test_open_ones_are_listed_the_most_pressing_first_and_ended_ones_from_the_latest_on(desk: Desk):
    later, sooner = desk.ask("question", MAIL), desk.ask("rectify", MAIL)
    first, second = desk.ask("complaint", MAIL), desk.ask("complaint", MAIL)
    for request in (first, second):
        desk.fulfil(request, answer="…")
        desk.watch.advance(minutes=1)

    assert seen(Wanted(), desk) == [sooner, later]
    assert seen(Wanted(is_open=False), desk) == [second, first]


@on_both_databases
def test_pages_show_each_request_once(desk: Desk):
    first = desk.ask("question", MAIL)
    asked = [store(desk, id=f"{n:022d}", due_on=f"2026-12-{n % 28 + 1:02d}") for n in range(worklist.PAGE * 2)]
    ended = [store(desk, id=f"e{n:021d}", state="fulfilled", ended_at=clock.stamp(desk.now)) for n in range(51)]

    open_ids, ended_ids = seen(Wanted(), desk), seen(Wanted(is_open=False), desk)

    assert sorted(open_ids) == sorted([*asked, first])
    assert ended_ids == sorted(ended, reverse=True)


@on_both_databases
def test_a_list_is_narrowed_by_kind_state_channel_and_who_works_on_it(desk: Desk):
    mine, theirs = desk.ask("rectify", MAIL), desk.ask("rectify", MAIL)
    nobodys = desk.ask("question", MAIL, channel="paper")
    take(desk, mine)
    take(desk, theirs, by="staff-2")

    assert seen(Wanted(only={"taken_by": "staff-1"}), desk) == [mine]
    assert seen(Wanted(only={"taken_by": ""}), desk) == [nobodys]
    assert set(seen(Wanted(only={"kind": "rectify"}), desk)) == {mine, theirs}
    assert seen(Wanted(only={"channel": "paper"}), desk) == [nobodys]
    assert seen(Wanted(only={"state": "taken", "kind": "rectify", "taken_by": "staff-2"}), desk) == [theirs]
    assert seen(Wanted(only={"channel": "paper", "kind": "rectify"}), desk) == []


def test_a_list_narrowed_by_several_things_goes_on_from_stretch_to_stretch(desk: Desk, monkeypatch):
    monkeypatch.setattr(worklist, "_STRETCH", 4)
    desk.ask("question", MAIL)
    for n in range(10):
        store(desk, id=f"{n:022d}", due_on="2026-12-01", channel="paper" if n in (0, 9) else "email")

    page = rights.page(Wanted(only={"kind": "question", "channel": "paper"}), now=desk.now)

    assert page.after
    assert seen(Wanted(only={"kind": "question", "channel": "paper"}), desk) == [f"{0:022d}", f"{9:022d}"]


@on_both_databases
def test_overdue_ones_alone(desk: Desk):
    late = desk.ask("rectify", MAIL)
    desk.ask("question", MAIL)
    desk.watch.moment = MONDAY + timedelta(days=2)

    assert seen(Wanted(is_overdue=True), desk) == [late]


@on_both_databases
@pytest.mark.clause("D1")
def test_the_day_asks_for_what_is_overdue_due_soon_and_new(desk: Desk):
    late = desk.ask("rectify", MAIL)  # D1: until the end of Tuesday
    take(desk, late)
    desk.watch.moment = MONDAY.replace(day=25)
    soon, later = desk.ask("rectify", MAIL), desk.ask("question", MAIL)

    day = rights.docket(now=desk.now, settings=desk.settings, limit=5)

    assert [[row["id"] for row in each] for each in (day.overdue, day.due_soon)] == [[late], [soon]]
    assert {row["id"] for row in day.new} == {soon, later}
    assert day.cut == frozenset()
    assert day.overdue[0]["overdue"]


def test_the_day_s_lists_are_as_long_as_was_asked_and_say_that_they_go_on(desk: Desk):
    for _ in range(3):
        desk.ask("rectify", MAIL)

    day = rights.docket(now=desk.now, settings=desk.settings, limit=2)

    assert (len(day.due_soon), len(day.new)) == (2, 2)
    assert day.cut == {"due_soon", "new"}


@on_both_databases
def test_who_asked_is_found_by_the_whole_address_or_number_and_the_journal_says_who_looked(desk: Desk):
    desk.write(AIGERIM)
    own, stranger = desk.asked("information", MAIL), desk.ask("question", "stranger@example.kz")

    found = [
        [row["id"] for row in rights.asked_by(by="staff-1", now=desk.now, **look)]
        for look in (
            {"email": MAIL.upper()},
            {"phone": AIGERIM["phone"]},
            {"email": "stranger@example.kz"},
            {"email": MAIL[:-1]},
            {},
        )
    ]

    assert found == [[own], [own], [stranger], [], []]
    looked = [row for row in ledger.listing(database.vault) if row["event"] == "rights:person:found"]
    assert {row["by"] for row in looked} == {"staff-1"}
    assert len(looked) == 3


@pytest.mark.parametrize(
    "only",
    [{}, {"kind": "rectify"}, {"state": "new"}, {"channel": "form"}, {"taken_by": "staff-1"}],
    ids=lambda only: next(iter(only), "all"),
)
@pytest.mark.parametrize("is_open", [True, False])
def test_each_page_is_read_along_an_index_in_its_order(desk: Desk, caplog, only, is_open):
    desk.ask("rectify", MAIL)
    caplog.set_level(logging.DEBUG, "peewee")
    rights.page(Wanted(is_open=is_open, only=only), now=desk.now)
    rights.page(Wanted(is_open=is_open, is_overdue=is_open, only=only), now=desk.now)
    rights.docket(now=desk.now, settings=desk.settings, limit=5)

    for sql, values in {record.msg for record in caplog.records if "FROM rights_request" in str(record.msg[0])}:
        plan = [row[3] for row in explain(sql, values)]
        assert len(plan) == 1, plan  # no sorting
        assert plan[0].startswith("SEARCH rights_request USING INDEX rights_request_")


def explain(sql, values):
    return database.vault.read(lambda: database.vault.execute(f"EXPLAIN QUERY PLAN {sql}", *(values or ())).fetchall())


@on_both_databases
@pytest.mark.clause("3.2.h", "3.2.c")
def test_the_register_tells_how_each_request_was_proven(desk: Desk):
    desk.write(AIGERIM)
    (person,) = people_of(AIGERIM["email"])
    by_letter, unproven = desk.asked("rectify", AIGERIM["email"]), desk.ask("question", "nobody@example.kz")
    by_staff = desk.ask("information", "daughter@example.kz")
    rights.admit(by_staff, [person], evidence="case 18", by="dana", settings=desk.settings, now=desk.now)

    told = {row["id"]: row["proof"] for row in catalogue.find("R6").read()}

    assert told == {by_letter: "link", unproven: "", by_staff: "staff"}
    assert {row["id"]: row["proof"] for row in catalogue.find("R6").newest()[0]} == told
    assert {tuple(row) for row in catalogue.find("R6").read()} == {tuple(catalogue.find("R6").columns)}
