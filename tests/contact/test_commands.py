"""Staff at the command line: an answer from a file, or from standard input, goes by mail."""

import getpass
from datetime import date

import pytest

from tests.rights.desk import Desk, people_of
from tests.terminal import Terminal
from tests.writer import AIGERIM
from wadjet import clock, contact, database, policy, registers, vault
from wadjet.registers import recipients
from wadjet.settings import load

TEXT = "Сәлеметсіз бе!\n\nКеңсе 9-дан 18-ге дейін ашық."


@pytest.fixture
def message(published: Terminal) -> str:
    """Aigerim has written."""
    settings = load(published.home)
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    policy.reset()
    Desk(settings, clock.now).write(AIGERIM)
    (brief,) = contact.page()
    database.close_stores()
    return brief.id


def letters(terminal):
    return [each["kind"] for each in terminal("mail", "list", "--json").rows]


def test_an_answer_is_sent_from_a_file_once(published, message, tmp_path):
    file = tmp_path / "answer.txt"
    file.write_text(TEXT, "utf-8")

    first = published("contact", "answer", message, "--text", file)
    second = published("contact", "answer", message, "--text", "-", stdin=TEXT.encode())

    assert (first.status, first.out) == (0, "It goes by mail.\n")
    assert second.status == 2
    assert "answered it at" in second.err
    assert letters(published).count("contact-answer") == 1
    assert published("contact", "list", "--json").rows[0]["state"] == "answered"


@pytest.mark.parametrize("text", [b"", b" \n", b"x" * 6000, b"\xff\xfe", b"a\0b"])
def test_what_cannot_be_sent_is_told_and_changes_nothing(published, message, text):
    answer = published("contact", "answer", message, "--text", "-", stdin=text)

    assert answer.status == 2
    assert len(answer.err.splitlines()) <= 4
    assert "contact-answer" not in letters(published)
    assert published("contact", "list", "--json").rows[0]["state"] == "received"


@pytest.mark.clause("2.14", "3.2.g")
def test_with_somebody_destroyed_their_consents_end_and_the_registers_say_who_did_it(published, message):
    settings, now = load(published.home), clock.now()
    database.open_stores(settings)
    vault.start(settings, now=now)
    (person,) = people_of(AIGERIM["email"])
    courier = recipients.register(
        "recipient",
        "Courier",
        scope="delivery",
        duties_on=date(2026, 11, 1),
        duties_evidence="contract 7",
        by="dana",
        now=now,
    )
    registers.provide(
        person,
        courier,
        ["phone"],
        purpose="feedback",
        basis="law_or_treaty",
        citation="act 7",
        by="dana",
        settings=settings,
        now=now,
    )
    database.close_stores()

    refused = published("vault", "destroy", person, "AAAAAAAAAAAAAAAAAAAAAA", "--reason", "case 17")
    assert (refused.status, published("receipt", "list", "--json").rows[0]["status"]) == (2, "current")
    done = published("vault", "destroy", person, "--reason", "case 17")

    assert done.out == "Destroyed: 1. Tell those who were given the data: Courier.\n"
    assert [row["ended_at"] is None for row in published("registers", "list", "R2", "--json").rows] == [False]
    (act,) = published("registers", "list", "R9", "--json").rows
    assert (act["object"], act["citation"], act["by"]) == (person, "case 17", getpass.getuser())
    assert published("vault", "destroy", person, "--reason", "case 17").status == 0
    assert len(published("registers", "list", "R9", "--json").rows) == 1
