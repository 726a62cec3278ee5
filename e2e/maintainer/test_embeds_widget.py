"""From an empty folder to a page of one's own with the banner standing, by what README says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.pages import Handmade
from e2e.servers import Backend, Website, wadjet


@pytest.fixture
def site() -> Iterator[Website]:
    """The maintainer's own website; it knows nothing of us yet."""
    website = Website()
    yield website
    website.close()


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """An empty folder, and nothing running."""
    backend = Backend(tmp_path / "home")
    backend.folder.mkdir()
    yield backend
    backend.stop()


def test_banner_stands_on_a_page_of_ones_own(site: Website, backend: Backend, page: Page) -> None:
    backend.wadjet("init", "--site", "example.kz", "--origin", site.origin, "--base-url", backend.url)
    backend.wadjet("policy", "publish", backend.folder / "policy", "--incomplete")
    backend.start()
    site.tag = backend.wadjet("embed").strip()
    assert site.tag == f'<script async src="{backend.url}/wadjet.js?site=example.kz"></script>'

    handmade = Handmade(page).visit(site.write())

    handmade.expect_asking()
    expect(handmade.region).to_contain_text("example.kz")
    handmade.accept()
    handmade.expect_measured()
    assert "given" in backend.wadjet("receipt", "list")


def test_site_with_its_own_strict_policy_adds_what_embed_prints(site: Website, backend: Backend, page: Page) -> None:
    backend.wadjet("init", "--site", "example.kz", "--origin", site.origin, "--base-url", backend.url)
    backend.wadjet("policy", "publish", "starter", "--incomplete")
    backend.start()
    site.tag = backend.wadjet("embed").strip()
    added = [line for line in backend.wadjet("embed", "--csp").splitlines() if not line.startswith("#")]
    policy = "; ".join(["default-src 'none'", *added]).replace("script-src", "script-src 'self'")

    handmade = Handmade(page).visit(site.write(Content_Security_Policy=policy))

    handmade.accept()
    handmade.expect_measured()


def test_policy_without_the_operators_facts_is_not_published(backend: Backend) -> None:
    backend.wadjet("init", "--site", "example.kz")

    done = wadjet("policy", "publish", backend.folder / "policy", WADJET_HOME=str(backend.folder))

    assert done.returncode == 2
    assert "operator.bin" in done.stderr
    assert backend.wadjet("policy", "list", "--json").split() == ["[]"]


def test_page_of_a_site_that_is_not_known_gets_no_consent(
    site: Website, backend: Backend, page: Page, faults: list[str]
) -> None:
    backend.wadjet("init", "--site", "example.kz", "--origin", "https://example.kz", "--base-url", backend.url)
    backend.wadjet("policy", "publish", "starter", "--incomplete")
    backend.start()
    site.tag = backend.wadjet("embed").strip()
    handmade = Handmade(page).visit(site.write())

    handmade.accept()

    expect(handmade.region.get_by_role("status")).not_to_be_empty()
    page.wait_for_timeout(500)
    handmade.expect_unmeasured()
    assert backend.wadjet("receipt", "list", "--json").split() == ["[]"]
    assert all("CORS" in fault for fault in faults), faults
    faults.clear()


def test_page_is_told_through_window_wadjet(handmade: Handmade, website: Website) -> None:
    handmade.visit(
        website.write("""<script>
      heard = [];
      for (const type of ["ready", "change", "error"])
        document.addEventListener(`wadjet:${type}`, ({ detail }) => heard.push([type, detail?.allowed ?? null]));
    </script>""")
    )
    handmade.expect_asking()
    assert handmade.decision() is None

    handmade.choose(measurement=True)
    handmade.expect_said("Saved.")

    assert handmade.page.evaluate("wadjet.ready.then(() => ['measurement', 'embeds', 'x'].map(wadjet.allows))") == [
        True,
        False,
        False,
    ]
    decision = handmade.decision()
    assert decision == {
        "event": "given",
        "version": 1,
        "purposes": {"measurement": True, "embeds": False},
        "waiting": False,
    }
    heard = handmade.page.evaluate("heard")
    assert heard[0] == ["ready", None]
    assert heard[-1] == ["change", ["necessary", "measurement"]]
