"""The page of the day: what presses, what waits, one line of health, each only for whom it is."""

import re
from datetime import date, timedelta
from functools import partial

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.console.people import CANARIES, authority_asks, fail_letters
from tests.house import on_both_databases
from tests.rights.desk import people_of
from wadjet import backup, clock, contact, database, policy, registers, retention, vault
from wadjet.console.pages.today import SHOWN


@pytest.fixture
def busy(people, watch):
    """A home in which something of everything is due."""
    people.demand("rectify")  # D1: tomorrow
    people.demand("information")
    people.send_message()
    authority_asks(people.settings, people.now)
    breach(people)
    watch.advance(days=1)
    return people


def breach(people):
    return registers.detect(
        "access", "a laptop", detected_at=people.now, by="staff-1", settings=people.settings, now=people.now
    )


def part(answer, title):
    """What stands under a heading."""
    _, found, rest = answer.text.partition(f">{title}</h2>")
    return rest.partition("</section>")[0] if found else ""


def test_an_empty_day_says_so_kindly(desk):
    assert "Nothing is due, nobody waits. Have a good day." in desk("staff").get("").text


def test_what_is_due_today_overdue_and_new_with_its_clock_in_words(desk, busy, watch):
    work = desk("responsible")
    answer = work.get("")

    assert "Correct my data" in part(answer, "Due today")
    assert "until midnight today" in part(answer, "Due today")
    assert "Notify the authorised body of a breach" in part(answer, "Due today")
    assert "A copy of my data" in part(answer, "New requests")
    assert "waits for 1 day" in part(answer, "Messages that wait for an answer")
    assert not part(answer, "Overdue")
    watch.advance(days=1)
    with_late = desk("auditor").get("")
    assert "Correct my data" in part(with_late, "Overdue")
    assert "overdue since Tue 24 Nov" in part(with_late, "Overdue")
    assert "R8 · 1" in part(with_late, "Overdue")


def test_nothing_of_anybody_is_on_it(desk, busy):
    text = desk("responsible").get("").text

    assert [canary for canary in CANARIES.values() if canary in text] == []


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("responsible", {"Due today", "New requests", "Messages that wait for an answer", "Not all is well"}),
        ("staff", {"Due today", "New requests", "Messages that wait for an answer"}),
        ("auditor", {"Due today", "New requests", "Messages that wait for an answer", "Not all is well"}),
        ("maintainer", {"Not all is well"}),
    ],
)
def test_each_sees_what_their_role_may(desk, busy, role, headings):
    answer = desk(role).get("")

    known = {"Due today", "New requests", "Messages that wait for an answer", "Not all is well"}
    assert {each for each in known if part(answer, each)} == headings


def test_health_in_one_line(desk, settings, console, people, tmp_path):
    console.extensions["wadjet.settings"] = people.settings
    work = desk("maintainer")
    amiss = work.get("").text
    assert "None has been taken." in amiss
    assert "Letters go out." not in amiss

    database.close_stores()
    backup.take(people.settings, tmp_path / "copy", now=people.watch, tell=lambda _: None)
    database.open_stores(people.settings)

    assert "All is well: mail, journal, backups, disk" in work.get("").text
    fail_letters(2, people.now)
    assert "2 letters were given up." in work.get("").text


@on_both_databases
def test_twelve_questions_at_most_and_ten_of_each(desk, people, watch, queries):
    for _ in range(SHOWN + 2):
        people.demand("rectify")
        people.send_message()
        authority_asks(people.settings, people.now)
    fail_letters(SHOWN + 2, people.now)
    watch.advance(days=30)
    work = desk("responsible")
    work.get("")

    asked = queries(lambda: work.get(""))

    assert len(asked) <= MOST_QUERIES, asked
    answer = work.get("")
    for title in ("Overdue", "New requests", "Messages that wait for an answer"):
        assert part(answer, title).count("<li>") == SHOWN
        assert "And more" in part(answer, title)
    assert "More than 10 letters were given up." in answer.text


@on_both_databases
def test_what_waits_is_found_by_index(people, console):
    plans = {
        "SELECT id FROM rights_request WHERE ended_at = '' AND state = 'new' ORDER BY received_at DESC, id DESC": (
            "rights_request_new"
        ),
        "SELECT id FROM contact_message WHERE state = 'received' ORDER BY received_at, id LIMIT 11": (
            "contact_message_state"
        ),
        "SELECT id FROM outgoing WHERE state = 'dead' AND state <> 'sent' ORDER BY created_at, id LIMIT 11": "left",
        "SELECT id FROM incident WHERE notified_at IS NULL ORDER BY due_on, id LIMIT 11": "incident_clock",
        "SELECT id FROM transfer WHERE tell_by IS NOT NULL AND told_on IS NULL ORDER BY tell_by, id": "transfer_clock",
    }
    is_sqlite = database.vault.kind == "SQLite"

    def explain(statement: str) -> str:
        if is_sqlite:
            return str(database.vault.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall())
        database.vault.execute("SET LOCAL enable_seqscan = off")
        return str(database.vault.execute(f"EXPLAIN {statement}").fetchall())

    for statement, index in plans.items():
        plan = database.vault.write(partial(explain, statement))
        assert index in plan, plan
        assert "TEMP B-TREE" not in plan


