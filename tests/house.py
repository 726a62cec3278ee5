"""A home of one's own for every test: keys, settings, a small complete policy, the application.

Whoever needs other settings asks `open_app`; whoever needs another time moves `watch`.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.visitor import ORIGIN
from wadjet import database, keys, policy
from wadjet.app import create_app
from wadjet.settings import Operator, Settings, Site, complete

SMALL = Path(__file__).parent / "policies" / "small"
START = datetime(2026, 11, 23, 6, 14, 48, tzinfo=UTC)
OPERATOR = Operator(
    name={"kk": "«Уаджет» ЖШС", "ru": "ТОО «Уаджет»", "en": "LLP Wadjet"},
    bin="123456789012",
    address={"kk": "Алматы қ.", "ru": "г. Алматы", "en": "Almaty"},
    email="office@wadjet.kz",
    phone="+7 727 000 00 00",
    website="https://wadjet.kz",
    responsible=dict.fromkeys(("kk", "ru", "en"), "A. Person, office@wadjet.kz"),
    authority=dict.fromkeys(("kk", "ru", "en"), "The authority"),
    authority_url="https://www.gov.kz",
)

# A test under this mark runs twice: on SQLite and on PostgreSQL.
on_both_databases = pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True)


class Watch:
    """The clock that the application goes by."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **units: float) -> None:
        """`watch.advance(days=30, seconds=1)`."""
        self.moment += timedelta(**units)


@pytest.fixture
def watch() -> Watch:
    return Watch(START)


@pytest.fixture
def now(watch: Watch) -> datetime:
    """When the test begins."""
    return watch()


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings that say where it is kept; PostgreSQL only under `on_both_databases`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return {}
    new = request.getfixturevalue("new_postgresql_url")
    return {name: new(like) for name, like in request.getfixturevalue("migrated_postgresql").items()}


@pytest.fixture
def another(request: pytest.FixtureRequest, databases: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """`another()`: the same as `databases`, of another home."""
    return lambda: {name: request.getfixturevalue("new_postgresql_url")() for name in databases}


@pytest.fixture
def settings(tmp_path: Path, databases: dict[str, Any], now: datetime) -> Settings:
    """One site, wadjet.kz over https, with keys in its home; nothing is opened or published yet."""
    made = complete(
        Settings(
            home=tmp_path,
            sites={"wadjet.kz": Site("wadjet.kz", (ORIGIN,))},
            operator=OPERATOR,
            **databases,
        )
    )
    keys.create(made, now=now)
    return made


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of databases with their tables and nothing in them: thirty migrations for each test are a long time."""
    home = tmp_path_factory.mktemp("migrated")
    database.open_stores(Settings(home=home))
    database.close_stores()
    return home


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same on PostgreSQL: the database's name, by the setting that names one."""
    made = {"receipts_database": "migrated_receipts", "vault_database": "migrated_vault"}
    with psycopg.connect(postgresql + "postgres", autocommit=True) as server:
        for name in made.values():
            server.execute(f'CREATE DATABASE "{name}"'.encode())
    urls: dict[str, Any] = {setting: postgresql + name for setting, name in made.items()}
    database.open_stores(Settings(home=tmp_path_factory.mktemp("migrated"), **urls))
    database.close_stores()
    return made


@pytest.fixture
def open_app(settings: Settings, watch: Watch, migrated: Path) -> Iterator[Callable[..., Flask]]:
    """`open_app(rate_limit="2 per minute")`: the application with some settings changed, nothing published.

    Opening another one closes the one before: a process has one home.
    """

    def open_one(**changes: Any) -> Flask:
        derived = {"privacy_url": "", "hosts": ()} if "base_url" in changes else {}
        own = replace(settings, **derived | changes)
        for name in database.addresses(own):
            if (migrated / name).is_file() and not (own.home / name).exists():
                shutil.copy(migrated / name, own.home / name)
        app = create_app(own, now=watch)
        app.testing = False  # refusals are answered, as outside
        return app

    yield open_one
    database.close_stores()


@pytest.fixture
def bundle(settings: Settings) -> policy.Bundle:
    """The small policy, read: three languages, nothing missing."""
    return policy.read(SMALL, operator=settings.operator)


@pytest.fixture
def publish(bundle: policy.Bundle, settings: Settings, watch: Watch) -> Callable[..., policy.Version]:
    """`publish(material=False)`: the small policy once more, with some of the bundle's fields changed."""

    def publish_one(**changes: Any) -> policy.Version:
        return policy.publish(replace(bundle, **changes), settings=settings, now=watch())

    return publish_one


@pytest.fixture
def app(open_app: Callable[..., Flask], publish: Callable[..., policy.Version]) -> Flask:
    """The application with the small policy in force as version 1."""
    app = open_app()
    publish()
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Asks as `localhost`, one of the hosts answered for."""
    return app.test_client()
