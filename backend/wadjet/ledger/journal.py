"""The journal of every act of processing, in the words of clause 9.1."""

import json
from datetime import datetime

from .. import clock, database

# Source: policy 9.1 (and 2.2 for `unblock`).
ACTS = frozenset(
    {
        "collect",
        "record",
        "classify",
        "accumulate",
        "store",
        "rectify",
        "extract",
        "use",
        "distribute",
        "provide",
        "access",
        "depersonalise",
        "block",
        "unblock",
        "delete",
        "destroy",
    }
)

# A flat object of text, whole numbers and null, its names in ASCII, is in RFC 8785's form once its members are sorted.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(
    act: str,
    event: str,
    *,
    about: str,
    at: datetime,
    store: database.Store = database.receipts,
    **facts: str | int | None,
) -> None:
    """Leave a row; call it inside the act's own transaction, in the act's own database: `store`.

    act    a word of clause 9.1; event  `room:subject:done`
    about  what the row is about, for the operator's own look-up; not part of the entry's bytes
    facts  ids, digests and numbers below 2^53; never personal data
    """
    if act not in ACTS:
        raise ValueError(f"{act!r} is not an act of clause 9.1")
    entry = _CANONICAL.encode({"act": act, "at": clock.stamp(at), "event": event, **facts}).encode()
    store.execute("INSERT INTO journal_entry (about, entry) VALUES (?, ?)", about, entry)
