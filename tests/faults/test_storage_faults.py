"""Storage that fails while the server serves: nothing false is acknowledged, pages stand, and it ends by itself."""

import os
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crowd import Crowd, check_order, check_store
from tests.faults.cuts import Disk
from tests.faults.engines import Postgresql
from tests.faults.serving import PAGES, WADJET, Server, found, pages, serving
from tests.house import SMALL

DATABASE = "receipts.sqlite3"
RECOVERY_SECONDS = 5
ANSWER_SECONDS = 5  # the database's two, twice over, and a busy machine
FILES = ("", "-wal", "-shm")
# Root writes where it must not, unless it gives that power up.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []

Fault = Callable[[Server, Path], Any]  # a context manager


@contextmanager
def size_limit(server: Server, home: Path) -> Iterator[None]:
    """Not one file may grow (`ulimit -f`)."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def full_disk(server: Server, home: Path) -> Iterator[None]:
    """Not one byte is left. Where nothing can be mounted, a limit on files stands for it."""
    if not home.is_mount():
        with size_limit(server, home):
            yield
        return
    filler = home / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def removed(server: Server, home: Path) -> Iterator[None]:
    """Moved away by mistake, and back."""
    away = home / "away"
    away.mkdir()
    for part in FILES:
        (home / (DATABASE + part)).rename(away / (DATABASE + part))
    try:
        yield
    finally:
        # The database itself last: whoever opened it without its log would find an older one, whole and sound.
        for part in reversed(FILES):
            (away / (DATABASE + part)).rename(home / (DATABASE + part))
        away.rmdir()


@contextmanager
def another_file(server: Server, home: Path) -> Iterator[None]:
    """A restore of the wrong file, put right afterwards."""
    with removed(server, home):
        (home / DATABASE).write_bytes(os.urandom(100_000))
        try:
            yield
        finally:
            (home / DATABASE).unlink()


@contextmanager
def overwritten(server: Server, home: Path) -> Iterator[None]:
    """Garbage is copied over it where it lies; then a backup, taken a moment before, comes in its place."""
    backup = home / "backup.sqlite3"
    with closing(sqlite3.connect(home / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody writes between the backup and the accident
        with closing(sqlite3.connect(backup)) as copy, closing(sqlite3.connect(home / DATABASE)) as source:
            source.backup(copy)
        for part in FILES[:2]:
            path = home / (DATABASE + part)
            path.write_bytes(os.urandom(path.stat().st_size))
    try:
        yield
    finally:
        for part in FILES[1:]:
            (home / (DATABASE + part)).unlink(missing_ok=True)
        backup.rename(home / DATABASE)


@contextmanager
def locked(server: Server, home: Path) -> Iterator[None]:
    """Another program holds it."""
    with closing(sqlite3.connect(home / DATABASE, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def read_only(server: Server, home: Path) -> Iterator[None]:
    """Its owner may not write any more; what was open before is opened again."""
    files = [home / DATABASE, home]
    with removed(server, home):
        time.sleep(0.5)
    for path in files:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for path in files:
            path.chmod(path.stat().st_mode | 0o200)


def endure(server: Server, crowd: Crowd, fault: Any, seconds: float) -> None:
    """Live through a fault, and after it: it held up nobody for long, it was told as what it is, and it passed."""
    with server.wire() as wire:
        before = pages(wire)
        assert {status for status, _, _ in before.values()} == {200}
        with crowd.at_work():
            time.sleep(0.3)
            known = crowd.sample(1)[0]
            with fault:
                until = time.monotonic() + seconds
                while time.monotonic() < until:
                    assert pages(wire) == before
                    for path in PAGES:
                        assert wire.get(path, If_None_Match=before[path][2] or "").status_code == 304
                    assert wire.get(f"/api/v1/receipts/{known}").status_code in (200, 503)
                    time.sleep(0.1)
            crowd.wait_for_receipts(RECOVERY_SECONDS)
        crowd.settle()

    assert crowd.refused.keys() <= {"unavailable"}
    assert (crowd.odd, crowd.broken) == ([], 0)
    assert crowd.slowest < ANSWER_SECONDS


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """One server that lives through one fault after the other."""
    home = tmp_path_factory.mktemp("standing") / "home"
    found(home)
    with serving(home, prefix=AS_ANYBODY) as server:
        yield server, home


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (size_limit, 1),
        (removed, 1),
        (another_file, 1),
        (read_only, 1),
        (locked, 3),
        pytest.param(locked, 30, marks=pytest.mark.torture),
        pytest.param(removed, 30, marks=pytest.mark.torture),
    ],
)
def test_nothing_false_is_told_while_the_database_fails(
    fault: Fault, seconds: int, standing: tuple[Server, Path]
) -> None:
    server, home = standing
    crowd = Crowd(server, withdrawing=0.2)

    endure(server, crowd, fault(server, home), seconds)

    assert crowd.refused
    crowd.check_read_back()
    check_store(home, DATABASE, crowd)
    check_order(home, DATABASE)


def test_garbage_in_the_database_is_no_crash(tmp_path: Path) -> None:
    """What SQLite writes into a file that others write into is beyond help, or not even noticed; the server is not."""
    home = tmp_path / "home"
    found(home)
    with serving(home) as server:
        endure(server, Crowd(server), overwritten(server, home), seconds=1)


def test_home_that_is_read_only_is_told_at_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home)
    for path in (*home.iterdir(), home):
        path.chmod(path.stat().st_mode & ~0o222)

    done = subprocess.run(
        [*AS_ANYBODY, WADJET, "serve", "--port", "0"],
        env=os.environ | {"WADJET_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(home) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A home on a disk of 32 MiB, more than a quick crowd writes; an ordinary one where nothing can be mounted."""
    disk = Disk(tmp_path / "disk", tmp_path / "home", 32, "-b", "4096", "-m", "0", "-O", "^has_journal")
    is_mounted = os.geteuid() == 0 and disk.mount()
    yield disk.folder
    if is_mounted:
        disk.unmount()


