"""A process of its own that takes mail in by the settings of WADJET_*, with the tests' desk:
`python -m tests.mail.taker ingest SOURCE …` (as `wadjet mail ingest`), `serve PORT WORKERS`, or
`die MODULE FUNCTION SOURCE`: killed, as by kill -9, at the moment when that function is entered."""

import os
import signal
import sys
import threading
from functools import partial

from flask import Flask

from tests.mail.desk import Desk
from wadjet import cli, database, mail, shell
from wadjet.settings import load
from wadjet.web import server


def create_app() -> Flask:
    """What every serving process does first."""
    database.open_stores(load())
    return Flask(__name__)


def die(module: str, function: str, source: str) -> None:
    def watch(frame, event, _):
        if event == "call" and (frame.f_globals.get("__name__"), frame.f_code.co_name) == (module, function):
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)  # what is written, a thread of the store's writes
    sys.setprofile(watch)
    cli.main(["mail", "ingest", source])


def main(what: str, *arguments: str) -> None:
    shell.open_home()
    mail.receives(Desk())
    database.close_stores()
    if what == "die":
        die(*arguments)
    elif what == "ingest":
        cli.main(["mail", "ingest", *arguments])
    else:
        server.serve(
            "tests.mail.taker:create_app",
            host="127.0.0.1",
            port=int(arguments[0]),
            workers=int(arguments[1]),
            threads=2,
            max_body_bytes=1024,
            settings=load(),
            on_ready=lambda: print("ready", flush=True),
            beside=partial(mail.work, load()),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
