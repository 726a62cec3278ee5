"""Which test holds which clause of the policy: `@pytest.mark.clause("8.4", "D6")`.

The clauses are listed in clauses.toml beside this file. An id that is not listed fails collection. When the
whole suite runs in one process, a clause that asks for behaviour, waits for no room and has no test fails it.
`pytest --clauses` prints the matrix for an inspector instead of running anything.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[1] / "backend" / "wadjet"
LATER = frozenset({"contact", "vault", "mail", "rights", "registers", "retention", "console"})
EVERYTHING = ("", "not torture")  # the marker expressions under which a run is the whole suite

tested_by = pytest.StashKey[dict[str, list[str]]]()  # clause id → its tests


@dataclass(frozen=True)
class Clause:
    """One row of clauses.toml. `waits` is empty once the room it names stands."""

    id: str
    asks: bool
    behaviour: str
    waits: str = ""


def read(toml: str, *, rooms: Path) -> dict[str, Clause]:
    """Read the list of clauses; raises ValueError for a row that says too little or names an unknown room."""
    clauses = {}
    for id, row in tomllib.loads(toml).items():
        try:
            clause = Clause(id, **row)
        except TypeError as error:
            raise ValueError(f"clause {id}: {error}") from error
        if clause.waits and (clause.waits not in LATER or not clause.asks):
            raise ValueError(f"clause {id} cannot wait for {clause.waits!r}")
        built = (rooms / clause.waits / "__init__.py").exists()
        clauses[id] = Clause(id, clause.asks, clause.behaviour, "" if built else clause.waits)
    return clauses


def unheld(clauses: Mapping[str, Clause], tests: Mapping[str, object]) -> list[Clause]:
    """The clauses that need a test at once and have none."""
    due = (clause for clause in clauses.values() if clause.asks and not clause.waits)
    return [clause for clause in due if clause.id not in tests]


def matrix(clauses: Mapping[str, Clause], tests: Mapping[str, list[str]]) -> Iterator[str]:
    """The table an inspector reads: id, whether it asks, its behaviour; then its tests, or why it is open."""
    missing = unheld(clauses, tests)
    for clause in clauses.values():
        yield f"{clause.id:6} {'asks' if clause.asks else '    '}  {clause.behaviour}"
        yield from (f"              {test}" for test in tests.get(clause.id, ()))
        if clause.waits:
            yield f"              open: waits for {clause.waits}"
        elif clause in missing:
            yield "              open: no test"
    waiting = sum(bool(clause.waits) for clause in clauses.values())
    quiet = sum(not clause.asks for clause in clauses.values())
    held = len(clauses) - waiting - quiet - len(missing)
    yield (
        f"{len(clauses)} clauses: {held} held by tests, {waiting} wait for a room, "
        f"{len(missing)} without a test, {quiet} ask for nothing"
    )


def listed() -> dict[str, Clause]:
    return read(Path(__file__).with_name("clauses.toml").read_text("utf-8"), rooms=ROOMS)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--clauses", action="store_true", help="print which test holds which clause")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Gather the tests of each clause, once it is settled which tests run."""
    known, tests = listed(), config.stash.setdefault(tested_by, {})
    for item in items:
        for id in (id for mark in item.iter_markers("clause") for id in mark.args):
            if id not in known:
                raise pytest.UsageError(f"{item.nodeid}: there is no clause {id!r} in tests/clauses.toml")
            name = item.nodeid.partition("[")[0]
            if name not in tests.setdefault(id, []):
                tests[id].append(name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if not session.config.option.clauses:
        return None
    tests = session.config.stash[tested_by]
    print("", *matrix(listed(), tests), sep="\n")
    return True


def is_whole_suite(config: pytest.Config) -> bool:
    """Whether nothing was left out by a path, an expression or a worker's share."""
    narrowing = ("keyword", "deselect", "lf", "clauses", "collectonly", "numprocesses")
    if any(config.getoption(name, None) for name in narrowing) or config.option.markexpr not in EVERYTHING:
        return False
    return config.args_source is not config.ArgsSource.ARGS


def pytest_sessionfinish(session: pytest.Session) -> None:
    tests = session.config.stash.get(tested_by, None)
    if tests is not None and is_whole_suite(session.config) and unheld(listed(), tests):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tests = config.stash.get(tested_by, None)
    if tests is None or not is_whole_suite(config):
        return
    for clause in unheld(listed(), tests):
        terminalreporter.write_line(f"CLAUSE {clause.id} HAS NO TEST: {clause.behaviour}", red=True)
