"""`wadjet mail …`: what goes out."""

import click

from .. import clock, shell
from . import outbox
from .outbox import Round
from .problems import FAULTS, MailUnavailable

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")


@click.group("mail", epilog="Example: wadjet mail list")
def mail_group() -> None:
    """The letters that go out."""


@mail_group.command(epilog="Example: wadjet mail send --again")
@click.option("--again", is_flag=True, help="Also those that were given up, as if they were new.")
@as_json
def send(again: bool, is_json: bool) -> None:
    """Send what is due, now. `wadjet serve` does so by itself."""
    settings = shell.open_home()
    if again:
        outbox.revive(clock.now())
    done = Round(has_more=True)
    total = dict.fromkeys(("sent", "dropped", "delayed", "dead"), 0)
    while done.has_more and not done.fault:
        done = outbox.send_due(settings, clock.now())
        total = {name: number + getattr(done, name) for name, number in total.items()}
    for text in shell.as_json([total | {"fault": done.fault}]) if is_json else shell.as_table([total], ""):
        click.echo(text, nl=False)
    if done.fault:
        what, remedy = FAULTS[done.fault]
        raise MailUnavailable(f"{what}: {remedy}", fault=done.fault)


@mail_group.command("list", epilog="Example: wadjet mail list --all --json")
@click.option("--all", "is_all", is_flag=True, help="Also those that were sent.")
@as_json
def list_letters(is_all: bool, is_json: bool) -> None:
    """The letters that wait, and those that were given up (dead)."""
    shell.open_home()
    rows = (row._asdict() for row in outbox.listing() if is_all or row.state != "sent")
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "No letter waits."):
        click.echo(text, nl=False)


COMMANDS = (mail_group,)
