"""Holds: a law that keeps what is known of a person longer than its purpose, cited and until a day.

It suspends destruction, by the run and by anybody (`vault.check_free`), and allows nothing else: what is held is used
for no purpose that is over. Source: 94-V art. 8(7), 12(2); Digital Code art. 41(3); docs/law.md, record states.
"""

from datetime import date, datetime

from .. import clock, database, ledger, vault
from . import models, schedule
from .models import Hold
from .problems import HoldUnfit, HoldUnknown


def hold(person: str, *, law: str, until: date, by: str, now: datetime) -> None:
    """Keep a person through that day; once more says it anew. Of one who is blocked too.

    law  what is cited; it stays in the journal, so without anybody's name
    Raises HoldUnfit, vault.PersonUnknown, vault.PersonDestroyed, vault.ReasonUnfit.
    """
    if until < clock.local_date(now):
        raise HoldUnfit("Give a day that is not over: a hold ends by itself.")
    if not any(letter.isdigit() for letter in law):
        raise HoldUnfit("Cite the act and its article, like: Tax Code art. 49.")

    def work() -> None:
        vault.state(person)
        vault.check_line(person, law)
        models.hold(Hold(person, law, until.isoformat(), clock.stamp(now), by))
        _note("made", person, by=by, now=now, law=law, until=until.isoformat())

    database.vault.write(work)


def release(person: str, *, by: str, now: datetime) -> None:
    """End a hold before its day; what is due by then goes with the next run. Raises HoldUnknown."""

    def work() -> None:
        if not models.release(person):
            raise HoldUnknown("It has ended, or somebody has ended it.")
        _note("released", person, by=by, now=now)

    database.vault.write(work)


def hold_of(person: str) -> Hold | None:
    """What keeps a person; None where nothing does."""
    return database.vault.read(lambda: models.hold_of(person))


def holds() -> list[Hold]:
    """Every hold, the one that ends first in front."""
    return database.vault.read(models.holds)


def standing(person: str) -> schedule.Hold | None:
    """The hold on a person, whether its day is over or not; inside `vault.read` or `write`."""
    row = models.hold_of(person)
    return schedule.Hold(row.law, date.fromisoformat(row.until)) if row else None


def keeping(person: str, now: datetime) -> vault.Kept | None:
    """What keeps a person from being destroyed, for the vault; inside `vault.read` or `write`."""
    it = standing(person)
    return vault.Kept(it.law, it.until) if it and it.until >= clock.local_date(now) else None


def holds_page(after: str = "", limit: int = 50) -> tuple[list[Hold], str]:
    """A page of them, and the place of the next one."""
    until, _, person = after.partition(",")
    place = (until, person) if "\0" not in after else ("", "")
    found = database.vault.read(lambda: models.holds_page(place, limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], f"{last.until},{last.person}" if last else ""


def _note(done: str, person: str, *, by: str, now: datetime, **facts: str) -> None:
    ledger.append("store", f"retention:hold:{done}", about=person, at=now, store=database.vault, by=by, **facts)
