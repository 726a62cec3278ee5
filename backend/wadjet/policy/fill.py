"""Puts the operator's facts, the addresses and the purposes table where a text has placeholders.

Plain replacement in one pass: what is put in is never read again, and a text is never a template. A fact that is not
set leaves a gap that every reader sees.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from ..settings import LANGUAGES, WORDED, Operator
from .findings import N_, Wording
from .languages import choose, pick
from .purposes import Purpose
from .table import purposes_table
from .writer import escape, escape_start

_FACTS = {  # how a gap names what is missing, in the order of LANGUAGES
    "name": ("атауы", "наименование", "name"),
    "bin": ("БСН", "БИН", "BIN"),
    "address": ("мекенжайы", "адрес", "address"),
    "email": ("электрондық пошта", "электронная почта", "e-mail"),
    "phone": ("телефон", "телефон", "telephone"),
    "website": ("сайт", "сайт", "website"),
    "responsible": ("жауапты тұлға", "ответственное лицо", "responsible person"),
    "authority": ("уәкілетті орган", "уполномоченный орган", "authorised body"),
    "authority_url": ("уәкілетті органның сайты", "сайт уполномоченного органа", "website of the authorised body"),
}
_NOT_STATED = ("көрсетілмеген", "не указано", "not stated")
_OTHERS = {"privacy_url", "choices_url", "requests_url", "version", "effective", "purposes"}
_ADDRESSES = {"privacy_url", "choices_url", "requests_url", "operator.website", "operator.authority_url"}

_PLACEHOLDER = re.compile(r"\{(operator\.[a-z_]{1,40}|[a-z_]{1,40})\}")
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>\"\\^`{|}()*\[\]]")


def mistakes(markdown: str) -> Iterator[tuple[int, str]]:
    """The placeholders that cannot be filled: (0-based line, what is wrong)."""
    for index, line in enumerate(markdown.split("\n")):
        for found in _PLACEHOLDER.finditer(line):
            name = found[1]
            if name.startswith("operator.") and name.removeprefix("operator.") not in _FACTS:
                known = ", ".join(_FACTS)
                yield (
                    index,
                    Wording(N_("{place} is no fact of the operator; known are {known}"), place=found[0], known=known),
                )
            elif name == "purposes" and line.strip() != found[0]:
                yield index, Wording(N_("{{purposes}} must stand alone on its line"))


def gaps(markdown: str, operator: Operator) -> set[str]:
    """The facts that the text asks for and the operator has not stated, as `operator.phone`."""
    asked = {found[1] for found in _PLACEHOLDER.finditer(markdown)}
    return {f"operator.{fact.name}" for fact in fields(Operator) if not getattr(operator, fact.name)} & asked


def fill(
    markdown: str,
    language: str,
    *,
    operator: Operator,
    purposes: Sequence[Purpose],
    number: int,
    effective: date,
    privacy_url: str,
) -> str:
    """The text as it is published. What looks like a placeholder and is none stays as it is."""
    values = {
        "privacy_url": privacy_url,
        "choices_url": f"{privacy_url}choices/",
        "requests_url": f"{privacy_url}requests/",
        "version": str(number),
        "effective": _date_in_words(effective, language),
        **{f"operator.{name}": fact(operator, name, language) for name in _FACTS},
    }

    def replace(found: re.Match[str]) -> str:
        name = found[1]
        if name == "purposes":
            return purposes_table(purposes, language)
        if name not in values:
            return found[0]
        if not values[name]:
            return _gap(name.removeprefix("operator."), language)
        if name in _ADDRESSES:  # raw: backslashes mean themselves in `<…>` and in bare addresses
            return _UNSAFE_IN_ADDRESS.sub(lambda char: f"%{ord(char[0]):02X}", values[name])
        return escape_start(escape(" ".join(values[name].split()))).replace("|", "\\|")

    return _PLACEHOLDER.sub(replace, markdown)


def fact(operator: Operator, name: str, language: str) -> str:
    """One of the operator's facts for a reader; "" when it is not stated."""
    value = getattr(operator, name)
    return (pick(value, language) or "") if name in WORDED else str(value)


def _gap(name: str, language: str) -> str:
    place = LANGUAGES.index(choose(language, LANGUAGES) or "en")
    return f"**\\[{_FACTS[name][place]}: {_NOT_STATED[place]}\\]**"


def _date_in_words(day: date, language: str) -> str:
    try:
        return format_date(day, "long", Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return day.isoformat()
