"""Retention: whether what is due goes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from .. import clock, retention
from ..settings import Settings
from .findings import Finding, error

_PATIENCE = timedelta(days=2)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Something due that nobody does away with; the vault is open."""
    today, last = clock.local_date(now), retention.last_run()
    if last and today - date.fromisoformat(last) < _PATIENCE:
        return
    # In a home where it never ran, what is due since today alone is tonight's.
    waits = today if last else today - timedelta(days=1)
    for line in retention.run(settings, now, is_applying=False):
        if line.status == "due" and line.act != "use" and date.fromisoformat(line.due_on) <= waits:
            yield error(
                "retention",
                f"something is due since {line.due_on} and {f'the last run was on {last}' if last else 'it never ran'}",
                "let `wadjet serve` run through the night, or a timer run `wadjet retention run --apply`",
            )
            return
