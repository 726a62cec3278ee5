"""The form as a page: Flask-WTF, with the same fields as the element's."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, StringField, TelField, TextAreaField

from .fields import FIELDS

_KINDS = {"text": StringField, "tel": TelField, "email": EmailField, "textarea": TextAreaField}


class ContactForm(FlaskForm):
    """What a person types and ticks. `website` is a trap that people do not see; `started` tells when they began."""

    website = StringField()
    started = HiddenField()
    id = HiddenField()
    offer = HiddenField()

    def __init__(self, ticked: set[str]) -> None:
        super().__init__()
        self.ticked = ticked
        self.wrong: dict[str, str] = {}

    def begin(self, *, offer: str, started: str, drawn: str) -> None:
        """Give the next sending its own offer, time and id."""
        self.offer.data, self.started.data, self.id.data = offer, started, drawn

    @property
    def typed(self) -> dict[str, str]:
        return {each.name: self[each.name].data or "" for each in FIELDS}

    def mark(self, name: str, sentence: str) -> None:
        """Say beside a field, or a tick, what is wrong with it."""
        self.wrong[name] = sentence


for _each in FIELDS:
    _keywords: dict[str, Any] = {
        "autocomplete": _each.autocomplete,
        "maxlength": str(_each.longest),
        **({"required": True} if _each.is_required else {}),
    }
    setattr(ContactForm, _each.name, _KINDS[_each.kind](render_kw=_keywords))
