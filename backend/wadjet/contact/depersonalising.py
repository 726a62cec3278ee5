"""What is left of messages once nothing may tell whose they were: a number.

Source: policy 2.5; 94-V art. 1(7), 17(1).
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from .. import clock, database, ledger, vault
from ..settings import Settings
from . import models, service
from .removing import remove


def depersonalise(person: str, *, reason: str, language: str, settings: Settings, now: datetime) -> None:
    """Keep of what somebody wrote only how many messages came in which month and language; destroy everything else.

    Nobody can undo it, and nothing says whose they were. Twice is once; interrupted, it is finished by doing it again.
    Raises PersonUnknown, PersonBlocked, PersonHeld. Source: policy 2.5; 94-V art. 1(7), 17(1).
    """
    with suppress(vault.PersonDestroyed):
        database.vault.read(partial(_check, person, now))
        service.withdraw_all(person, language=language, settings=settings, now=now)
        database.vault.write(partial(_count, person, now))
    vault.destroy(person, reason=reason, now=now)


def statistics() -> Iterator[dict[str, Any]]:
    """What is left of messages that were depersonalised: how many came in which month, in which language."""
    for month, language, messages in database.vault.read(models.tallies):
        yield {"month": month, "language": language, "messages": messages}


def _check(person: str, now: datetime) -> None:
    vault.unlock(person)
    vault.check_free(person, now=now)


def _count(person: str, now: datetime) -> None:
    """The messages become a number: both in one transaction, so that each is counted once."""
    _check(person, now)
    rows = models.of_person(person)
    for row in rows:
        if row.state != "pending":
            month = clock.local_date(clock.parse(row.received_at)).isoformat()[:7]
            models.tally(month, row.language)
        remove(row.id)
    if rows:
        ledger.append(
            "depersonalise",
            "contact:message:depersonalised",
            about=person,
            at=now,
            store=database.vault,
            messages=len(rows),
        )
