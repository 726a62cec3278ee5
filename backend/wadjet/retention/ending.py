"""The end of people of whom nothing is kept: key, card and whatever the rooms hold, beyond every backup."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from .. import clock, database, vault
from . import acts, judging, schedule
from .lines import Line
from .schedule import Due


def end_people(ends: dict[str, tuple[Due, frozenset[str]]], now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """Destroy people, by what is due of them: whoever is blocked, held or wrote again meanwhile stays."""
    today = clock.local_date(now)

    def is_kept(person: str) -> bool:
        held = judging.held_of(person)
        has_more = bool(held - ends[person][1]) or vault.held(person) > len(held)
        return has_more or bool(judging.why_not_yet(person, today))

    for ground in dict.fromkeys(end.ground for end, _ in ends.values()):
        people = [person for person, (end, _) in ends.items() if end.ground == ground]
        if is_applying:
            reason = schedule.GROUNDS[ground].citation
            people = vault.destroy_unkept(people, is_kept=is_kept, reason=reason, now=now)
            database.vault.write(partial(_enter, people, ground, now))
        for person in people:
            yield Line.of("person", person, ends[person][0], status="done" if is_applying else "due")


def _enter(people: list[str], ground: str, now: datetime) -> None:
    """The vault has entered the acts, in the transaction of the destruction; here their ground is."""
    for person in people:
        acts.enter(person, ground=ground, method=acts.KEY, now=now)
