"""A browser that keeps nothing, or keeps nonsense: choices work for the page, and nothing is allowed on doubt."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.pages import Handmade
from e2e.servers import Website

BLOCKED = "const blocked = () => { throw new DOMException('blocked', 'SecurityError') };"
WAYS = {
    "localStorage throws": f"{BLOCKED} Object.defineProperty(window, 'localStorage', {{ get: blocked }})",
    "localStorage is missing": "Object.defineProperty(window, 'localStorage', { value: null })",
    "writing throws": f"{BLOCKED} Storage.prototype.setItem = blocked",
    "localStorage is full": "for (let n = 1 << 22; n; n >>= 1) try { localStorage['x'.repeat(n)] = '' } catch {}",
    "IndexedDB throws": f"{BLOCKED} Object.defineProperty(window, 'indexedDB', {{ get: blocked }})",
    "IndexedDB is missing": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    "IndexedDB refuses": """IDBFactory.prototype.open = () => {
        const asked = {}; setTimeout(() => asked.onerror?.({})); return asked }""",
    "IndexedDB never answers": "IDBFactory.prototype.open = () => ({})",
    "both throw": f"""{BLOCKED} for (const name of ['localStorage', 'indexedDB'])
        Object.defineProperty(window, name, {{ get: blocked }})""",
}
NONSENSE = [
    "",
    "null",
    "true",
    "[]",
    "{",
    "NaN",
    "\0",
    "x" * 100_000,
    '{"given":true}',
    '{"refused":"no"}',
    '{"refused":-1}',
    '{"__proto__":{"given":{"id":"' + "A" * 22 + '","version":1,"purposes":{"measurement":true}}}}',
]
OTHER_TYPES: list[Any] = [None, "x", -1, []]


@pytest.fixture(params=WAYS)
def limited(request: pytest.FixtureRequest, handmade: Handmade, website: Website) -> Handmade:
    """A visit with a browser that is limited in one of these ways."""
    handmade.page.add_init_script(WAYS[request.param])
    return handmade.visit(website.write())


@pytest.fixture
def forgetful(handmade: Handmade, website: Website) -> Handmade:
    """A visit with a browser that keeps nothing at all."""
    handmade.page.add_init_script(WAYS["both throw"])
    return handmade.visit(website.write())


@pytest.fixture
def consented(handmade: Handmade, website: Website) -> Handmade:
    """An ordinary browser, which keeps a consent."""
    handmade.visit(website.write()).accept()
    handmade.expect_said("Saved.")
    return handmade


def test_refusal_and_consent_count_for_the_page(limited: Handmade, website: Website) -> None:
    limited.refuse()
    limited.expect_said("Saved.")
    limited.expect_settled()
    limited.expect_unmeasured()
    assert "/measured.js" not in website.asked

    limited.choose(measurement=True)
    limited.expect_measured()
    limited.expect_settled()


def test_consent_that_could_not_be_kept_is_asked_again_on_the_next_page(forgetful: Handmade) -> None:
    forgetful.accept()
    forgetful.expect_measured()

    forgetful.page.reload()

    forgetful.expect_asking()
    forgetful.expect_unmeasured()


def test_consent_that_was_not_kept_can_be_withdrawn_on_its_page(forgetful: Handmade, website: Website) -> None:
    forgetful.accept()
    forgetful.expect_measured()
    receipt = forgetful.receipt_id()

    forgetful.withdraw()

    forgetful.expect_said("Saved.")
    forgetful.expect_unmeasured()
    assert website.backend.status(receipt) == "withdrawn"


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_reads_as_nothing_decided(handmade: Handmade, website: Website, nonsense: str) -> None:
    handmade.visit(website.write())
    handmade.page.evaluate("text => localStorage.setItem('wadjet:wadjet.kz', text)", nonsense)

    handmade.page.reload()

    handmade.expect_asking()
    handmade.expect_unmeasured()
    handmade.accept()
    handmade.expect_measured()


def test_no_damage_to_what_is_kept_allows_anything(consented: Handmade) -> None:
    kept = consented.stored()["wadjet:wadjet.kz"]

    for damaged in damages(json.loads(kept)):
        consented.page.evaluate("text => localStorage.setItem('wadjet:wadjet.kz', text)", json.dumps(damaged))
        consented.page.reload()
        consented.region.wait_for()
        allows = consented.page.evaluate("wadjet.allows('measurement')")
        assert not allows or is_whole(damaged), damaged


def test_clearing_the_browser_under_an_open_page_ends_consent(consented: Handmade) -> None:
    consented.page.evaluate("localStorage.clear(); indexedDB.deleteDatabase('wadjet:wadjet.kz')")

    consented.page.reload()

    consented.expect_asking()
    consented.expect_unmeasured()


def test_lost_key_does_not_stand_in_the_way_of_a_change(consented: Handmade, website: Website) -> None:
    first = consented.receipt_id()
    consented.page.evaluate("indexedDB.deleteDatabase('wadjet:wadjet.kz')")
    consented.page.reload()

    consented.choose(measurement=False)

    consented.expect_unmeasured()
    consented.expect_said("Saved.")
    assert website.backend.status(first) == "superseded"


def test_what_is_kept_is_small(consented: Handmade) -> None:
    assert len(consented.stored()["wadjet:wadjet.kz"].encode()) <= 3500


def damages(kept: Any) -> Iterator[Any]:
    """The same with one of its values replaced by something of another type, or left out."""
    for name, value in kept.items():
        rest = {other: kept[other] for other in kept if other != name}
        yield rest
        yield from (rest | {name: wrong} for wrong in OTHER_TYPES)
        if isinstance(value, dict):
            yield from (rest | {name: damaged} for damaged in damages(value))


def is_whole(damaged: Any) -> bool:
    """Whether a consent is still to be read in it: an id, a version, and `measurement` true."""
    found = [part for part in damaged.values() if isinstance(part, dict) and isinstance(part.get("purposes"), dict)]
    return any(
        len(str(part.get("id"))) == 22 and part.get("version") == 1 and part["purposes"].get("measurement") is True
        for part in found
    )
