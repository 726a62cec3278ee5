"""From an empty folder, by README alone, to a page of one's own on which the banner stands."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from e2e.pages import Handmade
from e2e.servers import Backend, Website


@pytest.fixture
def website() -> Iterator[Website]:
    website = Website()
    yield website
    website.close()


@pytest.fixture
def backend(tmp_path: Path, website: Website) -> Iterator[Backend]:
    """README's five steps, up to the server that runs."""
    backend = Backend(tmp_path / "consent")
    backend.folder.mkdir()
    backend.wadjet("init", "--site", "my.example", "--origin", website.origin, "--base-url", backend.url)
    backend.wadjet("policy", "publish", backend.folder / "policy", "--incomplete")
    backend.start()
    yield backend
    backend.stop()


def test_maintainer_pastes_one_tag_and_reads_what_happened(page: Page, website: Website, backend: Backend) -> None:
    tag = backend.wadjet("embed").strip()
    page_of_mine = Handmade(page).visit(website.write(tag=tag))

    page_of_mine.expect_asking()
    page_of_mine.accept()

    page_of_mine.expect_measured()
    [receipt] = json.loads(backend.wadjet("receipt", "list", "--json"))
    assert (receipt["event"], receipt["version"], receipt["status"]) == ("given", 1, "current")
    assert receipt["id"] == page_of_mine.receipt_id()


def test_page_of_another_origin_gets_no_consent_through(page: Page, backend: Backend, faults: list[str]) -> None:
    tag = backend.wadjet("embed").strip()
    stranger = Website()
    try:
        theirs = Handmade(page).visit(stranger.write(tag=tag))
        theirs.expect_asking()
        theirs.accept()

        theirs.page.wait_for_timeout(500)
        theirs.expect_unmeasured()
        assert json.loads(backend.wadjet("receipt", "list", "--json")) == []
        assert all("Access-Control-Allow-Origin" in fault for fault in faults)
        faults.clear()
    finally:
        stranger.close()


def test_published_version_shows_within_a_second_on_the_running_server(
    page: Page, website: Website, backend: Backend
) -> None:
    backend.publish("--editorial")
    page.wait_for_timeout(1000)

    page.goto(f"{backend.url}/privacy/?lang=kk")

    assert page.locator("[id='12.9']").count() == 1
    page.goto(f"{backend.url}/privacy/v/1/?lang=kk")
    assert page.locator("[id='12.9']").count() == 0
