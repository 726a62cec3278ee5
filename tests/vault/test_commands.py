"""The operator's staff at the command line: find, show, correct, block, destroy; nothing by the way."""

import getpass
import json
import sqlite3
from contextlib import closing

import pytest

from tests.terminal import Terminal
from tests.vault.people import AIGERIM, BOLAT, facts, take_in
from wadjet import clock, database, keys, vault
from wadjet.settings import load


@pytest.fixture
def people(founded: Terminal) -> list[str]:
    """Aigerim and Bolat have written."""
    settings = load(founded.home)
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    ids = [take_in(card, clock.now()) for card in (AIGERIM, BOLAT)]
    database.close_stores()
    return ids


def journal(home):
    with closing(sqlite3.connect(home / "vault.sqlite3")) as kept:
        return [
            (about, json.loads(entry)["act"]) for about, entry in kept.execute("SELECT about, entry FROM journal_entry")
        ]


@pytest.mark.clause("9.1")
def test_found_by_address_or_number_and_on_record(people, founded):
    expected = [{"person": people[0], "messages": 0, "blocked": False}]

    assert founded("vault", "find", "--email", "AIGERIM@example.kz", "--json").rows == expected
    assert founded("vault", "find", "--phone", "8 701 123-45-67", "--json").rows == expected
    assert people[0] in founded("vault", "find", "--phone", AIGERIM.phone).out
    assert founded("vault", "find", "--email", "aigerim@", "--json").rows == []
    assert founded("vault", "find", "--email", "nobody@example.kz").out == "Nobody has it.\n"
    for nothing in ((), ("--phone", "abc"), ("--phone", "+")):
        refused = founded("vault", "find", *nothing)
        assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert journal(founded.home)[2:] == [(people[0], "extract")] * 3


@pytest.mark.clause("9.1")
def test_shown_on_record(people, founded):
    answer = founded("vault", "show", people[0])

    assert all(text in answer.out for text in facts(AIGERIM))
    assert founded("vault", "show", people[0], "--json").rows[0]["last_name"] == AIGERIM.last_name
    assert journal(founded.home)[-2:] == [(people[0], "extract")] * 2


def test_corrected(people, founded):
    answer = founded("vault", "rectify", people[0], "--email", "new@example.kz", "--phone", "8 777 000 00 00")

    assert answer.out == "Corrected: email, phone.\n"
    assert founded("vault", "find", "--email", "new@example.kz", "--json").rows[0]["person"] == people[0]
    assert founded("vault", "show", people[0], "--json").rows[0]["phone"] == "+77770000000"


@pytest.mark.parametrize(
    "options", [(), ("--last-name", " "), ("--email", ""), ("--first-name", "a\nb"), ("--name", "x")]
)
def test_correction_that_says_nothing_is_refused(options, people, founded):
    answer = founded("vault", "rectify", people[0], *options)

    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)


@pytest.mark.clause("2.2")
def test_blocked_and_unblocked(people, founded):
    assert founded("vault", "block", people[0], "--reason", "case 17").out == "Blocked.\n"
    assert founded("vault", "find", "--email", AIGERIM.email, "--json").rows[0]["blocked"] is True
    for refused in (("show", people[0]), ("destroy", people[0], "--reason", "case 17")):
        answer = founded("vault", *refused)
        assert (answer.status, answer.out) == (2, "")
        assert "blocked" in answer.err
        assert AIGERIM.last_name not in answer.err

    assert founded("vault", "unblock", people[0], "--reason", "case 17 is closed").status == 0
    assert founded("vault", "show", people[0]).status == 0


