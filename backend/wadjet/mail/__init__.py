"""What goes out, and what came in?

Tables: `outgoing`, `incoming` in the vault's database. A row of what goes out is written in the transaction of what it
tells of, and says which letter is due about what; the letter is composed from what is stored when it is sent, so no
address and no text lie here, and what was destroyed meanwhile is never sent. Every letter goes at least once, under one
Message-ID. Of what came in there is a keyed digest of Message-ID and sender, so that nothing is taken twice, and when
it came; what it says goes to the room that registers with `receives`, in one transaction with the row.
Whoever holds this storage can withhold letters or have them sent again, have messages taken twice or left, and see how
many there are and how many letters are about one thing; what they say and to whom or from whom is not here.
Clauses: policy 6, 8.3, 8.4.b, 9.1; 94-V art. 22(1)(5).
"""

from .inbox import Taken, forget_met, ingest, met_before, receives, troubles
from .incoming import Incoming
from .messages import Attachment, Letter, is_plain_line, pick, render
from .opening import opened_by
from .outbox import (
    NotYet,
    Round,
    amiss,
    composes,
    counts,
    enqueue,
    fault,
    forget,
    forget_over,
    is_known,
    left,
    listing,
    over_before,
    put_aside,
    revive,
    send_due,
    waiting,
)
from .problems import FAULTS, MAILBOX_FAULTS, LetterInvalid, MailboxUnavailable, MailUnavailable
from .worker import mailbox_faults, work

__all__ = [
    "FAULTS",
    "MAILBOX_FAULTS",
    "Attachment",
    "Incoming",
    "Letter",
    "LetterInvalid",
    "MailUnavailable",
    "MailboxUnavailable",
    "NotYet",
    "Round",
    "Taken",
    "amiss",
    "composes",
    "counts",
    "enqueue",
    "fault",
    "forget",
    "forget_met",
    "forget_over",
    "ingest",
    "is_known",
    "is_plain_line",
    "left",
    "listing",
    "mailbox_faults",
    "met_before",
    "opened_by",
    "over_before",
    "pick",
    "put_aside",
    "receives",
    "render",
    "revive",
    "send_due",
    "troubles",
    "waiting",
    "work",
]
