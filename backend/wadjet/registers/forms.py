"""What each register takes by hand: the fields of an entry, and of what became of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from .. import database
from ..settings import Settings
from . import (
    acts,
    authority,
    catalogue,
    gate,
    grounds,
    incidents,
    inventory,
    publications,
    readers,
    recalls,
    recipients,
)
from .problems import EntryInvalid
from .readers import Choice, Line, Reader

Told = Sequence[tuple[str, str | authority.Attachment]]


@dataclass(frozen=True)
class Field:
    """One thing that is told. `many`: may be given several times."""

    name: str
    read: Reader
    means: str
    required: bool = True
    many: bool = False

    def __str__(self) -> str:
        said = f"{self.name}=… ({self.means})"
        return said if self.required else f"[{said}]"


@dataclass(frozen=True)
class Form:
    """A verb and what it is to be told. `counts_days`: it needs the settings, for the holidays."""

    verb: Callable[..., Any]
    fields: tuple[Field, ...]
    counts_days: bool = False

    def read(self, told: Told) -> dict[str, Any]:
        """What was told, as the verb takes it. Raises EntryInvalid naming every mistake."""
        known = {field.name: field for field in self.fields}
        values: dict[str, Any] = {}
        wrong = [f"{name} is none of its fields" for name, _ in told if name not in known]
        for name, field in known.items():
            given: list[Any] = [text for each, text in told if each == name]
            if not given:
                wrong += [f"{field} is missing"] if field.required else []
                continue
            if len(given) > 1 and not field.many:
                wrong.append(f"{name} is given twice")
                continue
            try:
                if field.read is readers.done:  # says that it is so, and has no value
                    field.read(given[0])
                    continue
                values[name] = tuple(map(field.read, given)) if field.many else field.read(given[0])
            except ValueError as error:
                wrong.append(f"{name} must be {error}")
        if wrong:
            raise EntryInvalid("; ".join(wrong) + ".", errors=wrong)
        return values

    def fill(
        self,
        told: Told,
        first: Sequence[Any] = (),
        *,
        by: str,
        settings: Settings,
        now: datetime,
    ) -> Any:
        """Read what was told and call the verb. Raises EntryInvalid naming every mistake, and as the verb."""
        values = self.read(told)
        more = {"settings": settings} if self.counts_days else {}
        return self.verb(*first, **values, **more, by=by, now=now)


def add(code: str, told: Told, *, by: str, settings: Settings, now: datetime) -> tuple[str, list[int]]:
    """Make an entry by hand; answers the register's code and the new numbers. Raises EntryInvalid, and as the verb."""
    register = catalogue.find(code).code
    if register not in ADDED:
        raise EntryInvalid(f"{register} is filled by the acts themselves; {', '.join(ADDED)} take entries.")
    made = ADDED[register].fill(told, by=by, settings=settings, now=now)
    made = made.number if isinstance(made, gate.Transfer) else made
    return register, made if isinstance(made, list) else [made]


def note(code: str, number: int, told: Told, *, by: str, settings: Settings, now: datetime) -> str:
    """Note what became of an entry; answers the register's code. Raises EntryInvalid, EntryUnknown, EntryMoved."""
    register = catalogue.find(code).code
    forms = NOTED.get(register)
    if not forms:
        raise EntryInvalid(f"Nothing is noted in {register} by hand; {', '.join(NOTED)} take notes.")
    names = {name for name, _ in told}
    form = next((form for form in forms if names & {field.name for field in form.fields}), None)
    if form is None:
        raise EntryInvalid(f"Note one of: {'; or '.join(_told(form) for form in forms)}.")
    form.fill(told, (number,), by=by, settings=settings, now=now)
    return register


def manual(forms: Mapping[str, Sequence[Form]]) -> Iterator[tuple[str, str]]:
    """Each register and what it takes, for people."""
    for code, those in forms.items():
        yield code, "; or ".join(_told(form) for form in those)


