"""What is refused where the staff's accounts are kept."""

from ..problems import Problem


class AccountUnknown(Problem):
    """Nobody works here under this number or address: `wadjet users list` shows who does."""

    slug, status, title = "account-unknown", 404, "Nobody works here under this name"


class AccountThere(Problem):
    """Somebody works here under this address already: `wadjet users reset` invites them anew."""

    slug, status, title = "account-there", 409, "Somebody works here under this address already"


class AccountUnfit(Problem):
    """What was given of somebody cannot be used: `detail` says which part."""

    slug, status, title = "account-unfit", 422, "This cannot be used"


class AccountMoved(Problem):
    """Somebody else changed this account meanwhile: look at it once more."""

    slug, status, title = "account-moved", 409, "Somebody else has changed this meanwhile"


class LastResponsible(Problem):
    """One responsible person at least has to be able to come in: appoint another one first."""

    slug, status, title = "last-responsible", 409, "One responsible person has to remain"


class OneHand(Problem):
    """What takes two people has one behind it: who let the other in, or gave them their role or a new password, less
    than a week before; or who says both whose demand it is, or that it is one to destroy, and that it be carried out.
    """

    slug, status, title = "one-hand", 403, "This takes two people"


class InvitationOver(Problem):
    """An invitation is good for three days and once, and a later one takes its place: ask for a new one."""

    slug, status, title = "invitation-over", 404, "This invitation is not good any more"
