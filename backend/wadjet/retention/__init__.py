"""When must data go?

Tables, in the vault: `retention_hold`, `retention_review`, `retention_run`, `retention_mark`, `destruction_proposal`.
Nothing of anybody lies in them but ids; a hold cites the law that keeps a person, a review says when they were asked if
their data are right, a proposal why somebody is to be destroyed before their term.
What decides is pure (`schedule`); what is done is found anew each day from what is stored, in batches that are safe to
run twice, so that whatever was interrupted is finished by the next run. Whoever holds this storage sees who is held by
law; writing, they can have somebody kept, or let it seem that two people agreed to destroy one: the journal would not
know of it.
Clauses: policy 2.5, 2.14, 4.2.b, 5.6, 5.7, 8.4, 8.8, 8.9; 94-V art. 12(2), 18, 22(2).

- outside any transaction: all of them
"""

from .. import vault
from . import models, review  # noqa: F401 - says how its letter is composed
from .ahead import Ahead, ahead, once_settled
from .daily import run
from .early import COUNTS, approve, decline, proposal, proposals, propose
from .holds import hold, hold_of, holds, holds_page, keeping, release
from .lines import Line
from .models import Hold, Proposal
from .nights import last_run, nightly, runs
from .problems import (
    ApproverProposed,
    HoldUnfit,
    HoldUnknown,
    ProposalMoved,
    ProposalStands,
    ProposalUnfit,
    ProposalUnknown,
    Suspended,
)
from .review import last_asked
from .schedule import GROUNDS

vault.held_by(count=lambda _: 0, forget=models.forget)  # notes about what others hold; they keep nobody
vault.kept_by(keeping)

__all__ = [
    "COUNTS",
    "GROUNDS",
    "Ahead",
    "ApproverProposed",
    "Hold",
    "HoldUnfit",
    "HoldUnknown",
    "Line",
    "Proposal",
    "ProposalMoved",
    "ProposalStands",
    "ProposalUnfit",
    "ProposalUnknown",
    "Suspended",
    "ahead",
    "approve",
    "decline",
    "hold",
    "hold_of",
    "holds",
    "holds_page",
    "last_asked",
    "last_run",
    "nightly",
    "once_settled",
    "proposal",
    "proposals",
    "propose",
    "release",
    "run",
    "runs",
]