def _told(form: Form) -> str:
    return ", ".join(map(str, form.fields))


def _publish(interest: str = "", reason: str = "", **values: Any) -> int:
    override = publications.Override(interest, reason) if interest or reason else None
    return publications.publish(**values, override=override)


def _prohibit(fields: Sequence[str], **values: Any) -> list[int]:
    return [publications.prohibit(field=field, **values) for field in fields]


def _act(**values: Any) -> int:
    return database.vault.write(lambda: acts.record_act(**values))


_PERSON = Field("person", readers.person, "a person's id")
_FIELDS = Field("fields", readers.codes, f"codes of {' '.join(gate.FIELDS)}")
_BASIS = Choice(tuple(grounds.BASES))
_CITATION = Field("citation", Line(), "the law, act or link it rests on; not for consent", required=False)
_PLACE = Field("place", Line(), "where, always in the same words")
_SINCE = Field("since", readers.day, "a day; else today", required=False)
_COUNTRY = Field("country", readers.country, "ISO 3166")
_ENDED = (Field("ended", readers.done, "yes"),)

ADDED: dict[str, Form] = {
    "R3": Form(
        gate.provide,
        (
            _PERSON,
            Field("recipient", readers.whole, "the number in R12"),
            _FIELDS,
            Field("purpose", Line(), "of a consent the key of its purpose"),
            Field("basis", _BASIS, "/".join(grounds.BASES)),
            _CITATION,
            Field("consent", readers.receipt, "only this receipt", required=False),
            Field("notify", readers.truth, "yes where telling the person was agreed", required=False),
            Field("network", readers.truth, "no where it goes by hand", required=False),
        ),
        counts_days=True,
    ),
    "R5": Form(
        _publish,
        (
            _PERSON,
            _FIELDS,
            _PLACE,
            Field("basis", _BASIS, "else consent", required=False),
            _CITATION,
            Field("met", readers.numbers, "prohibitions whose condition is met", required=False),
            Field("interest", Choice(publications.INTERESTS), "state or public, before a prohibition", required=False),
            Field("reason", Line(), "the law that says so", required=False),
        ),
    ),
    "R7": Form(
        authority.receive_request,
        (
            Field("number", Line(64), "the number it bears"),
            Field("authority", Line(), "whose request"),
            Field("asks", Line(2000), "what for, naming nobody"),
            Field("received_at", readers.moment, "when it came"),
            Field("due_on", readers.day, "the day it names itself", required=False),
        ),
        counts_days=True,
    ),
    "R8": Form(
        incidents.detect,
        (
            Field("kind", Choice(incidents.KINDS), "/".join(incidents.KINDS)),
            Field("scope", Line(2000), "what happened to what, naming nobody"),
            Field("detected_at", readers.moment, "when it was noticed"),
            Field("people", readers.whole, "how many", required=False),
            Field("fields", readers.codes, "codes of what is concerned", required=False),
            Field("measures", Line(2000), "what was done at once", required=False),
        ),
        counts_days=True,
    ),
    "R9": Form(
        _act,
        (
            Field("act", Choice(acts.ACTS), "/".join(acts.ACTS)),
            Field("object", Line(), "a person's id, or what and how many"),
            Field("ground", Choice(grounds.DESTRUCTION), "/".join(grounds.DESTRUCTION)),
            Field("method", Line(), "how"),
            Field("citation", Line(), "the request, order or act of a court", required=False),
            Field("backups_until", readers.day, "when the last backup of it goes", required=False),
        ),
    ),
    "R11": Form(
        inventory.approve,
        (
            Field("version", readers.whole, "of the policy"),
            Field("approver", Line(), "position and order"),
            Field("on", readers.day, "when"),
        ),
    ),
    "R12": Form(
        recipients.register,
        (
            Field("kind", Choice(("recipient", "staff")), "recipient/staff"),
            Field("name", Line(), "as the policy names it; of staff position and personnel number"),
            Field("scope", Line(), "what they may see"),
            Field("country", readers.country, "ISO 3166; else KZ", required=False),
            Field("duties_on", readers.day, "when they accepted the duties of the law", required=False),
            Field("duties_evidence", Line(), "where that is written", required=False),
            Field("country_facts", Line(2000), "what is known of data protection there", required=False),
            _SINCE,
        ),
    ),
    "consents": Form(
        publications.allow,
        (
            _PERSON,
            _FIELDS,
            _PLACE,
            Field("method", Choice(publications.METHODS), "/".join(publications.METHODS)),
            Field("evidence", Line(), "where the consent itself is kept"),
        ),
    ),
    "prohibitions": Form(
        _prohibit,
        (_PERSON, _FIELDS, Field("condition", Line(500), "without one: altogether", required=False)),
        counts_days=True,
    ),
    "notices": Form(
        recipients.notify_authority,
        (
            Field("kind", Choice(recipients.NOTICES), "/".join(recipients.NOTICES)),
            Field("reference", Line(), "its outgoing number"),
            Field("sent_on", readers.day, "when it went"),
            Field("recipient", readers.whole, "the number in R12, of one abroad", required=False),
        ),
    ),
    "systems": Form(
        inventory.add_system,
        (
            Field("name", Line(100), "receipts, vault and person_keys are ours"),
            Field("place", Line(), "where the machine stands"),
            Field("owner", Line(), "whose it is"),
            Field("holds", Line(500), "what data", required=False),
            Field("software", Line(), "by what program", required=False),
            Field("country", readers.country, "ISO 3166; else KZ", required=False),
            _SINCE,
        ),
    ),
    "measures": Form(
        inventory.add_measure,
        (
            Field("kind", Choice(inventory.MEASURES), "/".join(inventory.MEASURES)),
            Field("measure", Line(2000), "what is done"),
            Field("evidence", Line(), "what shows it"),
            Field("approver", Line(), "position and order"),
        ),
    ),
    "services": Form(
        inventory.add_service,
        (
            Field("name", Line(), "the service"),
            Field("purpose", Line(), "what for"),
            Field("data", Line(500), "what it gets"),
            Field("policy_url", readers.address, "its own privacy policy"),
            _COUNTRY,
            _SINCE,
        ),
    ),
}

