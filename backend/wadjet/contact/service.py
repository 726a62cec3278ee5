"""The verbs: take a message in, repair what a crash left, read, withdraw.

A message and its receipt live in two databases, and no transaction spans them. So they are written in this order:
(1) the person's key; (2) vault: the person and the message, `pending`; (3) receipts: decision and receipt, which
holds a commitment to the person and nothing of them; (4) vault: `received`, with the letters it causes. Whatever was
killed when, `repair` tells a pending message by its receipt: with one it is finished, without one nobody was told
that it exists, and it is destroyed.
"""

import hmac
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from .. import clock, consent, database, jose, keys, ledger, mail, registers, vault
from ..problems import Problem, Unavailable
from ..settings import Settings
from . import challenge, models, schemas
from .models import Row
from .problems import ChallengeInvalid, MessageUnknown
from .removing import remove, unlist
from .schemas import Posted

TABLE = "contact_message"
ANSWERS = "contact_answer"
_ANSWERED = ("answered", "closed")  # in which there may be answers
_LETTERS = ("contact-confirmation", "contact-notification")
_USED = "It was used before: ask for a new challenge and solve that."
_QUIET = timedelta(hours=1)  # between two letters to one address: anybody can type another's
_ABANDONED = timedelta(minutes=1)  # a pending message this old is nobody's who is still being answered


@dataclass(frozen=True)
class Answer:
    """What a message was answered. `text`: the letter's; "" where it was another way: a letter on paper, a call."""

    id: str
    at: str
    by: str
    text: str


@dataclass(frozen=True)
class Message:
    """A message, opened; times as `clock.stamp` writes them.

    until  the last day of its consent, by purpose, whether or not that is over; None where it does not stand
    """

    id: str
    person: str
    state: str
    language: str
    received_at: str
    receipt: str
    until: dict[str, date | None]
    salt: str
    written: dict[str, str]
    answers: tuple[Answer, ...] = ()

    @property
    def allowed(self) -> dict[str, bool]:
        """What stands of its consent, by purpose."""
        return {purpose: until is not None for purpose, until in self.until.items()}


@dataclass(frozen=True)
class Taken:
    """A message taken in. `unconfirmed`: it counts only once its writer has followed the letter."""

    answer: consent.Answer
    unconfirmed: bool


def new_challenge(*, settings: Settings, now: datetime) -> dict[str, Any]:
    """A proof of work to solve before writing."""
    return challenge.issue(_secret(settings), now=now)


def receive(posted: Posted, *, origin: str | None, by_page: bool = False, settings: Settings, now: datetime) -> Taken:
    """Take a message in, durably, and answer its receipt; the same post again answers the same receipt.

    What was destroyed since stays so: a receipt without its message tells that the message went.
    by_page  from our own page without JavaScript: its honeypot and time trap stand in for the proof of work
    Raises ChallengeInvalid, ContactInvalid, and what `consent.record` raises.
    Source: policy 3.1.a, 5.4, 6.0, 7.1; 94-V art. 8(4), 12(1).
    """
    _check_decision(posted.decision)
    index = vault.index("receipt", posted.decision.decision.id)
    stored, is_ours = database.vault.read(lambda: models.by_receipt(index)), False
    if stored is None:
        answered = consent.examine(
            posted.decision, origin=origin, asked="form", by_page=by_page, settings=settings, now=now
        )
        if "feedback" not in posted.decision.decision.purposes:  # the policy in force does not ask for it
            raise schemas.refusal([("feedback", "closed")])
        # The message is older than its receipt. Asked once more: a post that came at the same time may have made both.
        stored = database.vault.read(lambda: models.by_receipt(index))
        if answered and stored is None:
            return Taken(answered, unconfirmed=False)
    if stored is None:
        used = None if by_page else challenge.check(posted.challenge, _secret(settings), now=now)
        stored, is_ours = _keep(posted, index, used, now=now)
    message = opened(stored, even_blocked=True)  # no answer tells of a block
    try:
        if stored.state != "reduced" and message.written != posted.written:
            raise consent.ReceiptConflict("Choose a new id.")
        answer = consent.record(
            posted.decision,
            origin=origin,
            commitment=consent.commit(opening(message)),
            by_page=by_page,
            settings=settings,
            now=now,
        )
    except Unavailable:  # it may have been recorded: the same post again, or `repair`, finds out
        raise
    except Problem:
        if stored.state == "pending":  # what another post made may still be on its way to a receipt
            _settle(stored, is_abandoned=is_ours or _is_old(stored, now), settings=settings, now=now)
        raise
    _finish(stored, settings=settings, now=now)
    return Taken(answer, stored.state == "unconfirmed" or (stored.state == "pending" and settings.confirm_contact))


