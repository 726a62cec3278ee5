"""`wadjet demo`: what `make run` starts."""

import logging
from pathlib import Path

import click

from .. import demo, home
from ..settings import Settings


@click.command("demo", epilog="Example: PORT=9000 SITE_PORT=9080 wadjet demo")
@click.option(
    "--home",
    "folder",
    envvar="WADJET_HOME",
    default=".demo",
    show_default=True,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="The demo's data; founded where it is empty.",
)
@click.option(
    "--port",
    envvar="PORT",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The backend's port (PORT).",
)
@click.option(
    "--site-port",
    envvar="SITE_PORT",
    default=8080,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port of the page that plays the site (SITE_PORT).",
)
@click.option("--one-origin", is_flag=True, help="Let the site hand /privacy/, /api/ and /wadjet.js to the backend.")
def demo_command(folder: Path, port: int, site_port: int, one_origin: bool) -> None:
    """Serve a demo: the backend, and on another origin a page that embeds the widget."""
    logging.basicConfig(level=logging.WARNING)
    demo.run(folder.resolve(), port, site_port, one_origin=one_origin, announce=_announce)


def _announce(settings: Settings, site_url: str, invitation: str) -> None:
    site = settings.sites[demo.SITE]
    console = f"{settings.base_url}/console/"
    click.echo(f"""
  The site, with the banner   {site_url}
  The backend                 http://{settings.listen}/
  The policy                  {settings.privacy_url}
  The staff's console         {invitation or console}
  The mail that goes out      {settings.mail_url.replace("maildir:", f"{settings.home}/")}

  What a maintainer pastes:   {home.tag(site, settings)}

  Act on it from elsewhere:   WADJET_HOME={settings.home} wadjet receipt list
  Ctrl-C stops both.
""")


COMMANDS = (demo_command,)
