"""Where does the operator's staff work?

Tables, in the vault's database: `staff` (who works here, in which role; the password hashed, the second factor's
secret sealed by the library), `staff_passkey`, `staff_session`, `staff_typed` (what they had typed when their session
was over, for half an hour, under a key that lies in their browser), `staff_news` and `staff_mark` (what staff are told
by mail: numbers, and how far was looked). Nothing of the people whose data are worked on: those
stay with their rooms, which the pages call through their doors. Whoever holds this storage learns who works for the
operator and when they last did.
Clauses: policy 3.1, 4.1, 8.1; 94-V art. 22, 25(2).

A Flask application of its own, mounted at `/console/`: with a cookie, a secret, limits and headers apart from the
visitors' pages, which pay nothing for it. It is built when somebody first asks for it.
"""

from datetime import datetime

from ..settings import Settings
from . import letters  # noqa: F401 - says how letters to the staff are composed, and has them sent
from .access import PERMISSIONS, ROLES, Role

__all__ = ["PERMISSIONS", "ROLES", "Role", "invite_first"]


def invite_first(email: str, name: str, *, language: str, settings: Settings, now: datetime) -> str:
    """The invitation of a first responsible person; "" where somebody works already."""
    from . import models, service  # what lets people in is loaded where somebody is to come in

    if models.everybody():
        return ""
    _, link = service.hire(email, name, "responsible", language=language, by="demo", settings=settings, now=now)
    return link
