"""docs/console.md tells who may what as the code has it, of every area, and is short enough to be read."""

import re
from pathlib import Path

from wadjet.console import PERMISSIONS, ROLES
from wadjet.console.desk import AREAS

DOCUMENT = Path(__file__).parents[2] / "docs" / "console.md"
ORDER = ("read", "open", "write", "answer", "move", "change", "run", "approve", "send", "rotate", "export")


def table() -> str:
    """Subjects by roles: which acts. Written into the document by `python -m tests.console.test_docs`."""
    areas = [area.needs.partition(":")[0] for area in AREAS]
    subjects = dict.fromkeys([*areas, *sorted(each.partition(":")[0] for each in PERMISSIONS)])
    lines = ["| | " + " | ".join(f"`{role}`" for role in ROLES) + " |", "| --- " * (len(ROLES) + 1) + "|"]
    for subject in subjects:
        cells = (_acts(subject, role.permissions) for role in ROLES.values())
        lines.append(f"| {subject} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _acts(subject: str, permissions: frozenset[str]) -> str:
    acts = {each.partition(":")[2] for each in permissions if each.startswith(f"{subject}:")}
    return ", ".join(sorted(acts, key=ORDER.index)) or "–"


def test_who_may_what_is_told_as_it_is() -> None:
    assert table() in DOCUMENT.read_text("utf-8")


def test_every_area_is_told_in_the_order_of_the_navigation() -> None:
    areas = DOCUMENT.read_text("utf-8").partition("\n## The areas\n")[2].partition("\n## ")[0]
    told = re.findall(r"^- \*\*(\w+)\*\*", areas, re.MULTILINE)

    assert told == [area.title for area in AREAS]


def test_it_is_read_in_one_sitting() -> None:
    assert len(DOCUMENT.read_text("utf-8").splitlines()) <= 120


if __name__ == "__main__":
    written = DOCUMENT.read_text("utf-8")
    DOCUMENT.write_text(re.sub(r"\| \| `.*?\n\n", table() + "\n\n", written, flags=re.DOTALL), "utf-8")
