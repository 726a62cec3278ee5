"""`wadjet export inspector`."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click

from .. import clock, inspector, shell

_TELL_SECONDS = 2.0

_day = click.DateTime(["%Y-%m-%d"])


@click.group("export", epilog="Example: wadjet export inspector --since 2026-03-12 --to inspector.zip")
def export_group() -> None:
    """What is handed over, as a file."""


@export_group.command("inspector", epilog="Example: wadjet export inspector --since 2026-03-12 --to inspector.zip")
@click.option("--since", type=_day, required=True, metavar="DATE", help="The first day, in Kazakhstan.")
@click.option("--until", type=_day, metavar="DATE", help="The last day, with it. Default: the first one alone.")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="The new file, a ZIP.")
def export_inspector(since: datetime, until: datetime | None, to: Path) -> None:
    """Who agreed to what on some days, and the proof: receipts, keys, policy, journal, how to verify them offline."""
    first, last = since.date(), (until or since).date()
    if last < first:
        raise click.BadParameter("the last day comes before the first one.", param_hint="--until")
    if os.path.lexists(to):
        raise click.BadParameter(f"{to} is there already; name a file that is not.", param_hint="--to")
    settings = shell.open_home()
    digest = sha256()
    draft = to.with_name(f".{to.name}.new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in inspector.pack(
                first, last, by=shell.who()[:64], settings=settings, now=clock.now(), tell=_teller()
            ):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, to)  # fails where there is one by now
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"Written to {to}: SHA-256 {digest.hexdigest()}.")


def _teller() -> Callable[[int], None]:
    """Tells on standard error how far it is, where that takes long."""
    told_at = time.monotonic()

    def tell(receipts: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _TELL_SECONDS:
            told_at = time.monotonic()
            click.echo(f"{receipts:,} receipts", err=True)

    return tell


COMMANDS = (export_group,)
