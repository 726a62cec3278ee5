"""A real server, the system's Chromium, and what every journey is watched for."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from e2e.pages import PATIENCE_SECONDS, Handmade, Site
from e2e.servers import Backend, Demo, Website

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OURS = {"127.0.0.1", "localhost", "wadjet.test"}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
]
expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each journey names its server. pytest-playwright 0.10's own fixture of that name warns under pytest 9.2."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("CHROMIUM IS MISSING: no " + ", ".join(CHROMIUM) + " on PATH")
    return {**browser_type_launch_args, "executable_path": program, "args": ARGUMENTS}


@pytest.fixture
def faults() -> list[str]:
    """What pages threw, and what browsers refused them. A test that brings some about looks at them and clears it."""
    return []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], faults: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Another visitor's browser. Whatever its pages throw fails the test, and so does a request to anybody else."""

    def hear(message: ConsoleMessage) -> None:
        # The browser's own line about an answer of 400 and above, or none, is no fault of a page.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            faults.append(message.text)

    def see(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and parts.hostname not in OURS:
            faults.append(f"third party: {request.url}")

    def open_one(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.on("console", hear)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("request", see)
        return context

    yield open_one
    assert faults == []


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo that journeys share: they decide there, and leave policy and process alone."""
    yield from _serve(Demo(tmp_path_factory.mktemp("demo") / "home"))


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo of one's own: to publish in, to freeze, to kill."""
    yield from _serve(Demo(tmp_path / "home"))


def _serve(demo: Demo) -> Iterator[Demo]:
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture(scope="session")
def website(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A website that somebody wrote by hand, under two names, one of which browsers take for an insecure one."""
    website = Website()
    backend = Backend(tmp_path_factory.mktemp("website") / "home")
    backend.wadjet(
        "init",
        "--site",
        "wadjet.kz",
        "--base-url",
        backend.url,
        "--origin",
        website.origin,
        "--origin",
        website.insecure_origin,
    )
    backend.wadjet("policy", "publish", "starter", "--incomplete")
    backend.start()
    website.backend, website.tag = backend, backend.wadjet("embed").strip()
    yield website
    backend.stop()
    website.close()


@pytest.fixture
def site(page: Page, demo: Demo) -> Site:
    """A first visit, in English."""
    return Site(page, demo.site).visit()


@pytest.fixture
def visit(context: BrowserContext) -> Callable[..., Site]:
    """`visit(demo, "kk")`: another page of the same browser."""

    def visit_one(demo: Demo, language: str = "en") -> Site:
        return Site(context.new_page(), demo.site, language).visit()

    return visit_one


@pytest.fixture
def handmade(page: Page) -> Handmade:
    """A page of `website`, not visited yet."""
    return Handmade(page)
