"""The letters about a request's end, and about a later day for it. Composed when they are sent.

What is held stays behind a link; staff's own words go to whoever has proven the request, or asked for nothing but an
answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .. import clock, database, mail
from ..settings import Settings
from . import addressees, copy, models, phrases, results, service, told
from .addressees import Addressee
from .kinds import ANSWERED
from .models import Row, Subject
from .service import Answer


@dataclass(frozen=True, repr=False)
class _Due:
    """A letter that is due: its request, whom it goes to, what they are told."""

    row: Row
    to: Addressee
    answer: Answer
    has_data: bool


@mail.composes(service.RESULT)
def result(about: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """What came of a request: done or refused, on which ground, and where to complain."""
    due = database.vault.read(lambda: _find(about))
    if due is None or due.row.state not in ("fulfilled", "refused"):
        return None
    return _result(due, settings, [_link(due.row, person, settings) for person in _readers(due)])


def foretell(
    row: Row, subjects: Sequence[Subject], answer: Answer, settings: Settings, *, has_data: bool
) -> list[mail.Letter]:
    """The letters that would go if a request had ended like this, inside `vault.read` or `write`.

    Where the link to a copy would stand is one that opens nothing: it is for the person alone.
    """
    if row.is_automatic:
        return []
    dues = [_Due(row, to, answer, has_data) for to in addressees.of(row, subjects)]
    return [_result(due, settings, [f"{settings.privacy_url}requests/result/…/"] * len(_readers(due))) for due in dues]


def _result(due: _Due, settings: Settings, links: list[str]) -> mail.Letter:
    row = due.row
    has_copy = (row.kind, row.state) == ("information", "fulfilled")
    until = copy.moment(clock.stamp(clock.parse(row.ended_at) + results.LIFE))
    return _letter(
        service.RESULT,
        due,
        settings,
        is_refused=row.state == "refused",
        done=told.done(
            row.kind,
            has_data=due.has_data,
            is_proven=bool(due.to.people),
            is_for_another=due.to.is_for_another,
        )
        if row.state == "fulfilled"
        else "",
        why=told.GROUNDS.get(row.ground, ""),
        citation=due.answer.citation,
        law=due.answer.law if due.to.people else "",
        kept_until=day(due.answer.until),
        answer=due.answer.text if due.to.people or row.kind in ANSWERED else "",
        links=links if has_copy else [],
        until=until,
    )


@mail.composes(service.EXTENDED)
def extended(about: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """The answer takes longer: until when."""
    due = database.vault.read(lambda: _find(about))
    if due is None or due.row.ended_at:
        return None
    return _letter(service.EXTENDED, due, settings, day=day(due.row.due_on))


def day(on: str) -> str:
    """A day as letters and pages of this room write it; "" of none."""
    return date.fromisoformat(on).strftime("%d.%m.%Y") if on else ""


def _find(about: str) -> _Due | None:
    found = addressees.find(about)
    if found is None:
        return None
    row, to = found
    return _Due(row, to, service.answer_of(row) or Answer(), service.has_data(row, models.subjects(row.id)))


def _readers(due: _Due) -> list[str]:
    """Whose copies lie behind the links; the address alone is somebody only where nobody else is there."""
    return [person for person in due.to.people if person != due.row.person] or list(due.to.people)


def _link(row: Row, person: str, settings: Settings) -> str:
    token = results.token(row.id, person, settings)
    return f"{settings.privacy_url}requests/result/{token}/?lang={row.language}"


def _letter(kind: str, due: _Due, settings: Settings, **values: Any) -> mail.Letter:
    row = due.row
    subject, text, html = mail.render(
        kind,
        row.language,
        settings=settings,
        number=row.id,
        asked=phrases.KINDS[row.kind][0],
        received=copy.moment(row.received_at)[:10],
        **values,
    )
    return mail.Letter(due.to.address, subject, text, html, row.language, reply_to=settings.mail_to)
