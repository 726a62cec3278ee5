"""A site that uses Google Consent Mode: what its tags are told, on the first visit and on the next."""

import pytest
from playwright.sync_api import Page

from e2e.pages import Handmade
from e2e.servers import Website

DENIED = {"analytics_storage": "denied", "ad_storage": "denied"}
GRANTED = {"analytics_storage": "granted", "ad_storage": "granted"}


def told(page: Page) -> list[list[object]]:
    """What lies in Google's queue."""
    return page.evaluate("dataLayer.map((entry) => [...entry])")  # type: ignore[no-any-return]


@pytest.fixture
def shop(page: Page, website: Website) -> Handmade:
    modes = 'data-consent-mode="measurement=analytics_storage;embeds=ad_storage"'
    return Handmade(page).visit(website.write(tag=website.tag.replace("<script ", f"<script {modes} ")))


def test_consent_is_told_again_on_every_page(shop: Handmade) -> None:
    shop.expect_asking()
    assert all(state == DENIED for _, _, state in told(shop.page))

    shop.accept()
    shop.expect_said("Saved.")
    assert told(shop.page)[-1] == ["consent", "update", GRANTED]

    shop.page.reload()
    shop.expect_settled()
    assert told(shop.page)[0] == ["consent", "default", DENIED]
    assert told(shop.page)[-1] == ["consent", "update", GRANTED]


def test_withdrawal_is_told(shop: Handmade) -> None:
    shop.accept()
    shop.expect_said("Saved.")

    shop.withdraw()
    shop.expect_said("Saved.")

    assert told(shop.page)[-1] == ["consent", "update", DENIED]
