"""The doing: what was demanded is done for whoever has proven to be asking, then told.

A request that is killed anywhere is finished by fulfilling it again: it is marked as begun before the first act, each
act done twice is done once, each person it was done for is marked, and only then it ends, with its answer and letters
in one transaction. What has begun is refused by nobody.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .. import clock, consent, contact, database, registers, vault
from ..settings import Settings
from . import keeping, models, proof, service
from .intake import Said
from .kinds import ANSWERED, ENDING, ERASING
from .models import Row, Subject
from .problems import FulfilmentUnfit, RequestMoved
from .service import Answer, Request

_UNBLOCKED = ("information", "rectify", *ERASING)
_OF_ONE = ("rectify", *ERASING)  # not of everybody who shares a mailbox


@dataclass(frozen=True, repr=False)
class _Doing:
    """What an act needs. `changes`: what to write, by field."""

    row: Row
    said: Said
    changes: Mapping[str, str]
    by: str
    settings: Settings
    now: datetime

    @property
    def reason(self) -> str:
        return f"request {self.row.id}"


def fulfil(
    request_id: str,
    *,
    by: str,
    answer: str = "",
    changes: Mapping[str, str] | None = None,
    only: Collection[str] = (),
    kind: str = "",
    settings: Settings,
    now: datetime,
) -> list[str]:
    """Do what was demanded and have it told; answers who was given the data before, and must be told by hand.

    answer   what the person is told beside the letter's own words; changes: fields of the card, or of a prohibition
             with its condition, where they differ from what was asked
    only     whose data, where several people share the mailbox that proved it
    kind     what whoever says so took it to ask for; found to be another meanwhile, nothing is done
    Raises RequestUnknown, RequestMoved, NotProven, FulfilmentUnfit; vault.PersonHeld where a law keeps what was to go.
    Source: 94-V art. 8(7), 24, 25(2)(6)–(9).
    """
    proof.match(request_id, now=now)  # where no letter goes out nobody has done it yet
    request = database.vault.read(lambda: service.look(request_id))
    if kind and request.row.kind != kind:
        raise RequestMoved(f"It asks for: {request.row.kind}.")
    fitting = partial(fit, request, answer=answer, changes=changes or {}, only=only, now=now)
    subjects, values = database.vault.read(fitting)
    doing = _Doing(request.row, request.said or Said(), values, by, settings, now)
    if act := _ACTS.get(request.row.kind):
        database.vault.write(partial(service.begin, request.row, by=by, now=now))
        if request.row.kind in ENDING:
            _end_receipt(doing)
        for each in subjects:
            if each.person != request.row.person and not each.done_at:
                act(doing, each.person)
                _mark(each, now)
    for each in subjects:
        _mark(each, now)
    people = [each.person for each in subjects]
    if request.row.kind in ERASING:
        database.vault.write(partial(_forget_settled, doing, people))
    told = registers.receivers(people, tuple(doing.changes)) if act else []
    database.vault.write(partial(service.end, request.row, "fulfil", Answer(answer), by=by, now=now))
    return told


def fit(
    request: Request, *, answer: str, changes: Mapping[str, str], only: Collection[str], now: datetime
) -> tuple[list[Subject], dict[str, str]]:
    """For whom a request would be carried out like that, and what would be written, by field; inside `vault.read`.

    Raises RequestMoved, NotProven, FulfilmentUnfit, vault.PersonHeld, before anything is begun.
    """
    named = {*only, request.row.person}
    subjects = [each for each in service.ready(request) if not only or each.person in named]
    kind, values = request.row.kind, changes or (request.said or Said()).fields
    _check(request, subjects, answer, only, now)
    if kind == "rectify":
        return subjects, _correct(values)
    if kind == "restrict":
        return subjects, _forbidden(values)
    if changes:
        raise FulfilmentUnfit(f"A demand of this kind ({kind}) takes no values.", why="no-values")
    return subjects, {}


def correct(person: str, changes: Mapping[str, str], *, was: vault.Card | None, by: str, now: datetime) -> list[str]:
    """Correct a card that staff have found to be wrong, or was said to be; answers who was given the old values.

    was  the card as they have seen it, if they have; raises FulfilmentUnfit, vault.CardChanged, vault.PersonBlocked.
    Source: policy 4.1.b; 94-V art. 13, 24(1)(2), 25(2)(8).
    """
    good = _correct(changes)
    vault.correct(person, good, was=was, by=by, now=now)
    return registers.receivers([person], tuple(good))


def _mark(subject: Subject, now: datetime) -> None:
    database.vault.write(partial(models.mark_done, subject, clock.stamp(now)))


def _check(request: Request, subjects: list[Subject], answer: str, only: Collection[str], now: datetime) -> None:
    """Whether it can be carried out for these people. Raises FulfilmentUnfit, vault.PersonHeld."""
    kind = request.row.kind
    if kind == "triage":
        raise FulfilmentUnfit("Read it and say what it asks for: `wadjet requests take --kind`.", why="unread")
    if kind in ANSWERED and not answer.strip():
        raise FulfilmentUnfit("There is nothing to do but to answer: give the answer.", why="answer")
    others = [each for each in subjects if each.person != request.row.person]
    people = [each.person for each in others if not each.done_at]
    if unknown := set(only) - {each.person for each in subjects}:
        raise FulfilmentUnfit(f"It is not proven to be theirs: {' '.join(sorted(unknown))}.", why="people")
    if kind in _OF_ONE and len(others) > 1 and not only:
        named = " ".join(each.person for each in others)
        raise FulfilmentUnfit(f"Several people share the mailbox. Name whose data: {named}.", why="people")
    if kind in _UNBLOCKED and (blocked := [each for each in people if _is_blocked(each)]):
        told = f"Blocked: {' '.join(blocked)}. Nothing of theirs is touched: unblock them, or refuse."
        raise FulfilmentUnfit(told, why="blocked")
    if kind in ERASING:
        vault.check_free(*people, now=now)


def _is_blocked(person: str) -> bool:
    with suppress(vault.PersonUnknown):
        return vault.state(person).blocked_at is not None
    return False


def _correct(changes: Mapping[str, str]) -> dict[str, str]:
    """Values as the form takes them. Raises FulfilmentUnfit."""
    known = {each.name: each for each in contact.FIELDS if each.kind != "textarea"}
    if not changes or changes.keys() - known.keys():
        raise FulfilmentUnfit(f"Give what is right, for any of {', '.join(known)}.", why="values")
    good, wrong = {}, {}
    for name, value in changes.items():
        try:
            good[name] = contact.clean(known[name], value) or ""
        except contact.Wrong as code:
            wrong[name] = str(code)
    if wrong:
        told = "; ".join(f"{name}: {code}" for name, code in wrong.items())
        raise FulfilmentUnfit(f"{told}.", why="values", fields=wrong)
    return good


def _forbidden(changes: Mapping[str, str]) -> dict[str, str]:
    """Fields with the condition on which they may be published; "": not at all. None named: none may be."""
    if changes.keys() - set(registers.FIELDS):
        raise FulfilmentUnfit(f"Name fields of {', '.join(registers.FIELDS)}.", why="values")
    return {name: condition.strip() for name, condition in changes.items()} or dict.fromkeys(registers.FIELDS, "")


def _rectify(doing: _Doing, person: str) -> None:
    """The old value is not kept: what is right stands in its place. Source: 94-V art. 13."""
    with suppress(vault.PersonUnknown):
        card = database.vault.read(lambda: vault.card(person))
        if any(getattr(card, name) != value for name, value in doing.changes.items()):
            vault.rectify(person, now=doing.now, **doing.changes)


def _block(doing: _Doing, person: str) -> None:
    with suppress(vault.PersonUnknown):
        database.vault.write(partial(vault.block, person, reason=doing.reason, now=doing.now))


def _unblock(doing: _Doing, person: str) -> None:
    with suppress(vault.PersonUnknown):
        database.vault.write(partial(vault.unblock, person, reason=doing.reason, now=doing.now))


def _destroy(doing: _Doing, person: str) -> None:
    """The consents end first: afterwards nothing tells which they were."""
    with suppress(vault.PersonUnknown):  # destroyed when it was begun
        contact.withdraw_all(person, language=doing.row.language, settings=doing.settings, now=doing.now)
    vault.destroy(person, reason=doing.reason, now=doing.now)
    _record(doing, "destroy", person, "key destroyed, rows deleted")


def _depersonalise(doing: _Doing, person: str) -> None:
    contact.depersonalise(
        person, reason=doing.reason, language=doing.row.language, settings=doing.settings, now=doing.now
    )
    _record(doing, "depersonalise", person, "counted by month and language, key destroyed, rows deleted")


def _forget_settled(doing: _Doing, people: Collection[str]) -> None:
    """Of what they asked before only days and outcomes stay, as they are told. Inside `vault.write`."""
    for request in keeping.forget_settled(people, ground="subject-demand", now=doing.now):
        what, method = f"request {request}: words", "words deleted"
        registers.record_act(
            "destroy", what, ground="subject-demand", citation=doing.reason, method=method, by=doing.by, now=doing.now
        )


def _record(doing: _Doing, act: str, person: str, method: str) -> None:
    """R9; once, whatever was interrupted."""
    database.vault.write(
        lambda: registers.record_act(
            act, person, ground="subject-demand", citation=doing.reason, method=method, by=doing.by, now=doing.now
        )
    )


def _end(doing: _Doing, person: str) -> None:
    with suppress(vault.PersonUnknown):
        proof.end_consents(doing.row, [person], settings=doing.settings, now=doing.now)


def _end_receipt(doing: _Doing) -> None:
    """A receipt that was never given out ends nothing; the answer may say so."""
    if doing.said.receipt:
        with suppress(consent.ReceiptUnknown):
            proof.end_receipt(doing.said, language=doing.row.language, settings=doing.settings, now=doing.now)


def _unpublish(doing: _Doing, person: str) -> None:
    """Staff have taken it down where it stood; the register says since when."""
    for each in registers.publications_of(person):
        if each["removed_at"] is None:
            registers.unpublish(each["number"], doing.reason, by=doing.by, now=doing.now)


def _restrict(doing: _Doing, person: str) -> None:
    with suppress(vault.PersonUnknown):
        known = database.vault.read(lambda: registers.prohibitions(person))
        standing = {(each.field, each.condition) for each in known}
        for name, condition in doing.changes.items():
            if (name, condition) not in standing:
                registers.prohibit(person, name, condition, by=doing.by, settings=doing.settings, now=doing.now)


_ACTS: dict[str, Callable[[_Doing, str], None]] = {
    "rectify": _rectify,
    "block": _block,
    "unblock": _unblock,
    "destroy": _destroy,
    "depersonalise": _depersonalise,
    "withdraw": _end,
    "stop": _end,
    "unpublish": _unpublish,
    "restrict": _restrict,
}
