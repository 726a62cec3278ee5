"""A browser that keeps nothing, or keeps nonsense: choices work for the page, and nothing is allowed on doubt."""

import pytest
from playwright.sync_api import Page

from e2e.pages import Site
from e2e.servers import Demo

BLOCKED = "const blocked = () => { throw new DOMException('blocked', 'SecurityError') };"
WAYS = {
    "localStorage throws": f"{BLOCKED} Object.defineProperty(window, 'localStorage', {{ get: blocked }})",
    "localStorage is missing": "Object.defineProperty(window, 'localStorage', { value: null })",
    "writing throws": f"{BLOCKED} Storage.prototype.setItem = blocked",
    "localStorage is full": "try { for (let n = 1 << 22; n; n >>= 1) try { localStorage['x'.repeat(n)] = '' } catch {} } catch {}",
    "IndexedDB throws": f"{BLOCKED} Object.defineProperty(window, 'indexedDB', {{ get: blocked }})",
    "IndexedDB is missing": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    "IndexedDB refuses": "IDBFactory.prototype.open = function () { const asked = {}; setTimeout(() => asked.onerror?.({})); return asked }",
    "IndexedDB never answers": "IDBFactory.prototype.open = () => ({})",
    "both throw": f"{BLOCKED} for (const name of ['localStorage', 'indexedDB']) Object.defineProperty(window, name, {{ get: blocked }})",
}
NONSENSE = [
    "", "null", "true", "[]", "{", "NaN", "\0", "x" * 100_000, '{"given":true}', '{"refused":"1"}', '{"refused":-1}',
    '{"refused":null,"given":{"id":"' + "A" * 22 + '","version":1}}',
    '{"given":{"id":"short","version":1,"purposes":{"measurement":true}}}',
    '{"g":{"id":"' + "A" * 22 + '","version":1,"purposes":"measurement"}}',
    '{"__proto__":{"given":{"id":"' + "A" * 22 + '","version":1,"purposes":{"measurement":true}}}}',
]


@pytest.mark.parametrize("way", WAYS)
def test_consent_counts_for_the_page(page: Page, demo: Demo, way: str) -> None:
    page.add_init_script(WAYS[way])
    site = Site(page, demo.url).visit()

    site.accept()

    site.expect_running_soon("measurement", "embeds")
    site.expect_settled()


@pytest.mark.parametrize("way", WAYS)
def test_refusal_is_taken_and_leaves_everything_off(page: Page, demo: Demo, way: str) -> None:
    page.add_init_script(WAYS[way])
    site = Site(page, demo.url).visit()

    site.refuse()

    site.expect_said("Saved.")
    site.expect_settled()
    site.expect_running()


def test_consent_that_could_not_be_kept_is_asked_again_on_the_next_page(page: Page, demo: Demo) -> None:
    page.add_init_script(WAYS["both throw"])
    site = Site(page, demo.url).visit()
    site.accept()
    site.expect_running("measurement", "embeds")

    site.visit()

    site.expect_asking()
    site.expect_running()


def test_consent_that_was_not_kept_can_be_withdrawn_on_its_page(page: Page, demo: Demo) -> None:
    page.add_init_script(WAYS["both throw"])
    site = Site(page, demo.url).visit()
    site.accept()
    site.expect_running("measurement", "embeds")
    receipt = site.receipt_id()

    site.withdraw()

    site.expect_said("Saved.")
    site.expect_running()
    assert demo.status(receipt) == "withdrawn"


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_reads_as_nothing_decided(site: Site, nonsense: str) -> None:
    site.page.evaluate("text => localStorage.setItem('wadjet:wadjet.kz', text)", nonsense)

    site.visit()

    site.expect_asking()
    site.expect_running()
    site.accept()
    site.expect_running("measurement", "embeds")


def test_clearing_the_browser_under_an_open_page_ends_consent(site: Site) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    site.page.evaluate("localStorage.clear(); indexedDB.deleteDatabase('wadjet:wadjet.kz')")

    site.visit()

    site.expect_asking()
    site.expect_running()


def test_lost_key_does_not_stand_in_the_way_of_a_change(site: Site, demo: Demo) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")
    first = site.receipt_id()
    site.page.evaluate("indexedDB.deleteDatabase('wadjet:wadjet.kz')")
    site.visit()

    site.choose(measurement=False)

    site.expect_running("embeds")
    site.expect_said("Saved.")
    assert demo.status(first) == "superseded"


def test_what_is_kept_is_small(site: Site) -> None:
    site.accept()
    site.expect_said("Saved.")

    kept = site.stored()["wadjet:wadjet.kz"]
    assert len(kept.encode()) <= 3500
