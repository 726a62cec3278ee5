"""What people who wrote allow: to whom their data may be handed, and where to. Asked by the gate of the registers."""

from functools import partial

from .. import consent, database, registers
from . import models, service


def allowances(person: str) -> list[registers.Allowance]:
    """What may be used of the consents that came with a person's messages; nothing for somebody unknown or destroyed.

    Anybody can type another's address: what waits for its writer's confirmation allows nothing yet.
    """

    def look() -> list[tuple[str, str]]:
        rows = [row for row in models.of_person(person) if row.state not in ("pending", "unconfirmed")]
        return [(service.receipt_of(row), row.received_at) for row in rows]

    found = []
    for receipt, at in database.vault.read(look):
        for term in consent.terms(receipt):
            if database.vault.read(partial(registers.is_suspended, person, term.purpose, at)):
                continue
            allowed = registers.Allowance(receipt, term.purpose, term.recipients, term.countries, term.until)
            found.append(allowed)
    return found
