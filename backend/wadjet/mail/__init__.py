"""What goes out?

Tables: `outgoing` in the vault's database. A row is written in the transaction of what it tells of, and says which
letter is due about what; the letter is composed from what is stored when it is sent, so no address and no text lie
here, and what was destroyed meanwhile is never sent. Every letter goes at least once, under one Message-ID.
Whoever holds this storage can withhold letters or have them sent again, and see how many are about one thing; what they
say and to whom is not here.
Clauses: policy 6, 9.1; 94-V art. 22(1)(5).
"""

from .messages import Attachment, Letter, is_plain_line, pick, render
from .outbox import Round, composes, counts, enqueue, fault, forget, listing, send_due
from .problems import FAULTS, LetterInvalid, MailUnavailable
from .worker import work

__all__ = [
    "FAULTS",
    "Attachment",
    "Letter",
    "LetterInvalid",
    "MailUnavailable",
    "Round",
    "composes",
    "counts",
    "enqueue",
    "fault",
    "forget",
    "is_plain_line",
    "listing",
    "pick",
    "render",
    "send_due",
    "work",
]
