"""Yes, then less, then no: what was running stops, and what it left is cleaned up."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.pages import ChoicesPage, Site, until
from e2e.servers import Demo


@pytest.fixture
def consented(site: Site) -> Site:
    """Everything is allowed and runs."""
    site.accept()
    site.expect_running("measurement", "embeds")
    site.expect_settled()
    return site


def test_script_is_stopped_and_its_traces_are_gone(consented: Site, demo: Demo) -> None:
    first = consented.receipt_id()
    assert "demo-visits" in consented.stored()

    consented.choose(measurement=False)

    consented.expect_running("embeds")
    consented.expect_said("Saved.")
    assert "demo-visits" not in consented.stored()
    assert demo.status(first) == "superseded"
    assert demo.status(consented.receipt_id()) == "current"


def test_frame_is_stopped(consented: Site) -> None:
    consented.choose(embeds=False)

    consented.expect_running("measurement")


def test_script_still_on_its_way_does_not_run(site: Site) -> None:
    held = site.hold("**/measurement.js")
    site.accept()
    site.expect_said("Saved.")
    until(site.page, lambda: held)

    site.choose(measurement=False)
    site.expect_said("Saved.")
    with site.page.expect_response("**/measurement.js"):
        held[0].continue_()

    site.page.wait_for_timeout(300)
    site.expect_running("embeds")
    site.choose(measurement=True)
    site.expect_running("measurement", "embeds")


def test_panel_shows_what_was_chosen(consented: Site) -> None:
    consented.choose(measurement=False)
    consented.expect_said("Saved.")

    consented.open()

    expect(consented.switch("measurement")).not_to_be_checked()
    expect(consented.switch("embeds")).to_be_checked()


def test_panel_stays_open_when_an_earlier_choice_is_acknowledged(site: Site) -> None:
    held = site.hold("**/api/v1/receipts")
    site.refuse()
    until(site.page, lambda: held)
    site.open()
    site.switch("embeds").check()

    held[0].continue_()
    site.expect_said("Saved.")
    site.in_panel("Save choice").click()

    site.expect_running("embeds")


def test_change_holds_on_the_next_visit(consented: Site) -> None:
    consented.choose(embeds=False)
    consented.expect_said("Saved.")

    consented.visit()

    consented.expect_running("measurement")


def test_more_is_allowed_only_once_acknowledged(site: Site) -> None:
    site.choose(embeds=True)
    site.expect_running("embeds")
    held = site.hold("**/api/v1/receipts")

    site.choose(measurement=True)

    site.expect_said("Saving…")
    until(site.page, lambda: held)
    site.expect_running("embeds")
    held[0].continue_()
    site.expect_running("measurement", "embeds")


@pytest.mark.clause("3.1.b", "8.9")
def test_withdrawal_ends_everything_at_once(consented: Site, context: BrowserContext, demo: Demo) -> None:
    receipt = consented.receipt_id()
    consented.hold("**/api/v1/receipts")

    consented.withdraw()

    consented.expect_running()
    assert "demo-visits" not in consented.stored()

    consented.visit()
    consented.expect_settled()
    consented.expect_running()
    until(consented.page, lambda: demo.status(receipt) == "withdrawn")


@pytest.mark.clause("3.1.b")
def test_withdrawal_leaves_what_a_refusal_leaves(
    consented: Site, demo: Demo, new_context: Callable[..., BrowserContext]
) -> None:
    receipt = consented.receipt_id()
    refuser = Site(new_context().new_page(), demo.site).visit()
    refuser.refuse()
    refuser.expect_said("Saved.")

    consented.withdraw()

    consented.expect_said("Saved.")
    assert consented.stored() == refuser.stored()
    assert consented.databases() == refuser.databases() == []
    assert demo.status(receipt) == "withdrawn"


@pytest.mark.clause("4.1.d")
def test_withdrawing_takes_as_many_clicks_as_giving(site: Site) -> None:
    giving = count_clicks(site.page, site.accept)
    site.expect_said("Saved.")

    withdrawing = count_clicks(site.page, site.withdraw)

    site.expect_said("Saved.")
    assert withdrawing == giving == 1


def test_withdrawing_in_the_panel_takes_as_many_clicks_as_giving_there(site: Site) -> None:
    def withdraw() -> None:
        site.open()
        site.in_panel("Withdraw consent").click()

    giving = count_clicks(site.page, lambda: site.choose(measurement=True))
    site.expect_said("Saved.")

    assert count_clicks(site.page, withdraw) < giving


def test_page_may_offer_withdrawal_itself(consented: Site, demo: Demo) -> None:
    receipt = consented.receipt_id()

    consented.page.evaluate("wadjet.withdraw()")

    consented.expect_running()
    assert demo.status(receipt) == "withdrawn"


@pytest.mark.clause("2.10", "4.1.d")
def test_panel_leads_to_the_choices_page_which_withdraws(consented: Site, demo: Demo) -> None:
    receipt = consented.receipt_id()
    consented.open()
    consented.panel.get_by_role("link", name="Privacy choices").click()
    choices = ChoicesPage(consented.page, demo.privacy)
    choices.expect_state("Your consent stands, for what is ticked. Policy version: {version}.")
    expect(choices.switch("measurement")).to_be_checked()

    choices.press("Withdraw consent")

    choices.expect_state("Your consent is withdrawn: all of it is off.")
    assert demo.status(receipt) == "withdrawn"


def test_what_was_withdrawn_elsewhere_stops_here_the_next_day(
    consented: Site, demo: Demo, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    elsewhere = ChoicesPage(new_context().new_page(), demo.privacy).visit()
    elsewhere.withdraw_by_number(consented.receipt_id())
    expect(elsewhere.page.get_by_text("Your consent is withdrawn.")).to_be_visible()

    consented.visit_a_day_later()

    consented.expect_running()
    consented.expect_settled()


def test_receipt_file_is_enough_on_another_device(
    consented: Site, demo: Demo, new_context: Callable[..., BrowserContext]
) -> None:
    receipt = consented.receipt_id()
    file = consented.download_receipt()
    elsewhere = ChoicesPage(new_context().new_page(), demo.privacy, "ru").visit()

    elsewhere.hand_in(file)
    elsewhere.expect_state("Your consent stands, for what is ticked. Policy version: {version}.")
    elsewhere.press("Withdraw consent")

    elsewhere.expect_state("Your consent is withdrawn: all of it is off.")
    assert demo.status(receipt) == "withdrawn"


def count_clicks(page: Page, act: Callable[[], object]) -> int:
    before = page.evaluate("window.clicks ??= (addEventListener('click', () => clicks++, true), 0)")
    act()
    return int(page.evaluate("clicks")) - int(before)
