"""Who may do what: four roles and the permissions of each. Pure.

A permission is `subject:act`. What a role does not name it may not do, and a page that declares nothing is open to
nobody (`guard.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

PERMISSIONS = frozenset(
    {
        "today:read",
        "messages:read",  # that somebody wrote, when, and how it stands; not what
        "messages:answer",
        "persons:open",  # what they wrote and who they are
        "persons:change",  # correct, block, unblock, destroy
        "requests:read",
        "requests:move",
        "registers:read",
        "registers:write",
        "policy:read",
        "policy:write",
        "policy:approve",
        "receipts:read",
        "retention:read",
        "retention:run",
        "retention:approve",
        "journal:read",
        "inspector:export",
        "users:read",
        "users:write",
        "settings:read",
        "keys:read",
        "keys:rotate",
        "health:read",
        "mail:send",  # letters that were given up, once more
    }
)


@dataclass(frozen=True)
class Role:
    """What somebody is here.

    needs_reason  they say why before they open a person's card, which stays in the journal. Whoever comes to it from a
                  message or a request of that person need not: its number is the reason. A message itself is opened
                  without one, for it was written to be read.
    """

    name: str
    title: str
    permissions: frozenset[str]
    needs_reason: bool = True

    def get_permissions(self) -> frozenset[str]:
        """As Flask-Security asks a role."""
        return self.permissions


_READING = frozenset(each for each in PERMISSIONS if each.endswith(":read"))
_STAFF = frozenset(
    {
        "today:read",
        "messages:read",
        "messages:answer",
        "persons:open",
        "persons:change",
        "requests:read",
        "requests:move",
        "registers:read",
        "registers:write",
        "policy:read",
        "receipts:read",
        "retention:read",
    }
)
_MAINTAINER = frozenset(
    {
        "today:read",
        "policy:read",
        "policy:write",
        "policy:approve",
        "receipts:read",
        "settings:read",
        "keys:read",
        "keys:rotate",
        "health:read",
        "mail:send",
    }
)

ROLES: Mapping[str, Role] = {
    each.name: each
    for each in (
        Role("responsible", N_("Responsible person"), PERMISSIONS, needs_reason=False),
        Role("staff", N_("Staff"), _STAFF),
        Role("auditor", N_("Auditor"), _READING | {"inspector:export"}),
        Role("maintainer", N_("Site maintainer"), _MAINTAINER),
    )
}
