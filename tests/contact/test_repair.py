"""Killed at any step: afterwards a message exists if and only if its receipt does."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.house import on_both_databases
from tests.visitor import payload
from tests.writer import AIGERIM, Writer, solve
from wadjet import consent, contact, database, jose, vault

STEPS = {
    "before the person": ("wadjet.vault.service", "expect", False),
    "before the message": ("wadjet.contact.service", "_keep", False),
    "before the receipt": ("wadjet.consent.service", "record", False),
    "before the acknowledgement": ("wadjet.contact.service", "_finish", True),
}


@pytest.fixture
def killed(app, settings, tmp_path):
    """`killed(module, function)`: somebody's post was cut off there; what they had posted."""

    def post(module, function):
        file = tmp_path / "posted.json"
        settled = {
            f"WADJET_{name.upper()}": str(getattr(settings, name)) for name in ("receipts_database", "vault_database")
        }
        told = {"WADJET_HOME": str(tmp_path), "WADJET_SITES": "wadjet.kz=https://wadjet.kz", **settled}
        done = subprocess.run(
            [sys.executable, "-m", "tests.contact.die", module, function, file], env=os.environ | told, check=False
        )
        assert done.returncode == -signal.SIGKILL
        return json.loads(file.read_text())

    return post


def states():
    kept = database.vault.read(lambda: database.vault.execute("SELECT state FROM contact_message").fetchall())
    return [row[0] for row in kept]


@on_both_databases
@pytest.mark.parametrize("step", STEPS)
def test_after_repair_a_message_exists_if_and_only_if_its_receipt_does(killed, settings, watch, step):
    module, function, survives = STEPS[step]
    killed(module, function)

    watch.advance(minutes=2)
    contact.repair(settings=settings, now=watch())

    assert states() == (["received"] if survives else [])
    for message in contact.listing():
        assert consent.find(message["receipt"]).status == "current"


@pytest.mark.parametrize("step", STEPS)
def test_a_post_repeated_after_a_crash_ends_as_one_message(client, killed, step):
    body = killed(*STEPS[step][:2])

    answer = Writer(client).send(body)

    assert answer.status_code in (200, 201)
    assert states() == ["received"]
    assert [each["receipt"] for each in contact.listing()] == [answer.json["id"]]


def under_the_id_of(body, client, **changes):
    """Another decision, by another key, under the id that was posted."""
    fresh = Writer(client)
    decision = fresh.form_decision(id=json.loads(jose.read_compact(body["decision"]).payload)["id"])
    return body | {"decision": fresh.sign(decision), "challenge": solve(client.get("/api/v1/challenge").json)} | changes


@pytest.mark.parametrize("changes", [{}, {"message": "Something else."}], ids=["decision", "words"])
def test_a_message_that_has_its_receipt_is_finished_by_whoever_claims_its_id(client, killed, changes):
    body = killed("wadjet.contact.service", "_finish")
    assert states() == ["pending"]

    answer = Writer(client).send(under_the_id_of(body, client, **changes))

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (409, "receipt-conflict")
    assert states() == ["received"]
    again = Writer(client).send(body)
    assert again.status_code == 200
    assert payload(again.json["receipt"])["decision"] == body["decision"]
    assert [each["receipt"] for each in contact.listing()] == [again.json["id"]]


def test_a_message_without_a_receipt_gives_way_when_nobody_can_wait_for_it_any_more(client, killed, watch):
    """Whoever is refused cannot know whether the first post is still on its way to a receipt."""
    body = killed("wadjet.consent.service", "record")
    other = under_the_id_of(body, client, message="Something else.")

    claimed = Writer(client).send(other)
    foreign = Writer(client, "https://evil.example").send(body)

    assert (claimed.status_code, foreign.status_code) == (409, 403)
    assert states() == ["pending"]

    watch.advance(minutes=2)

    assert Writer(client).send(other).status_code == 409
    assert states() == []
    assert database.vault.read(lambda: vault.find(email=AIGERIM["email"])) == []


def test_what_was_never_recorded_may_be_decided_anew(client, killed):
    """Nobody was told of the first decision, and the words are the same."""
    body = killed("wadjet.consent.service", "record")
    other = under_the_id_of(body, client)

    answer = Writer(client).send(other)

    assert answer.status_code == 201
    assert payload(answer.json["receipt"])["decision"] == other["decision"]
    assert states() == ["received"]
