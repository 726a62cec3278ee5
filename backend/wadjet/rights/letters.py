"""The letters a request causes. Composed when they are sent, from what is stored then.

What is in them goes to an address on record, or to the one that wrote; never more than it asked, and nothing at all of
what is held: that lies behind a link that expires.
"""

from datetime import datetime

from .. import clock, database, mail, vault
from ..settings import Settings
from . import models, proof, watch


@mail.composes("rights-match")
def match(request_id: str, settings: Settings) -> mail.Letter | None:  # noqa: ARG001 - composers take both
    """No letter: the work before one, done after the answer, so that the answer's time tells nothing."""
    proof.match(request_id, now=clock.now())
    return None


@mail.composes(proof.CONFIRM)
def confirm(link: str, settings: Settings) -> mail.Letter | None:
    """To the mailbox on record: somebody asks in your name; was it you?"""

    def look() -> tuple[str, str] | None:
        subjects = models.subjects_by_link(link)
        row = models.find(subjects[0].request) if subjects else None
        if row is None:
            return None
        cards = []
        for each in subjects:
            try:
                cards.append(vault.card(each.person, even_blocked=True))
            except vault.PersonUnknown:
                continue
        named = [card for card in cards if card.last_name or card.first_name] or cards
        return (named[0].email, row.language) if named and named[0].email else None

    found = database.vault.read(look)
    if found is None:
        return None
    address, language = found
    where = f"{settings.privacy_url}requests/confirm/{proof.token(link, settings)}/?lang={language}"
    subject, text, html = mail.render(proof.CONFIRM, language, settings=settings, link=where)
    return mail.Letter(address, subject, text, html, language, reply_to=settings.mail_to)


@mail.composes(watch.DUE)
def due(about: str, settings: Settings) -> mail.Letter | None:
    """To the operator: what is due, by number; nothing of anybody."""
    rows = watch.pressing(settings, _now(about))
    if not rows or not settings.mail_to:
        return None
    told = [(row.id, row.kind, row.due_on, row.deadline, is_late) for row, is_late in rows]
    subject, text, html = mail.render(
        watch.DUE, "ru", settings=settings, rows=told, late=sum(each[-1] for each in told)
    )
    return mail.Letter(settings.mail_to, subject, text, html, "ru")


def _now(stamp: str) -> datetime:
    return max(clock.parse(stamp), clock.now())
