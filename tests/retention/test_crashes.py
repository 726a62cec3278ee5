"""Killed at any step: the next run finishes, and nothing that is to stay is lost."""

import os
import signal
import subprocess
import sys

import pytest

from tests.retention import site
from wadjet import clock, consent, contact, database, policy, vault

STEPS = {
    "before the keys": ("wadjet.vault.destruction", "_destroy_keys"),
    "between keys and rows": ("wadjet.vault.destruction", "_forget"),
    "before the register": ("wadjet.retention.ending", "_enter"),
    "in a card": ("wadjet.vault.service", "_rectify"),
    "in a message": ("wadjet.contact.models", "reduce"),
    "in the words of a request": ("wadjet.rights.models", "forget_words_of"),
    "in the receipts": ("wadjet.consent.models", "delete_chain"),
    "at the end": ("wadjet.retention.models", "end_run"),
}


@pytest.fixture
def killed(place, settings, tmp_path):
    """`killed(module, function)`: a run at the place's time was cut off there; the home is open again."""

    def run(module, function):
        told = {"WADJET_HOME": str(tmp_path), "WADJET_SITES": "wadjet.kz=https://wadjet.kz"}
        told |= {f"WADJET_{name}": getattr(settings, name.lower()) for name in ("RECEIPTS_DATABASE", "VAULT_DATABASE")}
        database.close_stores()
        command = [sys.executable, "-m", "tests.retention.die", module, function, clock.stamp(place.now)]
        done = subprocess.run(command, env=os.environ | told, check=False)
        assert done.returncode == -signal.SIGKILL
        database.open_stores(settings)
        vault.start(settings, now=place.now)
        policy.reset()

    return run


@pytest.mark.clause("2.14", "8.8")
@pytest.mark.parametrize("step", STEPS)
def test_the_next_run_finishes_what_was_cut_off(place, killed, step):
    place.choose(allowed=False)
    place.watch.advance(days=3 * 365)
    request = place.ask("q@example.kz")
    open_one = place.ask("q@example.kz", "complaint")
    place.refuse(request)
    place.watch.advance(days=366)
    _, ended, _ = place.write("a@example.kz")
    news, kept, receipt = place.write("b@example.kz", marketing=True)
    asked, waiting, _ = place.write("c@example.kz")
    for message in (news, *site.sql("SELECT id FROM contact_message WHERE person = ?", ended)[0]):
        place.close(message)
    place.watch.advance(days=1)

    killed(*STEPS[step])
    place.run()

    assert site.messages() == {news: "reduced", asked: "received"}
    assert {kept, waiting} < site.people()
    assert ended not in site.people()
    assert site.words() == {open_one}
    assert len(site.receipts()) == 3
    assert [objects for (objects,) in site.sql("SELECT object FROM act WHERE object = ?", ended)] == [ended]
    assert consent.standing(receipt)["marketing"]
    assert contact.read(asked, by="tests", now=place.now).written["message"] == "Қашан ашық?"
    assert database.vault.read(lambda: vault.card(kept)) == vault.Card("", "Әйгерім", email="b@example.kz")
    assert place.run() == []
