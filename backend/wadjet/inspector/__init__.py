"""What is handed to an inspector who asks who agreed to what, and for the proof?

No tables. One ZIP of some local days: the receipts themselves, the keys they are verified by, the policy in force then
and the words that were shown, the journal, a list of it all with digests, and in three languages how to check each of
it without trusting the operator. It is made as it is read, and the same days give the same bytes for as long as nothing
was added to them. Of people it holds what receipts hold, keys and commitments; the journal's rows name people by ids.
Each one handed over leaves a row of the journal.
Clauses: policy 2.11, 3.1.c; 94-V art. 25(2)(5).
"""

from .packing import MOST_RECEIPTS, TooMuch, pack

__all__ = ["MOST_RECEIPTS", "TooMuch", "pack"]
