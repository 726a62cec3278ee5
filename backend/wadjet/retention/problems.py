"""Its refusals."""

from ..problems import Problem


class HoldUnfit(Problem):
    """A hold that cites nothing, or that is over before it begins. Source: 94-V art. 8(7), 12(2)."""

    slug, status, title = "hold-unfit", 422, "The hold cannot be entered like this"


class HoldUnknown(Problem):
    """Nobody holds this person."""

    slug, status, title = "hold-unknown", 404, "There is no such hold"


class ProposalUnfit(Problem):
    """A proposal to destroy somebody early on no ground of the law. Source: 94-V art. 18."""

    slug, status, title = "proposal-unfit", 422, "It cannot be proposed like this"


class ProposalUnknown(Problem):
    """There is no such proposal."""

    slug, status, title = "proposal-unknown", 404, "There is no such proposal"


class ProposalStands(Problem):
    """Somebody has proposed it already, and nobody has decided on it."""

    slug, status, title = "proposal-stands", 409, "It is proposed already"


class ProposalMoved(Problem):
    """The proposal was decided on, taken back, or its week is over."""

    slug, status, title = "proposal-moved", 409, "The proposal has moved on"


class ApproverProposed(Problem):
    """Whoever proposes an early destruction does not approve it."""

    slug, status, title = "approver-proposed", 403, "Nobody approves their own proposal"


class Suspended(Problem):
    """The person is blocked, or a law holds them: nothing of theirs is destroyed. Source: 94-V art. 1(3), 8(7)."""

    slug, status, title = "destruction-suspended", 409, "Nothing of this person may be destroyed"
