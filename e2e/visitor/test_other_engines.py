"""The journeys once more, in Firefox and in WebKit: what ran, what was kept, what was sent."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from playwright.sync_api import Playwright

from e2e.pages import PURPOSES
from e2e.servers import Website, wadjet
from e2e.windows import ENGINES, Window, wait

pytestmark = pytest.mark.torture

# No icon to ask for; and whatever the page throws, kept for the end of the test.
HEAD = """<link rel="icon" href="data:,"><script>
    const faults = [];
    for (const type of ["error", "unhandledrejection", "securitypolicyviolation"])
        addEventListener(type, ({ message, reason, violatedDirective }) =>
            faults.push(`${type} ${message ?? reason ?? violatedDirective}`));
</script>"""
MEASURED = "document.documentElement.dataset.measured === 'yes'"
ACKNOWLEDGED = "!!window.wadjet?.decision && !wadjet.decision.waiting"
SETTLED = f"{ACKNOWLEDGED} && !!document.querySelector('wadjet-banner').shadowRoot.querySelector('[part=corner]')"
KEPT = "JSON.stringify(Object.assign({}, localStorage))"
DATABASES = "indexedDB.databases().then((all) => all.map(({ name }) => name))"
SENT = "performance.getEntriesByType('resource').map(({ name }) => name)"
RECEIPTS = "wadjet.receipts()"
REFUSED = '{"wadjet:wadjet.kz":"{\\"refused\\":1}"}'
KEY = """new Promise((done, fail) => {
    const opening = indexedDB.open("wadjet:wadjet.kz");
    opening.onerror = opening.onupgradeneeded = fail;
    opening.onsuccess = () => {
        const base = opening.result;
        const reading = base.transaction(base.objectStoreNames).objectStore(base.objectStoreNames[0]).getAll();
        reading.onsuccess = () => {
            base.close();
            done(reading.result.map(({ privateKey: { type, extractable, usages } }) => [type, extractable, ...usages]));
        };
    };
})"""


@pytest.fixture(params=ENGINES)
def open_window(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Callable[..., Window]]:
    """`open_window(keeps=False, scripts=False)`: a browser that keeps nothing, one that runs no script."""
    with ExitStack() as stack:

        def open_one(*, keeps: bool = True, scripts: bool = True) -> Window:
            return stack.enter_context(ENGINES[request.param](playwright, keeps=keeps, scripts=scripts))

        yield open_one


class Visit:
    """A window on a page of `website`, a script in it waiting for `measurement`."""

    def __init__(self, window: Window, website: Website) -> None:
        self.window, self.website = window, website
        self.url = website.write(head=HEAD)
        self.again()

    def again(self) -> None:
        """The page once more, as on the next day."""
        self.website.asked.clear()
        self.window.visit(self.url)
        self.window.until("!!window.wadjet")

    def accept(self) -> str:
        """The id of the receipt."""
        self.window.press("Accept all")
        self.window.until(MEASURED)
        return self.receipt_id()

    def choose(self, purpose: str) -> None:
        """Turn its switch over in the panel, and save."""
        self.window.press("Privacy choices")
        self.window.press(PURPOSES[purpose]["en"])
        self.window.press("Save choice")

    def receipt_id(self) -> str:
        """Of the consent that stands."""
        (receipt,) = self.window.run(RECEIPTS)
        return str(jwt.decode(receipt, options={"verify_signature": False})["dpv:hasIdentifier"])

    def check_nothing_runs(self) -> None:
        assert not self.window.run(MEASURED)
        assert not self.window.run("wadjet.allows('measurement')")

    def records(self) -> list[Any]:
        """All decisions on record at the server, in order."""
        return list(json.loads(self.website.backend.wadjet("receipt", "list", "--json")))


@pytest.fixture
def visit(open_window: Callable[..., Window], website: Website) -> Iterator[Visit]:
    yield from _visit(open_window(), website)


@pytest.fixture
def forgetful(open_window: Callable[..., Window], website: Website) -> Iterator[Visit]:
    """In a browser that keeps nothing at all."""
    yield from _visit(open_window(keeps=False), website)


def _visit(window: Window, website: Website) -> Iterator[Visit]:
    visit = Visit(window, website)
    yield visit
    assert window.run("faults") == []
    servers = (website.origin, website.backend.url)
    assert [each for each in window.run(SENT) if not each.startswith(servers)] == []


@pytest.mark.clause("8.2")
def test_before_a_choice_nothing_runs_is_kept_or_sent(visit: Visit) -> None:
    before = len(visit.records())

    visit.check_nothing_runs()
    assert visit.website.asked == ["/"]
    assert [each.partition("?")[0] for each in visit.window.run(SENT)] == [f"{visit.website.backend.url}/wadjet.js"]
    assert (visit.window.run(KEPT), visit.window.run(DATABASES)) == ("{}", [])
    assert visit.window.run("document.cookie") == ""
    assert len(visit.records()) == before


@pytest.mark.clause("7.1", "5.1")
def test_what_waits_runs_only_after_the_acknowledgement(visit: Visit) -> None:
    backend = visit.website.backend
    backend.freeze()
    try:
        visit.window.press("Accept all")
        visit.window.until("wadjet.decision?.waiting")
        visit.window.run("new Promise((done) => setTimeout(done, 1000))")
        visit.check_nothing_runs()
        assert "/measured.js" not in visit.website.asked
    finally:
        backend.thaw()

    visit.window.until(MEASURED)
    visit.window.until(SETTLED)
    assert "/measured.js" in visit.website.asked
    visit.again()
    visit.window.until(MEASURED)


def test_receipt_is_genuine_and_its_key_stays_in_the_browser(visit: Visit, tmp_path: Path) -> None:
    receipt_id = visit.accept()
    (tmp_path / "receipt.jws").write_text(visit.window.run(RECEIPTS)[0])
    jwks = requests.get(f"{visit.website.backend.url}/.well-known/jwks.json", timeout=10)
    (tmp_path / "jwks.json").write_bytes(jwks.content)

    done = wadjet("receipt", "verify", "receipt.jws", "--jwks", "jwks.json", cwd=tmp_path)

    assert done.stdout.startswith("GENUINE."), done.stderr
    assert visit.records()[-1]["id"] == receipt_id
    assert visit.records()[-1]["proof"] == "key"
    assert visit.window.run(KEY) == [["private", False, "sign"]]


@pytest.mark.clause("1.1", "7.1")
def test_refusal_runs_nothing_and_leaves_no_identifier(visit: Visit) -> None:
    visit.window.press("Refuse all")

    visit.window.until(SETTLED)
    visit.check_nothing_runs()
    assert "/measured.js" not in visit.website.asked
    assert (visit.window.run(KEPT), visit.window.run(DATABASES)) == (REFUSED, [])
    assert visit.window.run("document.cookie") == ""
    last = visit.records()[-1]
    assert (last["event"], last["proof"]) == ("refused", "offer")
    visit.again()
    visit.window.until(SETTLED)
    visit.check_nothing_runs()


def test_change_of_mind_stops_what_ran(visit: Visit) -> None:
    first = visit.accept()

    visit.choose("measurement")

    visit.window.until(f"!({MEASURED})")
    visit.window.until(ACKNOWLEDGED)
    second = visit.receipt_id()
    assert visit.website.backend.status(first) == "superseded"
    assert visit.website.backend.status(second) == "current"
    assert visit.window.run("wadjet.decision.purposes") == {"measurement": False, "embeds": True}
    visit.again()
    visit.check_nothing_runs()
    assert "/measured.js" not in visit.website.asked

    visit.choose("measurement")

    visit.window.until(MEASURED)
    assert visit.website.backend.status(second) == "superseded"


@pytest.mark.clause("3.1.b", "8.9")
def test_withdrawal_ends_everything_at_once_and_leaves_what_a_refusal_leaves(visit: Visit) -> None:
    receipt = visit.accept()
    backend = visit.website.backend
    backend.freeze()
    try:
        visit.window.press("Withdraw consent")
        visit.window.until(f"!({MEASURED})")
        visit.check_nothing_runs()
    finally:
        backend.thaw()

    visit.window.until(SETTLED)
    wait(lambda: backend.status(receipt) == "withdrawn", "the withdrawal is on record")
    assert (visit.window.run(KEPT), visit.window.run(DATABASES)) == (REFUSED, [])
    visit.again()
    visit.window.until(SETTLED)
    visit.check_nothing_runs()


def test_consent_that_cannot_be_kept_counts_for_its_page(forgetful: Visit) -> None:
    forgetful.window.press("Accept all")
    forgetful.window.until(MEASURED)
    forgetful.window.until(SETTLED)
    assert forgetful.records()[-1]["status"] == "current"

    forgetful.window.press("Withdraw consent")
    forgetful.window.until(f"!({MEASURED})")
    forgetful.window.until(ACKNOWLEDGED)
    assert [row["event"] for row in forgetful.records()[-2:]] == ["given", "withdrawn"]
    assert forgetful.records()[-2]["status"] == "withdrawn"

    forgetful.again()
    forgetful.check_nothing_runs()
    assert forgetful.window.run("wadjet.decision") is None
    forgetful.window.press("Refuse all")
    forgetful.window.until(SETTLED)
    forgetful.check_nothing_runs()


@pytest.mark.clause("2.10", "4.1.d")
def test_consent_is_withdrawn_by_its_number_without_javascript(
    visit: Visit, open_window: Callable[..., Window]
) -> None:
    receipt = visit.accept()
    plain = open_window(scripts=False)
    plain.visit(f"{visit.website.backend.url}/privacy/choices/?lang=en")
    assert plain.run("document.getElementById('wadjet-choices').hidden")  # our script would show it

    plain.write("Number of the receipt", receipt)
    plain.press("Withdraw consent")

    plain.until("document.body.textContent.includes('Your consent is withdrawn.')")
    assert visit.website.backend.status(receipt) == "withdrawn"
