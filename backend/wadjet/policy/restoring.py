"""Puts the placeholders back where a published text shows what was put in for them. Pure.

A version's text is stored as people read it. Whoever goes on writing from it wants `{operator.phone}` to follow the
settings and `{purposes}` to follow the purposes. What is put back is tried: filled again it must give the very same
text; where it does not, the text stays as it was published.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from ..settings import Operator
from .fill import fill
from .purposes import Purpose
from .table import purposes_table

_SHORTEST = 5  # letters of a fact that is looked for: shorter ones stand in other words too


def restore(
    text: str,
    language: str,
    *,
    operator: Operator,
    purposes: Sequence[Purpose],
    number: int,
    effective: date,
    privacy_url: str,
) -> str:
    """The text as it was before `fill` put these values in."""

    def filled(markdown: str) -> str:
        return fill(
            markdown,
            language,
            operator=operator,
            purposes=purposes,
            number=number,
            effective=effective,
            privacy_url=privacy_url,
        )

    table = purposes_table(purposes, language)
    restored = text.replace(table, "{purposes}") if table else text
    names = [f"operator.{name}" for name in Operator.__dataclass_fields__]
    names += ["privacy_url", "choices_url", "requests_url", "effective"]
    restored = _replaced(restored, {name: filled(f"{{{name}}}") for name in names})
    restored = "\n".join(_numbered(line, number) for line in restored.split("\n"))
    return restored if filled(restored) == text else text


def _replaced(text: str, shown: Mapping[str, str]) -> str:
    """Every value by its name, the longest first: the office's address may stand within the responsible person's.

    A gap that was left for a fact names it too.
    """
    names: dict[str, str] = {}
    for name, value in shown.items():
        if len(value) >= _SHORTEST:
            names.setdefault(value, name)
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return pattern.sub(lambda found: f"{{{names[found[0]]}}}", text)


def _numbered(line: str, number: int) -> str:
    """A version's number is told from other numbers by standing beside its date, once."""
    found = list(re.finditer(rf"(?<![\w.]){number}(?![\w.]*\d)(?!\w)", line)) if "{effective}" in line else []
    if len(found) != 1:
        return line
    return f"{line[: found[0].start()]}{{version}}{line[found[0].end() :]}"
