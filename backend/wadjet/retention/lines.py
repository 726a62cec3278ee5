"""What a run tells of each act: which, on what, why, when it was due, and what keeps it from being done."""

from dataclasses import dataclass

from . import schedule
from .schedule import Due


@dataclass(frozen=True)
class Line:
    """One act, done or due. Ids only; "" where it is about many, and `count` tells how many.

    what    person, message, words (of a request), letters (their rows), arrivals (that mail came), receipts,
            review (a letter that asks)
    due_on  the first day on which it may not be kept; by: the last on which it may be done (D13)
    status  due, done, `suspended` or `unclear`; why: what keeps it
    """

    what: str
    id: str
    act: str
    ground: str
    clause: str
    article: str
    due_on: str
    by: str = ""
    count: int = 1
    status: str = "due"
    why: str = ""

    @classmethod
    def of(cls, what: str, id: str, due: Due, *, count: int = 1, status: str, why: str = "") -> "Line":
        """The line of a verdict."""
        ground = schedule.GROUNDS[due.ground]
        return cls(
            what,
            id,
            due.act,
            due.ground,
            ground.clause,
            ground.article,
            due.on.isoformat(),
            count=count,
            status=status,
            why=why,
        )
