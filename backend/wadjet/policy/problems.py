"""What the policy room refuses."""

from collections.abc import Sequence
from typing import Any, ClassVar

from ..problems import Problem, Unavailable
from .findings import Finding


class BundleInvalid(Problem):
    """A bundle or file that cannot become a policy version. `findings` holds every mistake; `detail` is one line."""

    slug, status, title = "bundle-invalid", 422, "This cannot be published as a policy"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class PolicyIncomplete(Problem):
    """The policy lacks what the law asks; `missing` names it. Source: 94-V art. 8(4), 25(2)(1-1)."""

    slug, status, title = "policy-incomplete", 422, "The policy lacks what the law asks"
    carries: ClassVar = {"missing": list[str]}


class VersionUnknown(Problem):
    """No version of the policy has this number."""

    slug, status, title = "version-unknown", 404, "There is no such version"


class NoPolicy(Unavailable):
    """Nothing is in force: no version was ever published, or its day has not come."""


class DraftUnknown(Problem):
    """No draft has this number, or none of its revisions has that one."""

    slug, status, title = "draft-unknown", 404, "There is no such draft"


class DraftMoved(Problem):
    """Somebody else saved, proposed, approved or published the draft meanwhile: look at it as it stands.

    standing  the draft as it is
    parts     what both of them changed, by the names `manuscript.merge` has for them; merged  all the rest of both
    """

    slug, status, title = "draft-moved", 409, "Somebody else has been at this draft meanwhile"

    def __init__(self, *, standing: Any, parts: Sequence[str] = (), merged: Any = None) -> None:
        super().__init__()
        self.standing, self.parts, self.merged = standing, tuple(parts), merged or standing.manuscript


class ApprovalOutdated(Problem):
    """Another version was published after a draft was approved: whoever approved has not seen what differs now."""

    slug, status, title = "approval-outdated", 409, "Another version was published after this was approved"


class OwnProposal(Problem):
    """Who wrote or proposed a revision cannot approve it as well. Source: two people stand behind a version."""

    slug, status, title = "own-proposal", 403, "Somebody else has to approve this"
