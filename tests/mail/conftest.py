"""What the tests of mail share: a letter to send, and where it arrives."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.house import Watch
from wadjet import database, mail
from wadjet.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"


def letter(about: str = "1", **changes: Any) -> mail.Letter:
    """A letter to Aigerim about something."""
    made = mail.Letter(
        "aigerim@example.kz", f"About {about}", f"It is about {about}.\n", f"<p>It is about {about}.</p>\n", "kk"
    )
    return replace(made, **changes)


@mail.composes("note")
def note(about: str, _: Settings) -> mail.Letter | None:
    """What most tests send: about `gone` there is nothing to send."""
    return None if about == "gone" else letter(about)


@pytest.fixture
def home(settings: Settings) -> Iterator[Settings]:
    """A home with its databases open; letters go into the Maildir `mail/`."""
    made = replace(settings, mail_url="maildir:mail")
    database.open_stores(made)
    yield made
    database.close_stores()


@pytest.fixture
def enqueue(home: Settings, watch: Watch) -> Callable[..., None]:
    """`enqueue("a", "b")`: a note about each."""

    def enqueue_all(*abouts: str, kind: str = "note") -> None:
        def work() -> None:
            for about in abouts:
                mail.enqueue(kind, about, now=watch())

        database.vault.write(work)

    return enqueue_all


@pytest.fixture
def rows(home: Settings) -> Callable[[], dict[str, Any]]:
    """`rows()`: what waits and what was sent, by what it is about."""
    return lambda: {row.about: row for row in mail.listing()}