NOTED: dict[str, tuple[Form, ...]] = {
    "R3": (Form(gate.told, (Field("told_on", readers.day, "when the person was told"),)),),
    "R5": (Form(publications.unpublish, (Field("removal", Line(), "why it was taken down"),)),),
    "R7": (
        Form(
            authority.answer_request,
            (
                Field("answer", Line(2000), "number and gist of the answer"),
                Field("attachments", readers.attachment, "the path of a file that went with it", False, many=True),
            ),
        ),
    ),
    "R8": (
        Form(incidents.notified, (Field("reference", Line(), "the notice's outgoing number"),)),
        Form(incidents.close, (Field("follow_up", Line(2000), "what was learned and changed"),)),
    ),
    "R12": (
        Form(
            recipients.accept_duties,
            (
                Field("duties_on", readers.day, "when they accepted the duties"),
                Field("duties_evidence", Line(), "where that is written"),
            ),
        ),
        Form(
            recipients.tell_of_country,
            (Field("country_facts", Line(2000), "what is known of data protection there"),),
        ),
        Form(recipients.end_access, (Field("until", readers.day, "from which day on they get nothing"),)),
    ),
    "recalls": (Form(recalls.passed_on, (Field("passed_on", readers.day, "when the recipient was told"),)),),
    "consents": (Form(publications.end_consent, _ENDED, counts_days=True),),
    "prohibitions": (Form(publications.end_prohibition, _ENDED),),
    "systems": (Form(partial(inventory.end, "systems"), (Field("until", readers.day, "its last day"),)),),
    "measures": (Form(inventory.end_measure, _ENDED),),
    "services": (Form(partial(inventory.end, "services"), (Field("until", readers.day, "its last day"),)),),
}
