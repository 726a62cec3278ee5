"""PostgreSQL as the house needs it: whoever waits for a silent server hears so in time.

A server that hangs keeps its connections open, and no timeout of its own or of TCP's ends the waiting: ours does.
"""

import select
import time
from typing import Any

import peewee
import psycopg
from playhouse.pool import PooledPostgresqlDatabase

_PAUSE_SECONDS = 1.0  # after a connection that could not be had, before the next is tried
_GRACE_SECONDS = 0.5  # for the server to say itself that a statement took too long


class _Connection(psycopg.Connection[Any]):
    """Is given up when an answer takes longer than `patience_seconds`."""

    patience_seconds: float | None = None

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return super().wait(gen, *arguments, **{"timeout": self.patience_seconds} | options)
        except psycopg.OperationalError:
            self.pgconn.finish()
            raise


class _Adapter(peewee.Psycopg3Adapter):
    """How peewee reaches psycopg."""

    _silent_until = 0.0

    def connect(self, db: "Server", **parameters: Any) -> _Connection:
        """Connections are made one at a time: while there is none to be had, not everybody in turn waits for that."""
        if time.monotonic() < self._silent_until:
            raise psycopg.OperationalError("it did not answer a moment ago")
        try:
            connection = _Connection.connect(db.database, **parameters)
        except psycopg.OperationalError:
            self._silent_until = time.monotonic() + _PAUSE_SECONDS
            raise
        connection.patience_seconds = parameters["connect_timeout"] + _GRACE_SECONDS
        return connection

    def is_connection_closed(self, conn: _Connection) -> bool:
        """Told without asking the server: for its silence everybody would wait, one after the other."""
        return conn.closed or self.txn_status(conn) != self.txn_idle or _has_news(conn.fileno())


class Server(PooledPostgresqlDatabase):
    """One database. `timeout_seconds`: for connecting, for each statement, for another's lock."""

    psycopg3_adapter = _Adapter

    def __init__(self, url: str, *, timeout_seconds: int) -> None:
        super().__init__(
            url,
            max_connections=20,
            timeout=timeout_seconds,
            stale_timeout=300,
            prefer_psycopg3=True,
            connect_timeout=timeout_seconds,
            tcp_user_timeout=timeout_seconds * 1000,
            # synchronous_commit: also where the server's own default is to answer before the disk has it.
            options=f"-c statement_timeout={timeout_seconds}s -c lock_timeout={timeout_seconds}s"
            " -c synchronous_commit=on",
        )

    def create(self) -> None:
        """The operator has made it."""

    def is_sound(self) -> bool:
        """Whether this thread's connection can still be used."""
        return not self._is_closed(self.connection())

    def take_turn(self) -> None:
        """Nobody else writes until the end of the transaction: so the order of sequence is that of commit."""
        self.execute_sql("SELECT pg_advisory_xact_lock(5705213)")

    def confirm(self) -> None:
        """Its commit says all."""

    def empty_log(self) -> bool:
        """Its log is the server's own to recycle; docs/decisions/007 says why that is enough."""
        return True


def _has_news(socket: int) -> bool:
    """Something to read though nothing was asked: the server says goodbye, or is gone."""
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
