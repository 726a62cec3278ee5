"""A server, the home it serves, and browsers in which somebody of the staff has signed in."""

import secrets
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from e2e.servers import Backend
from wadjet import clock, database, settings, vault
from wadjet.console import accounts, models, typed
from wadjet.console.application import create_console


class House:
    """A served home that the test too has opened: what it arranges through the rooms' doors, the server shows."""

    def __init__(self, folder: Path) -> None:
        self.backend = Backend(folder)
        self.backend.wadjet(
            "init", "--site", "wadjet.kz", "--base-url", self.backend.url, "--origin", "https://wadjet.kz"
        )
        self.backend.wadjet("policy", "publish", "starter", "--incomplete")
        self.backend.start()
        self.url = f"{self.backend.url}/console/"
        self.settings = settings.load(folder, {})
        self.enter()
        self._console = create_console(self.settings, clock.now)

    def enter(self) -> None:
        """From here on the rooms' doors lead into this home; one at a time is open in a process."""
        database.open_stores(self.settings)
        vault.start(self.settings, now=clock.now())

    def leave(self) -> None:
        database.close_stores()

    def rules(self) -> set[str]:
        """The names of what the console answers to GET."""
        return {each.endpoint for each in self._console.url_map.iter_rules() if "GET" in (each.methods or ())}

    def hire(self, role: str, language: str = "en", email: str = "") -> models.Account:
        """Somebody who works there; the same again for the same address."""
        email = email or f"{role}-{language}@wadjet.kz"
        known = database.vault.read(lambda: models.Account.get_or_none(email=email))
        new = partial(accounts.add, email, role.title(), role, language=language, now=clock.now())
        return known or database.vault.write(new)

    def sign_in(self, context: BrowserContext, account: models.Account) -> None:
        """As after both factors; how those are given is `test_signs_in.py`'s question."""
        secret = secrets.token_urlsafe(32)
        digest, at = sha256(secret.encode()).hexdigest(), clock.stamp(clock.now())
        database.vault.write(lambda: models.insert_session(digest, account.id, at))
        session = {
            "_user_id": account.fs_uniquifier,
            "_fresh": True,
            "fs_cc": "set",
            "fs_paa": clock.now().timestamp(),
            "sid": secret,
            "csrf_token": typed.new_token(account.id),
        }
        serializer = self._console.session_interface.get_signing_serializer(self._console)  # type: ignore[attr-defined]
        name = self._console.config["SESSION_COOKIE_NAME"]
        context.add_cookies([{"name": name, "value": serializer.dumps(session), "url": self.backend.url}])


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all journeys: each meets people of its own there."""
    house = House(tmp_path_factory.mktemp("house") / "home")
    yield house
    house.backend.stop()
    house.leave()


@pytest.fixture
def staff(new_context: Callable[..., BrowserContext], house: House) -> Callable[..., Page]:
    """`staff("auditor", "kk")`: a page of a browser in which somebody of that role has signed in."""

    def open_one(role: str, language: str = "en", email: str = "", **options: object) -> Page:
        context = new_context(**options)
        house.sign_in(context, house.hire(role, language, email))
        return context.new_page()

    return open_one
