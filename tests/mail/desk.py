"""Where the tests' requests lie: a table of the vault's, so that it is undone and kept as real requests are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wadjet import clock, database, mail
from wadjet.problems import Problem, Unavailable
from wadjet.settings import Settings

_COLUMNS = "message_id, received_at, sender, name, subject, body, language, is_automatic, marker, attachments, gap"


class Disliked(Problem):
    """What the desk says to a message that it cannot do with."""

    slug, status, title = "disliked", 422, "No"


@dataclass(frozen=True)
class Request:
    """What became of a message."""

    message_id: str
    received_at: datetime
    sender: str
    name: str
    subject: str
    text: str
    language: str
    is_automatic: bool
    marker: str | None
    attachments: tuple[str, ...]
    gap: str


class Desk:
    """Makes a request of every message, but of those about `disliked`, `broken` and, while it is closed, of none."""

    def __init__(self) -> None:
        self.is_closed = False
        database.vault.write(
            lambda: database.vault.execute(
                "CREATE TABLE IF NOT EXISTS desk (id TEXT PRIMARY KEY, message_id TEXT, received_at TEXT, sender TEXT, "
                "name TEXT, subject TEXT, body TEXT, language TEXT, is_automatic INTEGER, marker TEXT, "
                "attachments TEXT, gap TEXT)"
            )
        )

    def __call__(self, message: mail.Incoming, settings: Settings) -> None:  # noqa: ARG002 - every handler takes both
        database.vault.execute(
            f"INSERT INTO desk (id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            message.id,
            message.message_id,
            clock.stamp(message.received_at),
            message.sender,
            message.name,
            message.subject,
            message.text,
            message.language,
            int(message.is_automatic),
            message.marker,
            " ".join(message.attachments),
            message.gap,
        )
        if self.is_closed:
            raise Unavailable
        if message.subject == "disliked":
            raise Disliked
        if message.subject == "broken":
            raise ZeroDivisionError

    @property
    def requests(self) -> list[Request]:
        """What was made, in the order of arrival."""
        rows: list[list[Any]] = database.vault.read(
            lambda: database.vault.execute(f"SELECT {_COLUMNS} FROM desk ORDER BY received_at, message_id").fetchall()
        )
        return [
            Request(one, clock.parse(at), *said[:5], bool(said[5]), said[6], tuple(said[7].split()), said[8])  # type: ignore[call-arg]
            for one, at, *said in rows
        ]

    @property
    def subjects(self) -> list[str]:
        return [each.subject for each in self.requests]
