"""Everybody at once: letters, messages, demands, corrections, all of which write both to the vault and to the keys."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from email.message import EmailMessage
from functools import partial

import pytest

from tests.house import on_both_databases
from tests.rights.desk import Desk, people_of
from tests.writer import AIGERIM
from wadjet import clock, database, mail, rights, vault
from wadjet.mail.sources import Waiting

PATIENCE_SECONDS = 60
EACH = 12


def come(desk: Desk, number: int) -> None:
    letter = EmailMessage()
    letter["From"], letter["Message-ID"] = f"writer{number % 5}@example.kz", f"<{number}@example.kz>"
    letter["Subject"] = "Withdrawal of consent to the processing of personal data"
    letter.set_content("…")
    taken = mail.ingest(iter([Waiting(letter.as_bytes(), False, desk.now, lambda _: None)]), desk.settings)
    assert taken == mail.Taken(taken=1)


def demand(desk: Desk, number: int) -> None:
    rights.match(desk.ask("stop", f"writer{number % 5}@example.kz"), now=desk.now)


def correct(desk: Desk, person: str, number: int) -> None:
    vault.rectify(person, now=desk.now, first_name=f"Әйгерім{'а' * number}")


@on_both_databases
@pytest.mark.clause("8.4.b", "12.1")
def test_nobody_waits_for_ever_and_nothing_is_lost_or_doubled(desk: Desk):
    desk.watch.moment = clock.now()
    desk.write(AIGERIM)
    (person,) = people_of(AIGERIM["email"])

    with ThreadPoolExecutor(4 * EACH) as crowd:
        going = [
            crowd.submit(work, number)
            for number in range(EACH)
            for work in (
                partial(come, desk),
                partial(demand, desk),
                lambda number: desk.write(AIGERIM | {"email": f"writer{number}@example.kz"}),
                partial(correct, desk, person),
            )
        ]
        for each in as_completed(going, PATIENCE_SECONDS):
            each.result()

    listed = list(rights.listing(now=desk.now))
    assert sorted(row["channel"] for row in listed) == ["email"] * EACH + ["form"] * EACH
    asked = "SELECT count(*) FROM contact_message WHERE state <> 'pending'"
    assert database.vault.read(lambda: database.vault.execute(asked).fetchone()) == (1 + EACH,)
