"""`python -m tests.retention.die MODULE FUNCTION TIME`: a run in the home of WADJET_HOME, killed as by kill -9 at the
moment when that function is entered, in whichever thread."""

import os
import signal
import sys
import threading

from wadjet import clock, retention, shell, vault


def main(module: str, function: str, time: str) -> None:
    def watch(frame, event, _):
        if event == "call" and (frame.f_globals.get("__name__"), frame.f_code.co_name) == (module, function):
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)  # before any of the stores' threads begins
    sys.setprofile(watch)
    settings, now = shell.open_home(), clock.parse(time)
    vault.start(settings, now=now)
    for _ in retention.run(settings, now, is_applying=True):
        pass
    raise SystemExit("it was never entered")


if __name__ == "__main__":
    main(*sys.argv[1:])
