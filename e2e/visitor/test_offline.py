"""No connection, or no backend: the decision waits, its purposes stay off, the page is unharmed."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from e2e.pages import Site
from e2e.servers import Demo

READABLE = {
    "Retry-After": "1",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
}
LATER = "No connection: your choice will be sent later."


@pytest.fixture
def visited(page: Page, own_demo: Demo) -> Site:
    """A first visit to a demo that may be frozen and killed."""
    return Site(page, own_demo.site).visit()


def test_choice_made_offline_is_sent_when_the_connection_is_back(site: Site, context: BrowserContext) -> None:
    context.set_offline(True)
    site.accept()
    site.expect_said(LATER)
    site.expect_running()

    context.set_offline(False)

    site.expect_running("measurement", "embeds")
    site.expect_said("Saved.")


def test_choice_outlives_the_page(visited: Site, own_demo: Demo) -> None:
    own_demo.kill()
    visited.accept()
    visited.expect_said(LATER)
    visited.page.goto("about:blank")
    own_demo.start()

    visited.visit()

    visited.expect_running("measurement", "embeds")
    assert own_demo.status(visited.receipt_id()) == "current"


def test_page_tries_again_by_itself_when_the_backend_is_back(visited: Site, own_demo: Demo) -> None:
    own_demo.kill()
    visited.accept()
    visited.expect_said(LATER)

    own_demo.start()

    visited.expect_running("measurement", "embeds")


def test_backend_that_hangs_leaves_everything_off(visited: Site, own_demo: Demo) -> None:
    own_demo.freeze()

    visited.accept()

    visited.expect_said("Saving…")
    visited.page.wait_for_timeout(500)
    visited.expect_running()
    own_demo.thaw()
    visited.expect_running("measurement", "embeds")


def test_what_was_acknowledged_runs_while_the_backend_is_down(visited: Site, own_demo: Demo) -> None:
    visited.choose(embeds=True)
    visited.expect_running("embeds")
    own_demo.freeze()

    visited.visit()

    visited.expect_running("embeds")
    visited.expect_settled()


def test_withdrawal_made_offline_stops_at_once_and_is_sent_later(
    site: Site, context: BrowserContext, demo: Demo
) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    receipt = site.receipt_id()
    context.set_offline(True)

    site.withdraw()

    site.expect_running()
    assert demo.status(receipt) == "current"
    context.set_offline(False)
    site.expect_said("Saved.")
    assert demo.status(receipt) == "withdrawn"


def test_refusal_made_offline_keeps_no_identifier(site: Site, context: BrowserContext) -> None:
    context.set_offline(True)

    site.refuse()

    site.expect_said(LATER)
    assert site.stored().keys() == {"wadjet:wadjet.kz"}
    assert site.identifiers() == []
    assert site.databases() == []
    context.set_offline(False)
    site.expect_said("Saved.")
    assert site.stored().keys() == {"wadjet:wadjet.kz"}
    assert site.identifiers() == []


@pytest.mark.parametrize(("status", "slug"), [(429, "rate-limited"), (503, "unavailable")])
def test_busy_backend_is_asked_again_when_it_says(site: Site, status: int, slug: str) -> None:
    times = []

    def answer(route: Route) -> None:
        times.append(datetime.now(UTC))
        if len(times) > 1:
            return route.continue_()
        return route.fulfill(status=status, json={"type": f"/docs/#{slug}", "status": status}, headers=READABLE)

    site.page.route("**/api/v1/receipts", answer)

    site.accept()

    site.expect_said(LATER)
    site.expect_running()
    site.expect_running("measurement", "embeds")
    assert timedelta(seconds=1) <= times[1] - times[0] < timedelta(seconds=3)


@pytest.mark.parametrize("years", [-10, 10])
def test_wrong_clock_harms_nothing(site: Site, years: int) -> None:
    site.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=365 * years))
    site.visit()

    site.accept()

    site.expect_running("measurement", "embeds")
    site.visit().expect_running("measurement", "embeds")
