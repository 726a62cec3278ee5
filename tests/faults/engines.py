"""PostgreSQL and Redis that a test may kill and freeze; the shared ones of `tests/services.py` must stand."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.services import START_SECONDS, find_postgresql, free_port, unprivileged, wait_for_redis


class Engine:
    """A server process with its children, which can be killed, frozen and started again."""

    _process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        """It and its children."""
        pid = self._process.pid
        return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()), pid]

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.wait()

    def freeze(self) -> None:
        """It keeps every connection, and answers on none."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:  # a child that ended meanwhile
                continue


class Postgresql(Engine):
    """`url`: of an empty database."""

    def __init__(self) -> None:
        programs = find_postgresql()
        if programs is None:
            pytest.skip("PostgreSQL IS MISSING: no initdb on PATH or in /usr/lib/postgresql")
        self._home = Path(tempfile.mkdtemp(prefix="wadjet-postgresql-"))
        self._who = unprivileged()
        if self._who:
            os.chown(self._home, self._who["user"], self._who["group"])
        self._port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        data = str(self._home / "data")
        self._command = [f"{programs}/postgres", "-D", data, "-p", str(self._port), "-c", "fsync=off"]
        self._command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        initdb = [f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, cwd="/", stdout=subprocess.DEVNULL, **self._who)

    def start(self) -> None:
        self._launch()
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < until, (self._home / "log").read_text()
                time.sleep(0.05)
                if self._process.poll() is not None:  # the one killed a moment ago still holds its memory
                    self._launch()

    def _launch(self) -> None:
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd="/", stdout=log, stderr=log, **self._who)

    def cut(self) -> None:
        """End every connection, as a proxy in between may."""
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def remove(self) -> None:
        if self._process.poll() is None:
            self.thaw()
            self.kill()
        shutil.rmtree(self._home)


class Redis(Engine):
    """`url`: of a server that keeps nothing on disk unless it is told to save."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("Redis IS MISSING: no redis-server on PATH")
        self._folder, self._port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._command = [program, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        wait_for_redis(self._port)

    def remove(self) -> None:
        if self._process.poll() is None:
            self.thaw()
            self.kill()
