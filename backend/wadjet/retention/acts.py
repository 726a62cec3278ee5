"""The acts of a run for the register of destruction (R9): what went, on which ground, how. Source: 94-V art. 18."""

from datetime import datetime

from .. import registers
from . import schedule

KEY = "key destroyed, rows deleted"
ROW = "row deleted; copies of before stay sealed under the key of the person, who is kept"
WORDS = "words deleted; copies of before stay sealed under the key of the person, who is kept"
RECEIPTS = "rows deleted; they named nobody"
_BY = "retention"


def enter(what: str, *, ground: str, method: str, now: datetime) -> None:
    """Enter one, inside `vault.write`; `what`: ids and numbers alone."""
    known = schedule.GROUNDS[ground]
    registers.record_act("destroy", what, ground=known.act, method=method, citation=known.citation, by=_BY, now=now)
