"""Destroying people whom staff alone have decided on, with no request and no term.

Source: policy 2.14; 94-V art. 18, 25(2)(4).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from .. import vault
from ..settings import LANGUAGES, Settings
from .service import withdraw_all


def destroy(people: Sequence[str], *, reason: str, by: str, settings: Settings, now: datetime) -> Iterator[int]:
    """Destroy people with whatever the rooms hold of them; yields how many are done. Nobody can undo it.

    Their consents end first: afterwards nothing tells which they were. Raises as `vault.destroy_all` does.
    """
    end = partial(withdraw_all, language=LANGUAGES[0], settings=settings, now=now)
    return vault.destroy_all(people, reason=reason, by=by, first=end, now=now)
