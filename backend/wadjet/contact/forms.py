"""The form as a page: Flask-WTF, with the same questions as the element's."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, StringField, TelField, TextAreaField

from .fields import FIELDS

_KINDS = {"text": StringField, "tel": TelField, "email": EmailField, "textarea": TextAreaField}
_NEEDED = "feedback"  # the purpose without which nothing can be answered


class ContactForm(FlaskForm):
    """What a person types and ticks. `website` is a trap that people do not see; `started` tells when they began."""

    website = StringField("Website")
    started = HiddenField()
    id = HiddenField()
    offer = HiddenField()
    purposes: tuple[str, ...] = ()

    @property
    def typed(self) -> dict[str, str]:
        return {each.name: self[each.name].data or "" for each in FIELDS}

    @property
    def ticked(self) -> dict[str, bool]:
        return {key: bool(self[key].data) for key in self.purposes}

    def begin(self, *, offer: str, started: str, drawn: str) -> None:
        """Give the next sending its own offer, time and id."""
        self.offer.data, self.started.data, self.id.data = offer, started, drawn

    def clear_ticks(self) -> None:
        for key in self.purposes:
            self[key].data = False

    def mark(self, name: str, sentence: str) -> None:
        """Say beside a question what is wrong with its answer."""
        self[name].errors = [*self[name].errors, sentence]


def form_of(
    labels: Mapping[str, str], hints: Mapping[str, str], purposes: Iterable[tuple[str, str, str]]
) -> ContactForm:
    """The form in one language, filled with what was posted. `purposes`: key, name, description of each."""
    questions: dict[str, Any] = {}
    for each in FIELDS:
        said: dict[str, Any] = {"autocomplete": each.autocomplete, "maxlength": str(each.longest)}
        if each.is_required:
            said["required"] = True
        questions[each.name] = _KINDS[each.kind](
            labels[each.name], description=hints.get(each.name, ""), render_kw=said
        )
    keys = []
    for key, name, about in purposes:
        keys.append(key)
        questions[key] = BooleanField(name, description=about, render_kw={"required": True} if key == _NEEDED else {})
    made: ContactForm = type("Form", (ContactForm,), questions | {"purposes": tuple(keys)})()
    for name in (*labels, *keys):
        made[name].flags.required = name == _NEEDED or any(each.name == name and each.is_required for each in FIELDS)
    return made
