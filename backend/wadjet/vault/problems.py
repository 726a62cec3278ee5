"""The vault's refusals. None of them says a word of a person's."""

from ..problems import Problem


class VaultLocked(Problem):
    """The master key is missing, wrong, or its program fails: nothing sealed can be opened or written."""

    slug, status, title = "vault-locked", 503, "The vault is locked"
    retry_after = 60


class SealBroken(Problem):
    """Sealed text does not open under the key and the place it claims: it was altered or moved."""

    slug, status, title = "seal-broken", 500, "Sealed data cannot be opened"


class PersonUnknown(Problem):
    """There is no such person."""

    slug, status, title = "person-unknown", 404, "There is no such person"


class PersonDestroyed(PersonUnknown):
    """The person's data were destroyed. Source: policy 2.14."""

    slug, status, title = "person-destroyed", 410, "This person's data were destroyed"


class PersonBlocked(Problem):
    """The person's data are blocked: not read, changed, used or destroyed until unblocked.

    Source: policy 2.2; 94-V art. 1(3).
    """

    slug, status, title = "person-blocked", 409, "This person's data are blocked"


class PersonHeld(Problem):
    """A law keeps what is known of the person, through a day: nothing of theirs is destroyed until then.

    Source: policy 8.9; 94-V art. 8(7), 12(2); Digital Code art. 41(3).
    """

    slug, status, title = "person-held", 409, "A law keeps this person's data"


class CardChanged(Problem):
    """Somebody else has corrected the same of a card since it was looked at."""

    slug, status, title = "card-changed", 409, "The card was changed meanwhile"


class ReasonUnfit(Problem):
    """A reason stays in the journal for ever: one line of at most 200 letters that does not name the person."""

    slug, status, title = "reason-unfit", 422, "The reason cannot be kept"
