"""axe finds nothing, in any state, by day and by night, on a phone and on a desk."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e.looks import expect_accessible
from e2e.pages import LANGUAGES, ChoicesPage, Site
from e2e.servers import Demo


@pytest.fixture(scope="module")
def changed_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo with two versions, so that there is something to compare."""
    demo = Demo(tmp_path_factory.mktemp("changed") / "home")
    demo.start()
    demo.publish()
    yield demo
    demo.stop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_banner(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()
    expect(site.button("Accept all")).to_be_enabled()

    expect_accessible(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_panel(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()
    site.open()
    site.switch("embeds").check()

    expect_accessible(page)


def test_corner_and_what_runs(page: Page, demo: Demo) -> None:
    site = Site(page, demo.site).visit()
    site.accept()
    site.expect_running("measurement", "embeds")
    site.expect_settled()

    expect_accessible(page)


def test_banner_that_asks_again(page: Page, changed_demo: Demo) -> None:
    site = Site(page, changed_demo.site).visit()
    site.refuse()
    site.expect_said("Saved.")
    changed_demo.publish()
    site.visit_minutes_later()
    expect(site.region.get_by_role("link", name="Our policy has changed.")).to_be_visible()

    expect_accessible(page)


PAGES: dict[str, Callable[[Demo], str]] = {
    "policy in kk": lambda demo: f"{demo.privacy}?lang=kk",
    "policy in ru": lambda demo: f"{demo.privacy}?lang=ru",
    "policy in en": lambda demo: f"{demo.privacy}?lang=en",
    "an earlier version": lambda demo: f"{demo.privacy}v/1/?lang=en",
    "versions": lambda demo: f"{demo.privacy}v/?lang=en",
    "changes": lambda demo: f"{demo.privacy}v/2/changes/1/?lang=en",
    "docs": lambda demo: f"{demo.url}/docs/",
    "a page that is not there": lambda demo: f"{demo.privacy}v/99/?lang=ru",
}


@pytest.mark.parametrize("name", PAGES)
def test_page(page: Page, changed_demo: Demo, name: str) -> None:
    page.goto(PAGES[name](changed_demo))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    expect_accessible(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_page(page: Page, demo: Demo, language: str) -> None:
    choices = ChoicesPage(page, demo.privacy, language).visit()
    expect(choices.form).to_be_visible()

    expect_accessible(page)


def test_choices_page_after_a_withdrawal(page: Page, demo: Demo) -> None:
    choices = ChoicesPage(page, demo.privacy).visit()
    choices.withdraw_by_number("A" * 22)
    expect(page.get_by_role("alert")).to_be_visible()

    expect_accessible(page)
