"""Its refusals."""

from ..problems import Problem


class HoldUnfit(Problem):
    """A hold that cites nothing, or that is over before it begins. Source: 94-V art. 8(7), 12(2)."""

    slug, status, title = "hold-unfit", 422, "The hold cannot be entered like this"


class HoldUnknown(Problem):
    """Nobody holds this person."""

    slug, status, title = "hold-unknown", 404, "There is no such hold"
