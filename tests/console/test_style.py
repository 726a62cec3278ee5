"""The console's style sheet says what some page uses, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_class_is_one_that_a_page_has() -> None:
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "widget/static/console.css").read_text("utf-8"), flags=re.DOTALL)
    files = [*(ROOT / "widget/templates").rglob("*.html"), *(ROOT / "backend/wadjet").rglob("*.py")]
    written = "".join(each.read_text("utf-8") for each in files)

    classes = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r'"[^"]*"', "", css)))
    assert len(classes) > 20
    assert sorted(each for each in classes if not re.search(rf"(?<![\w-]){each}(?![\w-])", written)) == []
