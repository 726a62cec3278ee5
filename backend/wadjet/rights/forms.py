"""The form of each kind as a page: Flask-WTF, the questions of `schemas`."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField

from ..web.asking import PageForm, question
from .schemas import FOR_ANOTHER, NEW, PURPOSE, questions


class RequestForm(PageForm):
    """What a person asks, by the names of its fields, in order.

    purposes  ticks; changes  new values; asked  everything else but who asks for another
    """

    asked: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    @property
    def is_for_another(self) -> bool:
        """Whether somebody has begun to say in whose name they ask."""
        return bool(self[FOR_ANOTHER].data or self[FOR_ANOTHER].errors)


def form_of(
    kind: str, labels: Mapping[str, str], hints: Mapping[str, str], purposes: Iterable[tuple[str, str, str]]
) -> RequestForm:
    """The form in one language, filled with what was posted. `purposes`: key, name, description of each."""
    asked = questions(kind)
    made: dict[str, Any] = {
        name: question(
            field.kind,
            labels[name],
            longest=field.longest,
            is_required=field.is_required,
            autocomplete=field.autocomplete,
            hint=hints.get(name, ""),
        )
        for name, field in ((each.name, each.field) for each in asked)
    }
    ticks = {PURPOSE + key: BooleanField(name, description=about) for key, name, about in purposes}
    changes = tuple(name for name in made if name.startswith(NEW))
    others = tuple(name for name in made if name not in (*changes, FOR_ANOTHER))
    own: dict[str, Any] = {"asked": others, "changes": changes, "purposes": tuple(ticks)}
    form: RequestForm = type("Form", (RequestForm,), made | ticks | own)()
    for each in asked:
        form[each.name].flags.required = each.field.is_required
    return form
