"""Accept and refuse weigh the same, and nothing is ticked beforehand."""

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from e2e.pages import LANGUAGES, ChoicesPage, Site
from e2e.servers import Demo

WIDTHS = (320, 480, 800, 1440)
# These follow from the words inside and from the place in the row; they are compared apart.
OF_THE_PLACE = {"width", "height", "inline-size", "block-size", "perspective-origin", "transform-origin"}


def look(button: Locator) -> dict[str, str]:
    """Every property that makes a button weigh more or less, as it is drawn."""
    read = """(element) => Object.fromEntries(
      [...getComputedStyle(element)].map((name) => [name, getComputedStyle(element).getPropertyValue(name)]))"""
    return {name: value for name, value in button.evaluate(read).items() if name not in OF_THE_PLACE}


def expect_equal(one: Locator, other: Locator) -> None:
    """The same look, the same height, the same row or the same column, and about the same width."""
    expect(one).to_be_enabled()
    expect(other).to_be_enabled()
    assert look(one) == look(other)
    first, second = one.bounding_box(), other.bounding_box()
    assert first
    assert second
    assert first["height"] == pytest.approx(second["height"])
    assert first["width"] == pytest.approx(second["width"], rel=0.25)
    assert first["y"] == second["y"] or first["x"] == second["x"]


@pytest.mark.clause("1.1")
@pytest.mark.parametrize("language", LANGUAGES)
def test_accept_and_refuse_look_the_same(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()
    site.expect_asking()

    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=800))
        expect_equal(site.button("Accept all"), site.button("Refuse all"))
    site.open()
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=800))
        expect_equal(site.in_panel("Accept all"), site.in_panel("Refuse all"))


def test_accept_and_refuse_look_the_same_in_the_dark(page: Page, demo: Demo) -> None:
    page.emulate_media(color_scheme="dark")
    site = Site(page, demo.site).visit()

    expect_equal(site.button("Accept all"), site.button("Refuse all"))


@pytest.mark.clause("4.1.d")
def test_withdraw_looks_like_accept(site: Site) -> None:
    site.accept()
    site.expect_settled()

    assert look(site.button("Withdraw consent")) == look(site.corner)
    site.open()
    expect_equal(site.in_panel("Accept all"), site.in_panel("Withdraw consent"))


@pytest.mark.clause("1.1")
def test_nothing_is_ticked_beforehand(site: Site) -> None:
    site.open()

    switches = site.panel.get_by_role("switch")
    expect(switches).to_have_count(2)
    for switch in switches.all():
        expect(switch).not_to_be_checked()


def test_nothing_is_ticked_on_the_choices_page(page: Page, demo: Demo) -> None:
    choices = ChoicesPage(page, demo.privacy).visit()

    for purpose in ("measurement", "embeds"):
        expect(choices.switch(purpose)).not_to_be_checked()


def test_page_can_still_be_scrolled_and_read_under_the_banner(site: Site) -> None:
    site.page.set_viewport_size(ViewportSize(width=1280, height=400))

    site.page.mouse.wheel(0, 300)

    site.page.wait_for_function("scrollY > 0")
    assert site.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"
