"""A consent that may have been withdrawn carries nothing until that is known.

Asked wherever a person's consent is about to be used; nothing is stored, so once it is known nothing has to be undone.
Source: policy 3.1.b; 94-V art. 8(7); docs/law.md.
"""

from collections.abc import Callable

Ask = Callable[[str, str, str], bool]

_askers: list[Ask] = []


def suspended_by(ask: Ask) -> None:
    """A room tells what may have been withdrawn. `ask` is called as `is_suspended` is."""
    _askers.append(ask)


def is_suspended(person: str, purpose: str, given_at: str) -> bool:
    """Whether what a person consented to then (`clock.stamp`) may have been withdrawn; inside `vault.read` or `write`.

    purpose  "": the consents to publication
    """
    return any(ask(person, purpose, given_at) for ask in _askers)
