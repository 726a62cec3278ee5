"""Every page of the console in three languages: nothing that axe finds, nothing to scroll sideways, a tree to hear."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.looks import IN_LANGUAGES, expect_accessible
from e2e.staff.filled import fill
from e2e.staff.test_signs_in import ENTRANCE

# By endpoint: its address, or several that look different.
PAGES = {
    "account.overview": ("account/",),
    "health.ask_rotation": ("keys/rotate/",),
    "health.overview": ("health/",),
    "health.settings": ("settings/",),
    "health.signing": ("keys/",),
    "evidence.overview": ("inspector/",),
    "journal.listing": ("journal/", "journal/?of=consents"),
    "messages.ask_closing": ("messages/{message}/close",),
    "messages.item": ("messages/{message}/",),
    "messages.listing": ("messages/",),
    "notifications.own": ("notifications/",),
    "persons.item": ("persons/{person}/",),
    "policy.approval": ("policy/drafts/{draft}/approval/",),
    "policy.changes": ("policy/drafts/{draft}/changes/",),
    "policy.facts": ("policy/drafts/{draft}/facts/",),
    "policy.overview": ("policy/",),
    "policy.purpose": ("policy/drafts/{draft}/purposes/marketing/",),
    "policy.purposes": ("policy/drafts/{draft}/purposes/",),
    "policy.texts": ("policy/drafts/{draft}/",),
    "receipts.counts": ("receipts/counts/?since={since}&until={today}",),
    "receipts.day": ("receipts/day/?day={today}", "receipts/day/?day=x"),
    "receipts.key": ("receipts/{receipt}/key/",),
    "receipts.receipt": ("receipts/{receipt}/",),
    "receipts.search": ("receipts/",),
    "registers.add": ("registers/R3/add",),
    "registers.entry": ("registers/R8/{breach}/", "registers/R12/{recipient}/"),
    "registers.listing": ("registers/",),
    "registers.notice": ("registers/R8/{breach}/notice",),
    "registers.register": ("registers/R10/", "registers/R12/"),
    "requests.admit": ("requests/{request}/admit/",),
    "requests.enter": ("requests/new/",),
    "requests.extend": ("requests/{request}/extend",),
    "requests.item": ("requests/{request}/",),
    "requests.listing": ("requests/", "requests/?show=ended"),
    "retention.holds": ("retention/holds/",),
    "retention.look": ("retention/run/",),
    "retention.overview": ("retention/",),
    "retention.proposal": ("retention/early/{proposal}/",),
    "retention.proposals": ("retention/early/",),
    "retention.reviews": ("retention/reviews/",),
    "security.verify": ("verify",),
    "today.today": ("",),
    "users.item": ("users/1/",),
    "users.listing": ("users/",),
    "users.new": ("users/add/",),
}
BUT_FILES = {"journal.download", "policy.bundle", "receipts.file", "static_file"}
EXAMINED = {"health.examine"}  # by the journey of test_today.py: a process of its own, some seconds long


@pytest.fixture(scope="module")
def named(house) -> dict[str, Any]:
    return fill(house)


def test_no_page_is_forgotten(house):
    rules = house.rules()

    assert set(PAGES) | set(ENTRANCE) | BUT_FILES | EXAMINED == rules


@pytest.mark.parametrize("areas", ["a-m", "n-q", "r-t", "u-z"])
@IN_LANGUAGES
def test_every_page_in_every_look(staff, house, named, language, looks, areas):
    page = staff("responsible", language)
    first, last = areas.split("-")
    for endpoint in sorted(PAGES):
        if first <= endpoint[0] <= last:
            for address in PAGES[endpoint]:
                page.goto(house.url + address.format(**named))
                for closed in reversed(page.locator("main details:not([open]) > summary").all()):
                    closed.click()
                expect(page.get_by_role("heading", level=1)).to_have_count(1)
                expect_accessible(page, looks)


@IN_LANGUAGES
def test_what_is_not_there_and_what_is_not_allowed(staff, house, language, looks):
    page = staff("auditor", language)
    for address in ("nowhere/", "keys/rotate/"):
        page.goto(house.url + address)
        expect_accessible(page, looks)


def test_a_page_is_heard_in_order(staff, house, named):
    """Who hears a page instead of seeing it: where they are, who they are, then the page, its tables by name."""
    page: Page = staff("responsible")
    page.goto(f"{house.url}requests/")

    for landmark in (page.get_by_role("banner"), page.get_by_role("main"), page.get_by_role("search")):
        expect(landmark).to_have_count(1)
    expect(page.get_by_role("navigation", name="Console").get_by_role("link")).to_have_count(10)
    expect(page.get_by_role("navigation", name="Console").locator("[aria-current=page]")).to_have_text("Requests")
    expect(page.get_by_role("table", name="Requests").get_by_role("columnheader")).to_have_count(5)
    expect(page.get_by_role("form", name="Narrow the list").get_by_role("combobox", name="Demand")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    page.goto(f"{house.url}account/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("status")).to_have_text("The console speaks English to you.")
