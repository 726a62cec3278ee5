"""Staff at the command line, from the letter on paper to the answer."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.rights.desk import Desk, people_of
from tests.terminal import Terminal
from tests.writer import AIGERIM
from wadjet import clock, database, deadlines, policy, registers, rights, vault
from wadjet.registers import recipients
from wadjet.rights import models
from wadjet.settings import load

LISTED = ["id", "kind", "state", "channel", "received_at", "due_on", "deadline", "overdue"]


@pytest.fixture
def office(published: Terminal):
    """A home in which Aigerim has written and asks for a copy; the terminal, her id, her request."""
    settings = load(published.home)
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    policy.reset()
    desk = Desk(settings, clock.now)
    desk.write(AIGERIM)
    request = desk.ask("rectify", AIGERIM["email"], fields={"phone": "8 777 000 11 22"}, text="Сменила номер.")
    (person,) = people_of(AIGERIM["email"])
    database.close_stores()
    return published, person, request


def test_listed_in_the_agreed_form_and_warned_of(office):
    terminal, _, request = office

    (row,) = terminal("requests", "list", "--json").rows
    table = terminal("requests", "list", "--open").out

    assert list(row) == LISTED
    assert (row["id"], row["kind"], row["state"], row["deadline"], row["overdue"]) == (
        request,
        "rectify",
        "new",
        "D1",
        False,
    )
    assert "soon" in table  # one working day
    assert AIGERIM["email"] not in table


@pytest.mark.clause("4.1.b", "8.7")
def test_a_link_that_went_to_an_address_corrected_at_the_command_line_proves_nothing(office):
    terminal, person, request = office
    database.open_stores(load(terminal.home))
    rights.match(request, now=clock.now())
    (link,) = {each.link for each in subjects_of(request, person)}
    database.close_stores()

    assert terminal("vault", "rectify", person, "--email", "new@example.kz").status == 0

    settings = load(terminal.home)
    database.open_stores(settings)
    rights.prove(link, [request], settings=settings, now=clock.now())  # the writer's, of whom nothing is held
    assert not any(each.proven_at for each in subjects_of(request, person))
    database.close_stores()


@pytest.mark.clause("4.1.b", "8.3")
def test_who_was_given_what_was_wrong_is_named_at_the_command_line(office):
    terminal, person, _ = office
    settings, now = load(terminal.home), clock.now()
    database.open_stores(settings)
    facts: dict[str, Any] = {"scope": "delivery", "duties_on": clock.local_date(now), "duties_evidence": "contract 7"}
    courier = recipients.register("recipient", "Courier", **facts, by="dana", now=now)
    given: dict[str, Any] = {"purpose": "feedback", "basis": "law_or_treaty", "citation": "act 7", "by": "dana"}
    registers.provide(person, courier, ["phone"], **given, settings=settings, now=now)
    database.close_stores()

    wrong = terminal("vault", "rectify", person, "--email", "nobody")
    done = terminal("vault", "rectify", person, "--phone", "8 777 000 11 22")
    other = terminal("vault", "rectify", person, "--patronymic", "Ерланқызы")

    assert (wrong.status, wrong.out, wrong.err.count("\n")) == (2, "", 1)
    assert done.out == "Corrected: phone. Tell those who were given what was wrong: Courier.\n"
    assert other.out == "Corrected: patronymic.\n"


def subjects_of(request, person):
    found = database.vault.read(lambda: models.subjects(request))
    return [each for each in found if each.person == person]


def test_shown_with_the_days_left_and_the_steps_the_law_allows(office):
    terminal, person, request = office

    shown = terminal("requests", "show", request).out
    (row,) = terminal("requests", "show", request, "--json").rows

    for words in (
        "Сменила номер.",
        "1 working day",
        "phone=8 777 000 11 22",
        "documents-missing",
        "94-V art. 25(2)(8)",
    ):
        assert words in shown
    assert "storage-required" not in shown
    assert row["proof"] == "not proven yet"
    assert all(not isinstance(value, dict) for value in row.values())
    assert terminal("requests", "show", "A" * 22).status == 2
    assert person in shown  # found by the address when somebody looks, though no mail is set up here


def test_taken_proven_by_staff_and_fulfilled(office):
    terminal, person, request = office
    assert terminal("requests", "fulfil", request).status == 2  # nothing is proven

    taken = terminal("requests", "take", request, "--person", person, "--proof", "case 17", "--json")
    done = terminal("requests", "fulfil", request, "--set", "phone=8 777 555 44 33", "--answer", "Исправлено.")

    assert taken.rows[0]["state"] == "taken"
    assert done.out == "Done.\n"
    assert terminal("vault", "show", person, "--json").rows[0]["phone"] == "+77775554433"
    assert terminal("requests", "list", "--open", "--json").rows == []
    assert terminal("requests", "list", "--open").out == "Nobody has asked for anything yet.\n"
    assert terminal("requests", "fulfil", request).status == 2


def test_refused_on_a_ground_that_holds(office):
    terminal, _, request = office

    wrong = terminal("requests", "refuse", request, "--ground", "storage-required")
    done = terminal("requests", "refuse", request, "--ground", "documents-missing", "--answer", "…", "--json")

    assert (wrong.status, wrong.err.count("\n")) == (2, 1)
    assert "documents-missing" in wrong.err
    assert done.rows[0]["state"] == "refused"


@pytest.mark.clause("3.2.c", "8.3")
def test_what_came_on_paper_runs_from_the_day_it_came(office):
    terminal, person, _ = office
    day = clock.local_date(clock.now() - timedelta(days=1)).isoformat()

    (row,) = terminal(
        "requests",
        *("add", "--kind", "withdraw", "--channel", "paper", "--received", day, "--text", "Отзываю."),
        *("--person", person, "--proof", "case 18", "--json"),
    ).rows

    assert (row["kind"], row["channel"], row["deadline"]) == ("withdraw", "paper", "D6")
    assert clock.local_date(clock.parse(row["received_at"])).isoformat() == day
    assert terminal("requests", "show", row["id"], "--json").rows[0]["proof"] == "proven by staff"


@pytest.mark.clause("3.2.c", "8.4.b")
def test_what_came_on_paper_ends_what_was_consented_to_that_day(office):
    terminal, person, _ = office
    asked = ("add", "--kind", "withdraw", "--channel", "paper", "--text", "Отзываю.")

    assert terminal("requests", *asked, "--person", person, "--proof", "case 18").status == 0

    (message,) = terminal("contact", "list", "--json").rows
    assert terminal("contact", "answer", message["id"]).status == 2  # its consent has ended


def test_an_answer_takes_longer_by_command(office):
    terminal, _, _ = office
    (row,) = terminal("requests", "add", "--kind", "question", "--channel", "telephone", "--json").rows
    settings = load(terminal.home)
    until = deadlines.add_working_days(clock.local_date(clock.now()), 5, settings).isoformat()

    later = terminal("requests", "extend", row["id"], "--until", until, "--reason", "counsel is asked", "--json")

    assert later.rows[0]["due_on"] == until
    assert terminal("requests", "extend", row["id"], "--until", "tomorrow", "--reason", "x").status == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("take", "ID", "--person", "A" * 22),
        ("take", "ID", "--kind", "everything"),
        ("take", "ID", "--person", "A" * 22, "--proof", "case 1"),
        ("fulfil", "ID", "--set", "phone"),
        ("fulfil", "ID", "--answer-file", "/nowhere/answer.txt"),
        ("refuse", "ID", "--ground", "no time"),
        ("add", "--kind", "destroy", "--channel", "form"),
        ("add", "--kind", "destroy", "--channel", "paper", "--email", "nobody"),
        ("add", "--kind", "destroy", "--channel", "paper", "--received", "yesterday"),
        ("add", "--kind", "destroy", "--channel", "paper", "--received", "2226-01-01"),
        ("add", "--kind", "destroy", "--channel", "paper", "--person", "A" * 22, "--proof", "case 1"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(office, arguments):
    terminal, _, request = office

    answer = terminal("requests", *(request if each == "ID" else each for each in arguments))

    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert [each["state"] for each in terminal("requests", "list", "--json").rows] in (["new"], ["taken"])


def test_the_journal_tells_who_read_and_answered(office):
    terminal, _, request = office
    terminal("requests", "show", request)

    kept = json.dumps(terminal("registers", "list", "R10", "--json").rows)
    (row,) = terminal("registers", "list", "R6", "--json").rows

    assert "rights:request:read" in kept
    assert (row["id"], row["kind"], row["state"], row["proof"]) == (request, "rectify", "new", "")
    assert AIGERIM["email"] not in kept
