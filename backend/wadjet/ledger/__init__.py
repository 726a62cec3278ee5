"""What happened, so that nobody can alter it later?

Tables: `journal_entry` (in each database that holds acts). Rows are appended in the act's own transaction and are
never updated or deleted: the database refuses that itself; `entry` holds the exact bytes that a Merkle log takes up, in
the order of `seq`. Whoever holds this storage could take the refusal away and rewrite a row; checkpoints that others
keep are what would show it.
- for programs, in the order in which rows were written: `listing` (all of them on from one), `newest`, `length`
- for people: `history` (what was done with some things), `page` and `rows` (what they sift, by the time of the act)

Clauses: policy 2.6, 9.1; 94-V art. 22(1)(5).
"""

from .journal import ACTS, append, history, length, listing, newest
from .reading import Page, Row, Wanted, page, rows

__all__ = [
    "ACTS",
    "Page",
    "Row",
    "Wanted",
    "append",
    "history",
    "length",
    "listing",
    "newest",
    "page",
    "rows",
]
