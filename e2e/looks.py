"""What every page has to stand: axe in any look, by day and by night, on a phone and on a desk."""

from pathlib import Path
from typing import Any

import pytest
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
COLOURS = ["color-contrast", "link-in-text-block"]
# Every page in every language, each time in another look; `make torture` looks at it in every one.
IN_LANGUAGES = pytest.mark.parametrize(
    ("language", "looks"),
    [
        pytest.param("kk", LOOKS[:1], id="kk"),
        pytest.param("ru", LOOKS[3:4], id="ru"),
        pytest.param("en", LOOKS[2:3], id="en"),
        pytest.param("kk", LOOKS, id="kk-every-look", marks=pytest.mark.torture),
        pytest.param("ru", LOOKS, id="ru-every-look", marks=pytest.mark.torture),
        pytest.param("en", LOOKS, id="en-every-look", marks=pytest.mark.torture),
    ],
)


def expect_accessible(page: Page, looks: list[tuple[ViewportSize, dict[str, Any]]] = LOOKS) -> None:
    """In each look: no finding of axe, and nothing that has to be scrolled sideways."""
    page.evaluate(AXE)
    sizes = []
    for size, media in looks:
        page.set_viewport_size(size)
        page.emulate_media(**{"forced_colors": "none", "reduced_motion": "no-preference"} | media)
        only = {"runOnly": COLOURS} if size in sizes else {}  # what else there is to find, depends on the size alone
        found = page.evaluate(
            "only => axe.run(document, { iframes: false, resultTypes: ['violations'], ...only })", only
        )
        sizes.append(size)
        faults = [
            (each["id"], node["html"], node["failureSummary"]) for each in found["violations"] for node in each["nodes"]
        ]
        assert faults == [], f"{size} {media}: {faults}"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), size
