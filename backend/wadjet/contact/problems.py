"""The refusals of the contact form."""

from typing import ClassVar

from .. import consent
from ..problems import Problem


class ContactInvalid(Problem):
    """Something in the form cannot be taken: `errors` names each field and what is wrong with it."""

    slug, status, title = "contact-invalid", 422, "Some answers cannot be taken"
    carries: ClassVar = {"errors": list[consent.FieldError]}


class ChallengeInvalid(Problem):
    """The proof of work is wrong, too old or used before: ask for a new challenge and solve that."""

    slug, status, title = "challenge-invalid", 403, "The proof of work does not hold"


class MessageUnknown(Problem):
    """No message has this id: `wadjet contact list` shows them."""

    slug, status, title = "message-unknown", 404, "There is no such message"


class MessageMoved(Problem):
    """The message is in another state by now; look at it again."""

    slug, status, title = "message-moved", 409, "The message is not in a state for that"
