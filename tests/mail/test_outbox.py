"""The outbox: what was written with the act it tells of is sent once, or again, or given up, but never lost."""

from mailbox import Maildir

import pytest

from tests.house import on_both_databases
from wadjet import database, mail

pytestmark = on_both_databases


def delivered(home):
    """What each letter in the Maildir is about."""
    return sorted(each["Subject"].removeprefix("About ") for each in Maildir(home.home / "mail"))


def test_letter_is_sent_once(home, enqueue, rows, now):
    enqueue("a")

    first, second = mail.send_due(home, now), mail.send_due(home, now)

    assert (first, second) == (mail.Round(sent=1), mail.Round())
    assert delivered(home) == ["a"]
    assert (rows()["a"].state, rows()["a"].attempts, rows()["a"].error) == ("sent", 1, "")


def test_letter_shares_the_transaction_of_its_act(home, rows, now):
    def act():
        mail.enqueue("note", "a", now=now)
        raise RuntimeError("the act fails after its letter")

    with pytest.raises(RuntimeError):
        database.vault.write(act)

    assert rows() == {}
    assert mail.send_due(home, now) == mail.Round()


def test_nothing_is_sent_about_what_is_gone(home, enqueue, rows, now):
    enqueue("gone")

    assert mail.send_due(home, now) == mail.Round(dropped=1)
    assert rows() == {}
    assert not (home.home / "mail").exists()
