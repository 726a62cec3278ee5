"""`policy.toml`: what a bundle says besides its texts.

Unknown keys are refused; every mistake is told with its line.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    TypeAdapter,
    ValidationError,
)

from ..settings import WORDED, Operator, read_operator
from .findings import Finding
from .languages import mistake
from .purposes import Purpose, Unfit, Words, spread, worded

UNSTATED = Operator()

_FIRST_DAY, LAST_DAY = date(2013, 5, 21), date(2199, 12, 31)  # from the law's own day

_TABLE = re.compile(r"\s*\[(\[?)\s*([\w.\"' -]{1,200}?)\s*\]")
_KEY = re.compile(r"\s*([\w-]{1,100})(?:\s*\.\s*([\w-]{1,100}))?\s*=")
_DEEP = re.compile(r"(?:[\w\"'-]{1,64}\s{0,4}\.\s{0,4}){16}")  # tomllib takes minutes over a key of 50,000 parts
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def _day(value: object) -> object:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("must be a day, written 2026-12-01 without quotes")
    if not _FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"must lie between {_FIRST_DAY} and {LAST_DAY}")
    return value


def _operator(value: object) -> Operator:
    if not isinstance(value, dict):
        raise ValueError("must be a table: [operator]")
    operator = read_operator(value)
    for name in WORDED:
        for language, words in getattr(operator, name).items():
            if not isinstance(words, str):
                raise ValueError(f"{name}.{language} must be text")
            if wrong := mistake(language):
                raise ValueError(f"{name}: {wrong}")
    return operator


def _told_once(purposes: tuple[Purpose, ...]) -> tuple[Purpose, ...]:
    twice = [key for key, count in Counter(purpose.key for purpose in purposes).items() if count > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)}: a key names one purpose only")
    return purposes


@dataclass(frozen=True)
class Manifest:
    """The file's content. `operator` holds only the facts it states."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    effective: Annotated[date | None, BeforeValidator(_day)] = None
    material: StrictBool = True
    summary: Annotated[Words, BeforeValidator(spread), AfterValidator(partial(worded, longest=2000))] = field(
        default_factory=dict
    )
    operator: Annotated[Operator, PlainValidator(_operator)] = UNSTATED
    purposes: Annotated[tuple[Purpose, ...], Field(max_length=50), AfterValidator(_told_once)] = ()


_SCHEMA = TypeAdapter(Manifest)


def manifest_of(facts: Mapping[str, Any]) -> Manifest:
    """A manifest as somebody describes it, by the same rules as the file's. Raises Unfit."""
    try:
        return _SCHEMA.validate_python(facts)
    except ValidationError as refused:
        raise Unfit(frozenset(str(error["loc"][0]) for error in refused.errors(include_url=False))) from None


def read(text: str, name: str) -> tuple[Manifest, list[Finding]]:
    """The manifest and what is wrong with it; with mistakes the manifest is empty."""
    try:
        if _DEEP.search(text):
            raise RecursionError
        content = tomllib.loads(text)
    except RecursionError:
        return Manifest(), [Finding("error", "is nested too deep", name)]
    except ValueError as error:
        place = _PLACE.search(str(error))
        message = "is not TOML: " + _PLACE.sub("", str(error))
        return Manifest(), [Finding("error", message, name, int(place[1]) if place else None)]
    try:
        return _SCHEMA.validate_python(content), []
    except ValidationError as refused:
        lines = _lines(text)
        return Manifest(), [_finding(error, content, name, lines) for error in refused.errors(include_url=False)]


def _finding(
    error: Mapping[str, Any], content: Mapping[str, Any], name: str, lines: Mapping[tuple[str | int, ...], int]
) -> Finding:
    place: tuple[str | int, ...] = error["loc"]
    known = [item.name for item in fields(Purpose if place[0] == "purposes" and len(place) > 2 else Manifest)]
    match error["type"]:
        case "unexpected_keyword_argument":
            message = f"no such key; known are {', '.join(known)}"
        case "missing":
            message = "is missing"
        case _:
            message = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    line = next((lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in lines), None)
    return Finding("error", f"{_said(place, content)}: {message}", name, line)


def _said(place: Sequence[str | int], content: Mapping[str, Any]) -> str:
    """`purposes.1.term` → `purpose 2 (measurement): term`."""
    if len(place) < 2 or place[0] != "purposes":
        return ".".join(map(str, place))
    purpose = content["purposes"][place[1]]
    key = purpose.get("key") if isinstance(purpose, dict) else None
    said = f"purpose {int(place[1]) + 1}" + (f" ({key})" if isinstance(key, str) and key.isascii() else "")
    return ": ".join([said, ".".join(map(str, place[2:]))] if place[2:] else [said])


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Where each table and key stands: tomllib does not tell."""
    places: dict[tuple[str | int, ...], int] = {}
    seen: Counter[str] = Counter()
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TABLE.match(line):
            first, *rest = (part.strip(" \"'") for part in header[2].split("."))
            seen[first] += bool(header[1]) and not rest
            table = (first, *((seen[first] - 1,) if seen[first] else ()), *rest)
            places.setdefault((first,), number)
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            places.setdefault((*table, key[1]), number)
            if key[2]:
                places.setdefault((*table, key[1], key[2]), number)
    return places
