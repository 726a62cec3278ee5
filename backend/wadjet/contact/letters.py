"""The letters a message causes: to its writer, and to the operator's mailbox. Composed when they are sent."""

import json

from .. import mail
from ..settings import Settings
from . import links, service


@mail.composes("contact-confirmation")
def confirmation(message_id: str, settings: Settings) -> mail.Letter | None:
    """To the writer: what was written, a copy of the receipt, what opens it, and how to withdraw."""
    message = service.letter_for(message_id)
    if message is None:
        return None
    written = message.written
    stop = links.withdrawal(message.id, "marketing", settings) if message.allowed.get("marketing") else ""
    subject, text, html = mail.render(
        "contact-confirmation",
        message.language,
        first_name=written["first_name"],
        patronymic=written.get("patronymic", ""),
        message=written["message"],
        receipt_id=message.receipt,
        withdraw=links.withdrawal(message.id, "feedback", settings),
        stop=stop,
        choices=f"{settings.privacy_url}choices/",
        policy=settings.privacy_url,
        operator=settings.operator,
    )
    opening = json.dumps(service.commitment_opening(message), ensure_ascii=False, indent=1)
    return mail.Letter(
        to=written["email"],
        subject=subject,
        text=text,
        html=html,
        language=message.language,
        attachments=(
            mail.Attachment("receipt.jws", "application/jose", service.token(message).encode("ascii")),
            mail.Attachment("opening.json", "application/json", opening.encode()),
        ),
        # RFC 8058: one click in the mail program ends marketing, and only that.
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if stop
        else {},
    )


@mail.composes("contact-notification")
def notification(message_id: str, settings: Settings) -> mail.Letter | None:
    """To the operator: that somebody wrote, and the message in the body; nothing of them in the subject."""
    message = service.letter_for(message_id)
    to = settings.mail_to or settings.operator.email
    if message is None or not to or not message.allowed.get("feedback"):
        return None
    subject, text, html = mail.render(
        "contact-notification", "ru", id=message.id, written=message.written, received_at=message.received_at
    )
    return mail.Letter(to=to, subject=subject, text=text, html=html, language="ru", reply_to=message.written["email"])
