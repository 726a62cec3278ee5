"""No script at all: the policy is read, and a consent is ended, with plain pages and a plain form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.pages import LANGUAGES, ChoicesPage, Site
from e2e.servers import Demo


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a browser whose JavaScript is off."""
    return new_context(java_script_enabled=False).new_page()


@pytest.mark.clause("3.2.e", "12.3")
@pytest.mark.parametrize("language", LANGUAGES)
def test_policy_is_read(plain: Page, demo: Demo, language: str) -> None:
    plain.goto(f"{demo.privacy}?lang={language}#8.4")

    expect(plain.locator("html")).to_have_attribute("lang", language)
    expect(plain.locator("[id='8.4']")).to_be_in_viewport()


@pytest.mark.clause("2.10", "4.1.d")
@pytest.mark.parametrize("language", LANGUAGES)
def test_consent_is_withdrawn_by_its_number(site: Site, plain: Page, demo: Demo, language: str) -> None:
    site.accept()
    site.expect_said("Saved.")
    receipt = site.receipt_id()
    choices = ChoicesPage(plain, demo.privacy, language).visit()

    choices.withdraw_by_number(receipt)

    expect(plain.get_by_text(choices.say("Your consent is withdrawn."))).to_be_visible()
    expect(plain.locator("html")).to_have_attribute("lang", language)
    assert demo.status(receipt) == "withdrawn"


def test_number_that_is_no_receipts_is_told_so(plain: Page, demo: Demo) -> None:
    choices = ChoicesPage(plain, demo.privacy).visit()

    choices.withdraw_by_number("A" * 22)

    expect(plain.get_by_role("alert")).to_contain_text("No receipt has this number.")


def test_site_is_read_and_nothing_that_waits_runs(plain: Page, demo: Demo) -> None:
    site = Site(plain, demo.site).visit()

    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    assert site.asked_for("measurement.js", "embed.html", "/api/") == []
