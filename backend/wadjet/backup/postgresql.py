"""One PostgreSQL database. `pg_dump` copies it as of an exported snapshot, `pg_restore` puts it back all or not."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from . import disk
from .manifest import Tell
from .problems import Failed

_CONNECT_SECONDS = 10
_TELL_SECONDS = 2.0
_TABLE = re.compile(r"^\d+; \d+ \d+ TABLE (\S+ \S+) ", re.MULTILINE)
_TABLES = """SELECT schemaname || ' ' || tablename FROM pg_tables
    WHERE schemaname <> 'information_schema' AND schemaname NOT LIKE 'pg\\_%'"""
_OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


class Snapshot:
    """The database as it is at this moment, for as long as this is open."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        try:
            self._connection = _connect(server.url)
            self._connection.execute("SET idle_in_transaction_session_timeout = 0")  # idle for as long as it is copied
            self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._name = str(_ask(self._connection, "SELECT pg_export_snapshot()")[0])
            self.migrations = [str(name) for name in _ask(self._connection, "SELECT name FROM schema_migration")]
            self.migrations.sort()
        except psycopg.Error as error:
            raise Failed(_first_line(str(error))) from error

    def copy(self, target: Path, tell: Tell) -> None:
        """Into a new file, in pg_dump's custom format. Raises Failed, OSError."""
        self._server.dump(target, tell, f"--snapshot={self._name}")

    def close(self) -> None:
        self._connection.close()


class Server:
    """Where a store lies. `url`: postgresql://…; `home`: what is staged or kept aside lies there as a file."""

    kind: Literal["postgresql"] = "postgresql"

    def __init__(self, url: str, name: str, home: Path) -> None:
        self.url = url
        self._name, self._home = name, home
        self.staging = home / f"{name}.dump.restoring"

    def __str__(self) -> str:
        return f"the {self._name} database in PostgreSQL"

    def snapshot(self) -> Snapshot:
        return Snapshot(self)

    def check(self, copy: Path, migrations: list[str]) -> None:  # noqa: ARG002 - it cannot be asked without restoring
        """Raise Failed unless a copy can be read and is of our tables."""
        if not any(table.endswith(" schema_migration") for table in self._tables_in(copy)):
            raise Failed(f"{copy.name} has other tables than its manifest says")

    def is_there(self) -> bool:
        return bool(self._asked(_TABLES))

    def hinders(self, copy: Path) -> str:
        """Why `copy` cannot take its place; "" when it can."""
        if self._asked(_OTHERS) != [0]:
            return "somebody is connected to it; end that first"
        strange = sorted(set(self._asked(_TABLES)) - self._tables_in(copy))
        if strange:  # pg_restore would leave it as it is, among tables of another moment
            return f"it has a table that the backup has not ({strange[0].split()[1]}); name an empty database instead"
        return ""

    def aside_for(self, stamp: str) -> Path:
        return self._home / f"{self._name}.before-restore-{stamp}.dump"

    def keep(self, aside: Path, tell: Tell) -> None:
        """Dump what is there to `aside`."""
        self.dump(aside, tell)
        disk.sync(aside)

    def install(self, aside: Path | None, tell: Tell) -> None:  # noqa: ARG002 - `keep` has kept it
        """Put what was staged in its place: all of it, or nothing."""
        how = ("--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges")
        self._run("pg_restore", *how, self._reachable(), str(self.staging), tell=lambda: tell(f"{self}: restoring"))
        self.staging.unlink()

    def dump(self, target: Path, tell: Tell, *options: str) -> None:
        """Copy it to a new file."""
        opened = disk.create(target)
        try:
            self._run(
                "pg_dump",
                "--format=custom",
                *options,
                self._reachable(),
                stdout=opened,  # not --file, which would make one that others may read
                tell=lambda: tell(f"{target.name}: {os.fstat(opened).st_size >> 20} MiB written"),
            )
        finally:
            os.close(opened)

    def _tables_in(self, copy: Path) -> set[str]:
        return set(_TABLE.findall(self._run("pg_restore", "--list", str(copy), tell=lambda: None)))

    def _reachable(self) -> str:
        """How the programs find it; without the password, which every user of the machine could read there."""
        facts = {name: str(fact) for name, fact in conninfo_to_dict(self.url).items() if name != "password"}
        return "--dbname=" + make_conninfo(**facts)

    def _run(self, program: str, *arguments: str, tell: Any, stdout: int = subprocess.PIPE) -> str:
        """Run one of PostgreSQL's programs; answers what it printed. Raises Failed with its first word of error."""
        found = shutil.which(program)
        if found is None:
            raise Failed(f"{program} is not installed (Debian: apt-get install postgresql-client)")
        password = conninfo_to_dict(self.url).get("password")
        environment = {"PGCONNECT_TIMEOUT": str(_CONNECT_SECONDS), **os.environ, "LC_ALL": "C"}
        environment |= {"PGPASSWORD": str(password)} if password else {}
        with subprocess.Popen(  # noqa: S603 - a fixed program, and arguments that no shell reads
            [found, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            while True:
                try:
                    said, complaint = process.communicate(timeout=_TELL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    tell()
                except BaseException:
                    process.kill()
                    raise
        if process.returncode:
            raise Failed(_first_line(complaint) or f"{program} failed")
        return said or ""

    def _asked(self, sql: str) -> list[Any]:
        try:
            with _connect(self.url) as connection:
                return _ask(connection, sql)
        except psycopg.Error as error:
            raise Failed(_first_line(str(error))) from error


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)


def _ask(connection: psycopg.Connection[Any], sql: str) -> list[Any]:
    """The first column."""
    return [row[0] for row in connection.execute(sql.encode()).fetchall()]


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
