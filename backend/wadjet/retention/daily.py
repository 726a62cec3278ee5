"""A run: find what is due, and, where told to, do it. What is done is done in batches, each whole or not at all.

Nothing is carried over from one run to the next but the days that messages name themselves, so a run that was cut off
at any point is finished by the next one. Each kind of record has its own file: people and their messages here, the rest
in `sweeps`, letters that ask in `review`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from .. import clock, consent, contact, database, deadlines, vault
from ..settings import Settings
from . import acts, early, ending, judging, models, review, sweeps
from .judging import Verdict
from .lines import Line
from .schedule import Due

_PAGE = 500
_MARK = "receipts"


def run(settings: Settings, now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """What must go today, line by line; with `is_applying` each line is told once its act is done.

    Whatever nobody asks for any more is left undone. Safe beside another run, and to be cut off at any point.
    Raises VaultLocked, Unavailable. Source: policy 5.6, 5.7, 8.8, 8.9; 94-V art. 12(2), 18. Holds D13.
    """
    today = clock.local_date(now)
    if is_applying:
        contact.repair(settings=settings, now=now)
        early.finish(settings=settings, now=now)
    spared: list[str] = []
    for line in _all(settings, now, spared, is_applying=is_applying):
        yield replace(line, by=_latest(line.due_on, settings))
    if is_applying:
        database.vault.write(partial(_end, today, now))


def _all(settings: Settings, now: datetime, spared: list[str], *, is_applying: bool) -> Iterator[Line]:
    yield from _messages(now, spared, is_applying=is_applying)
    yield from sweeps.words(settings, now, is_applying=is_applying)
    yield from sweeps.unheld(now, is_applying=is_applying)
    yield from sweeps.letters(now, is_applying=is_applying)
    yield from sweeps.arrivals(settings, now, is_applying=is_applying)
    yield from sweeps.receipts(settings, now, spared, is_applying=is_applying)
    yield from review.ask(settings, now, is_applying=is_applying)


def _latest(due_on: str, settings: Settings) -> str:
    """By the end of which day it must be done: the first working day on which it is due. Source: D13, house rule."""
    before = date.fromisoformat(due_on) - timedelta(days=1)
    return deadlines.add_working_days(before, deadlines.deadline("D13").limit, settings).isoformat()


def _end(today: date, now: datetime) -> None:
    models.drop_holds_before(today.isoformat())
    models.end_run(today.isoformat(), clock.stamp(now))
    models.drop_runs_before((today - timedelta(days=60)).isoformat())


def _messages(now: datetime, spared: list[str], *, is_applying: bool) -> Iterator[Line]:
    """People's messages, and the people; `spared` gets the receipts of those that outlive their term."""
    today, seen = clock.local_date(now), set[str]()
    for people in _people(today, seen, is_applying=is_applying):
        verdicts = judging.judge(people, today)
        for verdict in verdicts:
            if len(verdict.held) > 1 or verdict.suspended or verdict.unclear:
                seen.add(verdict.person)  # they have more messages on a later page, or this one stays where it is
            if verdict.suspended:
                spared += verdict.receipts
        for verdict in verdicts:
            yield from _kept_back(verdict, today)
        free = [verdict for verdict in verdicts if not verdict.suspended]
        yield from _ends([verdict for verdict in free if verdict.end], now, is_applying=is_applying)
        yield from _parts([verdict for verdict in free if not verdict.end], now, is_applying=is_applying)


def _people(today: date, seen: set[str], *, is_applying: bool) -> Iterator[list[str]]:
    """Whose messages are to be looked at today, 500 at a time: those with a changed consent, then by their day."""
    for changed in _changed(is_applying=is_applying):
        if not is_applying:  # marked by it, they come below
            fresh = [person for person in changed if person not in seen]
            seen.update(fresh)
            for start in range(0, len(fresh), _PAGE):
                yield fresh[start : start + _PAGE]
    place = ("", "")
    page = contact.due_a_look(today.isoformat(), place, _PAGE)
    while page:
        place = page[-1][:2]
        people = list(dict.fromkeys(person for _, _, person in page if person not in seen))
        if people:
            yield people
        page = contact.due_a_look(today.isoformat(), place, _PAGE) if len(page) == _PAGE else []


def _changed(*, is_applying: bool) -> Iterator[list[str]]:
    """Whose consents were withdrawn since the last run, by whichever way; the receipts name nobody."""
    since = database.vault.read(partial(models.mark, _MARK))
    for last, chains in consent.changed_since(since):

        def look(last: int = last, chains: list[str] = chains) -> list[str]:
            people = contact.look_again(chains, is_marking=is_applying)
            if is_applying:
                models.set_mark(_MARK, last)
            return people

        yield database.vault.write(look) if is_applying else database.vault.read(look)


def _kept_back(verdict: Verdict, today: date) -> Iterator[Line]:
    """What would be due and may not be, and what cannot be told."""
    for message in verdict.unclear:
        why = "its receipt is not there: see `wadjet doctor`"
        yield Line.of("message", message, Due("destroy", "term-over", today), status="unclear", why=why)
    if verdict.suspended and verdict.end:
        yield Line.of("person", verdict.person, verdict.end, status="suspended", why=verdict.suspended)
    elif verdict.suspended:
        for message, due in verdict.due.items():
            yield Line.of("message", message, due, status="suspended", why=verdict.suspended)


def _ends(verdicts: Sequence[Verdict], now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """People of whom nothing is kept any more: they go as a whole."""
    ends = {verdict.person: (end, verdict.held) for verdict in verdicts if (end := verdict.end)}
    yield from ending.end_people(ends, now, is_applying=is_applying)


def _parts(verdicts: Sequence[Verdict], now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """Messages that go, whole or in part, while their people stay; and when to look at the others again."""
    if is_applying:
        for verdict in verdicts:
            if verdict.leaves_little:
                with suppress(vault.PersonBlocked, vault.PersonUnknown, vault.PersonDestroyed):  # meanwhile
                    contact.reduce_card(verdict.person, now=now)
    done = database.vault.write(partial(_carry_out, verdicts, now)) if is_applying else set()
    for verdict in verdicts:
        for message, due in verdict.due.items():
            if message in done or not is_applying:
                yield Line.of("message", message, due, status="done" if is_applying else "due")


def _carry_out(verdicts: Sequence[Verdict], now: datetime) -> set[str]:
    """Inside `vault.write`; the messages that are done with."""
    done, today = set(), clock.local_date(now)
    for verdict in verdicts:
        if judging.why_not_yet(verdict.person, today):
            continue
        contact.look_on([(message, kept.until.isoformat()) for message, kept in verdict.kept.items()])
        for message, due in verdict.due.items():
            if _ACTS[due.act](message, due, now):
                done.add(message)
    return done


def _destroy(message: str, due: Due, now: datetime) -> bool:
    if not contact.drop(message, ground=due.ground, now=now):
        return False
    acts.enter(f"message {message}", ground=due.ground, method=acts.ROW, now=now)
    return True


def _reduce(message: str, due: Due, now: datetime) -> bool:
    assert due.until
    if not contact.reduce(message, until=due.until.isoformat(), ground=due.ground, now=now):
        return False
    acts.enter(f"message {message}: words", ground=due.ground, method=acts.WORDS, now=now)
    return True


_ACTS: dict[str, Callable[[str, Due, datetime], bool]] = {"destroy": _destroy, "delete": _reduce}
