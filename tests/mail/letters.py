"""What the tests of mail send."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from wadjet import mail
from wadjet.settings import Settings

NOTE = "note"


def letter(about: str = "1", **changes: Any) -> mail.Letter:
    """A letter to Aigerim about something."""
    made = mail.Letter(
        "aigerim@example.kz", f"About {about}", f"It is about {about}.\n", f"<p>It is about {about}.</p>\n", "kk"
    )
    return replace(made, **changes)


@mail.composes(NOTE)
def note(about: str, _settings: Settings, _now: datetime) -> mail.Letter | None:
    """What most tests send: about `gone` there is nothing to send, `odd` cannot be composed, `early` not yet."""
    if about == "early":
        raise mail.NotYet
    if about == "odd":
        raise ValueError("something of a person's")
    return None if about == "gone" else letter(about, subject="About\n" if about == "crooked" else f"About {about}")