@on_both_databases
@pytest.mark.clause("D5", "D12")
def test_the_registers_clocks_the_most_pressing_first(people, console, watch):
    assert registers.clocks(5) == []
    first = authority_asks(people.settings, people.now)
    second = breach(people)

    waiting = registers.clocks(5)

    assert [(each.register, each.number) for each in waiting] == [("R8", second), ("R7", first)]
    assert date.fromisoformat(waiting[0].due_on) == clock.local_date(people.now) + timedelta(days=1)
    registers.answer_request(first, "sent", by="staff-1", now=people.now)
    assert [each.register for each in registers.clocks(5)] == ["R8"]
    assert len(registers.clocks(0)) == 0


@on_both_databases
@pytest.mark.clause("D5")
def test_each_is_warned_of_once_soon_and_once_late(people, console, watch):
    breach(people)
    seen = []
    for _ in range(4):
        for _ in range(2):
            seen.append(database.vault.write(lambda: registers.warn(people.settings, people.now)))
        watch.advance(days=1)

    assert seen[0] == {"soon": 1, "late": 0}
    assert [each for each in seen if each["late"]] == [{"soon": 0, "late": 1}]
    assert sum(each["soon"] for each in seen) == 1


@on_both_databases
def test_messages_wait_the_oldest_first(people, console, watch):
    people.send_message()
    watch.advance(hours=1)
    people.send_message()

    waiting = contact.waiting(5)

    assert [at for _, at in waiting] == sorted(at for _, at in waiting)
    assert len(waiting) == 2
    assert len(contact.waiting(1)) == 1
    contact.close(waiting[0][0], by="staff-1", now=people.now)
    assert contact.waiting(5) == waiting[1:]


@pytest.mark.clause("2.2")
@on_both_databases
def test_a_message_of_somebody_blocked_waits_for_nothing(people, console, watch):
    for number in range(4):
        people.send_message(email=f"a{number}@example.kz")
        watch.advance(hours=1)
    first, *others = contact.waiting(5)
    person = contact.look(first[0]).person
    database.vault.write(lambda: vault.block(person, reason="case 7", by="staff-9", now=people.now))

    assert contact.waiting(5) == others
    assert contact.waiting(2) == others[:2]

    database.vault.write(lambda: vault.unblock(person, reason="case 7", by="staff-9", now=people.now))
    assert contact.waiting(1) == [first]


@on_both_databases
@pytest.mark.parametrize(("role", "sees"), [("responsible", {"retention", "policy"}), ("maintainer", {"policy"})])
def test_what_waits_for_a_second_person_is_shown_to_whom_it_waits_for(desk, people, role, sees):
    work = desk(role)
    for by in (work.account.handle, "staff-8"):
        propose(people, by)

    page = part(work.get(""), "Waits for a second person")

    assert {each for each in ("retention", "policy") if f"/console/{each}/" in page} == sees
    assert "policy/drafts/2/approval/" in page
    assert ("retention/early/2/" in page) == ("retention" in sees)
    assert "policy/drafts/1/" not in page  # one's own
    assert "retention/early/1/" not in page
    assert "came today" in page


@pytest.mark.parametrize(("role", "path"), [("responsible", "retention/early/"), ("maintainer", "policy/")])
def test_what_is_more_for_a_second_person_leads_to_what_they_may_open(desk, people, role, path):
    work = desk(role)
    for number in range(SHOWN + 1):
        propose(people, f"staff-{number + 8}")

    page = part(work.get(""), "Waits for a second person")

    (more,) = re.findall(r'href="/console/([^"]*)">And more', page)
    assert more == path
    assert work.get(more).status_code == 200


def test_a_storage_term_leads_to_its_message(desk, people, watch):
    people.send_message()
    (found,) = contact.page()
    database.vault.write(lambda: contact.look_on([(found.id, clock.local_date(watch()).isoformat())]))

    page = part(desk("staff").get(""), "Storage terms that are looked at this week")

    assert f'href="/console/messages/{found.id}/"' in page


@pytest.mark.parametrize("role", ["staff", "auditor"])
def test_who_approves_nothing_sees_nothing_that_waits_for_that(desk, people, role):
    propose(people, "staff-8")

    assert not part(desk(role).get(""), "Waits for a second person")


def propose(people, by):
    """A draft that somebody proposes, and somebody whom they want destroyed."""
    written = {"email": f"{by}@example.kz"}
    people.send_message(**written)
    (person,) = people_of(written["email"])
    retention.propose(person, ground="court-act", reason="case 7", by=by, now=people.now)
    settings = people.settings
    number = policy.drafts.begin(settings=settings, by=by, now=people.now)
    policy.drafts.propose(number, revision=1, operator=settings.operator, by=by, now=people.now)
