"""What the operator sees of the mail, and does about it."""

from functools import partial

import pytest

from tests.mail.letters import NOTE
from tests.mail.office import TAKE
from tests.services import free_port
from tests.writer import Writer
from wadjet import clock, database, mail, shell
from wadjet.app import create_app
from wadjet.mail import outbox


@pytest.fixture
def enqueued(founded, office, monkeypatch):
    """A home where notes about a, b and c wait, and the mail server would have none about b."""
    monkeypatch.setenv("WADJET_MAIL_URL", office.url)
    refused = iter(["451 later", "550 nobody here", TAKE])
    office.answer = lambda stage: next(refused, TAKE) if stage == "RCPT" else TAKE
    shell.open_home()
    for about in "abc":
        database.vault.write(partial(mail.enqueue, NOTE, about, now=clock.now()))
    database.close_stores()
    return founded


def test_sending_tells_what_came_of_it(enqueued):
    answer = enqueued("mail", "send", "--json")

    assert (answer.status, answer.err) == (0, "")
    assert answer.rows == [{"sent": 1, "dropped": 0, "delayed": 1, "dead": 1, "fault": ""}]
    assert enqueued("mail", "send").out.splitlines()[0].split() == ["sent", "dropped", "delayed", "dead"]


def test_sealed_letters_are_sent_by_hand_too(published, office, monkeypatch):
    """What the letters of the contact form are made of lies in the vault, which a command has to open first."""
    monkeypatch.setenv("WADJET_MAIL_URL", office.url)
    Writer(create_app().test_client()).write()
    database.close_stores()

    assert published.apart("mail", "send", "--json").rows[0]["sent"] == 2
    assert "aigerim@example.kz" in {letter["To"].addresses[0].addr_spec for letter in office.letters}


def test_list_shows_what_waits_and_what_was_given_up(enqueued):
    before = enqueued("mail", "list", "--json").rows
    enqueued("mail", "send")
    after = {row["state"]: row for row in enqueued("mail", "list", "--json").rows}

    assert [row["state"] for row in before] == ["queued"] * 3
    assert {state: row["error"] for state, row in after.items()} == {"queued": "refused-451", "dead": "refused-550"}
    assert after["dead"].keys() == {*outbox.Row._fields}
    assert len(enqueued("mail", "list", "--all", "--json").rows) == 3
    assert "refused-550" in enqueued("mail", "list").out


def test_what_was_given_up_is_sent_again_when_asked(enqueued, office):
    enqueued("mail", "send")
    assert enqueued("mail", "send", "--json").rows[0]["sent"] == 0

    assert enqueued("mail", "send", "--again", "--json").rows[0]["sent"] == 1
    assert len(office.raw) == 2


def test_what_was_given_up_is_put_aside_and_told_of_no_more(enqueued):
    enqueued("mail", "send")

    assert enqueued("mail", "drop").out == "1 letter put aside.\n"

    assert [row["state"] for row in enqueued("mail", "list", "--json").rows] == ["queued"]
    assert "dropped" in {row["state"] for row in enqueued("mail", "list", "--all", "--json").rows}
    enqueued("mail", "send", "--again")
    assert enqueued("mail", "drop").out == "0 letters put aside.\n"


def test_server_away_is_one_line_that_says_what_to_do(enqueued, monkeypatch):
    monkeypatch.setenv("WADJET_MAIL_URL", f"smtp://127.0.0.1:{free_port()}")

    answer = enqueued("mail", "send")

    assert answer.status == 2
    assert answer.err.count("\n") == 1
    assert "start it, and check host and port in mail_url" in answer.err
    assert len(enqueued("mail", "list", "--json").rows) == 3


def test_nothing_waits(founded):
    assert founded("mail", "list").out == "No letter waits.\n"
    assert founded("mail", "list", "--json").rows == []
