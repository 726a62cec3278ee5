"""Who is asking? Proven by a link that goes to the address on record, never by what a letter says of its sender.

Each request is matched with the people of its address (`match`); to each mailbox of theirs goes one letter with a link,
once an hour at most. Whoever opens it sees what was asked in their name, and says by a button which of it they asked
(`pending`, `prove`). Nothing is told before, and a request that nobody confirms runs its clock all the same.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from itsdangerous import BadSignature, URLSafeTimedSerializer

from .. import clock, consent, contact, database, keys, ledger, mail, registers, vault
from ..settings import Settings
from . import models
from .intake import Said, words
from .kinds import ENDING, FREE, OPEN
from .models import Row, Subject
from .problems import RequestMoved, RequestUnknown

LIFE = timedelta(days=14)  # of a link
QUIET = timedelta(hours=1)  # between two letters to one mailbox: anybody can type another's address
CONFIRM = "rights-confirm"


@dataclass(frozen=True, repr=False)
class Asked:
    """A request that waits for its proof, as the person it may be about is shown it."""

    id: str
    kind: str
    received_at: str
    said: Said


def match(request_id: str, *, now: datetime) -> None:
    """Find whose data a request may be about, and have them asked; a second time it does nothing."""
    row = database.vault.read(lambda: models.find(request_id))
    if row is None or row.state not in OPEN:
        return

    def look() -> tuple[Said | None, dict[str, list[str]]]:
        said = words(row)
        return said, _mailboxes(said, row.person) if said else {}

    said, mailboxes = database.vault.read(look)
    if said is None:
        return

    def store() -> None:
        if models.subjects(row.id):
            return
        since = clock.stamp(now - QUIET)
        for people in mailboxes.values():
            is_due = bool(said.email) and not row.is_automatic and not models.mailed_since(people, since)
            link = vault.new_id() if is_due else ""
            for person in people:
                models.add_subject(row.id, person, link, clock.stamp(now) if is_due else "")
            if is_due:
                mail.enqueue(CONFIRM, link, now=now)

    database.vault.write(store)


def match_all(*, now: datetime) -> None:
    """The same for every request that waits for it; whoever sends letters may do so at the same time."""
    last = ""
    while page := database.vault.read(lambda: models.unmatched(last)):  # noqa: B023 - called here
        for last in page:
            with suppress(vault.SealBroken):  # it is no reason to leave out the others
                match(last, now=now)


def _mailboxes(said: Said, writer: str) -> dict[str, list[str]]:
    """The people who may have asked, by the mailbox on record; the writer too, for what they asked before."""
    found = by_mailbox(vault.find(email=said.email) if said.email else [])
    found.setdefault(vault.mailbox(said.email), []).append(writer)
    return found


def by_mailbox(people: Sequence[str], stands_for: Mapping[str, str] = MappingProxyType({})) -> dict[str, list[str]]:
    """Some people by the mailbox on record, inside `vault.read` or `write`.

    stands_for  whose card is read instead of theirs
    """
    found: dict[str, list[str]] = {}
    for person in people:
        card = vault.card(stands_for.get(person, person), even_blocked=True)
        found.setdefault(vault.mailbox(card.email), []).append(person)
    return found


def token(link: str, settings: Settings) -> str:
    """What stands in the letter's address."""
    return _signer(settings).dumps(link)


def read(signed: str, settings: Settings, *, now: datetime) -> str:
    """The link of a letter's address. Raises RequestUnknown for one that is none of ours, or too old."""
    try:
        link, made = _signer(settings).loads(signed, return_timestamp=True)
    except (BadSignature, ValueError) as error:
        raise RequestUnknown("Open the link as it stands in the letter.") from error
    if now - made > LIFE:
        raise RequestUnknown("The link is too old: send the request once more.")
    return str(link)


def pending(link: str) -> list[Asked]:
    """What was asked in the name of whoever holds this letter, and is open and not proven yet.

    Also what came within the hour after, for which no letter went.
    """

    def look() -> list[Asked]:
        return [
            Asked(row.id, row.kind, row.received_at, said)
            for row in _open_rows(_waiting(link))
            if (said := words(row)) is not None
        ]

    return database.vault.read(look)


def prove(link: str, request_ids: list[str], *, settings: Settings, now: datetime) -> list[str]:
    """The person has pressed the button: these requests are theirs; answers those that now are.

    A consent that one of them ends has ended before this returns. Twice is once.
    """
    waiting = [each for each in database.vault.read(lambda: _waiting(link)) if each.request in request_ids]
    ended: set[str] = set()

    def end() -> None:
        for row in database.vault.read(lambda: list(_open_rows(waiting))):
            if row.kind in ENDING and row.id not in ended:
                people = [each.person for each in waiting if each.request == row.id]
                end_consents(row, people, pressed_at=now, settings=settings, now=now)
                ended.add(row.id)

    end()

    def store() -> list[str]:
        done = [each.request for each in waiting if models.prove(each, "link", clock.stamp(now))]
        for request_id in dict.fromkeys(done):
            ledger.append(
                "record", "rights:request:proven", about=request_id, at=now, store=database.vault, by="subject"
            )
        return list(dict.fromkeys(done))

    proven = database.vault.write(store)
    end()  # what staff have found to be a withdrawal meanwhile
    return proven


