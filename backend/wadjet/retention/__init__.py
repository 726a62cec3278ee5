"""When must data go?

Tables, in the vault: `retention_hold`, `retention_review`, `retention_run`, `retention_mark`. Nothing of anybody lies
in them but ids; a hold cites the law that keeps a person, a review says when they were asked if their data are right.
What decides is pure (`schedule`); what is done is found anew each day from what is stored, in batches that are safe to
run twice, so that whatever was interrupted is finished by the next run. Whoever holds this storage sees who is held by
law; writing, they can have somebody kept, and nobody destroyed sooner.
Clauses: policy 2.5, 2.14, 4.2.b, 5.6, 5.7, 8.4, 8.8, 8.9; 94-V art. 12(2), 18, 22(2).

- outside any transaction: all of them
"""

from .. import vault
from . import models, review  # noqa: F401 - says how its letter is composed
from .daily import run
from .holds import hold, hold_of, holds, release, why
from .lines import Line
from .nights import last_run, nightly
from .problems import HoldUnfit, HoldUnknown
from .schedule import GROUNDS

vault.held_by(count=lambda _: 0, forget=models.forget)  # notes about what others hold; they keep nobody
vault.kept_by(why)

__all__ = [
    "GROUNDS",
    "HoldUnfit",
    "HoldUnknown",
    "Line",
    "hold",
    "hold_of",
    "holds",
    "last_run",
    "nightly",
    "release",
    "run",
]
