"""`python -m tests.rights.die REQUEST`: fulfil a request of WADJET_HOME in copies of it, and be killed there, as by
kill -9, before the first commit, before the second, and so on; then fulfil it once more. A line of JSON for each copy
says what is so in the end."""

import json
import os
import shutil
import signal
import sys
import threading
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from wadjet import clock, contact, database, ledger, rights
from wadjet.app import create_app
from wadjet.rights import models
from wadjet.settings import load

_DATABASES = ("WADJET_RECEIPTS_DATABASE", "WADJET_VAULT_DATABASE")


class Executioner:
    """Kills the process at the entry of its `at`-th commit once it is armed, whichever thread makes it."""

    def __init__(self, at: int) -> None:
        self.left, self.is_armed = at, False

    def __call__(self, frame: Any, event: str, _: Any) -> None:
        if self.is_armed and event == "call" and frame.f_code.co_qualname == "Store._commit":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def copy_of(home: Path, number: int) -> dict[str, str]:
    """Another home like it: what to set in the environment."""
    copy = home.with_name(f"{home.name}-{number}")
    shutil.copytree(home, copy)
    changed = {"WADJET_HOME": str(copy)}
    for name in _DATABASES:
        if "://" in (url := os.environ.get(name, "")):
            server, _, original = url.rpartition("/")
            clone = f"test_{uuid.uuid4().hex}"
            with psycopg.connect(f"{server}/postgres", autocommit=True) as session:
                session.execute(f'CREATE DATABASE "{clone}" TEMPLATE "{original}"')
            changed[name] = f"{server}/{clone}"
    return changed


def remove(changed: dict[str, str]) -> None:
    shutil.rmtree(changed["WADJET_HOME"])
    for name in _DATABASES:
        if name in changed:
            server, _, clone = changed[name].rpartition("/")
            with psycopg.connect(f"{server}/postgres", autocommit=True) as session:
                session.execute(f'DROP DATABASE "{clone}" WITH (FORCE)')


def fulfil(request: str, killed_at: int = 0) -> None:
    executioner = Executioner(killed_at)
    if killed_at:
        threading.setprofile(executioner)
    create_app()
    executioner.is_armed = True
    try:
        rights.fulfil(request, by="dana", settings=load(), now=clock.now())
    except rights.RequestMoved:
        assert not killed_at


def left(request: str) -> dict[str, Any]:
    """What is so in the end, without what differs from time to time."""

    def count(table: str, where: str, *values: str) -> int:
        statement = f"SELECT count(*) FROM {table} WHERE {where}"
        return int(database.vault.execute(statement, *values).fetchone()[0])

    def look() -> dict[str, Any]:
        row = models.find(request)
        assert row
        named = [each.person for each in models.subjects(request) if each.person != row.person]
        return {
            "state": row.state,
            "done": all(each.done_at for each in models.subjects(request)),
            "people": sum(count("person", "id = ?", each) for each in named),
            "messages": count("contact_message", "1 = 1"),
            "letters": count("outgoing", "kind = ?", rights.service.RESULT),
        }

    statuses = "SELECT count(*) FROM receipt WHERE event = 'withdrawn'"
    events = [each["event"] for each in ledger.history([request], database.vault)]
    return database.vault.read(look) | {
        "ends": events.count("rights:request:fulfilled"),
        "withdrawn": database.receipts.read(lambda: database.receipts.execute(statuses).fetchone()[0]),
        "statistics": list(contact.statistics()),
    }


def fork(work: Any) -> int:
    """Carry out in a process of its own; its status."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)
    return os.waitpid(pid, 0)[1]


def attempt(request: str, changed: dict[str, str], killed_at: int = 0) -> None:
    os.environ |= changed
    fulfil(request, killed_at)
    if not killed_at:
        sys.stdout.write(json.dumps(left(request)) + "\n")


def main(request: str) -> None:
    home, number, status = Path(os.environ["WADJET_HOME"]), 0, int(signal.SIGKILL)
    while status == signal.SIGKILL:
        number += 1
        changed = copy_of(home, number)
        status = fork(partial(attempt, request, changed, number))
        assert status in (0, signal.SIGKILL), status
        assert fork(partial(attempt, request, changed)) == 0
        remove(changed)


if __name__ == "__main__":
    main(*sys.argv[1:])
