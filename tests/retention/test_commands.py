"""`wadjet retention …`, as the operator's staff have it."""

import re
from datetime import timedelta

import pytest

from tests.house import SMALL
from tests.vault.people import AIGERIM, BOLAT, take_in
from wadjet import clock, database, retention, vault
from wadjet.settings import load


@pytest.fixture
def people(founded):
    """A home with two cards that nothing belongs to: both are due."""
    assert founded("policy", "publish", SMALL).status == 0
    settings = load(founded.home, {})
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    yield [take_in(card, clock.now()) for card in (AIGERIM, BOLAT)]
    database.close_stores()


def test_what_is_due_is_told_and_only_done_when_asked(founded, people):
    rows = founded("retention", "run", "--json").rows
    assert {(row["what"], row["id"], row["status"]) for row in rows} == {("person", each, "due") for each in people}
    assert {(row["ground"], row["clause"], row["article"]) for row in rows} == {("nothing-kept", "8.8", "12(2), 18")}
    assert founded("vault", "show", people[0]).status == 0

    done = founded("retention", "run", "--apply")
    assert (done.status, done.out.count("done")) == (0, 2)
    assert founded("retention", "run").out == "Nothing is due.\n"
    assert founded("retention", "run", "--json").rows == []
    assert founded("vault", "show", people[0]).status == 2


def test_no_line_holds_anything_but_ids(founded, people):
    told = founded("retention", "run").out + founded("retention", "run", "--apply").out

    for word in (*AIGERIM.__dict__.values(), *BOLAT.__dict__.values()):
        assert not word or word not in told


def test_a_hold_keeps_and_its_release_lets_go(founded, people):
    until = (clock.local_date(clock.now()) + timedelta(days=30)).isoformat()

    held = founded("retention", "hold", people[0], "--law", "Tax Code art. 49", "--until", until)
    assert (held.status, held.out) == (0, f"Held until {until}.\n")
    (row,) = founded("retention", "holds", "--json").rows
    assert (row["person"], row["law"], row["until"]) == (people[0], "Tax Code art. 49", until)
    assert {row["status"] for row in founded("retention", "run", "--apply", "--json").rows} == {"done", "suspended"}

    refused = founded("vault", "destroy", people[0], "--reason", "case 17")
    assert (refused.status, refused.out) == (2, "")
    assert f"{people[0]} is held until {until}: Tax Code art. 49." in refused.err

    assert founded("retention", "release", people[0]).out == "Released.\n"
    assert founded("retention", "holds").out == "Nobody is held.\n"
    assert [row["status"] for row in founded("retention", "run", "--apply", "--json").rows] == ["done"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--law", "Tax Code art. 49", "--until", "2020-01-01"], "a day that is not over"),
        (["--law", "because", "--until", "2099-01-01"], "Cite the act"),
        (["--law", "Tax Code art. 49", "--until", "soon"], "--until"),
        (["--until", "2099-01-01"], "--law"),
    ],
)
def test_a_hold_that_says_too_little_is_one_line_and_exit_2(founded, people, arguments, told):
    answer = founded("retention", "hold", people[0], *arguments)

    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert re.search(told, answer.err)


def test_nobody_else_can_be_held_or_released(founded, people):
    for name in ("hold", "release"):
        more = ["--law", "Act 1", "--until", "2099-01-01"] if name == "hold" else []
        answer = founded("retention", name, "AAAAAAAAAAAAAAAAAAAAAA", *more)
        assert (answer.status, answer.err.count("\n")) == (2, 1)


def test_early_destruction_is_proposed_listed_declined_and_never_approved_by_who_proposed(founded, people):
    told = ("--ground", "court-act", "--reason", "case 2-1234")
    assert founded("retention", "propose", people[0], *told).out == "Proposed: 1.\n"

    own = founded("retention", "approve", "1")
    assert (own.status, own.err.count("\n")) == (2, 1)
    (row,) = founded("retention", "proposals", "--json").rows
    assert (row["person"], row["ground"], row["reason"], row["state"]) == (
        people[0],
        "court-act",
        "case 2-1234",
        "open",
    )
    assert founded("retention", "decline", "1").out == "Withdrawn.\n"
    assert founded("retention", "proposals").out == "Nothing is proposed.\n"
    assert founded("vault", "show", people[0]).status == 0


def test_another_ones_proposal_is_approved(founded, people):
    number = retention.propose(people[0], ground="court-act", reason="case 2-1234", by="aigul", now=clock.now())

    assert founded("retention", "approve", str(number)).out == "Destroyed.\n"

    assert founded("vault", "show", people[0]).status == 2
    assert founded("vault", "show", people[1]).status == 0
