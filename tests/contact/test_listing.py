"""The list of messages, however many there are: in order, in few questions, none of them opened."""

import logging
import secrets

import pytest

from tests.house import on_both_databases
from tests.writer import AIGERIM, BOLAT
from wadjet import clock, contact, database, jose, vault
from wadjet.contact import models
from wadjet.vault import models as people


@pytest.fixture
def asked(caplog):
    """`asked()`: the statements run since the last time."""
    caplog.set_level(logging.DEBUG, "peewee")

    def since():
        said = [record.msg[0] for record in caplog.records if record.name == "peewee"]
        caplog.clear()
        return [sql for sql in said if sql.lstrip().startswith("SELECT")]

    return since


def multiply(times):
    """The messages that are there, so many times more: each with an id of its own, by the same people."""

    def work():
        kept = [row for each in models.listed(("", "")) if (row := models.find(each.id))]
        for _ in range(times):
            for row in kept:
                models.insert(row._replace(id=jose.b64url(secrets.token_bytes(16))), secrets.token_bytes(32))

    database.vault.write(work)


@on_both_databases
def test_a_list_of_many_is_read_in_pages_each_with_its_keys(writer, asked):
    receipts = {writer.write(AIGERIM)["id"], writer.write(BOLAT)["id"]}
    asked()
    few = list(contact.listing())
    for_few = asked()
    multiply(models.PAGE)
    asked()

    rows = contact.listing()
    first = next(rows)
    for_the_first = asked()
    every = [first, *rows]
    for_every = for_the_first + asked()

    assert {row["receipt"] for row in few} == {row["receipt"] for row in every} == receipts
    assert len({row["id"] for row in every}) == len(every) == 2 * models.PAGE + 2
    assert every == sorted(every, key=lambda row: row["received_at"])
    assert len(for_the_first) == len(for_few) - 1 == 2  # a page of messages, its keys; of few, the end too
    assert len(for_every) == 3 * 2 + 1


def test_whose_destruction_was_cut_short_is_not_listed(writer, now):
    """The key goes first: what it opened is nobody's any more, and the others are listed all the same."""
    writer.write(AIGERIM)
    kept = writer.write(BOLAT)["id"]
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))

    database.person_keys.write(lambda: people.destroy_key(person, clock.stamp(now), "case 1"))

    assert [row["receipt"] for row in contact.listing()] == [kept]


def test_a_list_holds_the_blocked_too(writer, now):
    kept = writer.write(AIGERIM)["id"]
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))

    database.vault.write(lambda: vault.block(person, reason="case 1", now=now))

    assert [row["receipt"] for row in contact.listing()] == [kept]


def test_a_key_that_is_missing_without_a_reason_is_told(writer):
    writer.write(AIGERIM)
    database.person_keys.write(lambda: database.person_keys.execute("DELETE FROM person_key"))

    with pytest.raises(vault.PersonUnknown):
        list(contact.listing())
