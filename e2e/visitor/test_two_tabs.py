"""Two pages of the same site are open: they agree."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserType, expect

from e2e.pages import Site, until
from e2e.servers import Demo

WITH_BACK_FORWARD_CACHE = ("chromium", "chromium-browser", "google-chrome")
Visit = Callable[..., Site]


@pytest.fixture
def other(site: Site, visit: Visit, demo: Demo) -> Site:
    return visit(demo, "kk")


def test_consent_in_one_tab_counts_in_the_other(site: Site, other: Site) -> None:
    other.expect_asking()

    site.accept()

    other.expect_running("measurement", "embeds")
    other.expect_settled()
    assert other.asked_for("POST") == []


def test_withdrawal_in_one_tab_ends_it_in_the_other(site: Site, other: Site) -> None:
    site.accept()
    other.expect_running("measurement", "embeds")

    other.withdraw()

    site.expect_running()
    site.expect_settled()


def test_refusal_in_one_tab_is_asked_in_neither(site: Site, other: Site) -> None:
    site.refuse()

    other.expect_settled()
    other.expect_running()


@pytest.mark.clause("8.9")
def test_last_choice_wins_over_one_on_its_way(site: Site, other: Site, demo: Demo) -> None:
    held = site.hold("**/api/v1/receipts")
    site.accept()
    site.expect_said("Saving…")
    until(site.page, lambda: held)

    other.withdraw()
    other.expect_said("Saved.")
    held[0].continue_()

    def recorded() -> list[tuple[str, str]]:
        rows = json.loads(demo.wadjet("receipt", "list", "--json"))[-3:]
        return [(row["event"], row["status"]) for row in rows]

    ended = [("refused", "current"), ("given", "withdrawn"), ("withdrawn", "current")]
    until(site.page, lambda: recorded() == ended)
    until(site.page, lambda: not site.decision()["waiting"])
    for tab in (site, other):
        tab.expect_running()
        assert tab.decision()["event"] == "refused"
        assert tab.identifiers() == []


def test_back_button_shows_what_was_decided_meanwhile(
    browser_type: BrowserType, demo: Demo, browser_type_launch_args: dict[str, Any]
) -> None:
    program = next(filter(None, map(shutil.which, WITH_BACK_FORWARD_CACHE)), None)
    if program is None:
        pytest.skip("CHROMIUM IS MISSING: its headless shell has no back-forward cache")
    options = {
        **browser_type_launch_args,
        "executable_path": program,
        "ignore_default_args": ["--disable-back-forward-cache"],
    }
    with browser_type.launch(**options) as browser, browser.new_context() as context:
        left = Site(context.new_page(), demo.site).visit()
        left.expect_asking()
        left.page.evaluate("window.isTheSame = true")
        left.page.goto(demo.privacy)
        meanwhile = Site(context.new_page(), demo.site).visit()
        meanwhile.accept()
        meanwhile.expect_said("Saved.")

        left.page.go_back(wait_until="commit")

        expect(left.script).to_be_visible()
        left.expect_settled()
        assert left.page.evaluate("window.isTheSame")
