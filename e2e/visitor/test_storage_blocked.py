"""A browser that keeps nothing, or keeps nonsense: choices work for the page, and nothing is allowed on doubt."""

import base64
import json
from collections.abc import Callable, Iterator
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
    '{"g":true}',
    '{"r":"no"}',
    '{"r":-1}',
    '{"__proto__":{"given":{"id":"' + "A" * 22 + '","version":1,"purposes":{"measurement":true}}}}',
]
CONSENT = {"proof": "d", "seen": "c", "until": "t"}  # as build.mjs names them in storage
OTHER_TYPES: list[Any] = [None, "x", -1, []]


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def told(kept: Any, decision: Any, **changes: Any) -> Any:
    """The consent that is kept, its decision told otherwise."""
    said = base64.urlsafe_b64encode(json.dumps(decision | changes).encode()).rstrip(b"=").decode()
    header, _, signature = kept[CONSENT["proof"]].split(".")
    return kept | {CONSENT["proof"]: f"{header}.{said}.{signature}"}


FORGERIES: dict[str, Callable[[Any, Any], Any]] = {
    "no decision": lambda kept, decision: {
        CONSENT["seen"]: kept[CONSENT["seen"]],
        CONSENT["until"]: kept[CONSENT["until"]],
        **{name: decision[name] for name in ("id", "event", "purposes")},
        "version": 1,
        "checked": kept[CONSENT["seen"]],
    },
    "not a token": lambda kept, decision: kept | {CONSENT["proof"]: "accepted", **decision},
    "empty token": lambda kept, decision: kept | {CONSENT["proof"]: "..", **decision},
    "a refusal": lambda kept, decision: told(kept, decision, event="refused"),
    "another site": lambda kept, decision: told(kept, decision, offer="example.kz~1~d~t~m"),
    "no offer": lambda kept, decision: told(kept, decision, offer=None),
    "no version": lambda kept, decision: told(kept, decision, offer="wadjet.kz~~d~t~m"),
    "no id": lambda kept, decision: told(kept, decision, id=""),
    "no purposes": lambda kept, decision: told(kept, decision, purposes="all"),
    "term over": lambda kept, _: kept | {CONSENT["until"]: 1},
}


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
    handmade.expect_measured()  # what the page asks for it has asked for
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
        assert not allows or is_whole(json.loads(kept), damaged), damaged


@pytest.mark.parametrize("forgery", FORGERIES)
def test_consent_without_a_decision_that_agrees_counts_as_nothing_stored(
    consented: Handmade, website: Website, forgery: str
) -> None:
    """Threats 1.5: in doubt off."""
    kept = json.loads(consented.stored()["wadjet:wadjet.kz"])["g"]
    forged = FORGERIES[forgery](kept, json.loads(unb64(kept[CONSENT["proof"]].split(".")[1])))
    consented.page.evaluate("text => localStorage.setItem('wadjet:wadjet.kz', text)", json.dumps({"g": forged}))
    website.asked.clear()

    consented.page.reload()

    consented.expect_asking()
    consented.expect_unmeasured()
    assert "/measured.js" not in website.asked


def test_consent_edited_in_storage_ends_with_the_daily_look(consented: Handmade) -> None:
    """The operator's receipt says what was allowed, not the browser's storage."""
    consented.choose(measurement=False, embeds=True)
    consented.expect_said("Saved.")
    kept = json.loads(consented.stored()["wadjet:wadjet.kz"])["g"]
    decision = json.loads(unb64(kept[CONSENT["proof"]].split(".")[1]))
    edited = kept | {CONSENT["proof"]: json.dumps(decision | {"purposes": {"measurement": True}}), CONSENT["seen"]: 0}
    consented.page.evaluate("text => localStorage.setItem('wadjet:wadjet.kz', text)", json.dumps({"g": edited}))

    consented.page.reload()

    consented.expect_unmeasured()
    assert consented.decision()["purposes"] == {"measurement": False, "embeds": True}


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


def is_whole(kept: Any, damaged: Any) -> bool:
    """Whether the decision as it was posted is still there, and its term. When it was last looked up is but a hint."""
    proof, until = CONSENT["proof"], CONSENT["until"]
    found, whole = damaged.get("g"), kept["g"]
    return isinstance(found, dict) and (found.get(proof), found.get(until)) == (whole[proof], whole[until])
