"""What each role is offered, and that the rest is shut to it however one comes there."""

import pytest
from playwright.sync_api import expect

from e2e.pages import say

EVERYTHING = {"messages", "requests", "registers", "policy", "receipts", "retention", "journal", "users", "health"}
CLOSED = {
    "responsible": set(),
    "staff": {"journal", "users", "health"},
    "auditor": set(),
    "maintainer": {"messages", "requests", "registers", "retention", "journal", "users"},
}
# What only some may do, and where it would stand.
DONE = {
    "auditor": ("users/", "Invite somebody"),
    "maintainer": ("policy/", "Begin a draft from version 1"),
    "responsible": ("users/", "Invite somebody"),
    "staff": ("policy/", "Begin a draft from version 1"),
}
MAY = {"responsible", "maintainer"}


@pytest.mark.parametrize(("role", "language"), list(zip(CLOSED, ("kk", "ru", "en", "ru"), strict=True)))
def test_a_role_is_offered_what_it_may_and_nothing_else(staff, house, role, language):
    page = staff(role, language)
    page.goto(house.url)

    links = page.get_by_role("navigation").get_by_role("link").all()
    offered = {str(link.get_attribute("href")).removeprefix("/console/").strip("/") for link in links} - {""}

    assert offered == EVERYTHING - CLOSED[role]
    for area in sorted(EVERYTHING):
        answer = page.goto(f"{house.url}{area}/")
        assert answer is not None
        assert answer.status == (403 if area in CLOSED[role] else 200), area
        refusal = page.get_by_role("heading", level=1, name=say("Your role does not open this", language), exact=True)
        expect(refusal).to_have_count(1 if area in CLOSED[role] else 0)


@pytest.mark.parametrize("role", DONE)
def test_a_role_that_reads_is_shown_no_button(staff, house, role):
    page = staff(role)
    address, does = DONE[role]
    page.goto(house.url + address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    expect(page.get_by_role("main").get_by_text(does, exact=True)).to_have_count(1 if role in MAY else 0)
