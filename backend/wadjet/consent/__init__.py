"""What did the visitor decide?

Tables: `receipt`, `consent_text`, `receipt_count`. Every decision that was answered has one row, inserted once; what
ends or changes it is a later row of the same chain. A chain goes as a whole, when its own term is over (`expire`), and
for no other reason. A receipt names no person: at most the thumbprint of a key that the visitor's browser made. It
names the words shown by digest, and each such text is kept once. How many decisions of each kind there were is counted
once and kept (`tallies`).
Whoever holds this storage can withhold receipts but cannot make one: they are signed, and visitors keep theirs; nor
can a text be altered unnoticed.
Clauses: policy 3.1.b, 4.1.d, 5.1, 5.4, 7.1, 8.4.b, 8.9; 94-V art. 8, 25(2)(5).
"""

from .answers import FieldError, ReceiptId, Signed
from .chain import Answer
from .commitments import commit
from .days import Kept, Lines, Sifted, is_more_than, number_of, numbered, of_day, of_key
from .days import between as recorded_between
from .decisions import Posted, read_sent, read_signed
from .facts import asked_on, facts, purposes, said
from .keeping import Allowed, Given, changed_since, expire, expired, given
from .offers import issue as issue_offer
from .offers import site_of
from .offers import version_of as offered_version
from .problems import (
    DecisionInvalid,
    OfferExpired,
    OfferInvalid,
    OriginNotAllowed,
    PolicySuperseded,
    PurposesMismatch,
    ReceiptConflict,
    ReceiptUnknown,
    SiteUnknown,
)
from .schemas import Decision
from .service import (
    Recorded,
    examine,
    find,
    history,
    last_recorded_at,
    offer,
    record,
    standing,
    text_shown,
    trust_clock,
)
from .tallies import Kind, Tally, tally
from .terms import Term, standing_until, terms
from .texts import spoken, words
from .verification import ReceiptUnreadable, Verdict, read_token, verify
from .withdrawal import withdraw_by_id, withdraw_purposes

__all__ = [
    "Allowed",
    "Answer",
    "Decision",
    "DecisionInvalid",
    "FieldError",
    "Given",
    "Kept",
    "Kind",
    "Lines",
    "OfferExpired",
    "OfferInvalid",
    "OriginNotAllowed",
    "PolicySuperseded",
    "Posted",
    "PurposesMismatch",
    "ReceiptConflict",
    "ReceiptId",
    "ReceiptUnknown",
    "ReceiptUnreadable",
    "Recorded",
    "Sifted",
    "Signed",
    "SiteUnknown",
    "Tally",
    "Term",
    "Verdict",
    "asked_on",
    "changed_since",
    "commit",
    "examine",
    "expire",
    "expired",
    "facts",
    "find",
    "given",
    "history",
    "is_more_than",
    "issue_offer",
    "last_recorded_at",
    "number_of",
    "numbered",
    "of_day",
    "of_key",
    "offer",
    "offered_version",
    "purposes",
    "read_sent",
    "read_signed",
    "read_token",
    "record",
    "recorded_between",
    "said",
    "site_of",
    "spoken",
    "standing",
    "standing_until",
    "tally",
    "terms",
    "text_shown",
    "trust_clock",
    "verify",
    "withdraw_by_id",
    "withdraw_purposes",
    "words",
]
