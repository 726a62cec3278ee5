"""How does it stand? For whoever holds a request's number: it is random, and the right to see this much."""

from dataclasses import dataclass
from datetime import date

from .. import clock, database
from . import models
from .problems import RequestUnknown


@dataclass(frozen=True)
class Standing:
    """What the number shows: nothing of what was said, nor of who said it. Days of Kazakhstan."""

    id: str
    kind: str
    state: str
    received_on: date
    due_on: date


def standing(request_id: str) -> Standing:
    """Raises RequestUnknown."""
    row = database.vault.read(lambda: models.find(request_id))
    if row is None:
        raise RequestUnknown("Check the number: it stands in the letter and on the page you saw after sending.")
    received_on = clock.local_date(clock.parse(row.received_at))
    return Standing(row.id, row.kind, row.state, received_on, date.fromisoformat(row.due_on))
