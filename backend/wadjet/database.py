"""Where is it kept? Two databases that never join (policy 5.3): `receipts` knows no person, `vault` no browsing.

Each is SQLite (the default) or PostgreSQL. One process opens one home: the stores are bound once, at start.

Durable before acknowledged: `Store.write` returns after the commit is on disk. SQLite runs in WAL with
`synchronous=FULL`; with NORMAL a power cut loses commits that were answered. Callers queue up for one writing
thread, which carries out the work of all who wait in one transaction, each in a savepoint of its own, and answers
them after its one synced commit. So the disk's sync rate bounds batches, not posts; and one connection writes, so
its page cache is never made stale by another.
"""

import fcntl
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

import peewee
from playhouse.migrations import Runner
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase, PooledSqliteDatabase

from .problems import Unavailable
from .settings import Settings

_MIGRATIONS = Path(__file__).with_name("migrations")
_TIMEOUT_SECONDS = 2  # how long a caller waits for a stalled database before hearing 503
_DOWN = (peewee.OperationalError, peewee.InterfaceError, peewee.InternalError, MaxConnectionsExceeded)

T = TypeVar("T")


class _Turn(Generic[T]):
    """One caller's work, waiting for its place in a shared commit."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.value: Any = None
        self.error: BaseException | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def finish(self) -> None:
        self._done.release()

    def outcome(self) -> T:
        """Wait, then what the work answered or raised."""
        self._done.acquire()
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[no-any-return]


class Store:
    """One database. `proxy` is what the rooms' models are bound to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.proxy = peewee.DatabaseProxy()
        self._database: PooledSqliteDatabase | PooledPostgresqlDatabase | None = None
        self._queue: SimpleQueue[_Turn[Any] | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    def open(self, url: str, home: Path) -> None:
        """Bind to a database; connects on first use. `url`: postgresql://…, or a file in `home`."""
        self.close()
        if url.startswith(("postgresql://", "postgres://")):
            self._database = PooledPostgresqlDatabase(
                url,
                max_connections=20,
                timeout=_TIMEOUT_SECONDS,
                stale_timeout=300,
                prefer_psycopg3=True,
                connect_timeout=_TIMEOUT_SECONDS,
                tcp_user_timeout=_TIMEOUT_SECONDS * 1000,
                options=f"-c statement_timeout={_TIMEOUT_SECONDS}s -c lock_timeout={_TIMEOUT_SECONDS}s",
            )
        else:
            pragmas = {
                "journal_mode": "wal",
                "synchronous": "full",
                "foreign_keys": 1,
                "busy_timeout": _TIMEOUT_SECONDS * 1000,
            }
            self._database = PooledSqliteDatabase(
                str(home / url), pragmas=pragmas, lock_type="IMMEDIATE", check_same_thread=False, max_connections=None
            )
        self.proxy.initialize(self._database)

    def close(self) -> None:
        """Finish what is being written and let go of every connection."""
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
            self._writer = None
        if self._database is not None:
            self._database.close_all()

    def read(self, work: Callable[[], T]) -> T:
        """Run `work` with a connection. Raises Unavailable when the database does not answer."""
        try:
            with self._opened().connection_context():
                return work()
        except _DOWN as error:
            raise Unavailable(f"The {self.name} database does not answer.") from error

    def write(self, work: Callable[[], T]) -> T:
        """Run `work` in a transaction and return once it is durable; waiting callers share the commit.

        `work` runs alone (one writer at a time, in order, on every kind of database), in a thread of the
        store's: it takes what it needs as values and touches only the database.
        What it raises undoes its own rows and reaches its own caller. Raises Unavailable when
        the database does not answer; the rows may then exist or not, and nobody was told they do.
        """
        if self._writer is None:
            self._start()
        turn = _Turn(work)
        self._queue.put(turn)
        return turn.outcome()

    def execute(self, sql: str, *values: Any) -> Any:
        """Run one statement, `?` for each value, inside `read` or `write`; answers the cursor.

        For the few statements behind every post: building the same SQL from a model takes twenty times as
        long as running it.
        """
        database = self._opened()
        return database.execute_sql(sql if database.param == "?" else sql.replace("?", database.param), values)

    def _start(self) -> None:
        """Begin writing: not before the first write, for threads do not survive a fork."""
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name=f"{self.name} writer", daemon=True)
                self._writer.start()

    def _write_on(self) -> None:
        """The writing thread's life: take all who wait, carry out, commit, answer."""
        open_ended = True
        while open_ended:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            turns = [turn for turn in batch if turn is not None]
            open_ended = len(turns) == len(batch)
            self._commit(turns)
            for turn in turns:
                turn.finish()
        self._opened().manual_close()

    def _commit(self, batch: list[_Turn[Any]]) -> None:
        """Carry out everybody's work in one transaction; every turn then knows its outcome."""
        database = self._opened()
        try:
            database.connect(reuse_if_open=True)
            with database.transaction():
                if isinstance(database, PooledPostgresqlDatabase):
                    # SQLite's one-writer rule: order of sequence is order of commit there too.
                    database.execute_sql("SELECT pg_advisory_xact_lock(5705213)")
                for turn in batch:
                    self._carry_out(turn, database)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to those who wait
            for turn in batch:
                turn.error = Unavailable(f"The {self.name} database does not answer.")
                turn.error.__cause__ = error
            # After a failed sync the handle cannot be trusted: the next batch gets a fresh one.
            database.manual_close()
            database.close_idle()

    def _carry_out(self, turn: _Turn[Any], database: Any) -> None:
        database.execute_sql("SAVEPOINT turn")
        try:
            turn.value = turn.work()
        except _DOWN:
            raise
        except Exception as error:  # noqa: BLE001 - it is raised again in the thread whose work it was
            turn.error = error
            database.execute_sql("ROLLBACK TO turn")
        database.execute_sql("RELEASE turn")

    def _opened(self) -> Any:
        if self._database is None:
            raise RuntimeError(f"the {self.name} database was never opened")
        return self._database


receipts = Store("receipts")


def open_stores(settings: Settings) -> None:
    """Bind the stores and bring their tables up to date."""
    receipts.open(settings.receipts_database, settings.home)
    migrate(settings)


def migrate(settings: Settings) -> None:
    """Apply pending migrations, once, however many processes start together."""
    with (settings.home / ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        receipts.read(lambda: _runner(receipts).up())


def migration_gaps() -> tuple[list[str], list[str]]:
    """Migrations that are yet to be applied, and applied ones that this release does not have."""
    rows = receipts.read(lambda: _runner(receipts).status())
    return [row.name for row in rows if not row.applied], [row.name for row in rows if row.path is None]


def _runner(store: Store) -> Runner:
    return Runner(store.proxy.obj, str(_MIGRATIONS / store.name))
