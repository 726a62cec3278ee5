"""A maintainer publishes the next version with one command; readers and visitors see it at once."""

import json
import time

import pytest
import requests
from playwright.sync_api import Page, expect

from e2e.pages import LANGUAGES, Site
from e2e.servers import CHANGE, Demo


@pytest.fixture
def demo(own_demo: Demo) -> Demo:
    return own_demo


@pytest.mark.clause("12.2", "12.3")
def test_readers_see_it_within_a_second_and_the_earlier_one_stays(demo: Demo, page: Page) -> None:
    before = requests.get(f"{demo.privacy}v/1/.md?lang=en", timeout=10).text

    demo.publish()
    published = time.monotonic()
    while CHANGE["en"] not in requests.get(f"{demo.privacy}?lang=en", timeout=10).text:
        assert time.monotonic() < published + 1
        time.sleep(0.05)

    assert requests.get(f"{demo.privacy}v/1/.md?lang=en", timeout=10).text == before
    page.goto(f"{demo.privacy}?lang=en")
    expect(page.get_by_role("note").filter(has_text="Incomplete")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_reader_is_led_to_what_changed(demo: Demo, page: Page, language: str) -> None:
    demo.publish()
    page.goto(f"{demo.privacy}?lang={language}")
    expect(page.get_by_text(CHANGE[language]).first).to_be_visible()

    page.locator("a[href*='changes/']").first.click()

    expect(page.locator("ins").get_by_text(CHANGE[language])).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_maintainer_reads_what_happened(demo: Demo, page: Page) -> None:
    site = Site(page, demo.site, "ru").visit()
    site.choose(embeds=True)
    site.expect_said("Saved.")
    demo.publish()

    versions = json.loads(demo.wadjet("policy", "list", "--json"))
    receipts = json.loads(demo.wadjet("receipt", "list", "--json"))

    assert [(each["version"], each["current"], each["material"]) for each in versions] == [
        (1, False, True),
        (2, True, True),
    ]
    assert [(each["event"], each["version"], each["language"], each["status"], each["proof"]) for each in receipts] == [
        ("given", 1, "ru", "current", "key")
    ]
    assert receipts[0]["id"] == site.receipt_id()


def test_policy_goes_on_being_read_while_a_power_cut_is_survived(demo: Demo, page: Page) -> None:
    site = Site(page, demo.site).visit()
    site.accept()
    site.expect_said("Saved.")
    receipt = site.receipt_id()

    demo.kill()
    demo.start()

    assert demo.status(receipt) == "current"
    page.goto(f"{demo.privacy}?lang=en")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
