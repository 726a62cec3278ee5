"""Messages unopened: a page of them by state, whose number it is, how one stands."""

import secrets

import pytest

from tests.house import on_both_databases
from tests.rights.desk import Desk, people_of
from tests.writer import AIGERIM, BOLAT
from wadjet import contact, database, jose, ledger, vault
from wadjet.contact import models

STAFF = "staff-7"


@pytest.fixture
def desk(app, settings, watch):
    return Desk(settings, watch)


def fill(many):
    """So many more of the first message, in pairs of one moment."""

    def work():
        row = models.find(models.page("", None, is_newest_first=True, limit=1)[0].id)
        assert row
        for number in range(many):
            at = f"2026-11-2{number % 3}T06:{number // 2 % 60:02}:48.000Z"
            more = row._replace(
                id=jose.b64url(secrets.token_bytes(16)), received_at=at, state=contact.STATES[number % 3]
            )
            models.insert(more, secrets.token_bytes(32))

    database.vault.write(work)


@on_both_databases
@pytest.mark.parametrize("is_newest_first", [True, False])
@pytest.mark.parametrize("state", ["", "answered"])
def test_pages_hold_every_message_once_in_order(desk, state, is_newest_first):
    desk.write(AIGERIM)
    fill(40)

    rows, after = [], None
    while page := contact.page(state, after=after, is_newest_first=is_newest_first, limit=7):
        rows += page
        after = page[-1][:2]

    assert rows == sorted(rows, reverse=is_newest_first)
    assert len({row.id for row in rows}) == len(rows) == (13 if state else 41)
    assert {row.state for row in rows} == ({state} if state else {"received", "answered", "closed"})


def test_a_page_is_read_by_its_index_and_sorted_by_nobody(desk):
    desk.write(AIGERIM)
    database.vault.write(lambda: database.vault.execute("ANALYZE"))
    for where in ("state = ?", "state <> ?"):
        statement = f"""
        SELECT id FROM contact_message WHERE {where} AND (received_at, id) < (?, ?)
        ORDER BY received_at DESC, id DESC LIMIT 50"""
        plan = database.vault.read(
            lambda: database.vault.execute(f"EXPLAIN QUERY PLAN {statement}", "received", "~", "~").fetchall()  # noqa: B023
        )
        assert "SEARCH contact_message USING" in str(plan)
        assert "TEMP B-TREE" not in str(plan)


@on_both_databases
def test_a_number_is_a_message_s_or_its_receipt_s_and_looking_is_on_record(desk, now):
    receipt = desk.write(AIGERIM).id
    desk.write(BOLAT)
    mine = next(each.id for each in contact.page() if contact.look(each.id).receipt == receipt)

    assert contact.find(receipt, by=STAFF, now=now) == contact.find(mine, by=STAFF, now=now) == mine

    rows = [each for each in ledger.history([mine], database.vault) if each["event"] == "contact:message:found"]
    assert [each["by"] for each in rows] == [STAFF, STAFF]


@pytest.mark.parametrize("number", ["", "A" * 22, "a\0b", "x" * 5000])
def test_a_number_that_is_nobody_s_finds_nothing(desk, now, number):
    desk.write(AIGERIM)

    with pytest.raises(contact.MessageUnknown):
        contact.find(number, by=STAFF, now=now)


@on_both_databases
def test_how_a_message_stands_is_told_of_the_blocked_too(desk, now):
    receipt = desk.write(AIGERIM, marketing=True).id
    (person,) = people_of(AIGERIM["email"])
    (brief,) = contact.page()
    database.vault.write(lambda: vault.block(person, reason="case 7", now=now))

    found = contact.look(brief.id)

    assert (found.person, found.receipt, found.state) == (person, receipt, "received")
    assert found.allowed == {"feedback": True, "marketing": True}
    assert (found.is_blocked, found.answers) == (True, ())
    assert contact.written_by([person]) == [brief]
    assert contact.receipts_of(person, [brief.id]) == {brief.id: receipt}
