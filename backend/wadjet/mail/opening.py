"""What must be open before a command composes letters or hands messages over: rooms above know, and say it here."""

from collections.abc import Callable

from .. import shell
from ..settings import Settings

Open = Callable[[Settings], None]
_OPENERS: list[Open] = []


def opened_by(opener: Open) -> Open:
    """Decorate the function that opens what a room's letters and requests are made of; the stores are open by then."""
    _OPENERS.append(opener)
    return opener


def open_home() -> Settings:
    """The settings of the home that a command acts on, with everything open. Raises SettingsInvalid, Unavailable."""
    settings = shell.open_home()
    for opener in _OPENERS:
        opener(settings)
    return settings
