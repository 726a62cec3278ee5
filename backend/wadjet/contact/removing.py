"""How a message goes: the letters about it, its answers with theirs, and then its row. Inside `vault.write`."""

from .. import mail, vault
from . import models
from .models import Row


def remove(message_id: str) -> None:
    """Leave nothing of a message but what the journal tells."""
    mail.forget(message_id)
    remove_answers(message_id)
    models.delete(message_id)


def unlist(row: Row) -> None:
    """Have its writer, who stays, found no more by a number that only this message holds."""
    number = _number(row)
    if number and number not in (_number(each) for each in models.of_person(row.person) if each.id != row.id):
        vault.forget_number(row.person, number)


def remove_answers(message_id: str) -> None:
    """Leave nothing of what it was answered; a letter that waits is not sent."""
    for each in models.answers_of(message_id):
        mail.forget(each.id)
    models.delete_answers(message_id)


def _number(row: Row) -> str:
    sealed = row.sealed.get("phone")
    try:
        return vault.open(row.person, "contact_message", "phone", sealed, even_blocked=True) if sealed else ""
    except vault.SealBroken:  # what does not open any more goes all the same
        return ""
