"""Is this home well? Every finding is one line with its remedy; a good home has none.

Checks look and change nothing. They are generators of findings, in lists by what they look at: the settings, the
machine and its folders, the records, the duties that have a day. A check that cannot be made because of an earlier
finding is left out.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from ..problems import SettingsInvalid
from ..settings import Settings, load
from . import configuration, duties, machine, mailing, records
from .apart import examine_apart
from .findings import Finding, error

__all__ = ["Finding", "examine", "examine_apart"]


def examine(home: Path, environ: Mapping[str, str], *, now: datetime) -> Iterator[Finding]:
    """Everything that is wrong or doubtful in this home."""
    try:
        settings = load(home, environ)
    except SettingsInvalid as problem:
        for mistake in problem.evidence["mistakes"]:
            name, _, what = mistake.partition(": ")
            yield error("settings", f"{name}: {what}" if what else name, "correct it in wadjet.toml or WADJET_*")
        settings = Settings(home.resolve())
        yield from machine.examine(settings, is_configured=False)
        return
    yield from configuration.examine(settings)
    yield from machine.examine(settings, is_configured=True)
    yield from mailing.examine(settings)
    yield from duties.calendar(settings, now)
    yield from records.examine(settings, now)
