"""No page of the console reads more for all that is stored: asked of SQLite itself, statement by statement."""

import pytest

from tests.console.people import authority_asks
from wadjet import database, rights

LISTS = (
    "",
    "messages/",
    "messages/?state=all",
    "messages/?state=all&order=oldest",
    "messages/?state=closed",
    "messages/?state=closed&order=oldest",
    "requests/",
    "requests/?overdue=1",
    "requests/?kind=rectify",
    "requests/?overdue=1&kind=rectify",
    "requests/?channel=email",
    "requests/?state=new",
    "requests/?who=me",
    "requests/?who=nobody",
    "requests/?kind=rectify&channel=email",
    "requests/?show=ended",
    "requests/?show=ended&kind=rectify",
    "requests/?show=ended&state=refused",
    "requests/?show=ended&who=me",
    "requests/?show=ended&kind=rectify&channel=email",
    "registers/R6/",
    "registers/R9/",
    "receipts/day/",
    "receipts/day/?event=given",
    "journal/",
    "journal/?by=staff-1",
    "journal/?since=2026-11-01&until=2026-11-30&act=collect",
    "journal/?of=consents",
    "health/",
)
PLACE = "2026-11-23T06:14:48.000Z~aaaaaaaaaaaaaaaaaaaaaa"
DEEP = (
    f"messages/?state=all&after={PLACE}",
    f"messages/?state=closed&after={PLACE}",
    f"requests/?after=2026-11-23~{PLACE}",
    f"requests/?kind=rectify&after=2026-11-23~{PLACE}",
    f"requests/?show=ended&after={PLACE}",
    f"requests/?show=ended&kind=rectify&after={PLACE}",
    "journal/?after=2",
    "receipts/day/?after=1",
)


@pytest.fixture
def busy(people):
    """Something of everything."""
    people.demand()
    people.refuse(people.demand("information"), "justice")
    people.send_message()
    authority_asks(people.settings, people.now)
    return people


def test_lists_are_read_in_their_order_and_no_further_than_they_show(desk, busy, asked_of_sqlite):
    work = desk("responsible")
    asked_of_sqlite.forget()

    assert [path for path in (*LISTS, *DEEP) if work.get(path).status_code != 200] == []

    assert asked_of_sqlite.read_whole() == []
    assert asked_of_sqlite.sorted_anew() == []


def test_an_item_is_found_by_indexes_alone(desk, busy, asked_of_sqlite):
    work = desk("responsible")
    (request, _) = (each["id"] for each in rights.listing(now=busy.now))
    message, person = database.vault.read(
        lambda: database.vault.execute("SELECT id, person FROM contact_message").fetchone()
    )
    asked_of_sqlite.forget()

    for path in (f"messages/{message}/", f"requests/{request}/", f"persons/{person}/"):
        assert work.get(path).status_code == 200

    assert asked_of_sqlite.read_whole() == []


def test_a_plan_that_sorts_is_recognised(people, asked_of_sqlite):
    statement = "SELECT id FROM rights_request ORDER BY due_on LIMIT 9"

    database.vault.read(lambda: database.vault.execute(statement).fetchall())

    assert asked_of_sqlite.sorted_anew() == [statement]
