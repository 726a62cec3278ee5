"""The letters a message causes: to its writer, and to the operator's mailbox. Composed when they are sent."""

import json
import textwrap
from datetime import datetime
from typing import Any

from .. import clock, database, mail, vault
from ..settings import Settings
from . import answering, links, service
from .service import Message

OPT_IN, CONFIRMATION, NOTIFICATION = "contact-opt-in", "contact-confirmation", "contact-notification"
_ONE_CLICK = "List-Unsubscribe=One-Click"


@mail.composes(OPT_IN)
def ask(message_id: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """To the address that was given: whether it is the writer's. Nothing of what was written goes to a stranger."""
    message = service.letter_for(message_id)
    if message is None or message.state != "unconfirmed" or not service.is_due_a_letter(message):
        return None
    link = links.confirmation(message.id, message.language, settings)
    subject, text, html = mail.render(OPT_IN, message.language, settings=settings, confirm=link)
    return mail.Letter(message.written["email"], subject, text, html, message.language)


@mail.composes(CONFIRMATION)
def confirm(message_id: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """To the writer: what was written, a copy of the receipt and what opens it, and how to withdraw."""
    message = service.letter_for(message_id)
    if message is None or not service.is_due_a_letter(message):
        return None
    withdraw, stop = (
        links.withdrawal(message.id, purpose, message.language, settings) for purpose in ("feedback", "marketing")
    )
    stop = stop if message.allowed.get("marketing") else ""
    subject, text, html = mail.render(
        CONFIRMATION,
        message.language,
        **_said(message, settings),
        receipt_id=message.receipt,
        withdraw=withdraw,
        stop=stop,
    )
    opening = json.dumps(service.opening(message), ensure_ascii=False, indent=1)
    return mail.Letter(
        to=message.written["email"],
        subject=subject,
        text=text,
        html=html,
        language=message.language,
        reply_to=settings.mail_to,
        attachments=(
            mail.Attachment("receipt.jws", "application/jose", service.token(message).encode("ascii")),
            mail.Attachment("opening.json", "application/json", opening.encode()),
        ),
        # RFC 8058: one click in the mail program stops the news, and only them.
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": _ONE_CLICK} if stop else {},
    )


@mail.composes(NOTIFICATION)
def notify(message_id: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """To the operator: that somebody wrote, and what; nothing of them in the subject."""
    message = service.letter_for(message_id)
    if message is None or not settings.mail_to or not message.allowed.get("feedback"):
        return None
    language = "ru"  # the staff's; the writer's own stands in what they wrote
    subject, text, html = mail.render(NOTIFICATION, language, **_said(message, settings), id=message.id)
    reply_to = message.written["email"]
    return mail.Letter(settings.mail_to, subject, text, html, language, reply_to=reply_to)


@mail.composes(answering.LETTER)
def answer(answer_id: str, settings: Settings, now: datetime) -> mail.Letter | None:
    """To the writer: what staff answered. Nothing of it stands in the letter's head."""
    found = answering.letter_of(answer_id, now)
    if found is None:
        return None
    message, given = found
    card = database.vault.read(lambda: vault.card(message.person))  # its address may have been corrected since
    subject, text, html = mail.render(
        answering.LETTER,
        message.language,
        settings=settings,
        answer=given.text,
        day=clock.local_date(clock.parse(message.received_at)).strftime("%d.%m.%Y"),
        withdraw=links.withdrawal(message.id, "feedback", message.language, settings),
    )
    return mail.Letter(card.email, subject, text, html, message.language, reply_to=settings.mail_to)


def _said(message: Message, settings: Settings) -> dict[str, Any]:
    """What both letters name."""
    written = message.written
    names = (written["last_name"], written["first_name"], written.get("patronymic"))
    lines = (textwrap.wrap(line, 72) or [""] for line in written["message"].splitlines())
    return {
        "settings": settings,
        "name": " ".join(name for name in names if name),
        "email": written["email"],
        "phone": written.get("phone", ""),
        "message": written["message"],
        "quoted": "\n".join(f"> {line}" for wrapped in lines for line in wrapped),
    }
