"""Forms of the registers as a page draws them: made from the registers' own, which say what each field takes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from babel import Locale
from flask import request
from flask_babel import get_locale, gettext

from .. import policy, registers, vault
from ..problems import Problem
from . import register_words as words

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
READERS = registers.readers


@dataclass(frozen=True)
class Asked:
    """A field as a page draws it. `kind`: text, area, choice, ticks, tick, file, or a type of input.

    values  what was typed; options: (value, words) of a choice or of ticks; error: "" where it is well
    """

    name: str
    label: str
    kind: str
    hint: str = ""
    required: bool = True
    values: tuple[str, ...] = ()
    options: Sequence[tuple[str, str]] = ()
    error: str = ""

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(frozen=True)
class Filled:
    """A form, filled in or not. trouble: what is wrong with the whole; missing: what a gate lacks, in words."""

    fields: tuple[Asked, ...]
    trouble: str = ""
    missing: tuple[str, ...] = ()
    status: int = 200

    def __iter__(self) -> Any:
        return iter(self.fields)

    @property
    def wrong(self) -> list[Asked]:
        return [each for each in self.fields if each.error]

    def marked(self, wrong: Mapping[str, bool], trouble: str = "", status: int = 422) -> "Filled":
        """The same with some fields marked as wrong; `trouble`: what it is, else what their kind asks for."""
        names = {name: trouble for name, is_wrong in wrong.items() if is_wrong}
        return _mark(self, names, "" if names else trouble, status)


_WRONG: Mapping[str, str] = {
    "date": N_("Give a day."),
    "datetime-local": N_("Give a day and a time."),
    "choice": N_("Choose one."),
    "ticks": N_("Choose at least one."),
    "tick": N_("Tick it once it is so."),
    "url": N_("Write an address like https://example.kz/privacy."),
    "person": N_("It has 22 letters, digits, - and _."),
    "number": N_("Write a whole number."),
    "file": N_("The file’s name is too long, or names somebody."),
}
_KINDS: Mapping[Callable[..., Any], str] = {
    READERS.day: "date",
    READERS.moment: "datetime-local",
    READERS.address: "url",
    READERS.person: "person",
    READERS.receipt: "person",
    READERS.whole: "number",
    READERS.truth: "choice",
    READERS.country: "choice",
    READERS.codes: "ticks",
    READERS.done: "tick",
    READERS.attachment: "file",
}


def blank(form: registers.forms.Form, **values: str) -> Filled:
    """The form as it is first seen; `values`: what is known already."""
    return Filled(tuple(_asked(each, values.get(each.name)) for each in form.fields))


def typed(form: registers.forms.Form) -> Filled:
    """The form as it was sent."""
    return Filled(tuple(replace(_asked(each), values=tuple(_given(each.name))) for each in form.fields))


def told(form: registers.forms.Form) -> list[tuple[str, Any]]:
    """What was sent, as the registers read it. Of a file its name and digest; a path is not taken from a browser."""
    found: list[tuple[str, Any]] = []
    for each in form.fields:
        if each.read is READERS.attachment:
            files = [file for file in request.files.getlist(each.name) if file.filename]
            found += [
                (each.name, registers.Attachment(str(file.filename), sha256(file.read()).hexdigest())) for file in files
            ]
        elif given := [text for text in _given(each.name) if text]:
            found.append((each.name, " ".join(given)))
    return found


def refused(filled: Filled, problem: Problem) -> Filled:
    """The form again, with what is wrong beside each field."""
    if isinstance(problem, (registers.TransferRefused, registers.PublicationRefused)):
        missing = tuple(gettext(words.LACKS[code]) for code in problem.evidence["missing"])
        return replace(filled, missing=missing, status=problem.status)
    if isinstance(problem, (vault.PersonUnknown, vault.PersonBlocked)):
        return _mark(filled, {"person": gettext(problem.title)}, "", 422)
    said = gettext(problem.detail)
    if not isinstance(problem, registers.EntryInvalid):
        return replace(filled, trouble=said, status=problem.status)
    marked = {}
    for error in problem.evidence["errors"]:
        name = re.split(r"[ =]", error)[0]
        marked[name] = said if error == name else ""
    return _mark(filled, marked, "" if set(marked) & {each.name for each in filled} else said, 422)


def _mark(filled: Filled, marked: Mapping[str, str], trouble: str, status: int) -> Filled:
    fields = tuple(
        replace(each, error=marked[each.name] or _wrong(each)) if each.name in marked else each for each in filled
    )
    return Filled(fields, trouble, status=status)


def _wrong(asked: Asked) -> str:
    if not "".join(asked.values).strip() and asked.kind in ("text", "area", "person", "url", "number"):
        return str(gettext("Fill this in."))
    if asked.kind in _WRONG:
        return str(gettext(_WRONG[asked.kind]))
    most = 2000 if asked.kind == "area" else 200
    return str(gettext("Write one line of at most %(most)s letters, without an e-mail address.", most=most))


def _given(name: str) -> list[str]:
    return [" ".join(text.split()) for text in request.form.getlist(name)]


def _asked(each: registers.forms.Field, value: str | None = None) -> Asked:
    read = each.read
    kind, options = _KINDS.get(read, "text"), _options(each)
    if isinstance(read, READERS.Line):
        kind = "area" if read.longest > 200 else "text"
    kind = "choice" if options and kind == "text" else kind
    label = words.LABELS.get(each.name) or registers.tables.COLUMNS.get(each.name, each.name)
    default = "KZ" if read is READERS.country and not value else value
    return Asked(
        each.name,
        gettext(label),
        kind,
        gettext(words.HINTS[each.name]) if each.name in words.HINTS and not options else "",
        each.required,
        (default,) if default else (),
        options,
    )


def _options(each: registers.forms.Field) -> list[tuple[str, str]]:
    if isinstance(each.read, READERS.Choice):
        return [(word, gettext(registers.tables.WORDS.get(word, word))) for word in each.read.words]
    if each.read is READERS.codes:
        return [(word, gettext(registers.tables.WORDS[word])) for word in registers.FIELDS]
    if each.read is READERS.truth:
        return [("yes", gettext("yes")), ("no", gettext("no"))]
    if each.read is READERS.country:
        names = Locale(get_locale().language).territories
        return sorted(((code, names.get(code, code)) for code in policy.countries()), key=lambda pair: pair[1])
    return []
