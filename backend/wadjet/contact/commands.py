"""`wadjet contact`: the messages. And `wadjet vault destroy`: with the people go the consents, which only we find."""

import json
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from .. import clock, contact, registers, shell, vault
from ..settings import Settings
from . import service


@click.group("contact", epilog="Example: wadjet contact list")
def contact_group() -> None:
    """The messages that visitors wrote. Whatever is opened here, the journal tells by whom."""


@contact_group.command("list", epilog="Example: wadjet contact list --json")
@click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
def list_messages(is_json: bool) -> None:
    """Every message, in the order they came; nothing of what is in them."""
    _open()
    rows = contact.listing()
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "Nobody has written yet."):
        click.echo(text, nl=False)


# One id in 64 begins with a hyphen.
_ID = {"context_settings": {"ignore_unknown_options": True}}


@contact_group.command(epilog="Example: wadjet contact show 3q2-7wAAAAAAAAAAAAAAAA", **_ID)
@click.argument("message_id", metavar="ID")
@click.option("--opening", is_flag=True, help="Only what opens the commitment in its receipt, as JSON.")
@click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
def show(message_id: str, opening: bool, is_json: bool) -> None:
    """One message and who wrote it."""
    _open()
    message = contact.read(message_id, by=shell.who(), now=clock.now())
    if opening:
        click.echo(json.dumps(service.opening(message), ensure_ascii=False, indent=1))
        return
    allowed = [purpose for purpose, stands in message.allowed.items() if stands]
    row = {
        "id": message.id,
        "state": message.state,
        "received_at": message.received_at,
        "receipt": message.receipt,
        "language": message.language,
        "person": message.person,
        "allowed": " ".join(allowed),
        **message.written,
    }
    if is_json:
        click.echo("".join(shell.as_json([row])), nl=False)
        return
    body = row.pop("message")
    for name, value in row.items():
        click.echo(f"{name:12} {value}")
    click.echo(f"\n{body}")


@contact_group.command(epilog="Example: wadjet contact answer 3q2-7wAAAAAAAAAAAAAAAA", **_ID)
@click.argument("message_id", metavar="ID")
@click.option(
    "--text", "file", type=click.File(encoding="utf-8"), metavar="FILE", help="Send this by mail; - reads it."
)
def answer(message_id: str, file: TextIO | None) -> None:
    """Answer a message by mail; without --text note that it was answered, by letter or by telephone."""
    try:
        text = contact.clean(contact.TEXT, file.read()) if file else ""
    except (contact.Wrong, UnicodeDecodeError) as error:
        raise click.BadParameter(f"it cannot be sent: {error}.", param_hint="--text") from error
    _open()
    contact.answer(message_id, text=text or "", by=shell.who(), now=clock.now())
    click.echo("It goes by mail." if text else "Noted as answered.")


@contact_group.command(epilog="Example: wadjet contact close 3q2-7wAAAAAAAAAAAAAAAA", **_ID)
@click.argument("message_id", metavar="ID")
def close(message_id: str) -> None:
    """Note that the enquiry is settled: the purpose of its data is achieved (clause 8.4)."""
    _open()
    contact.close(message_id, by=shell.who(), now=clock.now())
    click.echo("Noted as closed.")


@click.command(epilog="Example: wadjet vault destroy 3q2-7wAAAAAAAAAAAAAAAA --reason 'request 17'")
@click.argument("people", nargs=-1, required=True, metavar="PERSON…")
@click.option(
    "--reason", required=True, metavar="TEXT", help="Why; it stays in the journal, so without anybody's name."
)
def destroy(people: Sequence[str], reason: str) -> None:
    """Destroy people: their consents end, then key, card, messages, look-ups go. Nobody can undo it, with no backup.

    - reads ids from standard input, one a line. Interrupted, it is finished by the next start of any process.
    """
    named = sys.stdin.read().split() if tuple(people) == ("-",) else people
    everybody = list(dict.fromkeys(named))
    settings = _open()
    for done in contact.destroy(everybody, reason=reason, by=shell.who(), settings=settings, now=clock.now()):
        if len(everybody) > 1:
            click.echo(f"\r{done:,} of {len(everybody):,}", nl=done == len(everybody), err=True)
    told = registers.receivers(everybody)
    note = f" Tell those who were given the data: {', '.join(told)}." if told else ""
    click.echo(f"Destroyed: {len(everybody):,}.{note}")


def _open() -> Settings:
    settings = shell.open_home()
    vault.start(settings, now=clock.now())
    return settings


COMMANDS = (contact_group,)
