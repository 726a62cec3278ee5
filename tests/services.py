"""Real PostgreSQL and Redis for the tests that need them, started and thrown away here."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

START_SECONDS = 30
_MUCH_BYTES = 8 << 30
# Reached on loopback alone, and nothing in it outlives the tests.
THROWAWAY = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=128MB",
    "autovacuum=off",
)


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_postgresql() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps it out of PATH. The newest wins."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return Path(on_path).resolve().parent if on_path else debian[-1] if debian else None


def unprivileged() -> dict[str, Any]:
    """How to start a program as somebody else where we are root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    name = "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"
    user = pwd.getpwnam(name)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _in_memory() -> Path | None:
    """A folder that lies in memory, where there is much: a database is some 300 files, made anew for each test."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > _MUCH_BYTES else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A throwaway server's URL without a database name: postgresql://postgres@127.0.0.1:PORT/"""
    programs = find_postgresql()
    if programs is None:
        pytest.skip("PostgreSQL IS MISSING: no initdb on PATH or in /usr/lib/postgresql")
    port, who = free_port(), unprivileged()
    # Not pytest's own temporary folder: that one is closed to the user PostgreSQL runs as.
    home = Path(tempfile.mkdtemp(prefix="wadjet-postgresql-", dir=_in_memory()))
    if who:
        os.chown(home, who["user"], who["group"])

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", home / "data", *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL, **who
        )

    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run(
            "pg_ctl",
            "-l",
            str(home / "log"),
            "-w",
            "-t",
            str(START_SECONDS),
            "-o",
            f"-p {port} " + " ".join(f"-c {setting}" for setting in THROWAWAY),
            "start",
        )
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


@pytest.fixture
def new_postgresql_url(postgresql: str) -> Iterator[Callable[..., str]]:
    """`new_postgresql_url()`: the URL of one more database of the test's own: empty, or like another."""
    made = []
    with psycopg.connect(postgresql + "postgres", autocommit=True) as server:

        def make(like: str = "template1") -> str:
            made.append(f"test_{uuid.uuid4().hex}")
            server.execute(f'CREATE DATABASE "{made[-1]}" TEMPLATE "{like}"')
            return postgresql + made[-1]

        yield make
        for name in made:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgresql_url(new_postgresql_url: Callable[[], str]) -> str:
    """The URL of an empty database of the test's own."""
    return new_postgresql_url()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A throwaway server's URL."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis IS MISSING: no redis-server on PATH")
    port = free_port()
    server = subprocess.Popen(
        [
            program,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(tmp_path_factory.mktemp("redis")),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_redis(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def wait_for_redis(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis(port=port) as client:
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of a Redis with nothing in it."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server
