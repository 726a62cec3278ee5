"""`wadjet retention …`: what must go, and what a law keeps."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from .. import clock, registers, retention, shell, vault
from ..settings import Settings

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")


@click.group("retention", epilog="Example: wadjet retention run")
def retention_group() -> None:
    """When data must go: what is due and why, and whom a law keeps."""


@retention_group.command("run", epilog="Example: wadjet retention run --apply")
@click.option("--apply", "is_applying", is_flag=True, help="Do it. Nobody can undo it.")
@as_json
def run_command(is_applying: bool, is_json: bool) -> None:
    """What must go today, each with its reason; with --apply it goes.

    Nothing is changed without --apply. Interrupted, it is finished by running it again.
    """
    settings, now = _open(), clock.now()
    lines = retention.run(settings, now, is_applying=is_applying)
    rows = (asdict(line) for line in (_counted(lines) if is_applying else lines))
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "Nothing is due."):
        click.echo(text, nl=False)


@retention_group.command(
    epilog="Example: wadjet retention hold 3q2-7wAAAAAAAAAAAAAAAA --law 'Tax Code art. 49' --until 2031-12-31"
)
@click.argument("person")
@click.option("--law", required=True, metavar="TEXT", help="What obliges to keep it: act and article, nobody's name.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The last day.")
def hold(person: str, law: str, until: datetime) -> None:
    """Keep what is known of a person, by a law, through that day."""
    _open()
    retention.hold(person, law=law, until=until.date(), by=shell.who(), now=clock.now())
    click.echo(f"Held until {until.date().isoformat()}.")


@retention_group.command(epilog="Example: wadjet retention release 3q2-7wAAAAAAAAAAAAAAAA")
@click.argument("person")
def release(person: str) -> None:
    """End a hold before its day."""
    _open()
    retention.release(person, by=shell.who(), now=clock.now())
    click.echo("Released.")


@retention_group.command(epilog="Example: wadjet retention holds --json")
@as_json
def holds(is_json: bool) -> None:
    """Whom a law keeps, by which, and until when."""
    _open()
    rows: list[dict[str, Any]] = [each._asdict() for each in retention.holds()]
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "Nobody is held."):
        click.echo(text, nl=False)


@retention_group.command(
    epilog="Example: wadjet retention propose 3q2-7wAAAAAAAAAAAAAAAA --ground court-act --reason 'case 2-1234'"
)
@click.argument("person")
@click.option("--ground", required=True, type=click.Choice(registers.DESTRUCTION), help="The ground of art. 18.")
@click.option("--reason", required=True, metavar="TEXT", help="The order, act or case; nobody's name.")
def propose(person: str, ground: str, reason: str) -> None:
    """Propose to destroy a person before their term; another one approves it within a week."""
    _open()
    number = retention.propose(person, ground=ground, reason=reason, by=shell.who(), now=clock.now())
    click.echo(f"Proposed: {number}.")


@retention_group.command(epilog="Example: wadjet retention proposals --json")
@as_json
def proposals(is_json: bool) -> None:
    """What is proposed and to be decided on."""
    _open()
    rows: list[dict[str, Any]] = [each._asdict() for each in retention.proposals(now=clock.now())]
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "Nothing is proposed."):
        click.echo(text, nl=False)


@retention_group.command(epilog="Example: wadjet retention approve 3")
@click.argument("number", metavar="ID", type=click.IntRange(1))
def approve(number: int) -> None:
    """Approve proposal ID of another one's: the person is destroyed. Nobody can undo it."""
    settings = _open()
    retention.approve(number, by=shell.who(), settings=settings, now=clock.now())
    click.echo("Destroyed.")


@retention_group.command(epilog="Example: wadjet retention decline 3")
@click.argument("number", metavar="ID", type=click.IntRange(1))
def decline(number: int) -> None:
    """End proposal ID: taken back by who made it, declined by another."""
    _open()
    click.echo(f"{retention.decline(number, by=shell.who(), now=clock.now()).capitalize()}.")


def _open() -> Settings:
    settings = shell.open_home()
    vault.start(settings, now=clock.now())
    return settings


def _counted(lines: Iterator[retention.Line]) -> Iterator[retention.Line]:
    """Tell people at the terminal how far it is."""
    for number, line in enumerate(lines, 1):
        if number % 1000 == 0:
            click.echo(f"\r{number:,}", nl=False, err=True)
        yield line


COMMANDS = (retention_group,)
