"""Are your data still right? Asked once of whoever has not been heard of for long and still is to be written to.

Asked by letter, with a link to where data are corrected; nothing of what is known of them stands in it. Who writes
again may be asked again a term later. Without an answer nothing changes: what no consent needs went before, and the
rest goes when its term is over. Source: policy 4.2.b, 5.6; 94-V art. 13.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from .. import clock, contact, database, ledger, mail, vault
from ..settings import Settings
from . import judging, models, schedule
from .lines import Line
from .schedule import Due, Kept

STALE = "retention-stale"
_PAGE = 500


def ask(settings: Settings, now: datetime, *, is_applying: bool) -> Iterator[Line]:
    """Have everybody asked whose data may have grown stale, once."""
    today, after = clock.local_date(now), ""
    before = clock.stamp(clock.start_of(today - timedelta(days=settings.stale_days - 1)))
    while page := contact.silent_since(before, after, _PAGE):
        after = page[-1][0]
        people = database.vault.read(partial(_to_ask, page, settings.stale_days, today))
        standing = {each.person for each in judging.judge(list(people), today) if each.stands and not each.suspended}
        for person in people:
            if person in standing and (not is_applying or database.vault.write(partial(_enqueue, person, now))):
                due = Due("use", "stale", people[person])
                yield Line.of("review", person, due, status="done" if is_applying else "due")


def last_asked(limit: int = 50) -> list[tuple[str, str]]:
    """(person, local day) of who was asked last, the newest first."""
    return database.vault.read(partial(models.last_asked, limit))


def _to_ask(page: list[tuple[str, str]], days: int, today: date) -> dict[str, date]:
    """Those of a page who are to be asked, and since when; inside `vault.read`."""
    asked = models.asked([person for person, _ in page])
    found = {}
    for person, last in page:
        heard, told = judging.day(last), asked.get(person)
        if schedule.is_stale(heard, date.fromisoformat(told) if told else None, days, today):
            found[person] = heard + timedelta(days=days)
    return found


def _enqueue(person: str, now: datetime) -> bool:
    """Inside `vault.write`; whether they still are to be asked."""
    today = clock.local_date(now)
    if models.asked([person]).get(person) == today.isoformat() or judging.why_not(person, today):
        return False
    models.mark_asked(person, today.isoformat())
    ledger.append("use", "retention:person:asked", about=person, at=now, store=database.vault)
    mail.enqueue(STALE, person, now=now)
    return True


@mail.composes(STALE)
def compose(person: str, settings: Settings, now: datetime) -> mail.Letter | None:
    """To the person: whether it is still right. None where they are gone or blocked, or no consent may be used."""
    today = clock.local_date(now)
    try:
        card = database.vault.read(partial(vault.card, person))
    except (vault.PersonUnknown, vault.PersonDestroyed, vault.PersonBlocked):
        return None
    standing = [
        each
        for each in contact.keepings([person])
        if (it := judging.facts(each)) and isinstance(kept := schedule.message(it, today), Kept) and kept.purposes
    ]
    may_be_used = contact.allowances(person)  # not what is suspended
    if not standing or not may_be_used or not card.email:
        return None
    language = standing[-1].language
    where = f"{settings.privacy_url}requests/?kind=rectify&lang={language}"
    subject, text, html = mail.render(STALE, language, settings=settings, link=where)
    return mail.Letter(card.email, subject, text, html, language, reply_to=settings.mail_to)
