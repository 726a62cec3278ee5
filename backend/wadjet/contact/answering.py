"""What staff do with a message: answer it, by a letter or otherwise, and settle it.

Every step is compare-and-swap: whoever comes second hears who was first. A letter's words are sealed under the key of
whom they go to, in the transaction that has it sent, and go with the message.
"""

from datetime import datetime
from functools import partial

from .. import clock, database, ledger, mail, registers, vault
from . import models, service
from .fields import Field
from .models import Answered
from .problems import MessageMoved, MessageUnknown
from .service import Answer, Message
from .standing import Standing

LETTER = "contact-answer"
TEXT = Field("answer", 5000, kind="textarea")
_OPEN = ("received", "answered")
_TOLD = {
    "withdrawn": "The consent to feedback was withdrawn: the message must not be used any more.",
    "over": "The term of the consent to feedback is over: the message must not be used any more.",
    "suspended": "The consent to feedback may have been withdrawn: `wadjet requests list` shows what is to be settled.",
}


def hindrance(it: Message | Standing, now: datetime) -> str:
    """Why a message must not be answered: its consent is `withdrawn`, its term `over`, or it is `suspended` until it is
    known whether it was withdrawn; "" where it may.

    Whatever a law keeps beyond that is kept for that law alone. Source: policy 8.4, 8.4.b; 94-V art. 8(7), 12(2).
    """
    until = it.until.get("feedback")
    if until is None:
        return "withdrawn"
    if until < clock.local_date(now):
        return "over"
    ask = partial(registers.is_suspended, it.person, "feedback", it.received_at)
    return "suspended" if database.vault.read(ask) else ""


def answer(message_id: str, *, text: str = "", after: str = "", by: str, now: datetime) -> Message:
    """Answer a message by a letter, or note that it was answered otherwise: on paper, by telephone.

    text   of the letter, as `clean(TEXT, ...)` answers it; "" for the other ways
    after  the id of the last answer that the writer of this one has seen; "" where there was none
    Raises MessageUnknown, PersonBlocked; MessageMoved where it has a `hindrance`, or somebody was quicker.
    Source: policy 4.2, 5.4, 8.4, 8.4.b.
    """
    message = service.opened(service.named(message_id))
    if why := hindrance(message, now):
        raise MessageMoved(_TOLD[why])

    def store() -> None:
        sealer = vault.unlock(message.person)
        _move(message_id, _OPEN if after else ("received",), "answered", after=after)
        sealed = sealer.seal(service.ANSWERS, "text", text) if text else None
        row = Answered(vault.new_id(), message_id, clock.stamp(now), by, sealed)
        models.insert_answer(row)
        if text:
            mail.enqueue(LETTER, row.id, now=now)
        how = "letter" if text else "otherwise"
        ledger.append(
            "use", "contact:message:answered", about=message_id, at=now, store=database.vault, by=by, kind=how
        )

    database.vault.write(store)
    return message


def close(message_id: str, *, after: str | None = None, by: str, now: datetime) -> Message:
    """The enquiry is settled. `after`: as in `answer`; None: whatever it was answered.

    Raises MessageUnknown, PersonBlocked, MessageMoved. Source: policy 8.4.
    """
    message = service.opened(service.named(message_id))

    def store() -> None:
        _move(message_id, _OPEN, "closed", after=after)
        models.mark_closed(message_id, clock.stamp(now))
        ledger.append("use", "contact:message:closed", about=message_id, at=now, store=database.vault, by=by)

    database.vault.write(store)
    return message


def letter_of(answer_id: str, now: datetime) -> tuple[Message, Answer] | None:
    """A message and the answer that is to be sent; None where either is gone, or must not be used any more.

    Raises mail.NotYet while that is not known.
    """
    row = database.vault.read(partial(models.find_answer, answer_id))
    message = service.letter_for(row.message) if row else None
    why = hindrance(message, now) if message else ""
    if why == "suspended":
        raise mail.NotYet
    if message is None or why:
        return None
    return next(((message, each) for each in message.answers if each.id == answer_id and each.text), None)


def _move(message_id: str, before: tuple[str, ...], state: str, *, after: str | None) -> None:
    """One step, unless somebody was quicker. `after`: the last answer that was seen; None: whichever it is."""
    row = models.find(message_id)
    if row is None:
        raise MessageUnknown("It was destroyed meanwhile.")
    answers = models.answers_of(message_id)
    last = answers[-1] if answers else None
    is_seen = after is None or after == (last.id if last else "")
    if row.state not in before or not is_seen or not models.move(message_id, row.state, state):
        told = f" {last.answered_by} answered it at {last.answered_at}." if last else ""
        raise MessageMoved(f"It is {row.state}.{told}")
