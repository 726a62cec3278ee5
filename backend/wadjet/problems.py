"""How the house says no: one class per refusal, rendered in one place. Source: RFC 9457."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):
    """A refusal with a name. Each room derives its own; `web/errors.py` and `cli.py` render them.

    detail    tells the person the next step; ids and numbers only, never personal data
    evidence  becomes RFC 9457 extension members; `carries` names those that the contract promises, and their types
    """

    slug: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    carries: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, detail: str = "", /, **evidence: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.evidence = evidence


class Unavailable(Problem):
    """Storage does not answer. Try again after `Retry-After`; nobody was told that anything was done."""

    slug, status, title = "unavailable", 503, "The service is not available at the moment"
    retry_after = 2


class SettingsInvalid(Problem):
    """The configuration cannot be used. `evidence["mistakes"]` lists every mistake with its remedy."""

    slug, status, title = "settings-invalid", 500, "The settings cannot be used"