def _check_decision(posted: consent.Posted) -> None:
    decision = posted.decision
    if decision.event != "given" or decision.previous is not None:
        raise schemas.refusal([("decision", "not-given")])
    if not decision.purposes.get("feedback", True):
        raise schemas.refusal([("feedback", "consent")])


def _keep(posted: Posted, index: bytes, used: str | None, *, now: datetime) -> tuple[Row, bool]:
    """Steps (1) and (2): the message, and whether this post made it."""
    if used is not None and (twin := _used_for(used, index)):
        return twin, False
    decision, written = posted.decision.decision, posted.written
    card = vault.Card(**{name: value for name, value in written.items() if name != "message"})
    expected = vault.expect(card, number=card.phone, now=now)  # (1)
    plain = {**written, "receipt": decision.id, "salt": jose.b64url(secrets.token_bytes(32))}

    def store() -> tuple[Row, bool]:  # (2)
        if found := models.by_receipt(index):  # two posts at once: the first one's row is both's
            return found, False
        if used is not None:
            _use(used, now)
        person = vault.take_in(card, now=now, expected=expected)
        sealer = vault.unlock(person)
        sealed = {name: sealer.seal(TABLE, name, value) for name, value in plain.items()}
        row = Row(jose.b64url(secrets.token_bytes(16)), person, "pending", decision.language, clock.stamp(now), sealed)
        models.insert(row, index)
        ledger.append("collect", "contact:message:kept", about=row.id, at=now, store=database.vault)
        return row, True

    return database.vault.write(store)


def _used_for(digest: str, index: bytes) -> Row | None:
    """The message that a proof of work was used for where it is this very post's, come twice at once.

    Raises ChallengeInvalid for another's, before anything is written: using a proof again costs nobody any time, so it
    must not leave even a person's key.
    """
    if not database.vault.read(partial(models.is_used, digest)):
        return None
    if found := database.vault.read(partial(models.by_receipt, index)):
        return found
    raise ChallengeInvalid(_USED)


def _use(digest: str, now: datetime) -> None:
    if not models.use_challenge(digest, now=clock.stamp(now), until=clock.stamp(now + challenge.LIFE)):
        raise ChallengeInvalid(_USED)  # by a post that came at the same time


def _finish(row: Row, *, settings: Settings, now: datetime) -> None:
    """Step (4); a second time it does nothing."""
    if settings.confirm_contact:
        database.vault.write(partial(_come, row.id, "pending", "unconfirmed", ("contact-opt-in",), now))
    else:
        database.vault.write(partial(_come, row.id, "pending", "received", _LETTERS, now))


def _come(message_id: str, before: str, after: str, letters: tuple[str, ...], now: datetime) -> bool:
    if not models.move(message_id, before, after):
        return False
    ledger.append("record", f"contact:message:{after}", about=message_id, at=now, store=database.vault)
    for kind in letters:
        mail.enqueue(kind, message_id, now=now)
    return True


def confirm(message_id: str, *, now: datetime) -> None:
    """The writer has pressed the button behind the link in their letter; twice is once.

    It counts for all that was written under this address meanwhile, whatever the names: it was sent one letter for it.
    Raises MessageUnknown, VaultLocked.
    """
    first = named(message_id)
    address = opened(first, even_blocked=True).written["email"]

    def work() -> None:
        people = dict.fromkeys([first.person, *vault.find(email=address)])
        for row in [row for person in people for row in models.of_person(person)]:
            _come(row.id, "unconfirmed", "received", _LETTERS, now)

    database.vault.write(work)


def repair(*, settings: Settings, now: datetime) -> None:
    """What a crash left half done is finished or gone afterwards; safe to run at any time, and again."""
    for row in database.vault.read(models.pending):
        _settle(row, is_abandoned=_is_old(row, now), settings=settings, now=now)


