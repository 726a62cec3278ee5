"""E-mail that comes to the operator is a request at once, whoever wrote it; nobody is believed to be who From says."""

from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, Desk, to
from tests.writer import AIGERIM
from wadjet import clock, consent, mail, rights
from wadjet.mail.sources import Waiting

UPDATING = "Re: «Updating personal data»"
WITHDRAWING = "Дербес деректерді өңдеуге келісімді кері қайтарып алу"


class Box:
    """A mailbox that took a message in at some time."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def take(self, subject: str, *, ago: timedelta = timedelta(), photo: bytes = b"", **headers: str) -> None:
        """A letter of Aigerim's, unless other headers say otherwise; its own date is a lie."""
        said = {
            "From": AIGERIM["email"],
            "To": "office@wadjet.kz",
            "Subject": subject,
            "Date": "Thu, 01 Jan 2015 00:00:00 +0000",
            "Message-ID": f"<{sha256(repr((subject, headers)).encode()).hexdigest()}@example.kz>",
        }
        letter = EmailMessage()
        for name, value in (said | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            letter[name] = value
        letter.set_content("Телефоным +7 701 765 43 21.")
        if photo:
            letter.add_attachment(photo, maintype="image", subtype="jpeg", filename="passport.jpg")
        waiting = Waiting(letter.as_bytes(), False, self.desk.now - ago, lambda _: None)
        mail.ingest(iter([waiting]), self.desk.settings)


@pytest.fixture
def box(desk: Desk) -> Box:
    desk.watch.moment = clock.now()
    return Box(desk)


def listed(desk: Desk) -> list[dict[str, Any]]:
    return list(rights.listing(now=desk.now))


@on_both_databases
@pytest.mark.clause("8.3", "D1")
def test_a_marked_letter_asks_for_a_correction_and_its_clock_is_the_mailboxs(box, desk):
    box.take(UPDATING, ago=timedelta(days=3))
    box.take(UPDATING, ago=timedelta(days=3))

    (row,) = listed(desk)
    assert (row["kind"], row["channel"], row["deadline"]) == ("rectify", "email", "D1")
    assert row["received_at"] == clock.stamp(desk.now - timedelta(days=3))
    request = rights.read(row["id"], by=STAFF, now=desk.now)
    assert request.said
    assert request.said.text.strip() == "Телефоным +7 701 765 43 21."


@on_both_databases
@pytest.mark.clause("8.4.b", "D6")
def test_a_withdrawal_by_letter_ends_the_consent_once_the_button_is_pressed(box, desk):
    receipt = desk.write(AIGERIM).id
    box.take(WITHDRAWING)
    (row,) = listed(desk)
    assert (row["kind"], row["deadline"]) == ("withdraw", "D6")
    assert consent.standing(receipt)["feedback"]

    desk.prove(row["id"])

    assert not consent.standing(receipt)["feedback"]


@pytest.mark.clause("12.1")
def test_a_letter_without_a_mark_is_read_by_a_person_under_the_shortest_clock(box, desk):
    box.take("Сұрақ")
    (row,) = listed(desk)
    assert (row["kind"], row["state"], row["deadline"]) == ("triage", "new", "D1")

    rights.take(row["id"], by=STAFF, kind="withdraw", settings=desk.settings, now=desk.now)

    (row,) = listed(desk)
    assert (row["kind"], row["state"], row["deadline"]) == ("withdraw", "taken", "D6")


def test_a_program_is_noted_and_never_answered(box, desk):
    desk.write(AIGERIM)
    desk.post()
    box.take(UPDATING, Auto_Submitted="auto-replied")

    assert len(listed(desk)) == 1
    assert [to(letter) for letter in desk.post()] == []


@pytest.mark.clause("3.1.a")
def test_what_is_attached_is_left_where_it_is(box, desk):
    box.take(UPDATING, photo=b"\xff\xd8\xff passport")

    (row,) = listed(desk)
    said = rights.read(row["id"], by=STAFF, now=desk.now).said
    assert said
    assert "image/jpeg" in said.notes
    assert "passport" not in said.notes + said.text


def test_a_stranger_and_a_known_person_are_both_written_to_once(box, desk):
    desk.write(AIGERIM)
    desk.post()
    box.take(UPDATING)
    box.take(UPDATING, From="stranger@example.kz")

    desk.post()
    assert sorted(to(letter) for letter in desk.post()) == [AIGERIM["email"], "stranger@example.kz"]
