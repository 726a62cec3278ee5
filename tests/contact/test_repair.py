"""Killed at any step: afterwards a message exists if and only if its receipt does."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.house import on_both_databases
from tests.writer import Writer
from wadjet import consent, contact, database

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
