"""`python -m tests.contact.die MODULE FUNCTION FILE`: post a message in the home of WADJET_HOME and be killed, as by
kill -9, at the moment when that function is entered. What was posted is left in FILE first."""

import json
import os
import signal
import sys
from pathlib import Path

from tests.writer import Writer
from wadjet.app import create_app


def main(module: str, function: str, file: str) -> None:
    writer = Writer(create_app().test_client())
    body = writer.form()
    Path(file).write_text(json.dumps(body))

    def watch(frame, event, _):
        if event == "call" and (frame.f_globals.get("__name__"), frame.f_code.co_name) == (module, function):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    writer.send(body)
    raise SystemExit("it was never entered")


if __name__ == "__main__":
    main(*sys.argv[1:])
