"""What came of a request, behind a link that expires: the copy, or the answer.

Source: policy 4.1.a; 94-V art. 25(2)(9).

A link is good for a week after the end, for one person who has proven that the request is theirs, while their address
is the one that it went to; it opens what is stored at that moment. It is a capability: proxies' logs leave it out, as
they leave out receipts' ids.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from .. import clock, database, keys, ledger, vault
from ..settings import Settings
from . import copy, service
from .models import Row
from .problems import RequestUnknown
from .service import Answer

LIFE = timedelta(days=7)


@dataclass(frozen=True, repr=False)
class Result:
    """The end of a request, for one person. `answer`: None once it is forgotten; `has_data`: something was held."""

    row: Row
    person: str
    answer: Answer | None
    has_data: bool

    @property
    def until(self) -> datetime:
        """When the link ends."""
        return clock.parse(self.row.ended_at) + LIFE

    @property
    def has_copy(self) -> bool:
        """Whether a copy of their data is what they asked for and get."""
        return (self.row.kind, self.row.state) == ("information", "fulfilled")


def token(request_id: str, person: str, settings: Settings) -> str:
    """What stands in the address of that person's result."""
    return str(_signer(settings).dumps([request_id, person, _where(person)]))


def read(signed: str, settings: Settings, *, now: datetime) -> Result:
    """What a link leads to. Raises RequestUnknown for one that is none of ours, or too old."""
    try:
        request_id, person, where = _signer(settings).loads(signed)
    except (BadSignature, ValueError) as error:
        raise RequestUnknown("Open the link as it stands in the letter.") from error
    request = database.vault.read(lambda: service.look(request_id))
    row = request.row
    if not row.ended_at or now > clock.parse(row.ended_at) + LIFE:
        raise RequestUnknown("The link is too old: send the request once more.")
    if not any(each.person == person and (each.done_at or row.state == "refused") for each in request.proven):
        raise RequestUnknown("Open the link as it stands in the letter.")
    if where != _where(person):
        raise RequestUnknown("The link is too old: send the request once more.")
    return Result(row, person, request.answer, service.has_data(row, request.subjects))


def open_copy(result: Result, *, language: str, settings: Settings, now: datetime) -> copy.Copy:
    """The copy of a result, on record: the person has seen it.

    Raises vault.PersonUnknown, vault.PersonBlocked, RequestUnknown.
    """
    if not result.has_copy:
        raise RequestUnknown("The request has another answer than a copy.")
    made = copy.gather(result.person, language=language, settings=settings, now=now)

    def note() -> None:
        ledger.append(
            "access",
            "rights:copy:opened",
            about=result.person,
            at=now,
            store=database.vault,
            by="subject",
            request=result.row.id,
        )

    database.vault.write(note)
    return made


def _where(person: str) -> str:
    """To tell the mailbox that a link went to from others, without saying which; "" where the person is gone."""

    def look() -> str:
        with suppress(vault.PersonUnknown):
            card = vault.card(person, even_blocked=True)
            return vault.index("result", vault.mailbox(card.email)).hex()[:16]
        return ""

    return database.vault.read(look)


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(
        keys.ring(settings).page_secret, salt="wadjet-result-1", signer_kwargs={"digest_method": hashlib.sha256}
    )
