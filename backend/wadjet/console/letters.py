"""The letter to somebody of the staff that their account was changed, so that they hear of it if it was not they.

It goes to the address that they sign in with, and says what and nothing more.
"""

from .. import mail
from ..settings import Settings

CHANGED = "staff-changed"
N_ = str  # marks a sentence for the catalogues; it is translated where the letter is written

WHAT = {
    "password": N_("Your password was changed."),
    "factor": N_("Your second factor was set up."),
    "cleared": N_("Your second factor was taken away; you set it up when you next sign in."),
    "codes": N_("New recovery codes were made; those before are worth nothing."),
    "passkey-added": N_("A passkey was added."),
    "passkey-removed": N_("A passkey was removed."),
    "role": N_("Your role was changed."),
    "invited": N_("You were invited to set a new password; the one before is worth nothing."),
}


def about(staff: int, what: str) -> str:
    """What the outbox keeps: a number and a word."""
    return f"{staff}:{what}"


@mail.composes(CHANGED)
def tell(about: str, settings: Settings) -> mail.Letter | None:
    """To whom the account belongs."""
    from . import models  # loads what lets people in; a process that only serves visitors does without

    staff, _, what = about.partition(":")
    account = models.look(int(staff))
    if account is None or not account.active:
        return None
    subject, text, html = mail.render(CHANGED, account.language, settings=settings, what=WHAT[what])
    return mail.Letter(account.email, subject, text, html, account.language)
