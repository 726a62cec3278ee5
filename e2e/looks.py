"""What every page has to stand: axe in any look, by day and by night, on a phone and on a desk."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE = (Path(__file__).parents[1] / "widget/node_modules/axe-core/axe.min.js").read_text("utf-8")
PHONE, DESK = ViewportSize(width=320, height=640), ViewportSize(width=1440, height=900)
LOOKS: list[tuple[ViewportSize, dict[str, Any]]] = [
    (PHONE, {"color_scheme": "light"}),
    (PHONE, {"color_scheme": "dark"}),
    (DESK, {"color_scheme": "light"}),
    (DESK, {"color_scheme": "dark"}),
    (DESK, {"color_scheme": "light", "forced_colors": "active", "reduced_motion": "reduce"}),
]


def expect_accessible(page: Page) -> None:
    """In every look: no finding of axe, and nothing that has to be scrolled sideways."""
    page.evaluate(AXE)
    for size, media in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(**{"forced_colors": "none", "reduced_motion": "no-preference"} | media)
        found = page.evaluate("axe.run(document, { iframes: false, resultTypes: ['violations'] })")
        faults = [
            (each["id"], node["html"], node["failureSummary"]) for each in found["violations"] for node in each["nodes"]
        ]
        assert faults == [], f"{size} {media}: {faults}"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), size
