"""The forms of the steps: what is asked before one is taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from .... import contact, registers, rights, vault
from ....rights import ANSWERED, ERASING, GROUNDS
from ....settings import LANGUAGES
from ....web import asking, pages
from ....web.asking import question
from . import words

NEW, FIELD, ONLY, PURPOSE = "new_", "field_", "only_", "purpose_"


class Sheet(FlaskForm):
    """What every form here can: say beside a question what is wrong with its answer."""

    seen = HiddenField()

    def mark(self, name: str, sentence: str) -> None:
        self[name].errors = [*self[name].errors, sentence]

    def text(self, name: str, longest: int) -> str:
        """What was written there, as it is kept; what is wrong with it is said beside the question."""
        asked = contact.Field(name, longest, kind="textarea", is_required=False)
        try:
            return contact.clean(asked, self[name].data) or ""
        except contact.Wrong as wrong:
            self.mark(name, asking.sentences()[str(wrong)]())
            return ""

    def ticked(self, prefix: str) -> list[str]:
        """What is ticked of the fields whose names begin so."""
        return [each.name.removeprefix(prefix) for each in self if each.name.startswith(prefix) and each.data]

    def named(self, prefix: str) -> list[Any]:
        """Those fields."""
        return [each for each in self if each.name.startswith(prefix)]

    @property
    def typed(self) -> str:
        """Every word in it, so that none is lost."""
        words_of = (each for each in self if isinstance(each, StringField) and not isinstance(each, HiddenField))
        return "\n\n".join(f"{each.label.text}: {each.data}" for each in words_of if each.data)


def extend_form(hint: str) -> Sheet:
    """`until`: a day; `reason`: one line for the journal."""
    kept = gettext("It stays in the journal for ever: no name, no address.")
    return _made(
        until=StringField(gettext("Until"), description=hint, render_kw={"type": "date", "required": True}),
        reason=question("text", gettext("Why"), longest=200, hint=kept, is_required=True),
    )


def fulfil_form(file: rights.File) -> Sheet:
    """What has to be known to carry out this request."""
    kind, made = file.request.row.kind, dict[str, Any]()
    if kind == "rectify":
        made |= {NEW + name: each for name, each in _corrections(file).items()}
    if kind == "restrict":
        made |= {FIELD + name: BooleanField(gettext(words.CARD[name])) for name in registers.FIELDS}
        made["condition"] = question("text", gettext("Allowed only on this condition"), longest=500)
    sharing = [each.person for each in file.request.proven if each.person != file.request.row.person]
    if kind in ("rectify", *ERASING) and len(sharing) > 1:
        made |= {ONLY + person: BooleanField(_name(file.cards.get(person), person)) for person in sharing}
    is_needed = kind in ANSWERED
    label = gettext("Your answer") if is_needed else gettext("What else they are told")
    made["answer"] = question("textarea", label, longest=3000, is_required=is_needed, hint=_in_language(file))
    return _made(**made)


def refuse_form(file: rights.File) -> Sheet:
    """On which ground, and what else they are told."""
    kind, is_proven = file.request.row.kind, bool(file.request.proven)
    fit = [
        SelectChoice(code, f"{gettext(rights.REASONS[code])} · {gettext(each.citation)}")
        for code, each in GROUNDS.items()
        if kind in each.kinds and not (code == "not-proven" and is_proven)
        if code != "data-blocked" or file.outline.blocked
    ]
    return _made(
        ground=RadioField(gettext("The ground"), choices=fit),
        answer=question("textarea", gettext("What else they are told"), longest=3000, hint=_in_language(file)),
    )


def admit_form() -> Sheet:
    """`what`: who is looked for; `evidence`: what shows that it is they."""
    looked = gettext("The whole of it. The journal says that you looked.")
    kept = gettext("A case number, or where the letter is kept. It stays in the journal for ever: no name, no address.")
    return _made(
        what=question("text", gettext("Their e-mail or telephone"), longest=254, hint=looked, is_required=True),
        evidence=question("text", gettext("What shows it"), longest=200, hint=kept, is_required=True),
    )


def entry_form(purposes: Mapping[str, str]) -> Sheet:
    """What came on paper or by telephone."""
    kinds = [SelectChoice(name, gettext(said)) for name, said in words.KINDS.items()]
    ways = [SelectChoice(name, gettext(words.CHANNELS[name])) for name in ("paper", "telephone")]
    made: dict[str, Any] = {
        "once": HiddenField(),
        "channel": RadioField(gettext("How it came"), choices=ways, default="paper"),
        "kind": SelectField(
            gettext("What it asks for"),
            choices=[SelectChoice("", gettext("Choose")), *kinds],
            render_kw={"required": True},
        ),
        "day": StringField(gettext("The day it came"), render_kw={"type": "date", "required": True}),
        "hour": StringField(gettext("The hour, if it matters"), render_kw={"type": "time"}),
        "details": question("textarea", gettext("What was asked, in their words"), longest=3000),
        "email": question(
            "email", gettext("E-mail"), longest=254, hint=gettext("The answer goes there, and by it they are found.")
        ),
        "tongue": RadioField(
            gettext("Language of the answer"),
            choices=[SelectChoice(each, pages.own_name(each)) for each in LANGUAGES],
            default=LANGUAGES[0],
        ),
        "representative": question("textarea", gettext("Who asks for them, and what entitles them"), longest=500),
    }
    made |= {PURPOSE + key: BooleanField(name) for key, name in purposes.items()}
    return _made(**made)


def _made(**fields: Any) -> Sheet:
    """A form of these questions, filled with what was posted."""
    form: Sheet = type("Form", (Sheet,), fields)()
    for each in form:
        each.flags.required = bool((each.render_kw or {}).get("required"))
    return form


def _corrections(file: rights.File) -> dict[str, Any]:
    """A question for each field of a card that can be corrected: what is asked for stands in it, what is, beside."""
    said, made = file.request.said, {}
    for each in contact.FIELDS:
        if each.kind == "textarea":
            continue
        old = sorted({value for card in file.cards.values() if (value := getattr(card, each.name))})
        hint = gettext("So far: %(value)s", value="; ".join(old)) if old else ""
        wish = said.fields.get(each.name, "") if said else ""
        maker = {"tel": "tel", "email": "email"}.get(each.kind, "text")
        made[each.name] = StringField(
            gettext(words.CARD[each.name]),
            default=wish,
            description=hint,
            render_kw={"type": maker, "autocomplete": "off"},
        )
    return made


def _in_language(file: rights.File) -> str:
    language = file.request.row.language
    return str(gettext("In their language: %(language)s.", language=pages.own_name(language)))


def _name(card: vault.Card | None, person: str) -> str:
    return " ".join(filter(None, (card.last_name, card.first_name, card.patronymic))) if card else person
