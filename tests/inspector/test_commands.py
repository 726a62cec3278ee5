"""`wadjet export inspector`, as a maintainer types it."""

import stat
import zipfile

import pytest

from tests.visitor import Visitor
from wadjet.app import create_app


@pytest.fixture
def shop(published):
    """A home in which somebody has agreed to something."""
    given = Visitor(create_app().test_client()).give()
    return published, given


def test_the_days_are_written_to_a_new_file(shop, tmp_path):
    terminal, given = shop
    to = tmp_path / "inspector.zip"
    told = terminal("export", "inspector", "--since", "2020-01-01", "--until", "2199-12-31", "--to", to)

    assert told.status == 0
    assert "SHA-256" in told.out
    with zipfile.ZipFile(to) as pack:
        assert pack.read("receipts/0000000001.jws").decode() == given["receipt"]
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*inspector.zip*")] == [to.name]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--since", "2026-03-12"], "--to"),
        (["--since", "yesterday", "--to", "x.zip"], "yesterday"),
        (["--since", "2026-03-12", "--until", "2026-03-11", "--to", "x.zip"], "before the first one"),
        (["--since", "2026-03-12", "--to", "there.zip"], "already"),
        (["--since", "2026-03-12", "--to", "no/such/folder.zip"], "folder"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(shop, tmp_path, monkeypatch, arguments, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.zip").write_bytes(b"mine")

    told = shop[0]("export", "inspector", *arguments)

    assert told.status == 2
    assert why in told.err
    assert len(told.err.splitlines()) == 1
    assert (tmp_path / "there.zip").read_bytes() == b"mine"
    assert not (tmp_path / "x.zip").exists()
