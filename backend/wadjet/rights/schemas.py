"""What may come in by the form: for each kind its own questions, and nothing else."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from .. import contact
from ..contact import Field, Wrong
from .intake import Said

NEW = "new_"  # stands before the name of a card's field that is to be corrected
PURPOSE = "purpose_"  # stands before the key of a purpose whose consent is withdrawn
FOR_ANOTHER = "representative"
_TECHNICAL = frozenset({"website", "started", "csrf_token"})
_IN_WORDS = ("complaint", "question", "other")  # without words there is nothing to answer
_RECEIPT = re.compile(r"[A-Za-z0-9_-]{22}")

Mistakes = list[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """One question. `name` is that of the form's field; `field` says what may be answered."""

    name: str
    field: Field


_NEW = tuple(
    Question(NEW + each.name, replace(each, is_required=False)) for each in contact.FIELDS if each.kind != "textarea"
)
_NUMBER = Question("receipt", Field("receipt", 200, is_required=False))
_EMAIL = Question("email", next(each for each in contact.FIELDS if each.name == "email"))
_FOR_ANOTHER = Question(FOR_ANOTHER, Field(FOR_ANOTHER, 500, kind="textarea", is_required=False))


def questions(kind: str) -> tuple[Question, ...]:
    """What is asked of somebody who wants this, in order."""
    details = Question("details", Field("details", 3000, kind="textarea", is_required=kind in _IN_WORDS))
    own = {"rectify": _NEW, "withdraw": (_NUMBER,)}.get(kind, ())
    # A receipt's number is proof enough to end its consent, so nothing else need be told (94-V art. 7(9), 8(7)).
    email = Question("email", replace(_EMAIL.field, is_required=kind != "withdraw"))
    return (*own, details, email, _FOR_ANOTHER)


def read(kind: str, sent: Mapping[str, str], purposes: Collection[str]) -> tuple[Said, Mistakes]:
    """What was asked, and what is wrong with it: field and code. `purposes`: the keys that may be ticked."""
    asked = questions(kind)
    ticks = {PURPOSE + key: key for key in purposes} if kind == "withdraw" else {}
    known = _TECHNICAL.union(ticks, (each.name for each in asked))
    mistakes: Mistakes = [(name, "unknown") for name in sent if name not in known]
    written = {}
    for each in asked:
        try:
            written[each.name] = contact.clean(each.field, sent.get(each.name)) or ""
        except Wrong as wrong:
            mistakes.append((each.name, str(wrong)))
    new = {name.removeprefix(NEW): value for name, value in written.items() if name.startswith(NEW) and value}
    if kind == "rectify" and not new and not written.get("details", " ") and not mistakes:
        mistakes.append(("details", "nothing"))
    if (number := written.get("receipt")) and not _RECEIPT.fullmatch(number):
        mistakes.append(("receipt", "receipt"))
    if kind == "withdraw" and written.get("email") == written.get("receipt") == "":
        mistakes.append(("email", "missing"))
    said = Said(
        email=written.get("email", ""),
        text=written.get("details", ""),
        fields=new,
        purposes=tuple(key for name, key in ticks.items() if sent.get(name)),
        receipt=written.get("receipt", ""),
        representative=written.get(FOR_ANOTHER, ""),
    )
    return said, mistakes
