"""Files of which a crash leaves nothing or all, readable by their owner alone."""

import os
from pathlib import Path


def create(path: Path) -> int:
    """A new file, open for writing. Raises FileExistsError, also for a link that leads nowhere."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


def sync(path: Path) -> None:
    """Return once a file, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
