"""What may a person demand, by when?

Tables, in the vault: `rights_request` (the words sealed under the key of whoever wrote), `request_subject` (whose data
it may be about, and who has proven that). What was asked when, and what came of it, stays on record after the words are
gone. Whoever holds this storage sees how many requests of which kind came when; not from whom, nor about what.
Clauses: policy 2.1, 3.1.b, 3.2.a, 3.2.c, 3.2.g, 4.1, 8.3, 8.4.b, 8.6, 12.1; 94-V art. 8(7), 24, 25(2)(6)–(9).

- at import: `warns`
- inside `vault.write`: `open_inside`, `forget_words`; inside `vault.read` or `write`: `awaiting`, `disputed`, `saying`,
  `words_of`
- outside any transaction: all others
"""

from .. import registers, vault
from . import (  # what comes by mail, how letters are composed, what R6 shows
    arrivals,  # noqa: F401
    endings,  # noqa: F401
    letters,  # noqa: F401
    phrases,
    register,  # noqa: F401
)
from .acts import correct, fulfil
from .casefile import (
    File,
    Foretold,
    Outline,
    candidates,
    foretell_fulfilment,
    foretell_refusal,
    open_file,
    outline,
)
from .intake import Said, open_inside, open_request
from .keeping import awaiting, disputed, forget_words, saying, words_ended, words_of
from .kinds import ANSWERED, CHANNELS, ENDING, ERASING, GROUNDS, KINDS, MOVES
from .models import Row
from .problems import (
    FulfilmentUnfit,
    GroundUnfit,
    NotProven,
    RequestMoved,
    RequestUnknown,
    TermFixed,
)
from .proof import admit, match, pending, prove, rectified
from .service import about, count, extend, forget, give_back, is_suspended, listing, longer, read, refuse, take
from .told import GROUNDS as REASONS
from .watch import recount, warns, watch
from .worklist import Docket, Page, Wanted, asked_by, docket, page, summary

vault.held_by(count=count, forget=forget)
vault.when_rectified(rectified)
registers.suspended_by(is_suspended)

__all__ = [
    "ANSWERED",
    "CHANNELS",
    "ENDING",
    "ERASING",
    "GROUNDS",
    "KINDS",
    "MOVES",
    "REASONS",
    "Docket",
    "File",
    "Foretold",
    "FulfilmentUnfit",
    "GroundUnfit",
    "NotProven",
    "Outline",
    "Page",
    "RequestMoved",
    "RequestUnknown",
    "Row",
    "Said",
    "TermFixed",
    "Wanted",
    "about",
    "admit",
    "asked_by",
    "awaiting",
    "candidates",
    "correct",
    "disputed",
    "docket",
    "extend",
    "foretell_fulfilment",
    "foretell_refusal",
    "forget_words",
    "fulfil",
    "give_back",
    "listing",
    "longer",
    "match",
    "open_file",
    "open_inside",
    "open_request",
    "outline",
    "page",
    "pending",
    "phrases",
    "prove",
    "read",
    "recount",
    "refuse",
    "saying",
    "summary",
    "take",
    "warns",
    "watch",
    "words_ended",
    "words_of",
]
