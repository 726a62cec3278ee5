"""A request from its coming in to its proof."""

import pytest

from tests.house import on_both_databases
from tests.writer import AIGERIM, Writer
from wadjet import clock, consent, database, rights
from wadjet.rights import letters, models


@pytest.fixture(autouse=True)
def present(watch):
    watch.moment = clock.now()


@pytest.fixture
def writer(client):
    return Writer(client)


def ask(settings, now, kind="withdraw", **said):
    asked = rights.Said(**{"email": AIGERIM["email"], "text": "…"} | said)
    return rights.open_request(kind, asked, channel="form", language="kk", received_at=now, settings=settings, now=now)


def links(request):
    return {each.link for each in database.vault.read(lambda: models.subjects(request)) if each.link}


@on_both_databases
def test_whose_request_it_is_is_proven_by_the_address_on_record(writer, settings, now):
    receipt = writer.write()["id"]
    request = ask(settings, now)
    rights.match(request, now=now)
    (link,) = links(request)

    letter = letters.confirm(link, settings, now)
    assert letter
    assert letter.to == AIGERIM["email"]
    (asked,) = rights.pending(link)
    assert (asked.id, asked.kind) == (request, "withdraw")
    assert consent.standing(receipt)["feedback"]

    assert rights.prove(link, [request], settings=settings, now=now) == [request]
    assert not consent.standing(receipt)["feedback"]
    assert rights.prove(link, [request], settings=settings, now=now) == []
    assert len(rights.read(request, by="tests", now=now).proven) == 2


@on_both_databases
def test_a_stranger_s_request_takes_the_same_way(client, settings, now):
    request = ask(settings, now, "information", email="stranger@example.kz")
    rights.match(request, now=now)
    (link,) = links(request)

    letter = letters.confirm(link, settings, now)
    assert letter
    assert letter.to == "stranger@example.kz"
    (row,) = rights.listing(now=now)
    assert (row["kind"], row["state"], row["deadline"], row["overdue"]) == ("information", "new", "D10", False)
