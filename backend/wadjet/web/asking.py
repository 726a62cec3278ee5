"""A form as a page, without script: its trap, its clock, and what is said beside an answer that cannot be taken.

A page without script can solve no proof of work, so two things stand in for it: a field that people do not see, and
the time that reading takes. Whoever fails is told so and asked once more; nothing typed is lost.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from flask_babel import gettext
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, TimestampSigner
from wtforms import EmailField, Field, HiddenField, StringField, TelField, TextAreaField

from .. import clock, keys
from ..settings import Settings

# Pages send the former: percent-encoded, three thousand Kazakh letters are more than a body may hold.
TAKES = {"multipart/form-data": dict[str, str], "application/x-www-form-urlencoded": dict[str, str]}

_SOONEST, _LATEST = timedelta(seconds=3), timedelta(days=1)  # between opening the page and sending it
_KINDS = {"text": StringField, "tel": TelField, "email": EmailField, "textarea": TextAreaField}


class PageForm(FlaskForm):
    """What every form asks. `website` is a trap that people do not see; `started` tells when they began."""

    website = StringField("Website")
    started = HiddenField()

    def mark(self, name: str, sentence: str) -> None:
        """Say beside a question what is wrong with its answer."""
        self[name].errors = [*self[name].errors, sentence]


def question(
    kind: str, label: str, *, longest: int, is_required: bool = False, autocomplete: str = "off", hint: str = ""
) -> Field:
    """A question to answer in words. `kind`: text, tel, email, textarea; `longest` counts characters."""
    said: dict[str, object] = {"autocomplete": autocomplete, "maxlength": str(longest)}
    if is_required:
        said["required"] = True
    return _KINDS[kind](label, description=hint, render_kw=said)


def start(form: PageForm, settings: Settings, now: datetime) -> None:
    """Have the form carry when its page was opened; whoever is asked again has been reading since before."""
    began = _began(form, settings)
    if began is None or now - began > _LATEST:
        form.started.data = _clock(settings).sign(clock.stamp(now)).decode()


def doubt(form: PageForm, settings: Settings, now: datetime) -> str:
    """Why this may not be a person who has just read the page; "" when all is well."""
    if form.website.data:
        form.website.data = ""
        return str(gettext("A field that must stay empty was filled in. It is empty now: please send it once more."))
    began = _began(form, settings)
    if began is None or not form.validate() or now - began > _LATEST:
        form.csrf_token.errors = []
        return str(gettext("The page was open for too long, or cookies are off. Please send it once more."))
    if now - began < _SOONEST:
        return str(gettext("That was quicker than one can read. Please send it once more."))
    return ""


def _began(form: PageForm, settings: Settings) -> datetime | None:
    try:
        return clock.parse(_clock(settings).unsign(form.started.data or "").decode())
    except (BadSignature, ValueError):
        return None


def sentences() -> Mapping[str, Callable[[], str]]:
    """What is wrong with an answer, by code, in the language of the request."""
    return {
        "missing": lambda: gettext("Please fill this in."),
        "too-long": lambda: gettext("This is too long."),
        "control-characters": lambda: gettext("This holds characters that cannot be written: type it again."),
        "name": lambda: gettext("Write a name in letters."),
        "phone": lambda: gettext("Write a telephone number, like 8 701 123 45 67 or +7 701 123 45 67."),
        "email": lambda: gettext("Write an e-mail address, like name@example.kz."),
        "unknown": lambda: gettext("This is not asked here."),
        "not-text": lambda: gettext("Write this as text."),
    }


def _clock(settings: Settings) -> TimestampSigner:
    """Signs when a page was opened."""
    return TimestampSigner(keys.ring(settings).page_secret, salt="wadjet-started-1", digest_method=sha256)
