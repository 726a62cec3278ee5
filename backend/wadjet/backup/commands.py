"""`wadjet backup | restore`."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from .. import backup, clock
from ..settings import load

_TELL_SECONDS = 2.0


@click.command("backup", epilog="Example: wadjet backup /backup/$(date +%F)")
@click.argument("to", type=click.Path(path_type=Path))
def backup_command(to: Path) -> None:
    """Copy both databases, as of one moment, into the new folder TO. The server may go on serving.

    No key is in it: copy keys/ apart, once and after each change. The people's keys must have no copies.
    """
    said = backup.take(load(), to.absolute(), now=clock.now, tell=_teller())
    for name in ("receipts", "vault"):
        copy = said.copy_of(name)
        click.echo(f"{name:<8}  {copy.bytes:>14,} bytes  SHA-256 {copy.sha256}")
    click.echo(
        f"Written to {to}: everything acknowledged by {said.taken_at}.\n"
        "Not in it: keys/, which you copy apart, and the people's keys, which must have no copies."
    )


@click.command("restore", epilog="Example: wadjet restore /backup/2026-11-24 --replace")
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Where there are databases already, put them aside.")
def restore_command(source: Path, replace: bool) -> None:
    """Put the backup FROM in place, after checking all of it. Stop the server first.

    People who were destroyed since the backup stay destroyed: they are removed again before anything is served.
    """
    settings = load()
    done = backup.restore(settings, source.absolute(), replace=replace, now=clock.now(), tell=_teller())
    click.echo(f"Restored: everything is as it was at {done.manifest.taken_at}.")
    if "receipts" in done.aside:
        click.echo(f"The receipts before are kept in {done.aside['receipts']}")
    if "vault" in done.aside:
        click.echo(f"Delete {done.aside['vault']} as soon as you can: it holds what was collected of people.")
    if not done.had_person_keys:
        click.echo(f"{settings.person_keys} was not there: without it nothing in the vault can be read.", err=True)
    if not (settings.home / "keys" / "receipts.json").exists():
        click.echo("keys/ is not there: put your copy of it back before you serve.", err=True)


def _teller() -> Callable[[str], None]:
    """Tells on standard error how far it is, where that takes long."""
    told_at = time.monotonic()

    def tell(words: str) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _TELL_SECONDS:
            told_at = time.monotonic()
            click.echo(words, err=True)

    return tell


COMMANDS = (backup_command, restore_command)
