"""Forms that ask for days and for what to look among: read from the address, so that a list can be kept and sent on."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import DateField, Form, SelectField, StringField, ValidationError

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
_YEARS = range(2000, 2200)


class Day(DateField):
    """A local day. Browsers hold nothing else in such a field, so what was none is not put back into it."""

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:  # it was not asked: what the page begins with stands
            return
        text = valuelist[0].strip()
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            self.data = None
        if text and (self.data is None or self.data.year not in _YEARS):
            self.data = None
            raise ValueError(gettext("Write a day, like 2026-03-12."))


class Choice(SelectField):
    """One of what there is, or all of it: what is none of it, in an address, is told."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - as WTForms calls it
        if self.data and self.data not in [value for value, _ in self.choices or ()]:
            raise ValidationError(gettext("This is not asked here."))


class Asked(Form):
    """A form whose labels and hints are marked sentences, said in the language of the page.

    query  what was asked, to be carried on in links: of its own fields alone, whatever else stands in the address
    """

    def __init__(self, sent: Mapping[str, str] | None = None, **values: Any) -> None:
        super().__init__(sent, **values)
        self.query = {each.name: sent[each.name] for each in self if sent and sent.get(each.name)}
        for each in self:
            each.label.text = gettext(each.label.text)
            each.description = each.description and gettext(each.description)

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a choice its options, each a value and its words; "" is all of them."""
        self[name].choices = [("", gettext("All")), *choices]


class Period(Asked):
    """From one local day on, up to and with another."""

    since = Day(N_("From"))
    until = Day(N_("To, that day included"))

    longest = 366

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        since, until = self.since.data, self.until.data
        if since and until and since > until:
            self.until.errors = [gettext("The last day comes before the first one.")]
        elif since and until and (until - since).days >= self.longest:
            self.until.errors = [gettext("Choose %(days)s days at most.", days=self.longest)]
        return not self.errors


class OfDay(Asked):
    """Which receipts of a day."""

    day = Day(N_("Day"))
    event = Choice(N_("What was decided"))
    version = Choice(N_("Policy version"))
    language = Choice(N_("Language"))
    site = Choice(N_("Site"))


class OfJournal(Period):
    """Which rows of the journal."""

    act = Choice(N_("Act of clause 9.1"))
    event = StringField(
        N_("Event, or how it begins"), description=N_("For example consent: or rights:request:received")
    )
    by = StringField(N_("By whom"), description=N_("As the journal names them, for example staff-7"))
