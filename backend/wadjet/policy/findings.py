"""A remark on a policy: what is wrong, and where."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. An error refuses the bundle; a warning is for the maintainer to weigh.

    line    1-based, in the file as it was given, not in the canonical text
    clause  the id of the clause ("8.4.b")
    """

    severity: Literal["error", "warning"]
    message: str
    file: str = ""
    line: int | None = None
    clause: str | None = None

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        clause = f"clause {self.clause}" if self.clause else ""
        return ": ".join(part for part in (place, clause, self.message) if part)