def _is_old(row: Row, now: datetime) -> bool:
    return now - clock.parse(row.received_at) > _ABANDONED


def _settle(row: Row, *, is_abandoned: bool, settings: Settings, now: datetime) -> None:
    """A pending message with a receipt is finished; one without is dropped, once nobody waits for an answer."""
    try:
        consent.find(opened(row, even_blocked=True).receipt)
    except consent.ReceiptUnknown:
        if is_abandoned:
            _drop(row, now=now)
    else:
        _finish(row, settings=settings, now=now)


def _drop(row: Row, *, now: datetime) -> None:
    """Nobody was told that it exists. Its person goes with it where nothing else of theirs is here."""

    def drop() -> int:
        unlist(row)
        remove(row.id)
        return vault.held(row.person)

    if database.vault.write(drop) == 0:
        with suppress(vault.PersonBlocked, vault.PersonHeld):  # they go once they may
            vault.destroy(row.person, reason="a message that was never acknowledged", now=now)


def forget(person: str) -> None:
    """The person is being destroyed; inside that transaction."""
    for row in models.of_person(person):
        remove(row.id)


def count(person: str) -> int:
    """How many messages of theirs are here."""
    return len(models.of_person(person))


def of_person(person: str) -> list[Message]:
    """Every message that somebody was told has come, opened under their key. Raises as `vault.unlock` does."""

    def look() -> list[Message]:
        vault.unlock(person)
        return [_open(row) for row in models.of_person(person) if row.state != "pending"]

    return database.vault.read(look)


def listing() -> Iterator[dict[str, Any]]:
    """Every message that was acknowledged, in the order they came; nothing of what was written.

    Read a page at a time, with its people's keys: neither memory nor the number of questions grows with the rows.
    """
    last = ("", "")
    while page := database.vault.read(partial(models.listed, last)):
        last = page[-1][:2]
        sealers = vault.unlock_all({row.person for row in page})
        for row in page:
            if row.person in sealers:  # else destroyed since the page was read
                yield {
                    "id": row.id,
                    "state": row.state,
                    "received_at": row.received_at,
                    "receipt": sealers[row.person].open(TABLE, "receipt", row.receipt),
                    "language": row.language,
                }


def read(message_id: str, *, by: str, now: datetime) -> Message:
    """A message, opened for one of the staff; the journal tells that it was. Raises MessageUnknown, PersonBlocked."""
    message = opened(named(message_id))
    note("extract", "contact:message:read", message_id, by=by, now=now)
    return message


def is_due_a_letter(message: Message) -> bool:
    """Whether its address is to be written to about it: at most once an hour, whoever types it, under whatever names.

    A message that comes an hour or more after the last one written about has a letter of its own; those between share
    that one's. So nobody keeps another's letters from coming by writing all the time.
    """

    def times() -> set[tuple[str, str]]:
        people = vault.find(email=message.written["email"])
        return {each for person in people for each in models.times_of(person)}

    quiet_until = ""
    for at, message_id in sorted(database.vault.read(times) | {(message.received_at, message.id)}):
        is_due = at >= quiet_until
        if message_id == message.id:
            break
        if is_due:
            quiet_until = clock.stamp(clock.parse(at) + _QUIET)
    return is_due


def letter_for(message_id: str) -> Message | None:
    """A message, opened to write a letter about it; None where it, or what it said, is gone, or pending.

    Raises mail.NotYet while its person is blocked: nothing of theirs is used, and nothing of it lost. Source: 2.2.
    """
    try:
        message = opened(named(message_id))
    except (MessageUnknown, vault.PersonUnknown):
        return None
    except vault.PersonBlocked as blocked:
        raise mail.NotYet from blocked
    return None if message.state in ("pending", "reduced") else message


def token(message: Message) -> str:
    """The receipt, as it was handed out."""
    return consent.find(message.receipt).receipt


