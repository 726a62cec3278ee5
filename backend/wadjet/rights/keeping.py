"""How long are the words of a request kept? What it was and when stays on record; what was said does not."""

from collections.abc import Sequence
from datetime import datetime

from .. import database, ledger
from . import models


def words_ended(before: str, after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """A page of (ended_at, id, person) of requests that ended before a time and still say something, in this order."""
    return database.vault.read(lambda: models.words_ended(before, after, limit))


def words_of(person: str) -> list[tuple[str, str]]:
    """(id, ended_at) of somebody's requests that still say something; inside `vault.read` or `write`."""
    return models.words_of(person)


def saying(people: Sequence[str]) -> set[str]:
    """Those of some people, 500 at most, whose requests still say something; inside `vault.read` or `write`."""
    return models.saying(people)


def forget_words(request_id: str, *, ground: str, now: datetime) -> bool:
    """Destroy what was said and answered, if it ended; inside `vault.write`. Whether there was something.

    The request's row stays, with its kind, days and outcome. Source: policy 5.7; 94-V art. 12(2), 25(2)(6).
    """
    if not models.forget_words_of(request_id):
        return False
    ledger.append("destroy", "rights:request:forgotten", about=request_id, at=now, store=database.vault, ground=ground)
    return True
