"""The main journeys once more where the site proxies the backend: widget, choices page and keys share one origin."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from e2e.pages import ChoicesPage, Site
from e2e.servers import Demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("one-origin") / "home", "--one-origin")
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
def site(page: Page, demo: Demo) -> Site:
    return Site(page, demo.site).visit()


def test_refusing_leaves_nothing_but_the_refusal(site: Site) -> None:
    site.refuse()

    site.expect_settled()
    site.expect_running()
    assert site.identifiers() == []
    assert site.databases() == []


def test_accepting_runs_what_waits(site: Site) -> None:
    site.accept()

    site.expect_running("measurement", "embeds")


def test_choices_page_knows_the_browsers_own_choice_and_ends_it(site: Site, demo: Demo) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    receipt = site.receipt_id()
    choices = ChoicesPage(site.page, demo.privacy).visit()

    choices.press("Withdraw consent")

    site.page.wait_for_timeout(500)
    assert demo.status(receipt) == "withdrawn"
    site.visit()
    site.expect_settled()
    site.expect_running()
