"""Where is it kept? Two databases that never join (policy 5.3): `receipts` knows no person, `vault` no browsing.

Each is SQLite (the default) or PostgreSQL. A third, always a file, holds the people's keys, without which nothing in
the vault can be read: it is in no backup, so that a key destroyed there is destroyed everywhere (docs/decisions/007).
One process opens one home: the stores are bound once, at start.

Durable before acknowledged: `Store.write` returns after the commit is on disk. SQLite runs in WAL with
`synchronous=FULL`; with NORMAL a power cut loses commits that were answered. Callers queue up for one writing
thread, which carries out the work of all who wait in one transaction, each in a savepoint of its own, and answers
them after its one synced commit. So the disk's sync rate bounds batches, not posts; and one connection writes, so
its page cache is never made stale by another.
"""

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import peewee
from playhouse.migrations import Runner
from playhouse.pool import MaxConnectionsExceeded

from .problems import Problem, Unavailable
from .settings import Settings
from .sqlite import File

if TYPE_CHECKING:
    from .postgresql import Server

_MIGRATIONS = Path(__file__).with_name("migrations")
_TIMEOUT_SECONDS = 2  # how long a caller waits for a stalled database before hearing 503
_EMPTYINGS = 5  # each waits that long for readers
_DOWN = (peewee.DatabaseError, peewee.InterfaceError, MaxConnectionsExceeded)
_OURS = (peewee.IntegrityError, peewee.ProgrammingError, peewee.DataError)  # the statement's fault, not the storage's

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
        self._database: File | Server | None = None
        self._queue: SimpleQueue[_Turn[Any] | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    def open(self, url: str, home: Path) -> None:
        """Bind to a database; connects on first use. `url`: postgresql://…, or a file in `home`."""
        self.close()
        if url.startswith(("postgresql://", "postgres://")):
            self._database = _postgresql(url)
        else:
            self._database = File(home / url, timeout_seconds=_TIMEOUT_SECONDS)
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
        database = self._opened()
        try:
            with database.connection_context():
                try:
                    return work()
                except Problem:
                    database.confirm()  # what was not found is no answer where another database stands by now
                    raise
        except _OURS:
            raise
        except _DOWN as error:
            raise self._unavailable(error) from error

    def write(self, work: Callable[[], T]) -> T:
        """Run `work` in a transaction and return once it is durable; waiting callers share the commit.

        `work` runs alone (one writer at a time, in order, on every kind of database), in a thread of the
        store's: it takes what it needs as values and touches only the database.
        What it raises undoes its own rows and reaches its own caller. Raises Unavailable when
        the database does not answer; the rows may then exist or not, and nobody was told they do.
        """
        self._opened()  # told here: in the writing thread nobody would hear of it
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

    def empty_log(self) -> None:
        """Leave nothing of what was deleted in the write-ahead log either. Raises Unavailable when it stays in use."""
        for _ in range(_EMPTYINGS):
            if self.read(self._opened().empty_log):
                return
        raise Unavailable(f"The log of the {self.name} database is in use and cannot be emptied.")

    def _start(self) -> None:
        """Begin writing: not before the first write, for threads do not survive a fork."""
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name=f"{self.name} writer", daemon=True)
                self._writer.start()

    def _write_on(self) -> None:
        """The writing thread's life: take all who wait, carry out, commit, answer."""
        is_open = True
        while is_open:
            batch = [self._queue.get(), *self._waiting()]
            turns = [turn for turn in batch if turn is not None]
            try:
                if turns:
                    self._commit(turns)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told to those who wait
                self._give_up()
                batch += (late := self._waiting())  # they waited for the same silence, and need not once more
                turns += [turn for turn in late if turn is not None]
                for turn in turns:
                    turn.error = self._unavailable(error)
            is_open = None not in batch
            for turn in turns:
                turn.finish()
        self._opened().manual_close()

    def _waiting(self) -> list[_Turn[Any] | None]:
        """Whoever is in the queue at this moment; None: the store is to be closed."""
        found = []
        while not self._queue.empty():
            found.append(self._queue.get())
        return found

    def _commit(self, batch: list[_Turn[Any]]) -> None:
        """Carry out everybody's work in one transaction."""
        database = self._opened()
        if not database.is_closed() and not database.is_sound():
            database.manual_close()
        database.connect(reuse_if_open=True)
        with database.transaction():
            database.take_turn()
            for turn in batch:
                self._carry_out(turn, database)
        database.confirm()

    def _give_up(self) -> None:
        """After a failed sync no handle can be trusted: whoever comes next gets a fresh one."""
        with contextlib.suppress(*_DOWN):
            self._opened().manual_close()
        self._opened().close_idle()

    def _carry_out(self, turn: _Turn[Any], database: Any) -> None:
        database.execute_sql("SAVEPOINT turn")
        try:
            turn.value = turn.work()
        except Exception as error:  # it is raised again in the thread whose work it was
            if isinstance(error, _DOWN) and not isinstance(error, _OURS):
                raise
            turn.error = error
            database.execute_sql("ROLLBACK TO turn")
        database.execute_sql("RELEASE turn")

    def _unavailable(self, cause: BaseException) -> Unavailable:
        problem = Unavailable(f"The {self.name} database does not answer.")
        while cause.__context__ is not None:  # what went wrong first; the undoing of it may have failed too
            cause = cause.__context__
        problem.__cause__ = cause
        return problem

    @property
    def kind(self) -> str:
        """What it is, for people."""
        return "SQLite" if isinstance(self._opened(), File) else "PostgreSQL"

    def size(self) -> int:
        """How many bytes it takes on the disk, with its log."""
        opened = self._opened()
        if isinstance(opened, File):
            files = (Path(opened.database + suffix) for suffix in ("", "-wal"))
            return sum(file.stat().st_size for file in files if file.exists())
        taken: int = self.read(lambda: self.execute("SELECT pg_database_size(current_database())").fetchone()[0])
        return taken

    def create(self) -> None:
        """Make the database where that is ours to do and it is not there yet."""
        self._opened().create()

    def _opened(self) -> Any:
        if self._database is None:
            raise RuntimeError(f"the {self.name} database was never opened")
        return self._database


