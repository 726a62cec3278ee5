"""The built wheel, installed elsewhere, serves the widget and the pages too."""

import os
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

import pytest
import requests

from e2e.servers import environ
from tests.services import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [made] = tmp_path.glob("wadjet_consent-*.whl")
    return made


def test_wheel_carries_what_the_browser_loads(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    for name in (
        "widget/static/wadjet.js",
        "widget/templates/base.html",
        "policy/starter/kk.md",
        "py.typed",
        "translations/kk/LC_MESSAGES/messages.mo",
        "migrations/receipts/0001_first.py",
    ):
        assert f"wadjet/{name}" in names
    assert not [name for name in names if name.startswith(("tests/", "e2e/")) or "/src/" in name]


def test_wheel_serves_from_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python, site = tmp_path / "venv/bin/python", next((tmp_path / "venv/lib").glob("python3*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies are borrowed; the package itself comes from the wheel, before this checkout's.
    (site / "borrowed.pth").write_text(next(each for each in sys.path if each.endswith("site-packages")) + "\n")
    told = environ(WADJET_HOME=str(tmp_path / "home"), PYTHONSAFEPATH="1")
    command = [python, "-c", "from wadjet.cli import main; main()"]
    subprocess.run([*command, "init"], env=told, check=True, capture_output=True)
    subprocess.run(
        [*command, "policy", "publish", "starter", "--incomplete"], env=told, check=True, capture_output=True
    )
    port = free_port()

    with subprocess.Popen(
        [*command, "serve", "--port", str(port)],
        env=told,
        cwd=os.sep,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            answers = {path: _get(port, path) for path in ("/wadjet.js", "/privacy/", "/privacy/static/pages.css")}
        finally:
            server.terminate()

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert "wadjet-banner" in answers["/wadjet.js"].text


def _get(port: int, path: str) -> requests.Response:
    """The answer, as soon as the server gives one."""
    until = time.monotonic() + 20
    while True:
        try:
            return requests.get(f"http://127.0.0.1:{port}{path}", timeout=10)
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.1)
