"""The recommended set-up: the site hands /privacy/, /api/ and /wadjet.js to the backend, and all share one origin."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from e2e.pages import ChoicesPage, Site
from e2e.servers import Demo, wadjet


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Served by the site itself."""
    demo = Demo(tmp_path_factory.mktemp("one-origin") / "home", "--one-origin")
    demo.start()
    yield demo
    demo.stop()


def test_refusal_keeps_no_identifier(site: Site, demo: Demo) -> None:
    site.refuse()

    site.expect_said("Saved.")
    site.expect_running()
    assert site.identifiers() == site.databases() == []
    assert site.asked_for(demo.url) == site.requests


def test_consent_runs_what_waited_and_its_receipt_is_genuine(site: Site, demo: Demo, tmp_path: Path) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")

    keys = tmp_path / "jwks.json"
    keys.write_bytes(requests.get(f"{demo.url}/.well-known/jwks.json", timeout=10).content)
    done = wadjet("receipt", "verify", site.download_receipt(), "--jwks", keys, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_change_of_mind_and_withdrawal(site: Site, demo: Demo) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    site.choose(measurement=False)
    site.expect_said("Saved.")
    site.expect_running("embeds")
    receipt = site.receipt_id()

    site.withdraw()

    site.expect_said("Saved.")
    site.expect_running()
    assert demo.status(receipt) == "withdrawn"


def test_choices_page_knows_this_browsers_choice(site: Site, page: Page, demo: Demo) -> None:
    site.choose(embeds=True)
    site.expect_said("Saved.")

    choices = ChoicesPage(page, demo.privacy).visit()

    choices.expect_state("Your consent stands, for what is ticked. Policy version: {version}.")
    expect(choices.switch("embeds")).to_be_checked()
    expect(choices.switch("measurement")).not_to_be_checked()


@pytest.mark.clause("2.10", "4.1.d")
def test_choices_page_changes_and_ends_it_with_the_same_key(site: Site, page: Page, demo: Demo) -> None:
    site.accept()
    site.expect_said("Saved.")
    first = site.receipt_id()
    choices = ChoicesPage(page, demo.privacy).visit()

    choices.switch("measurement").uncheck()
    choices.press("Save choice")
    expect(page.get_by_text("Saved.")).to_be_visible()
    site.visit().expect_running("embeds")
    second = site.receipt_id()
    choices.visit().press("Withdraw consent")
    choices.expect_state("Your consent is withdrawn: all of it is off.")

    site.visit().expect_running()
    site.expect_settled()
    assert (demo.status(first), demo.status(second)) == ("superseded", "withdrawn")
    assert '"proof": "key"' in demo.wadjet("receipt", "list", "--json").rpartition("withdrawn")[2]


def test_choice_can_be_made_without_the_banner(page: Page, demo: Demo) -> None:
    choices = ChoicesPage(page, demo.privacy).visit()
    choices.switch("measurement").check()

    choices.press("Save choice")

    choices.expect_state("Your consent stands, for what is ticked. Policy version: {version}.")
    site = Site(page, demo.site).visit()
    site.expect_running("measurement")
    site.expect_settled()


def test_version_published_under_an_open_banner_is_asked_anew(page: Page, tmp_path: Path) -> None:
    own = Demo(tmp_path / "home", "--one-origin")
    own.start()
    site = Site(page, own.site).visit()
    own.publish()

    site.accept()
    site.expect_asking()
    site.expect_running()
    site.accept()

    site.expect_running("measurement", "embeds")
    own.stop()


def test_backend_that_is_down_is_waited_for(page: Page, tmp_path: Path) -> None:
    own = Demo(tmp_path / "home", "--one-origin")
    own.start()
    site = Site(page, own.site).visit()
    own.freeze()
    site.accept()
    site.expect_said("Saving…")
    site.expect_running()

    own.thaw()

    site.expect_running("measurement", "embeds")
    own.stop()
