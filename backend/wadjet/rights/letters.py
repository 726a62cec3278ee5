"""The letters a request causes. Composed when they are sent, from what is stored then.

What is in them goes to an address on record, or to the one that wrote; never more than it asked, and nothing at all of
what is held: that lies behind a link that expires.
"""

from datetime import date, datetime

from babel.dates import format_date

from .. import clock, database, mail, vault
from ..settings import LANGUAGES, Settings
from . import models, phrases, proof, watch


@mail.composes("rights-match")
def match(request_id: str, _settings: Settings, now: datetime) -> mail.Letter | None:
    """No letter: the work before one, done after the answer, so that the answer's time tells nothing."""
    proof.match(request_id, now=now)
    return None


@mail.composes(proof.CONFIRM)
def confirm(link: str, settings: Settings, _now: datetime) -> mail.Letter | None:
    """To the mailbox on record: somebody asks in your name; was it you?"""

    def look() -> tuple[str, models.Row] | None:
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
        return (named[0].email, row) if named and named[0].email else None

    found = database.vault.read(look)
    if found is None:
        return None
    address, row = found
    subject, text, html = mail.render(
        proof.CONFIRM,
        row.language,
        settings=settings,
        link=f"{settings.privacy_url}requests/confirm/{proof.token(link, settings)}/?lang={row.language}",
        id=row.id,
        kind=phrases.KINDS[row.kind][0],
        received=_day(clock.local_date(clock.parse(row.received_at)), row.language),
        due=_day(date.fromisoformat(row.due_on), row.language),
        status=f"{settings.privacy_url}requests/status/{row.id}/?lang={row.language}",
    )
    return mail.Letter(address, subject, text, html, row.language, reply_to=settings.mail_to)


@mail.composes(watch.DUE)
def due(_about: str, settings: Settings, now: datetime) -> mail.Letter | None:
    """To the operator: what is due, by number; nothing of anybody."""
    rows = watch.pressing(settings, now)
    if not rows or not settings.mail_to:
        return None
    told = [
        (row.id, phrases.KINDS[row.kind][0], _day(date.fromisoformat(row.due_on), "ru"), row.deadline, is_late)
        for row, is_late in rows
    ]
    subject, text, html = mail.render(
        watch.DUE, "ru", settings=settings, rows=told, late=sum(each[-1] for each in told)
    )
    return mail.Letter(settings.mail_to, subject, text, html, "ru")


def _day(day: date, language: str) -> str:
    """A day in words."""
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    return format_date(day, "d MMMM y" if tongue == "en" else "long", tongue)
