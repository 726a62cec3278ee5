"""A home with something in it, and what there is in a home."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crowd import rows
from tests.faults.serving import at_home, found
from tests.terminal import Answer, Terminal
from wadjet import database
from wadjet.settings import Settings, load

BOTH = ("receipts", "vault")
THEN = {name: ["before"] for name in BOTH}  # what stood there when the backup was taken
SINCE = {name: ["after", "before"] for name in BOTH}


class Home:
    """`home.note("one")` leaves a word in both databases; `home.notes()` tells which stand in each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.home

    def note(self, word: str) -> None:
        with at_home(self.settings):
            for store in (database.receipts, database.vault):
                run(store, "CREATE TABLE IF NOT EXISTS note (word VARCHAR(20))")
                run(store, "INSERT INTO note VALUES (?)", word)

    def notes(self) -> dict[str, list[str]]:
        """Read past our own code, as it lies there."""
        urls = dict(zip(BOTH, (self.settings.receipts_database, self.settings.vault_database), strict=True))
        sql = "SELECT word FROM note ORDER BY word"
        return {name: [word for (word,) in rows(self.folder, url, sql)] for name, url in urls.items()}

    def files(self) -> dict[str, bytes]:
        """Everything that lies in it, but for locks and what SQLite keeps beside an open database."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".") and not path.name.endswith(("-wal", "-shm"))
        }

    def fresh(self, folder: Path, **databases: str) -> "Home":
        """Another home of the same operator: settings and keys, no databases."""
        folder.mkdir()
        text = (self.folder / "wadjet.toml").read_text()
        for name, url in databases.items():
            text = text.replace(getattr(self.settings, name), url)
        (folder / "wadjet.toml").write_text(text)
        shutil.copytree(self.folder / "keys", folder / "keys")
        return Home(load(folder, {}))


def run(store: database.Store, sql: str, *values: Any) -> None:
    """One statement, durably."""
    store.write(lambda: store.execute(sql, *values))


@pytest.fixture
def home(tmp_path: Path, databases: dict[str, Any]) -> Home:
    """It has published a policy, and the word `before` stands in both databases."""
    made = Home(found(tmp_path / "home", **databases))
    made.note("before")
    return made


@pytest.fixture
def backup(home: Home, terminal: Terminal, tmp_path: Path) -> Path:
    """Taken of that home; the word `after` was noted later."""
    folder = tmp_path / "backup"
    done = terminal("backup", folder)
    assert done.status == 0, done.err
    home.note("after")
    return folder


def line(answer: Answer) -> str:
    """What a refusal says, which is one line and leads to exit 2."""
    assert (answer.status, answer.err.count("\n")) == (2, 1), answer
    return answer.err
