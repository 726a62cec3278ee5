"""How long are the words of a request kept? What it was and when stays on record; what was said does not."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from .. import clock, database, ledger, vault
from . import models, results
from .kinds import ERASING, KINDS


def words_ended(before: str, after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """A page of (ended_at, id, person) of requests that ended before a time and still say something, in this order."""
    return database.vault.read(lambda: models.words_ended(before, after, limit))


def words_of(person: str) -> list[tuple[str, str]]:
    """(id, ended_at) of somebody's requests that still say something; inside `vault.read` or `write`."""
    return models.words_of(person)


def saying(people: Sequence[str]) -> set[str]:
    """Those of some people, 500 at most, whose requests still say something; inside `vault.read` or `write`."""
    return models.saying(people)


def awaiting(people: Sequence[str], today: date) -> dict[str, str]:
    """Those of some people, 500 at most, whose data a demand of theirs waits for: the request of each.

    Proven and not ended; a copy also while the link to it is good. What is asked to go waits for nothing.
    Inside `vault.read` or `write`. Source: policy 4.1.a, 4.1.b; 94-V art. 24(1), 25(2)(9).
    """
    kinds = [kind.name for kind in KINDS.values() if kind.is_bound and kind.name not in ERASING]
    return models.awaiting(people, kinds, clock.stamp(clock.start_of(today) - results.LIFE))


def disputed(request_ids: Collection[str]) -> set[str]:
    """Those of some requests that are about somebody who is blocked; inside `vault.read` or `write`.

    What they say stays while the block does: it is why. Source: policy 2.2; 94-V art. 1(3).
    """
    return {id for id in request_ids if any(map(_is_blocked, models.subjects(id)))}


def _is_blocked(subject: models.Subject) -> bool:
    return any(state.blocked_at for state in vault.states([subject.person]).values())


def forget_words(request_id: str, *, ground: str, now: datetime) -> bool:
    """Destroy what was said and answered, if it ended; inside `vault.write`. Whether there was something.

    The request's row stays, with its kind, days and outcome. Source: policy 5.7; 94-V art. 12(2), 25(2)(6).
    """
    if not models.forget_words_of(request_id):
        return False
    ledger.append("destroy", "rights:request:forgotten", about=request_id, at=now, store=database.vault, ground=ground)
    return True


def forget_settled(people: Collection[str], *, ground: str, now: datetime) -> list[str]:
    """Destroy the words of every other request of these people that ended, inside `vault.write`; answers which.

    What somebody else who is here has proven to be theirs too stays, and what nobody has proven while it may be
    another's. Source: policy 2.14; 94-V art. 18.
    """
    requests = dict.fromkeys(each.request for person in people for each in models.subjects_of(person))
    return [id for id in requests if _is_theirs(id, people) and forget_words(id, ground=ground, now=now)]


def _is_theirs(request_id: str, people: Collection[str]) -> bool:
    """Whether a request is about these people and nobody else who is here; its writer is whoever of them wrote it."""
    row, subjects = models.find(request_id), models.subjects(request_id)
    about = {each.person for each in subjects if each.proven_at} or {each.person for each in subjects}
    if row is None or about.isdisjoint(people):
        return False
    return not any(vault.states([person]) for person in about - {*people, row.person})
