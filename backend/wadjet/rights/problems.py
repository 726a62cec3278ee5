"""The refusals of this room."""

from ..problems import Problem


class RequestUnknown(Problem):
    """No request has this id, or the link is not one of ours any more: open it as it stands in the letter."""

    slug, status, title = "request-unknown", 404, "There is no such request"


class RequestMoved(Problem):
    """Somebody else was quicker, or the request has ended: look at it again."""

    slug, status, title = "request-moved", 409, "The request is not in a state for that"


class NotProven(Problem):
    """Who asks has not shown yet that the data are theirs: they press the button behind the link in their letter."""

    slug, status, title = "not-proven", 409, "It is not proven whose request this is"


class GroundUnfit(Problem):
    """A demand is refused on a ground of the closed list that holds against this kind of demand, or not at all."""

    slug, status, title = "ground-unfit", 422, "That is no ground to refuse this"


class TermFixed(Problem):
    """The law's own term cannot be extended by whoever has to keep it."""

    slug, status, title = "term-fixed", 409, "This term cannot be extended"


class FulfilmentUnfit(Problem):
    """What was given does not carry this demand out; the detail says what is missing.

    why     `unread`, `answer`, `people`, `blocked`, `values` or `no-values`: for whoever tells it in other words
    fields  codes of what is wrong with a value, by the card's field
    """

    slug, status, title = "fulfilment-unfit", 422, "The demand cannot be carried out like that"
