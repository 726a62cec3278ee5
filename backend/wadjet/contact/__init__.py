"""What did the visitor write?

Tables, in the vault: `contact_message` and `contact_answer` (sealed under their person's key), `used_challenge`,
`message_count` (what is left of the depersonalised: a number). A message exists if and only if its receipt does, once
`repair` has run. Whoever holds this storage sees how many messages there are, when they came and were answered, by
whom of the staff, in which language and state; not from whom, nor what is said.
Clauses: policy 3.1.a, 4.2, 4.3, 5.3, 5.4, 6.0; 94-V art. 8(4), 11, 12(1).

What `retention` asks: inside `vault.write` `drop`, `reduce`, `look_on`, `look_again`; inside `vault.read` or `write`
`ids_of`, `holding`; outside any transaction `due_a_look`, `keepings`, `silent_since`, `reduce_card`.
"""

from .. import clock, mail, registers, vault
from ..settings import Settings
from . import letters  # noqa: F401 - says how its letters are composed
from .allowances import allowances
from .answering import LETTER, TEXT, answer, close, hindrance
from .depersonalising import depersonalise, statistics
from .destroying import destroy
from .fields import FIELDS, Field, Wrong, clean
from .keeping import (
    REDUCED,
    Keeping,
    drop,
    due_a_look,
    holding,
    ids_of,
    keepings,
    look_again,
    look_on,
    reduce,
    reduce_card,
    silent_since,
)
from .problems import ChallengeInvalid, ContactInvalid, MessageMoved, MessageUnknown
from .service import (
    Answer,
    Message,
    count,
    forget,
    listing,
    new_challenge,
    of_person,
    opening,
    read,
    receive,
    repair,
    withdraw_all,
)
from .standing import STATES, Standing, find, look, page, receipts_of, written_by
from .waiting import waiting

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

vault.held_by(count=count, forget=forget)
registers.allowed_by(allowances)
registers.shown_by("statistics", N_("Depersonalised messages by month"), statistics)


@mail.opened_by
def _open(settings: Settings) -> None:
    vault.start(settings, now=clock.now())


__all__ = [
    "FIELDS",
    "LETTER",
    "REDUCED",
    "STATES",
    "TEXT",
    "Answer",
    "ChallengeInvalid",
    "ContactInvalid",
    "Field",
    "Keeping",
    "Message",
    "MessageMoved",
    "MessageUnknown",
    "Standing",
    "Wrong",
    "allowances",
    "answer",
    "clean",
    "close",
    "depersonalise",
    "destroy",
    "drop",
    "due_a_look",
    "find",
    "hindrance",
    "holding",
    "ids_of",
    "keepings",
    "listing",
    "look",
    "look_again",
    "look_on",
    "new_challenge",
    "of_person",
    "opening",
    "page",
    "read",
    "receipts_of",
    "receive",
    "reduce",
    "reduce_card",
    "repair",
    "silent_since",
    "statistics",
    "waiting",
    "withdraw_all",
    "written_by",
]
