"""What does the operator promise?

Tables: `policy_version`. Versions count 1, 2, 3 …; a published one never changes, and exactly one is in force once
the first one is. Its digest is SHA-256 over its RFC 8785 canonical content and is signed by the operator's key, so
whoever holds this storage can withhold a version but cannot alter one unnoticed. In the vault's database, which can be
changed, `policy_draft` and `policy_draft_revision`: versions while they are being written. They hold nobody's data;
whoever holds that storage could put words into a draft, and two people read it before it is published.
Clauses: policy 1.0, 3.2.e, 6.0, 12.2, 12.3; 94-V art. 8(4), 25(2)(1), (1-1).
"""

from . import checks, drafts
from .bundle import LACKS, STARTER, Bundle, missing, read
from .canonical import digest
from .changes import Change, changes, purposes_changes
from .countries import countries
from .dpv import PURPOSES as CLASSES
from .findings import Finding, Wording
from .languages import pick
from .manifest import Manifest, manifest_of
from .manuscript import Manuscript
from .problems import (
    ApprovalOutdated,
    BundleInvalid,
    DraftMoved,
    DraftUnknown,
    NoPolicy,
    OwnProposal,
    PolicyIncomplete,
    VersionUnknown,
)
from .purposes import OPERATIONS, Purpose, Unfit, days_of, purpose_of
from .render import render
from .service import (
    Version,
    asks_again,
    asks_since,
    current,
    in_force,
    overtaken,
    publish,
    replacement,
    reset,
    version,
    versions,
)
from .table import label, operation, purposes_table, told

__all__ = [
    "CLASSES",
    "LACKS",
    "OPERATIONS",
    "STARTER",
    "ApprovalOutdated",
    "Bundle",
    "BundleInvalid",
    "Change",
    "DraftMoved",
    "DraftUnknown",
    "Finding",
    "Manifest",
    "Manuscript",
    "NoPolicy",
    "OwnProposal",
    "PolicyIncomplete",
    "Purpose",
    "Unfit",
    "Version",
    "VersionUnknown",
    "Wording",
    "asks_again",
    "asks_since",
    "changes",
    "checks",
    "countries",
    "current",
    "days_of",
    "digest",
    "drafts",
    "in_force",
    "label",
    "manifest_of",
    "missing",
    "operation",
    "overtaken",
    "pick",
    "publish",
    "purpose_of",
    "purposes_changes",
    "purposes_table",
    "read",
    "render",
    "replacement",
    "reset",
    "told",
    "version",
    "versions",
]
