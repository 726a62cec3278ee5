"""A site without TLS: browsers offer no WebCrypto there, so the decision goes unsigned, and the receipt says so."""

import json

import pytest
from playwright.sync_api import Page, expect

from e2e.pages import Handmade
from e2e.servers import Website


@pytest.fixture
def insecure(page: Page, website: Website) -> Handmade:
    website.write()
    handmade = Handmade(page).visit(website.insecure_origin)
    assert handmade.page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    return handmade


def test_consent_is_recorded_unsigned(insecure: Handmade, website: Website) -> None:
    insecure.accept()

    insecure.expect_said("Saved.")
    insecure.expect_measured()
    last = json.loads(website.backend.wadjet("receipt", "list", "--json"))[-1]
    assert (last["event"], last["proof"]) == ("given", "offer")


def test_consent_is_withdrawn(insecure: Handmade, website: Website) -> None:
    insecure.accept()
    insecure.expect_said("Saved.")

    insecure.withdraw()

    insecure.expect_settled()
    last = json.loads(website.backend.wadjet("receipt", "list", "--json"))[-1]
    assert last["event"] == "withdrawn"


def test_receipt_is_downloaded_and_says_what_it_does_not_prove(insecure: Handmade, website: Website) -> None:
    insecure.accept()
    insecure.expect_said("Saved.")

    told = website.backend.wadjet("receipt", "verify", insecure.download_receipt())

    assert told.startswith("GENUINE.")
    assert "unsigned" in told


def test_refusal_is_remembered(insecure: Handmade) -> None:
    insecure.refuse()
    insecure.expect_said("Saved.")

    insecure.page.reload()

    expect(insecure.corner).to_be_visible()
    insecure.expect_unmeasured()
