"""A process of its own that sends: `python -m tests.mail.sender send|serve PORT`, by the settings of WADJET_*."""

import sys
from functools import partial

from flask import Flask

import tests.mail.letters  # noqa: F401 - registers what it composes
from wadjet import clock, database, mail, shell
from wadjet.settings import load
from wadjet.web import server


def create_app() -> Flask:
    """What every serving process does first."""
    database.open_stores(load())
    return Flask(__name__)


if __name__ == "__main__":
    if sys.argv[1] == "send":
        settings = shell.open_home()
        print("ready", flush=True)
        sys.stdin.readline()  # so that two of them begin together
        print(mail.send_due(settings, clock.now()).sent)
    else:
        server.serve(
            "tests.mail.sender:create_app",
            host="127.0.0.1",
            port=int(sys.argv[2]),
            workers=int(sys.argv[3]),
            threads=2,
            max_body_bytes=1024,
            settings=load(),
            on_ready=lambda: print("ready", flush=True),
            beside=partial(mail.work, load()),
        )