@pytest.mark.clause("9.1")
def test_every_act_says_who_did_it(people, founded):
    for command in (
        ("find", "--email", AIGERIM.email),
        ("show", people[0]),
        ("rectify", people[0], "--first-name", "Айгүлжан"),
        ("block", people[0], "--reason", "case 17"),
        ("unblock", people[0], "--reason", "case 17 is closed"),
        ("destroy", people[0], "--reason", "case 18"),
    ):
        assert founded("vault", *command).status == 0

    with closing(sqlite3.connect(founded.home / "vault.sqlite3")) as kept:
        rows = [json.loads(entry) for (entry,) in kept.execute("SELECT entry FROM journal_entry ORDER BY seq")]
    done = [(row["act"], row.get("by")) for row in rows if row["event"].startswith("vault:person:")]
    acts = ("extract", "extract", "rectify", "block", "unblock", "destroy")
    assert done[2:] == [(act, getpass.getuser()) for act in acts]


@pytest.mark.clause("2.14")
def test_destroyed(people, founded):
    answer = founded("vault", "destroy", people[0], "--reason", "request 17")

    assert (answer.status, answer.out, answer.err) == (0, "Destroyed: 1.\n", "")
    assert founded("vault", "find", "--email", AIGERIM.email, "--json").rows == []
    gone = founded("vault", "show", people[0])
    assert (gone.status, gone.err) == (2, "wadjet: This person's data were destroyed\n")
    assert founded("vault", "destroy", people[0], "--reason", "request 17").status == 0
    assert founded("vault", "show", people[1]).status == 0


def test_several_are_destroyed_from_a_list_telling_how_far_it_is(people, founded):
    answer = founded("vault", "destroy", "-", "--reason", "term over", stdin="\n".join([*people, people[0]]).encode())

    assert (answer.status, answer.out) == (0, "Destroyed: 2.\n")
    assert answer.err.endswith("2 of 2\n")


def test_one_unknown_among_several_keeps_all(people, founded):
    answer = founded("vault", "destroy", *people, "AAAAAAAAAAAAAAAAAAAAAA", "--reason", "term over")

    assert answer.status == 2
    assert "AAAAAAAAAAAAAAAAAAAAAA is none of ours" in answer.err
    assert founded("vault", "show", people[0]).status == 0


@pytest.mark.clause("8.7")
def test_reason_that_names_the_person_is_refused(people, founded):
    answer = founded("vault", "destroy", people[0], "--reason", f"{AIGERIM.first_name} asked")

    assert answer.status == 2
    assert "must not name the person" in answer.err
    assert AIGERIM.first_name not in answer.err


def test_master_key_is_changed(people, founded):
    before = (founded.home / "keys" / "vault.json").read_bytes()
    signing = founded("keys", "list", "--json").rows

    answer = founded("keys", "rotate", "--vault")

    assert answer.status == 0
    assert answer.out == "2 people's keys are wrapped by a new master key; the old one is gone.\n"
    assert (founded.home / "keys" / "vault.json").read_bytes() != before
    assert founded("vault", "show", people[0]).status == 0
    assert founded("keys", "list", "--json").rows == signing
    assert founded("keys", "rotate", "--vault", "--compromised-since", "2026-11-20T00:00:00Z").status == 2


def test_locked_vault_is_one_line_with_its_remedy(people, founded):
    (founded.home / "keys" / "vault.json").unlink()

    for command in (
        ("vault", "show", people[0]),
        ("vault", "find", "--email", "a@b.kz"),
        ("keys", "rotate", "--vault"),
    ):
        answer = founded(*command)
        assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
        assert "restore it from a backup" in answer.err
    keys._rings.clear()
    assert founded("policy", "list").status == 0  # the rest of the house goes on


@pytest.mark.clause("8.7")
def test_words_of_a_person_are_in_no_file_after_a_command(people, founded):
    founded("vault", "show", people[0])
    founded("vault", "rectify", people[0], "--first-name", "Айгүлжан")

    found = b"\n".join(path.read_bytes() for path in founded.home.rglob("*") if path.is_file())
    assert not [text for text in (*facts(AIGERIM), "Айгүлжан") if text.encode() in found]
