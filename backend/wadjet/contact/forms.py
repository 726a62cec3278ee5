"""The form as a page: Flask-WTF, with the same questions as the element's."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField

from ..web.asking import PageForm, question
from .fields import FIELDS

_NEEDED = "feedback"  # the purpose without which nothing can be answered


class ContactForm(PageForm):
    """What a person types and ticks. `at`: since when this id stands for it; sent twice it is one decision."""

    id = HiddenField()
    offer = HiddenField()
    at = HiddenField()
    purposes: tuple[str, ...] = ()

    @property
    def typed(self) -> dict[str, str]:
        return {each.name: self[each.name].data or "" for each in FIELDS}

    @property
    def ticked(self) -> dict[str, bool]:
        return {key: bool(self[key].data) for key in self.purposes}

    def begin(self, *, offer: str, drawn: str, at: str) -> None:
        """Give the next sending its own offer, id and time."""
        self.offer.data, self.id.data, self.at.data = offer, drawn, at

    def clear_ticks(self) -> None:
        for key in self.purposes:
            self[key].data = False


def form_of(
    labels: Mapping[str, str], hints: Mapping[str, str], purposes: Iterable[tuple[str, str, str]]
) -> ContactForm:
    """The form in one language, filled with what was posted. `purposes`: key, name, description of each."""
    questions: dict[str, Any] = {}
    for each in FIELDS:
        questions[each.name] = question(
            each.kind,
            labels[each.name],
            longest=each.longest,
            is_required=each.is_required,
            autocomplete=each.autocomplete,
            hint=hints.get(each.name, ""),
        )
    keys = []
    for key, name, about in purposes:
        keys.append(key)
        questions[key] = BooleanField(name, description=about, render_kw={"required": True} if key == _NEEDED else {})
    made: ContactForm = type("Form", (ContactForm,), questions | {"purposes": tuple(keys)})()
    for name in (*labels, *keys):
        made[name].flags.required = name == _NEEDED or any(each.name == name and each.is_required for each in FIELDS)
    return made
