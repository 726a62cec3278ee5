"""What the tests of mail share: a home, letters that wait in it, and a real mail server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.house import Watch
from tests.mail.desk import Desk
from tests.mail.dovecot import dovecot
from tests.mail.letters import NOTE
from tests.mail.office import Office, certify
from wadjet import database, mail
from wadjet.mail import inbox
from wadjet.settings import Settings

__all__ = ["dovecot"]


@pytest.fixture
def home(settings: Settings) -> Iterator[Settings]:
    """A home with its databases open; letters go into the Maildir `mail/`."""
    made = replace(settings, mail_url="maildir:mail", mail_from="office@wadjet.kz")
    database.open_stores(made)
    yield made
    database.close_stores()


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server without TLS and login."""
    with Office() as running:
        yield running


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A folder with a certificate for loopback, its key, and that of the authority which signed it."""
    folder = tmp_path / "authority"
    folder.mkdir()
    certify(folder)
    return folder


@pytest.fixture
def enqueue(home: Settings, watch: Watch) -> Callable[..., None]:
    """`enqueue("a", "b")`: a note about each."""

    def enqueue_all(*abouts: str, kind: str = NOTE) -> None:
        def work() -> None:
            for about in abouts:
                mail.enqueue(kind, about, now=watch())

        database.vault.write(work)

    return enqueue_all


@pytest.fixture
def rows(home: Settings) -> Callable[[], dict[str, Any]]:
    """`rows()`: what waits and what was sent, by what it is about."""
    return lambda: {row.about: row for row in mail.listing()}


@pytest.fixture
def desk(home: Settings) -> Iterator[Desk]:
    """What makes requests of messages, in place of the room that does."""
    before = list(inbox._RECEIVERS)
    made = Desk()
    mail.receives(made)
    yield made
    inbox._RECEIVERS[:] = before
