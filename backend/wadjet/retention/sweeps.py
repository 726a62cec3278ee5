"""The rest of a run: the words of requests that ended, people of whom nothing is left, rows of letters and of
messages that came, receipts.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from .. import clock, consent, contact, database, ledger, mail, rights, vault
from ..settings import Settings
from . import acts, ending, judging, schedule
from .lines import Line
from .schedule import Due

_PAGE = 500


def words(settings: Settings, now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """What was said in requests that ended long enough ago; who wrote them goes with the last of it."""
    today = clock.local_date(now)
    before = clock.stamp(clock.start_of(today - timedelta(days=settings.request_days)))
    place, seen = ("", ""), set[str]()
    while page := rights.words_ended(before, place, _PAGE):
        place = page[-1][:2]
        people = [person for person in dict.fromkeys(person for _, _, person in page) if person not in seen]
        seen.update(people)
        ends: dict[str, tuple[Due, frozenset[str]]] = {}
        for person in people:
            suspended, held, said = database.vault.read(partial(_of, person, today))
            due = {
                id: verdict
                for id, ended_at in said
                if ended_at and (verdict := schedule.words(judging.day(ended_at), settings.request_days, today))
            }
            stays = due.keys() if suspended else database.vault.read(partial(rights.disputed, due.keys()))
            for id in [id for id in due if id in stays]:
                yield Line.of("words", id, due.pop(id), status="suspended", why=suspended or "blocked")
            if not due:
                continue
            if due.keys() == held:
                ends[person] = max(due.values(), key=lambda each: each.on), held
            else:
                yield from _forget(due, now, is_applying=is_applying)
        yield from ending.end_people(ends, now, is_applying=is_applying)


def _of(person: str, today: date) -> tuple[str, frozenset[str], list[tuple[str, str]]]:
    """Inside `vault.read`."""
    return judging.why_not_yet(person, today), judging.held_of(person), rights.words_of(person)


def _forget(due: dict[str, Due], now: datetime, *, is_applying: bool) -> Iterator[Line]:
    def work() -> list[str]:
        done = [id for id, each in due.items() if rights.forget_words(id, ground=each.ground, now=now)]
        for id in done:
            acts.enter(f"request {id}: words", ground=due[id].ground, method=acts.WORDS, now=now)
        return done

    done = database.vault.write(work) if is_applying and due else list(due)
    for id in done:
        yield Line.of("words", id, due[id], status="done" if is_applying else "due")


def unheld(now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """People of whom no room holds anything: what was cut off elsewhere leaves such cards."""
    today = clock.local_date(now)
    due = Due("destroy", "nothing-kept", today)
    for page in vault.everybody():
        found = database.vault.read(partial(_unheld, page, today))
        for person, why in found.items():
            if why:
                yield Line.of("person", person, due, status="suspended", why=why)
        ends = {person: (due, frozenset[str]()) for person, why in found.items() if not why}
        yield from ending.end_people(ends, now, is_applying=is_applying)


def _unheld(page: list[str], today: date) -> dict[str, str]:
    """Those of a page of people, each with why they may not be destroyed, "" where they may; inside `vault.read`."""
    held = contact.holding(page) | rights.saying(page)
    return {each: judging.why_not_yet(each, today) for each in page if each not in held and vault.held(each) == 0}


def letters(now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """The rows of letters that were sent or put aside; the letters themselves were never kept."""
    before = clock.start_of(schedule.letters_before(clock.local_date(now)))
    count, forget = partial(mail.over_before, before), partial(mail.forget_over, before)
    yield from _rows("letters", "letter-over", count, forget, now, is_applying=is_applying)


def arrivals(settings: Settings, now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """That messages came, once no mailbox brings them again: keyed digests of their ids."""
    before = schedule.arrivals_before(settings.request_days, clock.local_date(now))
    count, forget = partial(mail.met_before, before), partial(mail.forget_met, before)
    yield from _rows("arrivals", "arrival-over", count, forget, now, is_applying=is_applying)


def _rows(
    what: str, ground: str, count: Callable[[], int], forget: Callable[[], int], now: datetime, *, is_applying: bool
) -> Iterator[Line]:
    """Rows of the mail that tell of nobody, all at once."""

    def work() -> int:
        gone = forget()
        if gone:
            ledger.append("delete", f"mail:{what}:forgotten", about="", at=now, store=database.vault, rows=gone)
        return gone

    found = count()
    if found and is_applying:
        found = database.vault.write(work)
    if found:
        yield Line.of(what, "", Due("delete", ground, clock.local_date(now)), count=found, status=_status(is_applying))


def receipts(settings: Settings, now: datetime, spared: list[str], *, is_applying: bool) -> Iterator[Line]:
    """Proofs of consents that ended long enough ago; `spared`: of messages that outlive their term."""
    today = clock.local_date(now)
    before = schedule.proof_ends_before(settings.receipts_years, today)
    if is_applying:
        count = max(consent.expire(before, spared=frozenset(spared), now=now), default=0)
        if count:
            what = f"receipts: {count} ({clock.stamp(now)})"
            database.vault.write(partial(acts.enter, what, ground="proof-over", method=acts.RECEIPTS, now=now))
    else:
        count = sum(map(len, consent.expired(before, spared=frozenset(spared))))
    if count:
        yield Line.of("receipts", "", Due("destroy", "proof-over", today), count=count, status=_status(is_applying))


def _status(is_applying: bool) -> str:
    return "done" if is_applying else "due"
