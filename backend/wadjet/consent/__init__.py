"""What did the visitor decide?

Tables: `receipt`, `consent_text`. Every decision that was answered has one row, inserted once; what ends or changes
it is a later row of the same chain. A receipt names no person: at most the thumbprint of a key that the visitor's
browser made. It names the words shown by digest, and each such text is kept once.
Whoever holds this storage can withhold receipts but cannot make one: they are signed, and visitors keep theirs; nor
can a text be altered unnoticed.
Clauses: policy 3.1.b, 4.1.d, 5.1, 5.4, 7.1, 8.4.b, 8.9; 94-V art. 8, 25(2)(5).
"""

from .service import Answer, find, last_recorded_at, offer, record, text_shown, withdraw_by_id

__all__ = ["Answer", "find", "last_recorded_at", "offer", "record", "text_shown", "withdraw_by_id"]
