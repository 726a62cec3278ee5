"""Killed, or failed by the disk, at every step: what is there is the old state, or the new, or refuses to be used."""

import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.backup.conftest import SINCE, THEN
from wadjet import cli, database

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "sqlite3.connect", "fcntl.flock"}
DONE, UNHARMED = 0, 77  # of a command that had no such step; no command of ours ends so


def run(folder: Path, arguments: list[str], *, at: int, fault: str) -> int:
    """A command in a process of its own, whose step number `at` in `folder` fails."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    left = [at]

    def strike(event: str, arguments: tuple) -> None:
        if event not in STEPS or not (event == "fcntl.flock" or str(folder) in str(arguments[0])):
            return
        left[0] -= 1
        if left[0] == 0:
            if fault == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    status = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.addaudithook(strike)
        try:
            cli.main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
    finally:
        os._exit(UNHARMED if left[0] > 0 else status)


def usable(terminal) -> bool:
    """Whether commands take the home; when they do not, they say what to do."""
    answer = terminal("policy", "list")
    assert answer.status == 0 or "A restore did not finish: run `wadjet restore`" in answer.err, answer
    return bool(answer.status == 0)


@pytest.mark.parametrize("fault", ["kill", "full"])
def test_backup_is_whole_or_not_there(fault, home, backup, terminal, tmp_path):
    for step in range(1, 1000):
        to = tmp_path / f"backup-{step}"
        status = run(tmp_path, ["backup", str(to)], at=step, fault=fault)

        assert status in ({-signal.SIGKILL, UNHARMED} if fault == "kill" else {2, DONE, UNHARMED})
        assert home.notes() == SINCE
        if to.exists():
            assert terminal("restore", to, "--replace").status == 0
            assert home.notes() == SINCE
        elif fault == "kill":  # what it left is in nobody's way
            assert terminal("backup", to).status == 0
        else:
            assert not list(tmp_path.glob(f"{to.name}.new/*"))
        if status == UNHARMED:
            break

    assert step > 10


@pytest.mark.parametrize("fault", ["kill", "full"])
def test_restore_leaves_the_old_state_or_the_new(fault, home, backup, terminal, tmp_path):
    seen = set()
    for step in range(1, 1000):
        status = run(tmp_path, ["restore", str(backup), "--replace"], at=step, fault=fault)

        assert status in ({-signal.SIGKILL, UNHARMED} if fault == "kill" else {2, DONE, UNHARMED})
        if usable(terminal):
            found = home.notes()
            assert found in (SINCE, THEN)
            seen.add("old" if found == SINCE else "new")
        else:
            seen.add("refused")
            assert (home.folder / database.UNFINISHED).exists()
        assert terminal("restore", backup, "--replace").status == 0
        assert home.notes() == THEN
        assert usable(terminal)
        for path in home.folder.glob("*.before-*"):
            path.unlink()
        if status == UNHARMED:
            break
        home.note("after")

    assert step > 20
    assert seen == {"old", "refused", "new"}
