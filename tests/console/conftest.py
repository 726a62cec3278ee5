"""Somebody of each role at the console, signed in through its own records, as after both factors."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.console.people import People
from wadjet import clock, database
from wadjet.console import accounts, models
from wadjet.console.application import create_console

BASE = "http://localhost/console/"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Desk:
    """A browser; `account`: who has signed in in it, if anybody has."""

    account: models.Account

    def __init__(self, console: Flask) -> None:
        self.client = console.test_client()

    def sign_in(self, account: models.Account, now: datetime) -> None:
        """As after both factors."""
        self.account = account
        secret = f"of {account.handle}"
        with self.client.session_transaction() as session:
            session.update(_user_id=account.fs_uniquifier, _fresh=True, fs_cc="set", sid=secret)
            session["fs_paa"] = now.timestamp()
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
def queries(caplog) -> Callable[[Callable[[], object]], list[str]]:
    """`queries(lambda: work.get(""))`: the statements that it asks of all databases."""

    def count(work: Callable[[], object]) -> list[str]:
        caplog.clear()
        with caplog.at_level("DEBUG", logger="peewee"):
            work()
        said = [str(record.args or record.msg) for record in caplog.records if record.name == "peewee"]
        return [each for each in said if "SAVEPOINT" not in each and "RELEASE" not in each]

    return count


_BOUNDS = re.compile("BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE")


class Asked(logging.Handler):
    """The statements that were put to a database, but for where transactions begin and end."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, tuple) and not _BOUNDS.match(record.msg[0]):
            self.statements.append(record.msg[0])


@pytest.fixture
def asked() -> Iterator[Asked]:
    """`asked.statements`: every statement since the test, or `asked.statements.clear()`."""
    handler, logger = Asked(), logging.getLogger("peewee")
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield handler
    logger.removeHandler(handler)
    logger.level, logger.propagate = before


@pytest.fixture
def people(console, settings, watch) -> People:
    """Those who write and demand."""
    return People(settings, watch)


@pytest.fixture
def questions() -> Callable[[], Any]:
    """`with questions() as asked:` every statement that the databases are asked meanwhile."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        asked: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: asked.append(str(record.msg))  # type: ignore[method-assign]
        handler.addFilter(lambda record: record.name == "peewee")  # its pools tell of themselves too
        log = logging.getLogger("peewee")
        log.addHandler(handler)
        log.setLevel(logging.DEBUG)
        try:
            yield asked
        finally:
            log.removeHandler(handler)
            log.setLevel(logging.NOTSET)

    return listen
