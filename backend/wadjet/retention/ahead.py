"""What goes next, and why: the messages whose day comes first, a page at a time, before anything is done about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from .. import clock, contact, database, rights, vault
from . import judging, models, schedule
from .schedule import Due, Kept

_EVER = "9999-12-31"


@dataclass(frozen=True)
class Ahead:
    """A message that goes on a day, whole (`destroy`) or but for what the news need (`delete`). Ids only.

    act, ground  "" where its receipt is not there: nothing is destroyed on no evidence
    is_blocked   nothing goes before the block is over; held_until: nor before that day, by a law; "" for none
    is_awaited   nor while a demand of theirs waits for it
    """

    message: str
    person: str
    on: date
    act: str
    ground: str
    is_blocked: bool
    held_until: str
    is_awaited: bool


def ahead(after: str = "", limit: int = 50, *, now: datetime) -> tuple[list[Ahead], str]:
    """A page in the order in which messages are to be looked at, and the place of the next one.

    It costs the same whatever is stored. Raises VaultLocked.
    """
    today = clock.local_date(now)
    day, _, id = after.partition(",")
    page = contact.due_a_look(_EVER, ("", "") if "\0" in after else (day, id), limit + 1)
    shown = {id: look_on for look_on, id, _ in page[:limit]}
    people = list(dict.fromkeys(person for _, _, person in page[:limit]))
    standing = _standing(people, today)
    told = []
    for each in contact.keepings(people):
        if each.message in shown:
            look_on = date.fromisoformat(shown[each.message]) if shown[each.message] else today
            due = _due(judging.facts(each), max(look_on, today))
            told.append(Ahead(each.message, each.person, *due, *standing[each.person]))
    last = page[limit - 1] if len(page) > limit else None
    return sorted(told, key=lambda line: (line.on, line.message)), f"{last[0]},{last[1]}" if last else ""


def once_settled(message: str, person: str, *, now: datetime) -> Ahead | None:
    """How a message goes if its enquiry is settled now and its answer has gone; None where it is not here.

    Raises VaultLocked.
    """
    today = clock.local_date(now)
    for each in contact.keepings([person]):
        if each.message == message:
            due = _due(judging.facts(replace(each, closed_at=clock.stamp(now))), today)
            return Ahead(message, person, *due, *_standing([person], today)[person])
    return None


def _standing(people: Sequence[str], today: date) -> dict[str, tuple[bool, str, bool]]:
    """Of each whether they are blocked, through which day a law holds them, and whether a demand of theirs waits."""
    states, holds, awaiting = database.vault.read(
        lambda: (vault.states(people), models.holds_of(people), rights.awaiting(people, today))
    )
    until = {each: holds[each].until for each in people if each in holds and holds[each].until >= today.isoformat()}
    return {
        each: (each in states and bool(states[each].blocked_at), until.get(each, ""), each in awaiting)
        for each in people
    }


def _due(it: schedule.Message | None, day: date) -> tuple[date, str, str]:
    """When a message goes, how, and why, as seen from the day on which it is looked at."""
    if it is None:
        return day, "", ""
    found: Due | Kept = schedule.message(it, day)
    if isinstance(found, Kept):
        day = found.until
        found = schedule.message(it, day)
    return (found.on, found.act, found.ground) if isinstance(found, Due) else (day, "", "")
