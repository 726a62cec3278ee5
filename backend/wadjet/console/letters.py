"""Letters to the staff: numbers and links, and nothing of anybody. Composed when they are sent, for whoever works here
then, in their language, of what their role may see then; and to somebody whose account was changed, at the address
that they sign in with, so that they hear of it if it was not they."""

from datetime import datetime
from functools import partial

from .. import database, mail
from ..settings import Settings
from . import bundles
from .news import KINDS, MOST, OPERATOR, OWN

_LETTER = "staff-news"
N_ = str  # marks a sentence for the catalogues; it is translated where the letter is written


def compose(kind: str, about: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """To one of the staff: what a bundle counts. None where they left, or want none of it any more.

    about  `hour/staff`, as the bundle and the account are called; without an account it goes to the operator's mailbox
    """
    hour, _, staff = about.rpartition("/")
    operator = bundles.Reader(0, settings.mail_to, "ru", "responsible", frozenset()) if settings.mail_to else None

    def look() -> tuple[bundles.Reader | None, dict[str, int] | None]:
        return operator if staff == OPERATOR else bundles.reader(int(staff)), bundles.bundle(kind, hour)

    to, facts = database.vault.read(look)
    if to is None or facts is None or kind in to.muted or not (lines := KINDS[kind].seen_by(to.role, facts)):
        return None
    subject, text, html = mail.render(
        _LETTER,
        to.language,
        settings=settings,
        title=KINDS[kind].title,
        lines=[(each.title, f"{count}{'+' * (count >= MOST)}", settings.base_url + each.path) for each, count in lines],
        today=f"{settings.base_url}/console/",
        choose="" if staff == OPERATOR else f"{settings.base_url}/console/notifications/",
    )
    return mail.Letter(to.email, subject, text, html, to.language)


for _kind in KINDS:
    mail.composes(f"{OWN}{_kind}")(partial(compose, _kind))


CHANGED = "staff-changed"
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
def tell(about: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """To whom the account belongs."""
    from . import models  # loads what lets people in; a process that only serves visitors does without

    staff, _, what = about.partition(":")
    account = models.look(int(staff))
    if account is None or not account.active:
        return None
    subject, text, html = mail.render(CHANGED, account.language, settings=settings, what=WHAT[what])
    return mail.Letter(account.email, subject, text, html, account.language)
