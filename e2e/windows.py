"""A window of Firefox and one of WebKit, each with a profile that is thrown away, and what both let a test do."""

import json
import os
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, Playwright

from e2e.pages import PATIENCE_SECONDS
from tests.services import free_port

FIREFOX = ("firefox-esr", "firefox")
WEBKIT = ("WebKitWebDriver", "Xvfb")
# The key under which WebDriver hands out an element. Source: W3C WebDriver, section 12.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# A control by its words, as far as a person can press it now: in the open panel, in what the widget shows, on the page.
FIND = """(words) => {
    const roots = [...document.querySelectorAll("wadjet-banner")].map((host) => host.shadowRoot);
    const panel = roots.map((root) => root.querySelector("dialog[open]")).find(Boolean);
    const named = (control) => control.textContent.trim() === words
        || [...control.labels ?? []].some((label) => label.textContent.includes(words));
    return (panel ? [panel] : [...roots, document]).flatMap((root) => [...root.querySelectorAll("button, input")])
        .find((control) => named(control) && control.checkVisibility() && control.ariaDisabled !== "true") ?? null;
}"""

CENTRE = """(control) => {
    control.scrollIntoView({ block: "center" });
    const { x, y, width, height } = control.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""


class Window(ABC):
    """What a person does and what can be known from outside. A JavaScript `expression` may be a promise."""

    @abstractmethod
    def visit(self, url: str) -> None:
        """Returns once the page is loaded."""

    @abstractmethod
    def run(self, expression: str) -> Any: ...

    @abstractmethod
    def press(self, words: str) -> None:
        """Click the button or switch that says so, as a hand does."""

    @abstractmethod
    def write(self, words: str, text: str) -> None:
        """Fill the field whose label says so."""

    def until(self, expression: str) -> None:
        wait(lambda: self.run(expression), expression)

    def _find(self, words: str) -> str:
        """The control as an expression, once it is there."""
        found = f"({FIND})({json.dumps(words)})"
        self.until(f"!!{found}")
        return found


def wait(holds: Callable[[], object], what: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.05)


class Firefox(Window):
    def __init__(self, page: Page) -> None:
        self._page = page

    def visit(self, url: str) -> None:
        self._page.goto(url)

    def run(self, expression: str) -> Any:
        return self._page.evaluate(expression)

    def press(self, words: str) -> None:
        # By the mouse itself: Playwright's own click waits for timers, which stand still without JavaScript.
        self._page.mouse.click(*self.run(f"({CENTRE})({self._find(words)})"))

    def write(self, words: str, text: str) -> None:
        self.press(words)
        self._page.keyboard.type(text)


@contextmanager
def open_firefox(playwright: Playwright, *, keeps: bool, scripts: bool) -> Iterator[Firefox]:
    program = next(filter(None, map(shutil.which, FIREFOX)), None)
    if program is None:
        pytest.skip("FIREFOX IS MISSING: no " + " or ".join(FIREFOX) + " on PATH")
    preferences: dict[str, str | float | bool] = {"javascript.enabled": scripts}
    if not keeps:
        preferences["network.cookie.cookieBehavior"] = 2  # block "all cookies": storage then throws
    # The channel speaks WebDriver BiDi, which an unpatched Firefox understands.
    with playwright.firefox.launch(
        executable_path=program, channel="moz-firefox", firefox_user_prefs=preferences
    ) as browser:
        yield Firefox(browser.new_page())


class WebKit(Window):
    """Driven by W3C WebDriver, since Playwright drives only a WebKit of its own."""

    def __init__(self, driver: str, *arguments: str) -> None:
        options = {"args": ["--automation", *arguments]}
        self._session = driver
        opened = self._command("", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": options}})
        self._session = f"{driver}/{opened['sessionId']}"

    def visit(self, url: str) -> None:
        self._command("/url", url=url)

    def run(self, expression: str) -> Any:
        return self._command("/execute/sync", script=f"return ({expression})", args=[])

    def press(self, words: str) -> None:
        self._command(f"{self._element(words)}/click")

    def write(self, words: str, text: str) -> None:
        self._command(f"{self._element(words)}/value", text=text)

    def close(self) -> None:
        requests.delete(self._session, timeout=PATIENCE_SECONDS)

    def _element(self, words: str) -> str:
        return f"/element/{self.run(self._find(words))[ELEMENT]}"

    def _command(self, path: str, **parameters: Any) -> Any:
        answer = requests.post(self._session + path, json=parameters, timeout=3 * PATIENCE_SECONDS)
        assert answer.ok, answer.text
        return answer.json()["value"]


@contextmanager
def open_webkit(playwright: Playwright, *, keeps: bool, scripts: bool) -> Iterator[WebKit]:
    if missing := [program for program in WEBKIT if shutil.which(program) is None]:
        pytest.skip("WEBKIT IS MISSING: no " + " and no ".join(missing) + " on PATH")
    arguments = [] if keeps else ["--enable-html5-local-storage=false", "--enable-html5-database=false"]
    arguments += [] if scripts else ["--enable-javascript=false"]
    with _screen() as screen, _driver(DISPLAY=screen) as driver:
        window = WebKit(driver, *arguments)
        try:
            yield window
        finally:
            window.close()


@contextmanager
def _screen() -> Iterator[str]:
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def _driver(**environment: str) -> Iterator[str]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = ["WebKitWebDriver", f"--port={port}"]
    with subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL) as driver:
        try:
            wait(lambda: _answers(url), "WebKitWebDriver answers")
            yield f"{url}/session"
        finally:
            driver.terminate()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/status", timeout=PATIENCE_SECONDS).ok
    except requests.ConnectionError:
        return False


ENGINES = {"firefox": open_firefox, "webkit": open_webkit}