def test_full_disk_refuses_and_recovers(small_disk: Path) -> None:
    found(small_disk, metrics=True)
    with serving(small_disk) as server, full_disk(server, small_disk), server.wire() as wire:
        assert wire.get("/privacy/").status_code == 200
        assert wire.get("/nowhere").status_code == 404  # counted, in a file
        assert wire.get("/metrics").status_code == 200

    with serving(small_disk) as server:
        crowd = Crowd(server, withdrawing=0.2)

        endure(server, crowd, full_disk(server, small_disk), seconds=1)

        assert crowd.refused
        crowd.check_read_back()
    check_store(small_disk, DATABASE, crowd)
    check_order(small_disk, DATABASE)


def test_nothing_is_half_published_without_space(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home)
    environment = os.environ | {"WADJET_HOME": str(home)}
    publish = f"{WADJET} policy publish {SMALL} --incomplete"

    refused, done = (
        subprocess.run(["sh", "-c", limit + publish], env=environment, capture_output=True, text=True, check=False)
        for limit in ("ulimit -f 0; exec ", "exec ")
    )

    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("wadjet: ")
    assert "Traceback" not in refused.stderr
    assert (done.returncode, done.stdout.split()[:2]) == (0, ["version", "2"])


@contextmanager
def frozen(engine: Postgresql) -> Iterator[None]:
    engine.freeze()
    try:
        yield
    finally:
        engine.thaw()


@contextmanager
def cut(engine: Postgresql) -> Iterator[None]:
    """Every connection, again and again."""
    for _ in range(5):
        engine.cut()
        time.sleep(0.05)
    yield


@pytest.fixture(scope="module")
def standing_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, Postgresql]]:
    """Two processes on a PostgreSQL of their own."""
    engine, home = Postgresql(), tmp_path_factory.mktemp("standing") / "home"
    engine.start()
    try:
        found(home, engine.url)
        with serving(home, workers=2) as server:
            yield server, home, engine
    finally:
        engine.remove()


@pytest.mark.parametrize(
    ("fault", "seconds"), [(frozen, 3), (cut, 1), pytest.param(frozen, 30, marks=pytest.mark.torture)]
)
def test_nothing_false_is_told_while_postgresql_fails(
    fault: Callable[[Postgresql], Any], seconds: int, standing_on_postgresql: tuple[Server, Path, Postgresql]
) -> None:
    server, home, engine = standing_on_postgresql
    crowd = Crowd(server, clients=12, withdrawing=0.2)

    endure(server, crowd, fault(engine), seconds)

    crowd.check_read_back(within=RECOVERY_SECONDS)  # the other process may not have noticed yet that it is over
    check_store(home, engine.url, crowd)
    check_order(home, engine.url)
