"""How SQLite goes about what was asked of it: which statements read from end to end what grows with people."""

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from wadjet import database
from wadjet.problems import Unavailable

# What grows with people and their requests; the others are lists that staff keep.
GROWING = {
    "act",
    "contact_answer",
    "contact_message",
    "incoming",
    "journal_entry",
    "number",
    "outgoing",
    "person",
    "person_key",
    "destroyed_person",
    "prohibition",
    "publication",
    "receipt",
    "request_subject",
    "rights_request",
    "transfer",
}

# The last rows by number; of receipts the newest one but for withdrawals: it looks at the few that came after.
_LAST = re.compile(r"SELECT [\w, ]+ FROM (\w+|receipt WHERE event <> 'withdrawn') ORDER BY (seq|id) DESC LIMIT (1|\?)")
_VERBS = ("SELECT", "UPDATE", "DELETE")


class Asked:
    """The statements that the databases were asked, each with the values that it was asked with last."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def read_whole(self) -> list[str]:
        """Those that read one of these tables from end to end."""
        return [sql for sql, steps in self._plans().items() if any(is_whole(step) for step in steps)]

    def sorted_anew(self) -> list[str]:
        """Those that put rows of one of these tables in order, instead of reading them so."""
        return [sql for sql, steps in self._plans().items() if is_sorted_anew(steps)]

    def forget(self) -> None:
        self._caplog.clear()

    @property
    def statements(self) -> list[tuple[str, Sequence[Any]]]:
        """Each with its values, in the order in which they were asked."""
        said: list[Any] = [record.msg for record in self._caplog.records if record.name == "peewee"]
        return [(sql, values or ()) for sql, values in said if sql.split()[0] in _VERBS]

    def _plans(self) -> dict[str, list[str]]:
        asked = {sql: values for sql, values in self.statements if not _LAST.fullmatch(sql)}
        assert asked
        return {sql: plan(sql, values) for sql, values in asked.items()}


@pytest.fixture
def asked_of_sqlite(caplog: pytest.LogCaptureFixture) -> Asked:
    """Every statement since the test began, or since `forget()`."""
    caplog.set_level(logging.DEBUG, "peewee")
    return Asked(caplog)


@pytest.fixture
def read_whole(asked_of_sqlite: Asked) -> Callable[[], list[str]]:
    """`read_whole()`: the statements so far that read one of these tables from end to end."""
    return asked_of_sqlite.read_whole


def plan(sql: str, values: Sequence[Any]) -> list[str]:
    """How SQLite goes about it, in every database that has its tables."""
    plans = []
    for store in database.STORES:
        with suppress(Unavailable):
            plans.append(store.read(partial(_explain, store, sql, values)))
    assert plans, sql
    return [step for steps in plans for step in steps]


def _explain(store: database.Store, sql: str, values: Sequence[Any]) -> list[str]:
    return [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {sql}", *values).fetchall()]


def is_whole(step: str) -> bool:
    words = step.split()
    return words[0] == "SCAN" and words[1] in GROWING


def is_sorted_anew(steps: Sequence[str]) -> bool:
    """Whether what is sorted comes right from such a table; a few rows that were cut off before may be sorted."""
    return any(
        after.startswith("USE TEMP B-TREE FOR ORDER") and before.split()[1] in GROWING
        for before, after in pairwise(steps)
    )
