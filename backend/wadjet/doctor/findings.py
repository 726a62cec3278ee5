"""What the doctor says."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing amiss. An error: something does not work or is not safe; a warning: it may well be meant so."""

    severity: Literal["error", "warning"]
    check: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.check}: {self.message}: {self.remedy}"


def error(check: str, message: str, remedy: str) -> Finding:
    return Finding("error", check, message, remedy)


def warning(check: str, message: str, remedy: str) -> Finding:
    return Finding("warning", check, message, remedy)
