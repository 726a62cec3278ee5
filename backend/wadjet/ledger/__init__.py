"""What happened, so that nobody can alter it later?

Tables: `journal_entry` (in each database that holds acts). Rows are appended in the act's own transaction and are
never updated or deleted: the database refuses that itself; `entry` holds the exact bytes that a Merkle log takes up, in
the order of `seq`. Whoever holds this storage could take the refusal away and rewrite a row; checkpoints that others
keep are what would show it.
Clauses: policy 2.6, 9.1; 94-V art. 22(1)(5).
"""

from .journal import ACTS, about, append, history, last_seq, length, listing, newest, newest_at
from .reading import Page, Row, Wanted, page, rows

__all__ = [
    "ACTS",
    "Page",
    "Row",
    "Wanted",
    "about",
    "append",
    "history",
    "last_seq",
    "length",
    "listing",
    "newest",
    "newest_at",
    "page",
    "rows",
]
