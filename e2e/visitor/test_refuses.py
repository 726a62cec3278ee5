"""A first visit, and no."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.pages import Site
from e2e.servers import Demo


@pytest.mark.clause("8.2")
def test_before_a_choice_nothing_runs_and_nothing_is_kept(site: Site, context: BrowserContext) -> None:
    site.expect_asking()

    site.expect_running()
    assert site.asked_for("measurement.js", "embed.html", "POST") == []
    assert site.stored() == {}
    assert site.databases() == []
    assert context.cookies() == []


@pytest.mark.clause("1.1", "7.1")
def test_refusal_runs_nothing_and_leaves_no_identifier(site: Site, context: BrowserContext, demo: Demo) -> None:
    site.refuse()

    site.expect_settled()
    site.expect_said("Saved.")
    site.expect_running()
    assert site.asked_for("measurement.js", "embed.html") == []
    assert len(site.asked_for("POST")) == 1
    assert site.stored().keys() == {"wadjet:wadjet.kz"}
    assert site.identifiers() == []
    assert site.databases() == []
    assert context.cookies() == []


def test_refusal_is_on_record_unsigned(site: Site, demo: Demo) -> None:
    site.refuse()
    site.expect_said("Saved.")

    last = json.loads(demo.wadjet("receipt", "list", "--json"))[-1]
    assert (last["event"], last["version"], last["language"], last["proof"]) == ("refused", 1, "en", "offer")


def test_refusal_is_remembered_on_the_next_visit(site: Site, visit: Callable[..., Site], demo: Demo) -> None:
    site.refuse()
    site.expect_said("Saved.")

    again = visit(demo, "ru")

    again.expect_settled()
    again.expect_running()
    assert again.asked_for("POST", "/api/") == []


def test_two_refusers_cannot_be_told_apart(browser: Browser, demo: Demo) -> None:
    kept = []
    for language in ("kk", "ru", "en"):
        context = browser.new_context()
        site = Site(context.new_page(), demo.site, language).visit()
        site.refuse()
        site.expect_said("Saved.")
        kept.append((site.stored(), site.databases(), context.storage_state(indexed_db=True)))
        context.close()

    assert kept[0] == kept[1] == kept[2]


def test_whoever_refused_may_still_allow(site: Site) -> None:
    site.refuse()
    site.expect_settled()

    site.choose(measurement=True)

    site.expect_running("measurement")


def test_privacy_signal_of_the_browser_is_told_and_ticks_nothing(page: Page, demo: Demo) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    site = Site(page, demo.site).visit()

    expect(site.region).to_contain_text("GPC signal seen: all stays off.")
    site.expect_running()
    site.open()
    expect(site.switch("measurement")).not_to_be_checked()
