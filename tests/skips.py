"""A skip is loud, and under CI=true it fails the run: a test that did not run has shown nothing."""

import os

import pytest


def is_ci() -> bool:
    return os.environ.get("CI") == "true"


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and is_ci():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = len(terminalreporter.stats.get("skipped", ()))
    if skipped:
        price = "a failure under CI" if is_ci() else "this run shows less than it seems"
        terminalreporter.write_sep("!", f"{skipped} SKIPPED, {price}", red=True, bold=True)
