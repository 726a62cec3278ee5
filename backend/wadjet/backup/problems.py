"""How backing up and restoring say no."""

from ..problems import Problem


class NotTaken(Problem):
    """The copy could not be made; nothing is left of it."""

    slug, status, title = "backup-failed", 500, "No backup was made"


class NotRestored(Problem):
    """The backup is not whole, does not fit this home, or could not be put in place."""

    slug, status, title = "restore-failed", 500, "The backup was not restored"


class Failed(Exception):
    """A database or one of its programs did not do what it was asked; says why, in one line."""


def describe(error: Exception) -> str:
    """In one line, for people."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    return str(error).strip().partition("\n")[0]
