"""Somebody of each role at the console, signed in through its own records, as after both factors."""

import logging
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.console.people import People
from tests.house import Watch
from tests.rights.desk import Desk as House
from tests.writer import AIGERIM
from wadjet import clock, database
from wadjet.console import accounts, models, service, typed
from wadjet.console.application import create_console

BASE = "http://localhost/console/"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
BOUNDS = re.compile("BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET LOCAL")
MOST_QUERIES = 12  # a page's


class Desk:
    """A browser; `account`: who has signed in in it, if anybody has."""

    account: models.Account

    def __init__(self, console: Flask) -> None:
        self.client = console.test_client()

    def sign_in(self, account: models.Account, now: datetime) -> None:
        """As after both factors."""
        self.account = account
        secret = secrets.token_urlsafe(32)
        with self.client.session_transaction() as session:
            session.update(_user_id=account.fs_uniquifier, _fresh=True, fs_cc="set", sid=secret)
            session["fs_paa"] = now.timestamp()
            session["csrf_token"] = typed.new_token(account.id)
        digest, at = sha256(secret.encode()).hexdigest(), clock.stamp(now)
        database.vault.write(lambda: models.insert_session(digest, account.id, at))

    def get(self, path: str, **options: Any) -> TestResponse:
        """`path` below /console/: "messages/"."""
        return self.client.get("/" + path.removeprefix("/console/"), base_url=BASE, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> TestResponse:
        """With the token that the session's pages carry."""
        form = {"csrf_token": self.token()} | dict(data or {})
        return self.client.post("/" + path.removeprefix("/console/"), data=form, base_url=BASE, **options)

    def token(self) -> str:
        found = TOKEN.search(self.get("").text)
        assert found, "no page carries a token"
        return found[1]


@pytest.fixture
def watch(request, watch) -> Watch:
    """Of what is marked `true_time` the true one: apps that make codes, and the entrance's library, go by it."""
    return Watch(clock.now()) if request.node.get_closest_marker("true_time") else watch


@pytest.fixture
def console(app: Flask, settings, watch) -> Flask:
    """The console of the test's own home; the small policy is in force."""
    made = create_console(settings, watch)
    made.testing = False
    return made


@pytest.fixture
def hire(console, now) -> Callable[..., models.Account]:
    """`hire("auditor")`: somebody with that role; `hire("staff", "bolat@wadjet.kz")` another one."""

    def hire_one(role: str, email: str = "", language: str = "en") -> models.Account:
        address = email or f"{role}@wadjet.kz"
        return database.vault.write(lambda: accounts.add(address, role.title(), role, language=language, now=now))

    return hire_one


@pytest.fixture
def desk(console, hire, watch) -> Callable[..., Desk]:
    """`desk("staff")`: a browser in which somebody of that role has signed in; `desk()`: one in which nobody has."""

    def open_one(role: str = "", email: str = "", language: str = "en") -> Desk:
        made = Desk(console)
        if not role:
            return made
        known = database.vault.read(lambda: models.Account.get_or_none(email=email or f"{role}@wadjet.kz"))
        made.sign_in(known or hire(role, email, language), watch())
        return made

    return open_one


@pytest.fixture
def queries() -> Iterator[Callable[[Callable[[], object]], list[str]]]:
    """`queries(lambda: work.get(""))`: what the databases are asked meanwhile, but for transactions' bounds."""
    said: list[str] = []
    handler, logger = logging.Handler(), logging.getLogger("peewee")
    handler.emit = lambda record: said.append(str(record.msg[0])) if isinstance(record.msg, tuple) else None  # type: ignore[method-assign]

    def listen(work: Callable[[], object]) -> list[str]:
        said.clear()
        work()
        return [each for each in said if not BOUNDS.match(each)]

    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield listen
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def people(console, settings, watch) -> People:
    """Those who write and demand."""
    return People(settings, watch)


@pytest.fixture
def newcomer(console) -> Any:
    """Somebody who was invited."""
    from tests.console.newcomer import Newcomer  # which is a browser as above

    return Newcomer(console)


@pytest.fixture
def member(newcomer) -> Any:
    """Somebody who has come the whole way, and signed out."""
    newcomer.join()
    newcomer.post("logout")
    return newcomer


@pytest.fixture
def invite(console, settings, watch) -> Callable[..., tuple[models.Account, str]]:
    """`invite("staff")`: somebody invited, and the token of their invitation."""

    def invite_one(role: str = "staff", email: str = "bolat@wadjet.kz") -> tuple[models.Account, str]:
        account, link = service.hire(email, "Bolat", role, language="kk", by="tests", settings=settings, now=watch())
        return account, link.rstrip("/").rpartition("/")[2]

    return invite_one


@pytest.fixture
def house(console, settings, watch) -> House:
    """People who write and demand, in the console's own home: one of them has written."""
    made = House(settings, watch)
    made.write(AIGERIM)
    return made


@pytest.fixture
def writer(desk) -> Desk:
    """A maintainer who has begun a draft."""
    work: Desk = desk("maintainer")
    work.post("policy/drafts/")
    return work


@pytest.fixture
def second(desk) -> Desk:
    """Another one who may approve."""
    made: Desk = desk("responsible")
    return made
