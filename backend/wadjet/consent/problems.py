"""The refusals of offers, decisions and receipts. Source of the slugs: the HTTP contract in docs/."""

from typing import ClassVar

from ..problems import Problem, Unavailable
from .answers import FieldError, Offer


class OfferInvalid(Problem):
    """The offer token is damaged or none of ours: ask for an offer and decide on it."""

    slug, status, title = "offer-invalid", 400, "The offer is not one of ours"


class OfferExpired(Problem):
    """The offer is older than 30 days: decide on the `offer` that comes with this."""

    slug, status, title = "offer-expired", 410, "The offer has expired"
    carries: ClassVar = {"offer": Offer}


class PolicySuperseded(Problem):
    """A decision on a version no longer current: ask the visitor about the `offer` that comes with this.

    Source: policy 12.2.
    """

    slug, status, title = "policy-superseded", 409, "The policy has changed"
    carries: ClassVar = {"offer": Offer}


class ReceiptConflict(Problem):
    """Another decision, or another key's, is already recorded under this id: draw a new one."""

    slug, status, title = "receipt-conflict", 409, "Another decision is recorded under this id"


class ReceiptUnknown(Problem):
    """No receipt has this id: it was mistyped, or never given out here."""

    slug, status, title = "receipt-unknown", 404, "There is no such receipt"


class PurposesMismatch(Problem):
    """The purposes decided are not those asked: decide each of `expected`, and no other."""

    slug, status, title = "purposes-mismatch", 422, "The purposes are not those that were offered"
    carries: ClassVar = {"expected": list[str]}


class DecisionInvalid(Problem):
    """The decision is not of the contract's form: `errors` names each field that is not."""

    slug, status, title = "decision-invalid", 422, "The decision cannot be read"
    carries: ClassVar = {"errors": list[FieldError]}


class OriginNotAllowed(Problem):
    """Posted from a page whose exact origin is not among the site's: add it in wadjet.toml. Source: policy 2.3."""

    slug, status, title = "origin-not-allowed", 403, "This website may not post decisions here"


class ClockBehind(Unavailable):
    """The server's clock stands before what it has already recorded; receipts dated so would be false."""


class SiteUnknown(Problem):
    """No site of that id is configured: name one with `?site=`."""

    slug, status, title = "site-unknown", 404, "There is no such site here"
