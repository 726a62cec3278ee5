"""`wadjet doctor`."""

import os
from dataclasses import asdict

import click

from .. import clock, doctor, shell
from ..settings import home_folder


@click.command("doctor", epilog="Example: wadjet doctor --json")
@click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
@click.pass_context
def doctor_command(context: click.Context, is_json: bool) -> None:
    """Is this home well? Each finding is one line with its remedy; nothing is changed.

    Exit status: 0 when all is well or only doubtful (warnings), 2 when something is wrong.
    """
    found = list(doctor.examine(home_folder(), os.environ, now=clock.now()))
    if is_json:
        click.echo("".join(shell.as_json(map(asdict, found))), nl=False)
    else:
        for each in found:
            click.echo(" ".join(str(each).split()))
        if not found:
            click.echo("All is well.")
    context.exit(2 if any(each.severity == "error" for each in found) else 0)


COMMANDS = (doctor_command,)
