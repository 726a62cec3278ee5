"""Which home, and which clock, does the application that answers go by?"""

from datetime import datetime

from flask import current_app

from ..settings import Settings


def settings() -> Settings:
    """Those that it was made with."""
    return current_app.extensions["wadjet.settings"]  # type: ignore[no-any-return]


def now() -> datetime:
    """Aware, UTC."""
    return current_app.extensions["wadjet.clock"]()  # type: ignore[no-any-return]
