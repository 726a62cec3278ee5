"""Letters to the staff: numbers and links, and nothing of anybody. Composed when they are sent, for whoever works here
then, in their language, of what their role may see then."""

from functools import partial

from .. import database, mail
from ..settings import Settings
from . import bundles
from .news import KINDS, MOST, OWN

_LETTER = "staff-news"


def compose(kind: str, about: str, settings: Settings) -> mail.Letter | None:
    """To one of the staff: what a bundle counts. None where they left, or want none of it any more.

    about  `hour/staff`, as the bundle and the account are called
    """
    hour, _, staff = about.rpartition("/")

    def look() -> tuple[bundles.Reader | None, dict[str, int] | None]:
        return bundles.reader(int(staff)), bundles.bundle(kind, hour)

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
        choose=f"{settings.base_url}/console/notifications/",
    )
    return mail.Letter(to.email, subject, text, html, to.language)


for _kind in KINDS:
    mail.composes(f"{OWN}{_kind}")(partial(compose, _kind))
