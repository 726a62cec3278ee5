"""Who writes and asks, for pages that show that somebody did; every word of theirs is one that nobody else says."""

from datetime import datetime
from typing import Any

from tests.rights.desk import Desk as Rights
from tests.writer import AIGERIM
from wadjet import clock, database, mail, registers
from wadjet.settings import Settings

CANARIES = {
    "last_name": "Qanarbaeva",
    "first_name": "Aisulu",
    "patronymic": "Erkinqyzy",
    "phone": "+77019998877",
    "email": "aisulu.canary@example.kz",
    "message": "The canary sings at dawn.",
}


class People(Rights):
    """Those of `tests.rights.desk`, with names by which they would be noticed."""

    def send_message(self, **changes: str) -> None:
        self.write(AIGERIM | CANARIES | changes)

    def demand(self, kind: str = "rectify", **said: Any) -> str:
        return self.ask(kind, CANARIES["email"], text=CANARIES["message"], **said)


def authority_asks(settings: Settings, now: datetime) -> int:
    return registers.receive_request(
        "A-17", "The authority", "what is stored", received_at=now, by="staff-1", settings=settings, now=now
    )


def fail_letters(count: int, now: datetime, *, kind: str = "contact-opt-in") -> None:
    """Letters that were given up, as the outbox leaves them."""
    hour = clock.stamp(now.replace(minute=0, second=0, microsecond=0))

    def work() -> None:
        for number in range(count):
            mail.enqueue(kind, f"lost-{number}", now=now)
            database.vault.execute(
                "UPDATE outgoing SET state = 'dead', attempts = 3, next_at = '', error = 'refused', created_at = ?"
                " WHERE about = ?",
                hour,
                f"lost-{number}",
            )

    database.vault.write(work)
