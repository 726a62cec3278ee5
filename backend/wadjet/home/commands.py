"""`wadjet init | serve | embed | keys`."""

import logging
import os
from datetime import datetime
from functools import partial
from threading import Event, Thread

import click

from .. import addresses, chores, clock, database, home, keys, mail, policy, shell, vault
from ..settings import Settings, home_folder, load
from .founding import WADJET, Facts


def _mailbox(_: click.Context, __: click.Parameter, value: str) -> str:
    try:
        return addresses.mailbox(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(
    epilog="Example: wadjet init --site example.kz --base-url https://example.kz "
    "--operator-name 'LLP \"Example\"' --bin 123456789012 --email privacy@example.kz"
)
@click.option("--site", default=Facts.site, show_default=True, help="The site's name in the tag: ?site=…")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="Where pages of the site are served; may be repeated. Default: https://SITE",
)
@click.option(
    "--base-url", default=Facts.base_url, show_default=True, metavar="URL", help="Where browsers reach this backend."
)
@click.option(
    "--privacy-url", default="", metavar="URL", help="Where people read the policy. Default: BASE_URL/privacy/"
)
@click.option("--operator-name", "name", default="", help="Who answers for the data.")
@click.option("--bin", default="", help="The operator's BIN, 12 digits.")
@click.option("--address", default="", help="The operator's postal address.")
@click.option("--email", default="", callback=_mailbox, help="Where people write to the operator.")
@click.option("--phone", default="", help="Where people call the operator.")
@click.option("--responsible", default="", help="The person responsible for personal data, with contacts.")
@click.option("--website", default="", help="The operator's website.")
def init(site: str, origins: tuple[str, ...], base_url: str, privacy_url: str, **operator: str) -> None:
    """Found a home: settings, keys, database, and the starter policy to edit.

    What is there already stays as it is, so running this twice harms nothing.
    """
    folder = home_folder().resolve()
    known = WADJET if site == Facts.site else {}
    operator_facts = {**known, **{name: fact for name, fact in operator.items() if fact}}
    steps = []
    for what, is_new in home.found(
        folder, Facts(site, origins, base_url, privacy_url, operator=operator_facts), now=clock.now()
    ):
        steps.append(is_new)
        click.echo(f"{'made' if is_new else 'kept'}  {folder / what}")
    if steps[0]:
        click.echo(
            f"\nNext: make {folder / 'wadjet.toml'} and {folder / 'policy'} true for your site, then\n"
            f"  wadjet policy publish {folder / 'policy'}\n  wadjet serve\n  wadjet embed"
        )
    else:
        click.echo("\nwadjet.toml was there already and is as it was: change settings in it.")


