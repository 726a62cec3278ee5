"""How a message goes: the letters about it, its answers with theirs, and then its row. Inside `vault.write`."""

from .. import mail
from . import models


def remove(message_id: str) -> None:
    """Leave nothing of a message but what the journal tells."""
    mail.forget(message_id)
    remove_answers(message_id)
    models.delete(message_id)


def remove_answers(message_id: str) -> None:
    """Leave nothing of what it was answered; a letter that waits is not sent."""
    for each in models.answers_of(message_id):
        mail.forget(each.id)
    models.delete_answers(message_id)
