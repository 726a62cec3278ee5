"""What comes by e-mail: every message is a request at once, its clock running since the mailbox took it.

Its subject may say what it asks for (policy 8.3, 8.4.b); what does not is read by a person, under the shortest clock.
Nobody is believed to be who From says: that is proven as for every request.
"""

from .. import mail
from ..settings import Settings
from .intake import Said, open_inside

_GAPS = {
    "too-large": "It was too large to be read: it stands in the mailbox.",
    "cut": "It is longer than what stands here: all of it is in the mailbox.",
    "broken": "Not all of it could be read: it stands in the mailbox.",
}


@mail.receives
def arrive(message: mail.Incoming, settings: Settings) -> None:
    """Open a request, inside the transaction that notes the message as taken."""
    notes = [_GAPS[message.gap]] if message.gap else []
    if message.attachments:  # never stored: among them may be what must not even be collected (94-V art. 7(10))
        notes.append(f"Attached, and left in the mailbox: {', '.join(message.attachments)}.")
    open_inside(
        message.marker or "triage",
        Said(email=message.sender, text=message.text, subject=message.subject, notes=" ".join(notes)),
        channel="email",
        language=message.language,
        received_at=message.received_at,
        settings=settings,
        now=message.taken_at,
        is_automatic=message.is_automatic,
    )
