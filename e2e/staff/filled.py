"""A house in which something of everything has happened, so that every page of the console has what it shows."""

from dataclasses import replace
from datetime import date, timedelta

from e2e.staff.conftest import House
from tests.rights.desk import Desk, people_of
from tests.writer import AIGERIM
from wadjet import clock, consent, contact, policy, registers, retention

BY = "staff-9"
TEXT = "# T\n\n1.1. Call within 3 days.\n\n{purposes}\n\n| a | b |\n| --- | --- |\n| c | d |\n"


def fill(house: House) -> dict[str, object]:
    """What the addresses of its pages name."""
    desk, now = Desk(house.settings, clock.now), clock.now()
    ask = "information", "rectify", "question", "withdraw"
    saule = AIGERIM | {"email": "saule.b@example.kz", "phone": "8 747 000 11 22"}
    receipt = desk.write(saule, marketing=True)
    (person,) = people_of(saule["email"])
    requests = [desk.ask(kind, saule["email"], text="Нөмірім ауысты.") for kind in ask]
    breach, recipient = _registers(house, person)
    proposal = retention.propose(person, ground="court-act", reason="сот актісі 2-1234", by="staff-8", now=now)
    retention.hold(person, law="НК РК ст. 48", until=date(now.year + 2, 1, 1), by=BY, now=now)
    return {
        "message": contact.written_by([person])[0].id,
        "person": person,
        "request": requests[2],
        "receipt": consent.number_of(receipt.id),
        "breach": breach,
        "recipient": recipient,
        "draft": _draft(house),
        "proposal": proposal,
        "since": clock.local_date(now) - timedelta(days=20),
        "today": clock.local_date(now),
    }


def _registers(house: House, person: str) -> tuple[int, int]:
    now, home = clock.now(), house.settings
    at, what = now - timedelta(days=4), "what is stored"
    breach = registers.detect("access", "a laptop", detected_at=at, people=12, by=BY, settings=home, now=now)
    registers.receive_request("A-17", "The authority", what, received_at=now, by=BY, settings=home, now=now)
    registers.prohibit(person, "phone", "not to couriers", by=BY, settings=home, now=now)
    register = registers.recipients.register
    return breach, register("recipient", "Mail Cloud GmbH", scope="e-mail", country="DE", by=BY, now=now)


def _draft(house: House) -> int:
    """A draft of a few lines, with something to remark in each."""
    number = policy.drafts.begin(settings=house.settings, by=BY, now=clock.now())
    written = policy.drafts.read(number).manuscript
    texts = dict.fromkeys(("kk", "ru", "en"), TEXT)
    policy.drafts.save(number, replace(written, texts=texts), revision=1, by=BY, now=clock.now())
    return number
