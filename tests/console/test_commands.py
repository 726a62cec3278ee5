"""`wadjet users`: from nobody to somebody who works here, and out again."""

import re

import pytest

from wadjet import database, ledger


@pytest.fixture
def home(terminal):
    terminal("init", "--site", "wadjet.kz", "--origin", "https://wadjet.kz")
    return terminal


def add(terminal, email="aigerim@wadjet.kz", role="responsible", *more):
    return terminal("users", "add", email, "--role", role, "--name", "A. Person", *more)


def test_nobody_works_here_at_first(home):
    assert home("users", "list").out == "Nobody works here yet: wadjet users add.\n"
    assert home("users", "list", "--json").rows == []


def test_an_invitation_is_printed_once_and_kept_nowhere(home):
    said = add(home)

    assert said.status == 0
    link = re.findall(r"http://\S+/console/invitation/\S+/", said.out)[0]
    token = link.rstrip("/").rpartition("/")[2]
    assert not any(token.encode() in each.read_bytes() for each in home.home.rglob("*") if each.is_file())
    row = home("users", "list", "--json").rows[0]
    assert row == {
        "id": "staff-1",
        "email": "aigerim@wadjet.kz",
        "name": "A. Person",
        "role": "responsible",
        "language": "ru",
        "state": "invited",
        "second_factor": False,
        "created_at": row["created_at"],
    }


def test_programs_read_the_invitation(home):
    row = add(home, "aigerim@wadjet.kz", "staff", "--lang", "kk", "--json").rows[0]

    assert row["invitation"].startswith("http")
    assert row["language"] == "kk"


def test_somebody_is_shut_out_and_let_in(home):
    add(home)
    add(home, "bolat@wadjet.kz", "staff")

    assert home("users", "disable", "Bolat@wadjet.kz", "--json").rows[0]["state"] == "disabled"
    assert home("users", "enable", "bolat@wadjet.kz", "--json").rows[0]["state"] == "invited"
    assert home("users", "role", "bolat@wadjet.kz", "auditor", "--json").rows[0]["role"] == "auditor"
    assert home("users", "reset", "bolat@wadjet.kz", "--json").rows[0]["invitation"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("disable", "aigerim@wadjet.kz"), "One responsible person has to remain"),
        (("role", "aigerim@wadjet.kz", "staff"), "Appoint another responsible person first"),
        (("disable", "nobody@wadjet.kz"), "Nobody works here under this name"),
        (("add", "aigerim@wadjet.kz", "--role", "staff", "--name", "X"), "under this address already"),
        (("add", "no address", "--role", "staff", "--name", "X"), "Give an e-mail address"),
        (("add", "x@wadjet.kz", "--role", "staff", "--name", "two\nlines"), "Give a name of one line"),
        (("add", "x@wadjet.kz", "--role", "king", "--name", "X"), "'king' is not one of"),
    ],
)
def test_what_cannot_be_is_one_clear_line(home, arguments, told):
    add(home)

    said = home("users", *arguments)

    assert said.status == 2
    assert told in said.err
    assert said.err.count("\n") == 1


def test_each_act_is_in_the_journal_and_names_nobody(home):
    add(home)
    add(home, "bolat@wadjet.kz", "staff")
    home("users", "role", "bolat@wadjet.kz", "auditor")
    home("users", "disable", "bolat@wadjet.kz")
    home("users", "enable", "bolat@wadjet.kz")
    home("users", "reset", "bolat@wadjet.kz", "--second-factor")

    rows = list(ledger.listing(database.vault))
    events = [row["event"].rpartition(":")[2] for row in rows if row["about"] == "staff-2"]
    assert events == ["added", "appointed", "disabled", "enabled", "invited"]
    assert "wadjet.kz" not in str(rows)
