"""What does it look like? A home of its own, the real server, and a page on another origin that plays the site.

Ports are settings from the environment for this run alone, so a second run on other ports changes no file.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from .. import clock, console, database, home, mail, policy, shell
from ..problems import Problem, SettingsInvalid
from ..settings import Settings

SITE = "wadjet.kz"
_HOST = "127.0.0.1"


def run(
    folder: Path, port: int, site_port: int, *, one_origin: bool, announce: Callable[[Settings, str, str], None]
) -> None:
    """Serve backend and site until SIGTERM or SIGINT; `announce(settings, site's address, …)` once both answer.

    Last it is told the invitation to the console, "" where somebody works there already.

    one_origin  the site hands what is not its own to the backend, as the recommended set-up does
    """
    site_url, backend_url = f"http://{_HOST}:{site_port}", f"http://{_HOST}:{port}"
    base_url = site_url if one_origin else backend_url
    facts = home.Facts(
        SITE, (site_url,), base_url, listen=f"{_HOST}:{port}", mail_url="maildir:mail", operator=home.WADJET
    )
    given = {"HOME": str(folder), "BASE_URL": base_url, "SITES": f"{SITE}={site_url}", "LISTEN": facts.listen}
    os.environ |= {f"WADJET_{name}": value for name, value in given.items()}
    settings, invitation = _prepare(folder, facts)
    site = _start_site(site_port, settings)
    try:
        _serve(
            "wadjet.app:create_app",
            port,
            settings,
            lambda: announce(settings, f"{site_url}/", invitation),
            partial(mail.work, settings),
        )
    finally:
        site.terminate()
        site.join()


def _prepare(folder: Path, facts: home.Facts) -> tuple[Settings, str]:
    """Found the home where there is none, have something to offer, and somebody to work on it."""
    if not (folder / "wadjet.toml").exists():
        list(home.found(folder, facts, now=clock.now()))
    settings = shell.open_home(folder)
    policy.reset()
    if not policy.versions():
        bundle = policy.read(policy.STARTER, operator=settings.operator)
        policy.publish(bundle, settings=settings, now=clock.now(), incomplete=True)
    invitation = console.invite_first(
        f"responsible@{SITE}", "Aigerim", language="ru", settings=settings, now=clock.now()
    )
    database.close_stores()  # what is open must not be shared with the site's process
    return settings, invitation


def _start_site(port: int, settings: Settings) -> multiprocessing.process.BaseProcess:
    """Serve the site in a process of its own. Raises SettingsInvalid where the port cannot be had."""
    fork = multiprocessing.get_context("fork")
    told, tell = fork.Pipe(duplex=False)
    process = fork.Process(target=_play, args=(port, settings, tell), daemon=True)
    process.start()
    tell.close()
    try:
        mistake = told.recv()
    except EOFError:
        mistake = "the demo's site does not start"
    if mistake:
        process.join()
        raise SettingsInvalid(mistake, mistakes=[mistake])
    return process


def _play(port: int, settings: Settings, tell: Connection) -> None:
    threading.Thread(target=_follow, daemon=True).start()
    try:
        _serve("wadjet.demo.site:create_site", port, settings, lambda: tell.send(""))
    except Problem as problem:
        tell.send(problem.detail)


def _serve(
    factory: str,
    port: int,
    settings: Settings,
    on_ready: Callable[[], None],
    beside: Callable[[threading.Event], None] | None = None,
) -> None:
    from ..web import guards, server  # only serving pays for loading the server

    server.serve(
        factory,
        host=_HOST,
        port=port,
        max_body_bytes=guards.MAX_BODY_BYTES,
        settings=settings,
        on_ready=on_ready,
        beside=beside,
    )


def _follow() -> None:
    """End with the process that started us, however it ended."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(0)
