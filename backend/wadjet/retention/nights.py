"""The daily run of a serving process: once a day, by whichever process is first, in the small hours."""

import logging
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from .. import chores, clock, database, vault
from ..settings import Settings
from . import models
from .daily import run

HOUR = 3  # local; or the first time after it that something serves
_LEASE = timedelta(hours=1)  # whoever took a run and died is followed by another
_log = logging.getLogger(__name__)


@chores.every(300)
def nightly(settings: Settings, now: datetime) -> None:
    """Do the run of this day unless it is done, or somebody is at it."""
    if now.astimezone(clock.LOCAL).hour < HOUR:
        return
    day = clock.local_date(now).isoformat()
    if last_run() == day or not claim(now):
        return
    vault.repair(now=now)  # what was cut off since this process began
    done: Counter[str] = Counter()
    for line in run(settings, now, is_applying=True):
        done[line.what if line.status == "done" else line.status] += line.count
    told = ", ".join(f"{count} {what}" for what, count in sorted(done.items())) or "nothing was due"
    _log.info("retention of %s: %s", day, told)


def claim(now: datetime) -> bool:
    """Take the run of this day; whether it was to be had."""
    day, late = clock.local_date(now).isoformat(), clock.stamp(now - _LEASE)
    return database.vault.write(partial(models.claim, day, clock.stamp(now), late))


def last_run() -> str | None:
    """The last local day whose run was finished; None before the first."""
    return database.vault.read(models.last_run)


def runs(limit: int = 14) -> list[tuple[str, str, str]]:
    """(local day, when it began, when it was finished) of the last runs, the newest first; "": it is not finished."""
    return database.vault.read(partial(models.runs, limit))
