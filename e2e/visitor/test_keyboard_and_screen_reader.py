"""Without a mouse, and without seeing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.pages import LANGUAGES, PURPOSES, Site
from e2e.servers import Demo

MOST_STOPS = 30


def tab_to(page: Page, target: Locator, key: str = "Tab") -> int:
    """Press Tab until the target has the focus; how often."""
    for pressed in range(1, MOST_STOPS):
        page.keyboard.press(key)
        if target.evaluate("element => element.getRootNode().activeElement === element"):
            return pressed
    raise AssertionError("it cannot be reached with Tab")


def test_choice_is_made_with_the_keyboard_alone(site: Site) -> None:
    expect(site.button("Accept all")).to_be_enabled()
    tab_to(site.page, site.button("Accept all"))

    site.page.keyboard.press("Enter")

    site.expect_running("measurement", "embeds")
    expect(site.corner).to_be_focused()


def test_refusing_is_one_tab_from_accepting(site: Site) -> None:
    expect(site.button("Accept all")).to_be_enabled()
    tab_to(site.page, site.button("Accept all"))

    assert tab_to(site.page, site.button("Refuse all")) == 1
    site.page.keyboard.press("Space")
    site.expect_settled()


def test_focus_is_seen(site: Site) -> None:
    expect(site.button("Accept all")).to_be_enabled()
    tab_to(site.page, site.button("Refuse all"))

    outline = site.button("Refuse all").evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none"


def test_panel_keeps_the_focus_and_gives_it_back(site: Site) -> None:
    expect(site.button("Accept all")).to_be_enabled()
    tab_to(site.page, site.button("Choose"))
    site.page.keyboard.press("Enter")
    expect(site.panel).to_be_visible()

    for _ in range(12):
        site.page.keyboard.press("Tab")
        assert site.page.evaluate("document.activeElement.localName") in ("wadjet-banner", "body")
    site.page.keyboard.press("Escape")

    expect(site.panel).to_have_count(0)
    expect(site.button("Choose")).to_be_focused()
    site.expect_asking()
    assert site.stored() == {}


def test_switches_are_set_with_the_keyboard(site: Site) -> None:
    site.open()
    tab_to(site.page, site.switch("embeds"))
    site.page.keyboard.press("Space")
    expect(site.switch("embeds")).to_be_checked()
    tab_to(site.page, site.button("Save choice"))

    site.page.keyboard.press("Enter")

    site.expect_running("embeds")


def test_withdrawing_needs_no_mouse(site: Site) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    tab_to(site.page, site.button("Withdraw consent"))

    site.page.keyboard.press("Enter")

    site.expect_running()
    expect(site.corner).to_be_focused()


@pytest.mark.parametrize("language", LANGUAGES)
def test_banner_is_told_as_it_is_seen(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()
    site.expect_asking()

    asks = ", ".join(PURPOSES[purpose][language] for purpose in ("measurement", "embeds"))
    expect(site.region).to_match_aria_snapshot(f"""
      - region "{site.say("Privacy choices")}":
        - heading "{site.say("Privacy choices")}" [level=2]
        - paragraph:
          - text: /{asks}/
          - link /1/
        - button "{site.say("Accept all")}"
        - button "{site.say("Refuse all")}"
        - button "{site.say("Choose")}"
      """)


@pytest.mark.parametrize("language", LANGUAGES)
def test_panel_is_told_as_it_is_seen(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()
    site.open()

    expect(site.panel).to_match_aria_snapshot(f"""
      - dialog "{site.say("Privacy choices")}":
        - heading "{site.say("Privacy choices")}" [level=2]
        - button "{site.say("Close")}"
        - text: /{PURPOSES["necessary"][language]}/
        - switch "{PURPOSES["measurement"][language]}"
        - switch "{PURPOSES["embeds"][language]}"
        - button "{site.say("Accept all")}"
        - button "{site.say("Refuse all")}"
        - button "{site.say("Save choice")}"
      """)


def test_purpose_is_described_to_who_sets_its_switch(site: Site) -> None:
    site.open()

    expect(site.switch("measurement")).to_have_accessible_description(
        "We count for ourselves which pages are read. Nobody else gets the data."
    )


def test_what_happened_is_announced(site: Site) -> None:
    status = site.region.get_by_role("status")

    expect(status).to_be_empty()
    site.accept()

    expect(status).to_have_text("Saved.")
