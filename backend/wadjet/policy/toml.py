"""A manifest put down as `policy.toml`: the inverse of `manifest.read`. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from .manifest import Manifest
from .purposes import Purpose


def write(manifest: Manifest) -> str:
    """The file. What is not stated is left out, and what is nobody's choice is written out."""
    lines = [f"effective = {manifest.effective.isoformat()}"] if manifest.effective else []
    lines.append(_line("material", manifest.material))
    if manifest.summary:
        lines.append(_line("summary", manifest.summary))
    facts = {name: fact for name, fact in asdict(manifest.operator).items() if fact}
    if facts:
        lines += ["", "[operator]", *(_line(name, fact) for name, fact in facts.items())]
    for purpose in manifest.purposes:
        lines += ["", "[[purposes]]", *_purpose(purpose)]
    return "\n".join(lines) + "\n"


def _purpose(purpose: Purpose) -> Iterator[str]:
    for name, value in purpose.content().items():
        if value != {}:  # words that are not given in any language
            yield _line(name, value)


def _line(name: str, value: Any) -> str:
    return f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case date():
            return value.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{_text(name)} = {_value(each)}" for name, each in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(_value(each) for each in value) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} stands in no manifest")


def _text(text: str) -> str:
    """A string of JSON is one of TOML, but for one letter: DEL has to be escaped here."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
