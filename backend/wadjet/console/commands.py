"""`wadjet users …`: who works in the console. There is no account before the first of these commands makes one."""

import getpass
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from .. import clock, shell
from ..settings import LANGUAGES
from .access import ROLES

if TYPE_CHECKING:
    from .models import Account

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
which_role = click.Choice(list(ROLES))


@click.group("users", epilog="Example: wadjet users add aigerim@example.kz --role responsible --name 'A. Person'")
def users_group() -> None:
    """Who works in the console. Each act leaves a row in the journal."""


@users_group.command(epilog="Example: wadjet users add aigerim@example.kz --role staff --name 'A. Person' --lang kk")
@click.argument("email")
@click.option("--role", required=True, type=which_role, help="What they may do.")
@click.option("--name", required=True, help="How the console greets them.")
@click.option("--lang", default="ru", show_default=True, type=click.Choice(LANGUAGES), help="Their language.")
@as_json
def add(email: str, role: str, name: str, lang: str, is_json: bool) -> None:
    """Invite somebody: prints a link, good once and for three days. Hand it over where nobody else reads it."""
    from . import service

    settings = shell.open_home()
    account, link = service.hire(email, name, role, language=lang, by=_who(), settings=settings, now=clock.now())
    _invite(account, link, is_json)


@users_group.command("list", epilog="Example: wadjet users list --json")
@as_json
def list_users(is_json: bool) -> None:
    """Everybody who works here, with their role and how they stand."""
    from . import models

    shell.open_home()
    rows = [listed(account) for account in models.everybody()]
    _print(rows, is_json, "Nobody works here yet: wadjet users add.")


@users_group.command(epilog="Example: wadjet users disable aigerim@example.kz")
@click.argument("email")
@as_json
def disable(email: str, is_json: bool) -> None:
    """Shut somebody out, at once and wherever they have signed in."""
    from . import service

    shell.open_home()
    service.disable(service.find(email).id, by=_who(), now=clock.now())
    _show(email, is_json, "Disabled; every session of theirs is over.")


@users_group.command(epilog="Example: wadjet users enable aigerim@example.kz")
@click.argument("email")
@as_json
def enable(email: str, is_json: bool) -> None:
    """Let somebody in again, with the password and the second factor that they had."""
    from . import service

    shell.open_home()
    service.enable(service.find(email).id, by=_who(), now=clock.now())
    _show(email, is_json, "Enabled.")


@users_group.command(epilog="Example: wadjet users role aigerim@example.kz auditor")
@click.argument("email")
@click.argument("role", type=which_role)
@as_json
def role(email: str, role: str, is_json: bool) -> None:
    """Give somebody another role; they sign in anew."""
    from . import service

    shell.open_home()
    service.appoint(service.find(email).id, role, by=_who(), now=clock.now())
    _show(email, is_json, "Their role is changed.")


@users_group.command(epilog="Example: wadjet users reset aigerim@example.kz --second-factor")
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Take away the second factor too: it is set up anew.")
@as_json
def reset(email: str, second_factor: bool, is_json: bool) -> None:
    """Invite somebody anew: their password and sessions are over. The second factor stays."""
    from . import service

    settings = shell.open_home()
    account = service.find(email)
    link = service.reset(account.id, second_factor=second_factor, by=_who(), settings=settings, now=clock.now())
    _invite(service.get(account.id), link, is_json)


def listed(account: "Account") -> dict[str, Any]:
    """A row of the list."""
    return {
        "id": account.handle,
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "language": account.language,
        "state": "disabled" if not account.active else "invited" if not account.password else "active",
        "second_factor": account.tf_primary_method is not None,
        "created_at": account.created_at,
    }


def _invite(account: "Account", link: str, is_json: bool) -> None:
    if is_json:
        _print([listed(account) | {"invitation": link}], is_json, "")
        return
    click.echo(f"\n  {link}\n\nGood for three days, and once. Whoever opens it sets the password of {account.handle}.")


def _show(email: str, is_json: bool, sentence: str) -> None:
    from . import service

    if is_json:
        _print([listed(service.find(email))], is_json, "")
    else:
        click.echo(sentence)


def _print(rows: Iterable[Mapping[str, Any]], is_json: bool, empty: str) -> None:
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, empty):
        click.echo(text, nl=False)


def _who() -> str:
    """Whoever types, as the system knows them."""
    return getpass.getuser()


COMMANDS = (users_group,)
