"""What requests need beside the answers: that those are found whose they may be, and that no day is forgotten.

Warnings come before a day is over and alarms after, to the operator's mailbox, with nothing of anybody in them.
"""

from datetime import datetime

from .. import chores, clock, database, deadlines, mail
from ..settings import Settings
from . import models, proof
from .service import is_overdue

DUE = "rights-due"


@chores.every(60)
def watch(settings: Settings, now: datetime) -> None:
    """Have the operator told of what is due by the next working day, and again when a day was missed.

    Each request is told of twice at most, in one letter an hour: however many write, nobody can bury that mailbox. Then
    those are found whose a request may be, for no letter does that where none can be sent. Safe in any number of
    processes, and at any time.
    """
    hour, today = clock.stamp(now.replace(minute=0, second=0, microsecond=0)), clock.local_date(now)
    horizon = deadlines.add_working_days(today, 1, settings).isoformat()

    def work() -> None:
        if mail.is_known(DUE, hour):
            return
        news = 0
        for row in models.open_until(horizon):
            level = "late" if is_overdue(row, now) else "soon"
            if row.told != level and row.told != "late":
                news += models.mark_told(row.id, row.told, level)
        if news:
            mail.enqueue(DUE, hour, now=now)

    if any(row.told != "late" for row in database.vault.read(lambda: models.open_until(horizon))):
        database.vault.write(work)
    proof.match_all(now=now)  # last: a locked vault stops it, and is to stop no alarm


def pressing(settings: Settings, now: datetime) -> list[tuple[models.Row, bool]]:
    """Open requests due by the next working day, and whether each is overdue; the most pressing first."""
    horizon = deadlines.add_working_days(clock.local_date(now), 1, settings).isoformat()
    rows = database.vault.read(lambda: models.open_until(horizon))
    return [(row, is_overdue(row, now)) for row in rows]