def withdraw(message_id: str, purpose: str, *, language: str, settings: Settings, now: datetime) -> consent.Answer:
    """End one purpose of a message's consent, for whoever holds the link in its letter; `feedback` ends all of it.

    Raises MessageUnknown where the message is gone: then its consent ended before.
    """
    message = opened(named(message_id), even_blocked=True)
    ended = message.allowed.keys() if purpose == "feedback" else {purpose}
    answer = consent.withdraw_purposes(message.receipt, ended, language=language, settings=settings, now=now)
    note("record", f"contact:{purpose}:withdrawn", message_id, by="subject", now=now)
    _recall(message, ended, now)
    return answer


def withdraw_all(
    person: str,
    purposes: Collection[str] = (),
    *,
    until: datetime | None = None,
    language: str,
    settings: Settings,
    now: datetime,
) -> int:
    """End some purposes, or all, of every consent that a person gave with a message; answers how many they gave.

    until  when they demanded it: what they consented to after that stands; None: nothing does
    Also of one who is blocked: a withdrawal is never refused. Twice is once. Source: policy 8.4.b; 94-V art. 8(7).
    """
    rows = [row for row in database.vault.read(lambda: models.of_person(person)) if row.state != "pending"]
    rows = [row for row in rows if until is None or row.received_at <= clock.stamp(until)]
    for row in rows:
        message = opened(row, even_blocked=True)
        ended = message.allowed.keys() & purposes if purposes else message.allowed.keys()
        consent.withdraw_purposes(message.receipt, ended, language=language, settings=settings, now=now)
        for purpose in sorted(key for key in ended if message.allowed[key]):
            note("record", f"contact:{purpose}:withdrawn", row.id, by="subject", now=now)
        _recall(message, ended, now)
    return len(rows)


def _recall(message: Message, ended: Collection[str], now: datetime) -> None:
    """Whoever was given the data by a consent that stood until then is to be told. Source: law.md 2.4."""
    if purposes := [each for each in ended if message.allowed.get(each)]:
        work = partial(registers.recall, message.person, "withdrawn", purposes=purposes, by="subject", now=now)
        database.vault.write(work)


def opening(message: Message) -> dict[str, Any]:
    """What opens the receipt's commitment: the salt, 256 random bits, and what was written."""
    return {"salt": message.salt, "fields": message.written}


def note(act: str, event: str, message_id: str, *, by: str, now: datetime) -> None:
    """Leave a row of what was done with a message."""

    def store() -> None:
        ledger.append(act, event, about=message_id, at=now, store=database.vault, by=by)

    database.vault.write(store)


def named(message_id: str) -> Row:
    """Raises MessageUnknown."""
    row = database.vault.read(lambda: models.find(message_id))
    if row is None:
        raise MessageUnknown("`wadjet contact list` shows those there are.")
    return row


def opened(row: Row, *, even_blocked: bool = False) -> Message:
    """For our own use: no row of the journal. Raises as `vault.unlock` does."""
    return database.vault.read(partial(_open, row, even_blocked=even_blocked))


def _open(row: Row, *, even_blocked: bool = False) -> Message:
    """Inside `vault.read`."""
    sealer = vault.unlock(row.person, even_blocked=even_blocked)
    plain = {name: sealer.open(TABLE, name, value) for name, value in row.sealed.items()}
    receipt, salt = plain.pop("receipt"), plain.pop("salt")
    until = _standing(receipt)
    answers = tuple(_answers(row, sealer)) if row.state in _ANSWERED else ()
    return Message(row.id, row.person, row.state, row.language, row.received_at, receipt, until, salt, plain, answers)


def _answers(row: Row, sealer: vault.Sealer) -> Iterator[Answer]:
    for each in models.answers_of(row.id):
        text = sealer.open(ANSWERS, "text", each.text) if each.text is not None else ""
        yield Answer(each.id, each.answered_at, each.answered_by, text)


def receipt_of(row: Row) -> str:
    """The id of a message's receipt, also of somebody who is blocked; inside `vault.read`."""
    return vault.open(row.person, TABLE, "receipt", row.sealed["receipt"], even_blocked=True)


def _standing(receipt: str) -> dict[str, date | None]:
    try:
        return consent.standing_until(receipt)
    except consent.ReceiptUnknown:  # pending
        return {}


def _secret(settings: Settings) -> bytes:
    """Signs challenges: derived, so that every process has the same and no file more is kept."""
    return hmac.digest(keys.ring(settings).page_secret, b"challenge", "sha256")
