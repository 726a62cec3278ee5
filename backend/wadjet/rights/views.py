"""The blueprint: a person asks, says by the button that it was they, and sees how it stands."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from ..settings import Settings

blueprint = Blueprint("rights", __name__)


def settings() -> Settings:
    return current_app.extensions["wadjet.settings"]  # type: ignore[no-any-return]


def now() -> datetime:
    return current_app.extensions["wadjet.clock"]()  # type: ignore[no-any-return]


def _page(template: str, status: int, **values: Any) -> Response:
    """A page of one person's: no cache keeps it."""
    body = render_template(template, **values)
    return Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})
