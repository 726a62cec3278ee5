"""`wadjet mail …`: what goes out, and what came in."""

import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import click

from .. import addresses, clock, keys, shell
from ..settings import Settings
from . import inbox, outbox, worker
from .imap import Imap
from .inbox import Taken
from .opening import open_home
from .outbox import Round
from .problems import FAULTS, MailboxUnavailable, MailUnavailable
from .sources import Maildir, Stream, unavailable

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")


@click.group("mail", epilog="Example: wadjet mail list")
def mail_group() -> None:
    """The letters that go out, and the messages that came."""


@mail_group.command(epilog="Example: wadjet mail send --again")
@click.option("--again", is_flag=True, help="Also those that were given up, as if they were new.")
@as_json
def send(again: bool, is_json: bool) -> None:
    """Send what is due, now. `wadjet serve` does so by itself."""
    settings = open_home()
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
@click.option("--all", "is_all", is_flag=True, help="Also those that were sent or put aside.")
@as_json
def list_letters(is_all: bool, is_json: bool) -> None:
    """The letters that wait, and those that were given up (dead)."""
    shell.open_home()
    rows = (row._asdict() for row in outbox.listing() if is_all or row.state not in ("sent", "dropped"))
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "No letter waits."):
        click.echo(text, nl=False)


@mail_group.command(epilog="Example: wadjet mail drop")
def drop() -> None:
    """Put aside what was given up (dead): it is not tried any more, and nobody is warned of it."""
    shell.open_home()
    count = outbox.put_aside(clock.now(), by=shell.who())
    click.echo(f"{count} letter{'' if count == 1 else 's'} put aside.")


@mail_group.command(epilog="Example: wadjet mail ingest imaps://privacy%40example.kz@mail.example.kz/INBOX --once")
@click.argument("source")
@click.option("--once/--watch", "is_once", default=True, help="Take what is there (the default), or all that comes.")
@click.option("--again", "is_again", is_flag=True, help="Also what was marked or put aside; nothing is taken twice.")
@as_json
def ingest(source: str, is_once: bool, is_again: bool, is_json: bool) -> None:
    """Make a request of every message in a mailbox. `wadjet serve` does so by itself with the mailbox of the settings.

    SOURCE: - (one raw message on standard input), the folder of a Maildir, imaps://user@host/FOLDER, or imap for the
    one in the settings. The password is imap_password; it has no place on a command line.
    """
    open_mailbox = _source(source, settings := open_home(), is_again=is_again)
    keys.ring(settings)
    if open_mailbox is None:
        if not is_once:
            raise click.UsageError("Standard input is one message; there is nothing to watch.")
        done = inbox.ingest(Stream(sys.stdin.buffer).waiting(), settings)
        if done == Taken():
            raise click.UsageError("Nothing came on standard input: it takes one raw message.")
    elif is_once:
        with open_mailbox() as mailbox:
            done = inbox.ingest(mailbox.waiting(), settings)
    else:
        _watch(open_mailbox, settings, is_json=is_json)
        return
    _tell(done, is_json=is_json)
    if open_mailbox is None and done.failed + done.quarantined:
        raise MailboxUnavailable("The message was not taken: keep it, and hand it over again", fault="failed")


def _source(source: str, settings: Settings, *, is_again: bool) -> Callable[[], Imap | Maildir] | None:
    """How to open it; None for standard input."""
    if source == "-":
        return None
    if source == "imap":
        if not settings.imap_url:
            raise unavailable("not-configured")
        return lambda: Imap(settings.imap_url, settings.imap_password, is_again=is_again)
    if "://" not in source:
        return lambda: Maildir(Path(source), is_again=is_again)
    try:
        url = addresses.imap_url(source)
        if urlsplit(url).password is not None:
            raise ValueError("has a password in it, which others on this machine can read; set imap_password")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SOURCE") from error
    return lambda: Imap(url, settings.imap_password, is_again=is_again)


def _watch(open_mailbox: Callable[[], Imap | Maildir], settings: Settings, *, is_json: bool) -> None:
    """Until SIGTERM or Ctrl-C; what is under way then is finished."""
    if not inbox.is_received():
        raise unavailable("nobody-receives")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ended = Event()
    before = {each: signal.signal(each, lambda *_: ended.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        worker.watch(open_mailbox, settings, ended, tell=lambda done: _tell(done, is_json=is_json))
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _tell(done: Taken, *, is_json: bool) -> None:
    if is_json:
        click.echo("".join(shell.as_json([asdict(done)])), nl=False)
    else:
        click.echo(", ".join(f"{number:,} {name}" for name, number in asdict(done).items()))
    sys.stdout.flush()


COMMANDS = (mail_group,)
