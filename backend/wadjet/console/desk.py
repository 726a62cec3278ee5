"""What every page of the console asks: who works here, what time it is, how a page is answered."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Flask, Response, g, render_template, request, session, url_for
from flask_babel import format_date, format_datetime, format_decimal, get_locale, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from .. import clock, database, deadlines
from ..settings import LANGUAGES
from ..web import negotiate, pages
from ..web.home import now as now
from ..web.home import settings as settings
from . import models
from .access import ROLES
from .models import Account

_COMMAND = re.compile("`([^`]+)`")
N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


@dataclass(frozen=True)
class Area:
    """A part of the console, as its navigation names it.

    needs  the permission without which it is not shown; also: the blueprints of pages that stand in it too
    """

    endpoint: str
    title: str
    needs: str
    also: tuple[str, ...] = ()

    def has(self, blueprint: str) -> bool:
        """Whether a page of that blueprint is one of its own."""
        return blueprint in (self.endpoint.partition(".")[0], *self.also)


AREAS = (
    Area("today.today", N_("Today"), "today:read"),
    Area("messages.listing", N_("Messages"), "messages:read", ("persons",)),
    Area("requests.listing", N_("Requests"), "requests:read"),
    Area("registers.listing", N_("Registers"), "registers:read", ("exports",)),
    Area("policy.overview", N_("Policy"), "policy:read"),
    Area("receipts.search", N_("Receipts"), "receipts:read", ("evidence",)),
    Area("retention.overview", N_("Retention"), "retention:read"),
    Area("journal.listing", N_("Journal"), "journal:read"),
    Area("users.listing", N_("Users"), "users:read"),
    Area("health.overview", N_("Health"), "health:read"),
)


def today() -> date:
    """The local day."""
    return clock.local_date(now())


def who() -> Account:
    """Whoever has signed in; a page that is open to all has no business asking."""
    return known(current_user)


def known(user: Any) -> Account:
    """The account behind `current_user`, which is known in the request's own thread alone; or one that is no proxy."""
    return user._get_current_object() if isinstance(user, LocalProxy) else user  # type: ignore[no-any-return]  # noqa: SLF001 - how Werkzeug's proxies are opened


def by() -> str:
    """Who works here, as journals and `taken_by` name them."""
    return who().handle


def language() -> str:
    """`?lang=`, else what somebody chose for themselves, or a moment ago at the entrance, else their browser's."""
    if (asked := request.args.get("lang", "")) in LANGUAGES:
        session["lang"] = asked
    elif current_user and current_user.is_authenticated:
        return str(current_user.language)
    return str(session.get("lang") or negotiate.language(request))


def after() -> int | None:
    """Behind which row the next page of a list begins; what is no number of a row is the beginning."""
    return request.values.get("after", type=lambda text: int(text) if len(text) < 10 else None)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the console: no cache keeps it."""
    body = render_template(f"console/{template}", **values)
    return Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def init_app(app: Flask) -> None:
    """Give the templates their words."""
    pages.init_app(app)
    app.add_template_global(asset)
    for function in (coded, moment, day, day_of, due, named, size, waited):
        app.add_template_filter(function)

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        known = bool(current_user) and current_user.is_authenticated
        role = ROLES[current_user.role].permissions if known else frozenset()
        return {
            "language": get_locale().language,
            "languages": LANGUAGES,
            "privacy_url": settings().privacy_url,
            "operator_name": settings().operator.name.get(get_locale().language, ""),
            "may": role.__contains__,
            "areas": [each for each in AREAS if each.needs in role and each.endpoint in app.view_functions],
            "roles": ROLES,
        }


def asset(name: str) -> str:
    """The address of a file of widget/static; it changes with the content."""
    return url_for("static_file", name=name, v=pages.files()[name].digest)


def moment(value: str | datetime) -> str:
    """A time in words, Almaty's. What is noted by its day alone stands at midnight, and is no hour."""
    at = (clock.parse(value) if isinstance(value, str) else value).astimezone(clock.LOCAL).replace(tzinfo=None)
    return str(format_datetime(at, "d MMM y" if at.time() == time() else "d MMM y, HH:mm", rebase=False))


def coded(text: str) -> Markup:
    """A sentence of ours with its `commands` set apart; whatever else is in it stays text."""
    return Markup(_COMMAND.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped a moment ago


def named(by: str) -> str:
    """Whoever did something, by what journals call them: staff by their names."""
    if by in ("", "subject"):
        return str(gettext("the person themselves") if by else gettext("the system itself"))
    return staff().get(by, by) if by.startswith("staff-") else by


def staff() -> dict[str, str]:
    """The names of all who work or worked here, by what journals call them; asked once for a page."""
    if "staff" not in g:
        g.staff = database.vault.read(models.names)
    known: dict[str, str] = g.staff
    return known


def due(value: str | date) -> str:
    """By when, in words, as seen from today: the day's end in Kazakhstan is meant."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    today = clock.local_date(now())
    if day < today:
        return str(gettext("overdue since %(day)s", day=_short(day)))
    if day == today:
        return str(gettext("until midnight today"))
    days = [today + timedelta(days=number) for number in range(1, (day - today).days + 1)]
    count = sum(deadlines.is_working_day(each, settings()) for each in days[:400])
    left = ngettext("%(num)d working day", "%(num)d working days", count)
    if len(days) == 1:
        return str(gettext("until tomorrow midnight"))
    return str(gettext("until %(day)s (%(left)s)", day=_short(day), left=left))


def day(value: str | date) -> str:
    """A day in words, with its weekday."""
    return str(format_date(date.fromisoformat(value) if isinstance(value, str) else value, "EEEE, d MMMM y"))


def day_of(value: str | date) -> str:
    """A day in words, without its weekday: as a sentence takes it."""
    return pages.day(date.fromisoformat(value) if isinstance(value, str) else value)


def waited(value: str) -> str:
    """How long something has waited that came at a time, in days of Kazakhstan."""
    days = (clock.local_date(now()) - clock.local_date(clock.parse(value))).days
    return str(ngettext("waits for %(num)d day", "waits for %(num)d days", days) if days else gettext("came today"))


def size(count: int) -> str:
    """Bytes for people."""
    for unit, shift in (("GiB", 30), ("MiB", 20)):
        if count >> shift:
            return f"{format_decimal(round(count / (1 << shift), 1))} {unit}"
    return f"{format_decimal(-(-count // 1024))} KiB"


def _short(day: date) -> str:
    return str(format_date(day, "EEE d MMM"))
