"""A maintainer at the command line, with a home of their own."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.house import SMALL
from wadjet import cli, database, keys

WADJET = str(Path(sys.executable).with_name("wadjet"))


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


class Terminal:
    """`terminal("policy", "list")` runs a command in this process, `terminal.apart(…)` in one of its own."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self._capture = capture
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Answer:
        self._capture.readouterr()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            cli.main([str(each) for each in arguments])
        database.close_stores()  # as the end of its process would
        keys._rings.clear()
        out, err = self._capture.readouterr()
        return Answer(int(end.value.code or 0), out.decode(), err.decode())

    def apart(self, *arguments: str | Path, **environment: str) -> Answer:
        done = subprocess.run(
            [WADJET, *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def terminal(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Before `wadjet init`: an empty home."""
    home = tmp_path / "home"
    monkeypatch.setenv("WADJET_HOME", str(home))
    return Terminal(home, capsysbinary, monkeypatch)


@pytest.fixture
def founded(terminal: Terminal) -> Terminal:
    """After `wadjet init`: the operator's name and BIN are set, nothing is published."""
    facts = {"operator-name": "LLP Example", "bin": "123456789012", "address": "Almaty", "email": "a@example.kz"}
    done = terminal("init", *(f"--{name}={value}" for name, value in facts.items()))
    assert done.status == 0, done.err
    return terminal


@pytest.fixture
def published(founded: Terminal) -> Terminal:
    """After `wadjet policy publish`: the small policy is in force as version 1."""
    done = founded("policy", "publish", SMALL)
    assert done.status == 0, done.err
    return founded
