"""`wadjet vault …`: the people, for those of the operator's staff who may."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from .. import clock, database, shell, vault

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
reason_why = click.option(
    "--reason", required=True, metavar="TEXT", help="Why; it stays in the journal, so without anybody's name."
)


@click.group("vault", epilog="Example: wadjet vault find --email aigerim@example.kz")
def vault_group() -> None:
    """The people: find, correct, block and destroy. Each act leaves a row in the journal, with who did it."""


@vault_group.command(epilog="Example: wadjet vault find --phone '8 701 123 45 67' --json")
@click.option("--email", default="", help="The whole address; capitals make no difference.")
@click.option("--phone", default="", help="The whole number, however it is written.")
@as_json
def find(email: str, phone: str, is_json: bool) -> None:
    """Who has this address or this number? Exactly this one: there is no search by likeness."""
    if not email and not phone:
        raise click.UsageError("Give --email or --phone.")
    if phone and not any(each.isdecimal() for each in phone):
        raise click.BadParameter(f"{phone!r} is no number.", param_hint="--phone")
    _open()
    now = clock.now()

    def work() -> list[dict[str, Any]]:
        rows = []
        for found in vault.search(email=email, phone=phone, limit=500, by=shell.who(), now=now):
            held = vault.held(found.person)
            rows.append({"person": found.person, "messages": held, "blocked": found.blocked_at is not None})
        return rows

    _print(database.vault.write(work), is_json, "Nobody has it.")


@vault_group.command(epilog="Example: wadjet vault show 3q2-7wAAAAAAAAAAAAAAAA")
@click.argument("person")
@as_json
def show(person: str, is_json: bool) -> None:
    """What is known of a person."""
    _open()
    now = clock.now()

    def work() -> dict[str, Any]:
        found = vault.state(person)
        card = vault.extract(person, by=shell.who(), now=now)
        return {
            "person": person,
            **asdict(card),
            "created_on": found.created_on,
            "messages": vault.held(person),
            "blocked": False,
        }

    row = database.vault.write(work)
    if is_json:
        _print([row], is_json, "")
    else:
        for name, value in row.items():
            click.echo(f"  {name.replace('_', ' '):<12} {shell.cell(value)}")


@vault_group.command(epilog="Example: wadjet vault block 3q2-7wAAAAAAAAAAAAAAAA --reason 'request 17 is looked into'")
@click.argument("person")
@reason_why
def block(person: str, reason: str) -> None:
    """Halt everything done with a person's data: reading, changing, using, destroying."""
    _mark(vault.block, person, reason)
    click.echo("Blocked.")


@vault_group.command(epilog="Example: wadjet vault unblock 3q2-7wAAAAAAAAAAAAAAAA --reason 'request 17 is closed'")
@click.argument("person")
@reason_why
def unblock(person: str, reason: str) -> None:
    """End a blocking."""
    _mark(vault.unblock, person, reason)
    click.echo("Unblocked.")


def _open() -> None:
    vault.start(shell.open_home(), now=clock.now())


def _mark(act: Callable[..., bool], person: str, reason: str) -> None:
    _open()
    database.vault.write(partial(act, person, reason=reason, by=shell.who(), now=clock.now()))


def _print(rows: Sequence[dict[str, Any]], is_json: bool, empty: str) -> None:
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, empty):
        click.echo(text, nl=False)


COMMANDS = (vault_group,)
