"""A request as staff have it before them: closed, opened, and what would come of a step before it is taken."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .. import clock, database, ledger, mail, registers, vault
from ..settings import Settings
from . import acts, endings, models, proof, service
from .intake import words
from .kinds import ERASING, MOVES
from .models import Row, Subject
from .problems import RequestMoved, RequestUnknown
from .service import Answer, Request

MOST = 20  # people who are shown; where more may be meant a flood came from one network


@dataclass(frozen=True, repr=False)
class Outline:
    """A request unopened: nothing of what was said, nor of who said it.

    people    whose data it may be about, without the writer, MOST at most; blocked: those of them who are
    history   what the journal knows of it, the oldest first: at, event, by, kind
    """

    row: Row
    people: tuple[Subject, ...]
    count: int
    blocked: frozenset[str]
    has_words: bool
    history: list[dict[str, Any]]


@dataclass(frozen=True, repr=False)
class File:
    """The same, opened. `cards`: of the people that are neither blocked nor gone; `is_blocked`: the writer is."""

    outline: Outline
    request: Request
    cards: Mapping[str, vault.Card]
    is_blocked: bool


@dataclass(frozen=True, repr=False)
class Foretold:
    """What would come of a step.

    people   for how many it is done; held: how many messages and requests of theirs are erased
    changes  what would be written, by field; receivers: who was given the data before, and is to be told by hand
    """

    people: int
    held: int
    changes: Mapping[str, str]
    letters: list[mail.Letter]
    receivers: list[str]


def outline(request_id: str) -> Outline:
    """How a request stands. Raises RequestUnknown."""

    def look() -> tuple[Row, list[Subject], set[str]]:
        row, subjects = _find(request_id)
        return row, subjects, _blocked([row.person, *_others(row, subjects)])

    row, subjects, blocked = database.vault.read(look)
    return _outline(row, subjects, blocked)


def open_file(request_id: str, *, by: str, now: datetime) -> File:
    """A request with its words and the cards of whose it may be, for one of the staff; the journal tells that it was.

    Who is blocked is not read. Raises RequestUnknown, VaultLocked.
    """

    def work() -> tuple[Request, dict[str, vault.Card | None]]:
        row, subjects = _find(request_id)
        people = _others(row, subjects)
        cards = vault.cards([row.person, *people])
        said = answer = None
        if cards.get(row.person):
            sealer = vault.unlock(row.person)
            said, answer = words(row, sealer), service.answer_of(row, sealer)
        _note("rights:request:read", request_id, by=by, now=now)
        for person in people:
            if cards.get(person):
                _note("rights:person:read", person, by=by, now=now, request=request_id)
        return Request(row, said, answer, tuple(subjects)), cards

    if not database.vault.read(lambda: models.subjects(request_id)):
        proof.match(request_id, now=now)  # where no letter goes out nobody has done it yet
    request, cards = database.vault.write(work)
    blocked = {person for person, card in cards.items() if card is None}
    shown = {person: card for person, card in cards.items() if card and person != request.row.person}
    made = _outline(request.row, request.subjects, blocked)
    return File(made, request, shown, request.row.person in blocked)


def candidates(request_id: str, *, email: str, phone: str, by: str, now: datetime) -> dict[str, vault.Card | None]:
    """Whose request it may be, by the whole address or number: their cards, None of who is blocked. On record."""

    def work() -> dict[str, vault.Card | None]:
        found: dict[str, vault.Card | None] = {}
        for person in vault.find(email=email, phone=phone)[:MOST]:
            is_blocked = vault.state(person).blocked_at is not None
            found[person] = None if is_blocked else vault.card(person)
            done = "rights:person:found" if is_blocked else "rights:person:read"
            _note(done, person, by=by, now=now, request=request_id)
        return found

    return database.vault.write(work)


def foretell_fulfilment(
    request_id: str,
    *,
    answer: str,
    changes: Mapping[str, str],
    only: Collection[str],
    settings: Settings,
    now: datetime,
) -> Foretold:
    """What `fulfil` would do, told with that answer. Raises what that raises."""

    def look() -> tuple[Foretold, list[str]]:
        request = service.look(request_id)
        row = request.row
        subjects, values = acts.fit(request, answer=answer, changes=changes, only=only, now=now)
        people = [each.person for each in subjects if each.person != row.person and not each.done_at]
        done = [each._replace(done_at=each.done_at or clock.stamp(now)) for each in subjects]
        ended = row._replace(state="fulfilled", ended_at=clock.stamp(now))
        held = service.has_data(row, done)
        told = endings.foretell(ended, done, Answer(answer), settings, has_data=held)
        gone = sum(map(vault.held, people)) if row.kind in ERASING else 0
        return Foretold(len(people), gone, values, told, []), people

    found, people = database.vault.read(look)
    return replace(found, receivers=registers.receivers(people, tuple(found.changes)))


def foretell_refusal(request_id: str, *, ground: str, text: str, settings: Settings, now: datetime) -> Foretold:
    """What `refuse` would have told. Raises what that raises."""

    def look() -> Foretold:
        request = service.look(request_id)
        row = request.row
        if row.state not in MOVES["refuse"][0]:
            raise RequestMoved(f"It is {row.state}.")
        answer = service.refusal(request, ground, text, now=now)
        ended = row._replace(state="refused", ground=ground, ended_at=clock.stamp(now))
        held = service.has_data(row, request.subjects)
        return Foretold(0, 0, {}, endings.foretell(ended, request.subjects, answer, settings, has_data=held), [])

    return database.vault.read(look)


def _find(request_id: str) -> tuple[Row, list[Subject]]:
    row = models.find(request_id)
    if row is None:
        raise RequestUnknown("`wadjet requests list` shows those there are.")
    return row, models.subjects(request_id)


def _others(row: Row, subjects: Sequence[Subject]) -> list[str]:
    """Whose data it may be about, beside the writer; the first MOST of them."""
    return [each.person for each in subjects if each.person != row.person][:MOST]


def _blocked(people: Sequence[str]) -> set[str]:
    return {each.person for each in vault.states(people).values() if each.blocked_at}


def _outline(row: Row, subjects: Sequence[Subject], blocked: set[str]) -> Outline:
    others = [each for each in subjects if each.person != row.person]
    history = ledger.history([row.id], database.vault)
    closed = row._replace(said=None, answer=None)
    return Outline(closed, tuple(others[:MOST]), len(others), frozenset(blocked), row.said is not None, history)


def _note(done: str, about: str, *, by: str, now: datetime, **facts: str) -> None:
    ledger.append("extract", done, about=about, at=now, store=database.vault, by=by, **facts)