@click.command(epilog="Example: wadjet serve --port 8000 --workers 2")
@click.option("--host", help="Address to listen on. Default: that of `listen` in wadjet.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes. Default: `workers` in wadjet.toml.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve this home, until SIGTERM or Ctrl-C; then finish what is under way.

    Put nginx or Caddy in front: they speak TLS, this server does not.
    """
    from ..web import guards, server  # only serving pays for loading the server

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = shell.open_home()
    keys.ring(settings)
    try:
        policy.current(clock.now())
    except policy.NoPolicy:
        click.echo("No policy is in force yet, so there is nothing to offer: wadjet policy publish PATH", err=True)
    database.close_stores()  # each process opens its own
    own_host, _, own_port = settings.listen.rpartition(":")
    host, port = (host or own_host).strip("[]"), int(own_port) if port is None else port
    workers = workers or settings.workers

    def announce() -> None:
        click.echo(
            f"Serving {settings.base_url} on {host} port {port}, {workers} "
            f"process{'es' if workers > 1 else ''} (pid {os.getpid()})."
        )

    server.serve(
        "wadjet.app:create_app",
        host=host,
        port=port,
        workers=workers,
        threads=settings.threads,
        max_body_bytes=guards.MAX_BODY_BYTES,
        settings=settings,
        on_ready=announce,
        beside=partial(_work, settings),
    )


def _work(settings: Settings, ended: Event) -> None:
    """What goes on beside the requests of each process, each in a thread of its own, until `ended` is set."""
    others = Thread(target=chores.work, args=(settings, ended), name="chores", daemon=True)
    others.start()
    mail.work(settings, ended)
    others.join()


@click.command(epilog="Example: wadjet embed --proxy nginx > /etc/nginx/snippets/wadjet.conf")
@click.option("--site", "site_id", help="Which site; may be left out where there is only one.")
@click.option("--csp", "part", flag_value="csp", help="What the site's Content-Security-Policy must allow.")
@click.option(
    "--proxy",
    type=click.Choice(["nginx", "caddy"]),
    help="The lines that let the site hand widget, policy and choices to this backend.",
)
@click.option("--console", is_flag=True, help="With --proxy: the staff's console too, on a host of the backend's own.")
def embed(site_id: str | None, part: str | None, proxy: str | None, console: bool) -> None:
    """Print the line that the site's pages need."""
    settings = load()
    site = settings.site(site_id)
    if site is None:
        known = ", ".join(settings.sites) or "none; add one to wadjet.toml"
        raise click.UsageError(f"Name a site with --site. Known: {known}.")
    if console and not proxy:
        raise click.UsageError("Name the proxy: --proxy nginx --console.")
    if proxy:
        click.echo(home.proxy(proxy, site, settings, is_with_console=console), nl=False)
    else:
        click.echo(home.csp(settings) if part else home.tag(site, settings))


@click.group("keys", epilog="Example: wadjet keys list")
def keys_group() -> None:
    """The operator's signing keys."""


@keys_group.command("list", epilog="Example: wadjet keys list --json")
@click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
def list_keys(is_json: bool) -> None:
    """Every key that ever signed, the oldest first."""
    rows = [
        {
            "kid": key.kid,
            "state": key.state,
            "created_at": key.created_at,
            "retired_at": key.retired_at,
            "revoked_at": key.revoked_at,
        }
        for key in keys.ring(load()).signing
    ]
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, ""):
        click.echo(text, nl=False)


@keys_group.command(epilog="Example: wadjet keys rotate --compromised-since 2026-11-20T00:00:00Z")
@click.option(
    "--compromised-since",
    metavar="TIME",
    help="The key was stolen: what it signed from then on proves nothing. RFC 3339, with its zone.",
)
@click.option("--vault", "is_vault", is_flag=True, help="Not those: wrap every person's key by a new master key.")
def rotate(compromised_since: str | None, is_vault: bool) -> None:
    """Sign with a new key from now on; receipts signed before go on being verified.

    Running servers take it up within a second; no request fails meanwhile. With --vault it may be interrupted, and is
    finished by running it again.
    """
    now = clock.now()
    if is_vault:
        if compromised_since:
            raise click.UsageError("--compromised-since is for the signing keys, not for --vault.")
        _rotate_vault(now)
        return
    since = _moment(compromised_since, now) if compromised_since else None
    key = keys.rotate(load(), now=now, revoke_since=since)
    click.echo(f"Signing with {key.kid} from now on.")
    if since:
        click.echo(f"What the keys before it signed since {clock.stamp(since)} proves nothing any more.")


def _rotate_vault(now: datetime) -> None:
    vault.start(shell.open_home(), now=now)
    done = 0
    for done in vault.rotate(now=now):
        click.echo(f"\r{done:,} keys", nl=False, err=True)
    click.echo(err=True)
    click.echo(f"{done:,} people's keys are wrapped by a new master key; the old one is gone.")


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = clock.parse(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not a time with its zone, like 2026-11-20T09:30:00+05:00.", param_hint="--compromised-since"
        ) from error
    if moment > now:
        raise click.BadParameter("lies in the future.", param_hint="--compromised-since")
    return moment


COMMANDS = (init, serve, embed, keys_group)
