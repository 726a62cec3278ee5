"""What does the operator promise?

Tables: `policy_version`. Versions count 1, 2, 3 …; a published one never changes, and exactly one is in force once
the first one is. Its digest is SHA-256 over its RFC 8785 canonical content and is signed by the operator's key, so
whoever holds this storage can withhold a version but cannot alter one unnoticed.
Clauses: policy 1.0, 3.2.e, 6.0, 12.2, 12.3; 94-V art. 8(4), 25(2)(1), (1-1).
"""

from . import checks
from .bundle import STARTER, Bundle, missing, read
from .canonical import digest
from .changes import changes, purposes_changes
from .languages import pick
from .problems import BundleInvalid, NoPolicy, PolicyIncomplete, VersionUnknown
from .purposes import Purpose, days_of
from .service import Version, asks_since, current, in_force, publish, reset, version, versions
from .table import purposes_table, told

__all__ = [
    "STARTER",
    "Bundle",
    "BundleInvalid",
    "NoPolicy",
    "PolicyIncomplete",
    "Purpose",
    "Version",
    "VersionUnknown",
    "asks_since",
    "changes",
    "checks",
    "current",
    "days_of",
    "digest",
    "in_force",
    "missing",
    "pick",
    "publish",
    "purposes_changes",
    "purposes_table",
    "read",
    "reset",
    "told",
    "version",
    "versions",
]