receipts, vault, person_keys = STORES = Store("receipts"), Store("vault"), Store("person_keys")
UNFINISHED = ".restore-unfinished"  # stands in a home while its databases may be of two moments
_occupied: list[int] = []  # the lock by which a restore and everybody else know of each other


def open_stores(settings: Settings) -> None:
    """Bind the stores and bring their tables up to date. Raises Unavailable in the middle of a restore."""
    occupy(settings.home)
    bind(settings)
    migrate(settings)


def occupy(home: Path, *, alone: bool = False) -> None:
    """Use the databases of a home until `close_stores`: with others, or alone to restore them. Raises Unavailable."""
    _vacate()
    lock = os.open(home / ".in-use", os.O_RDONLY | os.O_CREAT, 0o644)  # others may have made it, and reading will do
    _occupied.append(lock)
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        _vacate()
        why = "A server or a command is using this home: stop it first." if alone else "This home is being restored."
        raise Unavailable(why) from None
    if not alone and (home / UNFINISHED).exists():
        _vacate()
        raise Unavailable("A restore did not finish: run `wadjet restore` once more.")


def _vacate() -> None:
    while _occupied:
        os.close(_occupied.pop())


def bind(settings: Settings) -> None:
    """Say where each store is; nothing is connected to yet."""
    for store, url in zip(STORES, addresses(settings), strict=True):
        store.open(url, settings.home)


def addresses(settings: Settings) -> tuple[str, str, str]:
    """Where the stores are, in the order of STORES: a file, or postgresql://…"""
    return settings.receipts_database, settings.vault_database, settings.person_keys


def close_stores() -> None:
    for store in STORES:
        store.close()
    _vacate()


def known_migrations(store: Store) -> set[str]:
    """Those that this release has, applied or not."""
    return {path.stem for path in (_MIGRATIONS / store.name).glob("[0-9]*.py")}


def migrate(settings: Settings) -> None:
    """Apply pending migrations, once, however many processes start together."""
    with (settings.home / ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for store in STORES:
            store.create()
            store.read(_runner(store).up)


def migration_gaps(store: Store) -> tuple[list[str], list[str]]:
    """Migrations that are yet to be applied, and applied ones that this release does not have."""
    rows = store.read(_runner(store).status)
    return [row.name for row in rows if not row.applied], [row.name for row in rows if row.path is None]


def _postgresql(url: str) -> "Server":
    try:
        from .postgresql import Server  # the driver is an extra
    except ImportError as error:
        raise peewee.ImproperlyConfigured("pip install wadjet-consent[postgresql]") from error
    return Server(url, timeout_seconds=_TIMEOUT_SECONDS)


def _runner(store: Store) -> Runner:
    return Runner(store.proxy.obj, str(_MIGRATIONS / store.name))
