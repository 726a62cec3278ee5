"""The doctor beside a process that serves: examining opens and closes the stores, so it gets a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .findings import Finding

_COMMAND = (sys.executable, "-m", "wadjet", "doctor", "--json")


def examine_apart(home: Path, *, seconds: float) -> list[Finding] | None:
    """Everything that is wrong or doubtful in this home; None where it was not found out in that time."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            _COMMAND,
            env=os.environ | {"WADJET_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        return [Finding(**row) for row in json.loads(done.stdout)]
    except (subprocess.TimeoutExpired, OSError, ValueError, TypeError):
        return None
