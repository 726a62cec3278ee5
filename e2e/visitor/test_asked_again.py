"""The policy changes: under an open banner, and between two visits."""

import pytest
from playwright.sync_api import expect

from e2e.pages import Site
from e2e.servers import CHANGE, Demo


@pytest.fixture
def demo(own_demo: Demo) -> Demo:
    """To publish in."""
    return own_demo


@pytest.mark.clause("5.2", "12.2")
def test_version_published_under_an_open_banner_is_asked_anew(site: Site, demo: Demo) -> None:
    site.open()
    site.switch("measurement").check()
    demo.publish()

    site.button("Save choice").click()

    site.expect_asking()
    expect(site.region.get_by_text(CHANGE["en"])).to_be_visible()
    expect(site.region.get_by_role("link", name="Privacy policy, version 2")).to_be_visible()
    site.expect_running()
    assert site.decision() is None

    site.open()
    expect(site.switch("measurement")).not_to_be_checked()
    site.switch("embeds").check()
    site.button("Save choice").click()

    site.expect_running("embeds")
    assert site.decision()["version"] == 2


def test_refusal_under_an_open_banner_is_asked_anew(site: Site, demo: Demo) -> None:
    demo.publish()

    site.refuse()
    site.expect_asking()
    expect(site.region.get_by_role("link", name="Privacy policy, version 2")).to_be_visible()
    site.refuse()

    site.expect_settled()
    assert site.decision()["version"] == 2


@pytest.mark.clause("5.2", "8.9")
def test_material_change_stops_everything_until_asked_again(site: Site, demo: Demo) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    demo.publish("--material")

    site.visit_minutes_later()

    site.expect_asking()
    site.expect_running()
    site.region.get_by_role("link", name="Our policy has changed.").click()
    expect(site.page.get_by_role("heading", level=1)).to_contain_text("version 1 to version 2")
    expect(site.page.locator("ins").get_by_text(CHANGE["en"])).to_be_visible()

    site.visit().accept()
    site.expect_running("measurement", "embeds")


def test_editorial_change_asks_nobody(site: Site, demo: Demo) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    demo.publish("--editorial")

    site.visit_minutes_later()

    site.expect_running("measurement", "embeds")
    site.expect_settled()
    assert demo.status(site.receipt_id()) == "current"


def test_whoever_refused_is_asked_again_after_a_material_change_only(site: Site, demo: Demo) -> None:
    site.refuse()
    site.expect_said("Saved.")
    demo.publish("--editorial")

    site.visit_minutes_later().expect_settled()

    demo.publish("--material")
    site.visit_minutes_later().expect_asking()


@pytest.mark.clause("4.1.d")
def test_consent_to_a_superseded_policy_can_still_be_withdrawn(site: Site, demo: Demo) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    receipt = site.receipt_id()
    demo.publish("--material")

    site.withdraw()

    site.expect_said("Saved.")
    assert demo.status(receipt) == "withdrawn"
