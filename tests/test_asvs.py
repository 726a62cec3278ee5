"""docs/asvs.md names tests that are there, and each requirement once."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| \*?([\d.–]+)\*? \| [^|]+ \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)


def is_there(named: str) -> bool:
    """A test by file and name, in Python or JavaScript."""
    file, _, name = named.partition("::")
    path = ROOT / file
    source = path.read_text("utf-8") if path.is_file() else ""
    return f"def {name}(" in source or f'test("{name}"' in source


def test_every_test_named_is_there():
    named = re.findall(r"`((?:tests|e2e)/[^`]+)`", DOCUMENT)

    assert len(named) > 50
    assert [each for each in named if not is_there(each)] == []
    assert not is_there("tests/test_asvs.py::test_nobody_wrote")


def test_every_requirement_stands_once_and_says_why():
    open_ones = re.findall(r"\d+\.\d+\.\d+", DOCUMENT.partition("\nOpen, ")[2])
    ids = [each for each, _ in ROWS] + open_ones

    assert len(ROWS) == DOCUMENT.count("\n| ") - 2  # but the head and the line below it
    assert sorted(set(ids)) == sorted(ids)
    assert [each for each, shown in ROWS if "`" not in shown and not shown.endswith(".")] == []
