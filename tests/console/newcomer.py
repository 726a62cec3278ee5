"""Somebody who comes the whole way in: invitation, password, code of the app, recovery codes."""

import html
import re
import time
from typing import Any

import pyotp
from werkzeug.test import TestResponse

from tests.console.conftest import TOKEN, Desk
from wadjet import clock, database, ledger
from wadjet.console import models, service

PASSWORD = "сары ала қаз көлде"  # in Kazakh, with spaces


class Newcomer(Desk):
    """A browser, and what its person knows: their password, the key in their app, their recovery codes."""

    def __init__(self, console: Any, role: str = "staff", email: str = "aigerim@wadjet.kz") -> None:
        super().__init__(console)
        self.console = console
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        self.settings = console.extensions["wadjet.settings"]
        self.account, self.link = service.hire(
            email, "A. Person", role, language="en", by="tests", settings=self.settings, now=clock.now()
        )
        self.password, self.key, self.codes = PASSWORD, "", list[str]()

    @property
    def path(self) -> str:
        return self.link.partition("/console/")[2]

    def send(self, page: str, form: dict[str, Any], **options: Any) -> TestResponse:
        """What a page of the entrance posts, with the token that it carries; or where else it sends one."""
        shown = self.get(page)
        if not (found := TOKEN.search(shown.text)):
            return shown
        options.setdefault("base_url", "http://localhost/console/")
        return self.client.post("/" + page.partition("?")[0], data={"csrf_token": found[1]} | form, **options)

    def take_invitation(self, password: str = PASSWORD) -> TestResponse:
        return self.send(self.path, {"new": password, "again": password})

    def give_password(self, password: str = "", **options: Any) -> TestResponse:
        return self.send("login", {"email": self.account.email, "password": password or self.password}, **options)

    def set_up(self) -> TestResponse:
        """The app: scan, and confirm by its code."""
        page = self.send("tf-setup", {"setup": "authenticator"})
        found = re.search(r'<code class="key">([^<]+)</code>', page.text)
        assert found, page.text
        self.key = html.unescape(found[1]).replace("-", "").replace(" ", "")
        return self.post_code(page, self.code())

    def code(self, steps: int = 0) -> str:
        """What the app shows; `steps`: so many half minutes from now."""
        return pyotp.TOTP(self.key).at(int(time.time()) + 30 * steps)

    def post_code(self, page: TestResponse, code: str) -> TestResponse:
        found = TOKEN.search(page.text)
        form = {"csrf_token": found[1] if found else "", "code": code}
        return self.client.post("/tf-validate", data=form, base_url="http://localhost/console/")

    def give_code(self, code: str) -> TestResponse:
        return self.send("tf-validate", {"code": code})

    def make_codes(self) -> None:
        page = self.send("mf-recovery-codes", {})
        self.codes = re.findall(r"<li><code>([^<]+)</code></li>", page.text)

    def join(self) -> "Newcomer":
        """The whole way."""
        self.take_invitation()
        self.give_password()
        self.set_up()
        self.make_codes()
        self.forget_the_code()
        return self

    def forget_the_code(self) -> None:
        """As if half a minute had passed since the last code was taken."""
        database.vault.write(lambda: models.change(self.account.id, totp_counter=0))

    def another_browser(self) -> "Newcomer":
        """The same person elsewhere."""
        other = Newcomer.__new__(Newcomer)
        other.__dict__ |= self.__dict__ | {"client": self.console.test_client()}
        other.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return other

    @property
    def is_in(self) -> bool:
        return self.get("account/").status_code == 200

    def now(self) -> models.Account:
        return service.get(self.account.id)


def events(account: models.Account) -> list[str]:
    """What was done with an account, as the journal has it."""
    return [
        row["event"].removeprefix("console:account:")
        for row in ledger.listing(database.vault)
        if row["about"] == account.handle
    ]
