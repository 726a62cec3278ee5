"""What is due, overdue and new, and one line of health."""

from flask import Blueprint, Response

from .. import desk
from ..guard import needs

blueprint = Blueprint("today", __name__)


@blueprint.get("/")
@needs("today:read")
def today() -> Response:
    """What the day asks for."""
    return desk.page("today.html")