def admit(request_id: str, people: Sequence[str], *, evidence: str, by: str, settings: Settings, now: datetime) -> None:
    """Staff have established in another way whose request it is: a signed letter, a power of attorney (policy 3.2.c).

    evidence  where that is kept, a case number; it stays in the journal, so without anybody's name
    A consent that it ends has ended before this returns. Raises RequestUnknown, RequestMoved, vault.PersonUnknown,
    vault.ReasonUnfit.
    """

    def check() -> Row:
        row = models.find(request_id)
        if row is None:
            raise RequestUnknown("`wadjet requests list` shows those there are.")
        if row.state not in OPEN:
            raise RequestMoved(f"It is {row.state}.")
        for person in people:
            vault.state(person)
            vault.check_line(person, evidence)
        return row

    row = database.vault.read(check)
    if row.kind in ENDING:
        end_consents(row, list(people), settings=settings, now=now)

    def store() -> None:
        check()
        for person in people:
            models.add_subject(request_id, person, "", "")
        for subject in models.subjects(request_id):
            if subject.person in people and models.prove(subject, "staff", clock.stamp(now)):
                facts = {"by": by, "evidence": evidence}
                ledger.append(
                    "record", "rights:request:proven", about=request_id, at=now, store=database.vault, **facts
                )

    database.vault.write(store)


def rectified(person: str, at: datetime, fields: Collection[str], _by: str) -> None:
    """A card was corrected; inside that `vault.write`."""
    if "email" in fields:
        _disown(person, at)


def _disown(person: str, now: datetime) -> None:
    """What went to an address that is corrected proves nothing, nor did it; inside `vault.write`.

    What has begun is finished all the same. About the rest, and what was asked from the right address before it was on
    record, one letter goes there.
    """
    models.forget_letters(person)
    for own in models.of_person(vault.find_writer(vault.card(person).email)):
        if own.state in FREE and models.subjects(own.id):  # else they are found in their turn
            models.add_subject(own.id, person, "", "")
    waiting: list[Row] = []
    for subject in models.subjects_of(person):
        row = models.find(subject.request)
        if row is None or row.state not in FREE or subject.proof == "staff":
            continue
        if subject.proven_at:
            _unprove(row, person, now)
        if not row.is_automatic:
            waiting.append(row)
    if waiting:
        first, link = min(waiting, key=lambda row: (row.received_at, row.id)), vault.new_id()
        models.ask(first.id, person, link, clock.stamp(now))
        mail.enqueue(CONFIRM, link, now=now)


def _unprove(row: Row, person: str, now: datetime) -> None:
    models.unprove(row.id, person)
    if not any(each.proven_at and each.person != row.person for each in models.subjects(row.id)):
        models.unprove(row.id, row.person)  # else it would be done for the bare address, and be over
    ledger.append("record", "rights:request:unproven", about=row.id, at=now, store=database.vault)


def end_consents(
    row: Row, people: list[str], *, pressed_at: datetime | None = None, settings: Settings, now: datetime
) -> None:
    """End what a request ends, for these people; twice is once.

    What somebody consented to after they had demanded it stands, however late it is carried out.
    pressed_at  when they press the button, where that is not stored yet
    Source: policy 8.4.b; 94-V art. 8(7).
    """
    said, subjects = database.vault.read(lambda: (words(row) or Said(), models.subjects(row.id)))
    demanded = {each.person: demanded_at(row, each) for each in subjects}
    purposes = said.purposes if row.kind == "withdraw" else ()
    for person in people:
        until = pressed_at or demanded.get(person) or _received_at(row)
        contact.withdraw_all(person, purposes, until=until, language=row.language, settings=settings, now=now)
        if not purposes:
            registers.end_publication_consents(person, until=until, by="subject", settings=settings, now=now)


def demanded_at(row: Row, subject: Subject) -> datetime:
    """When somebody has said that they want it: by the button, or by what came here."""
    return clock.parse(subject.proven_at) if subject.proof == "link" else _received_at(row)


def _received_at(row: Row) -> datetime:
    """When a request came; of one that staff have entered the day is known, so its end."""
    at = clock.parse(row.received_at)
    is_entered = row.channel in ("paper", "telephone")
    return clock.start_of(clock.local_date(at) + timedelta(days=1)) if is_entered else at


def end_receipt(said: Said, *, language: str, settings: Settings, now: datetime) -> consent.Answer:
    """End the consent of a receipt; its number is proof enough. Raises consent.ReceiptUnknown."""
    if said.purposes:
        return consent.withdraw_purposes(said.receipt, said.purposes, language=language, settings=settings, now=now)
    return consent.withdraw_by_id(said.receipt, language=language, settings=settings, now=now)


def _waiting(link: str) -> list[Subject]:
    """What is not proven of the people whom a letter went to. Inside `vault.read` or `write`."""
    people = dict.fromkeys(each.person for each in models.subjects_by_link(link))
    if not people:
        raise RequestUnknown("Open the link as it stands in the letter.")
    return [each for person in people for each in models.subjects_of(person) if not each.proven_at]


def _open_rows(waiting: list[Subject]) -> list[Row]:
    rows = (models.find(request_id) for request_id in dict.fromkeys(each.request for each in waiting))
    return sorted((row for row in rows if row and row.state in OPEN), key=lambda row: (row.received_at, row.id))


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        keys.ring(settings).page_secret, salt="wadjet-rights-1", signer_kwargs={"digest_method": hashlib.sha256}
    )
