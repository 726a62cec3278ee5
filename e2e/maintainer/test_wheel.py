"""A built wheel, installed elsewhere, serves widget and pages too."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import requests

from e2e import servers

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [Path(sys.executable).with_name("hatchling"), "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The `wadjet` of a new environment, which borrows the libraries of this one and nothing of this tree."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            "pip",
            "install",
            "--quiet",
            "--offline",
            "--no-deps",
            "--python",
            python,
            wheel,
        ],
        check=True,
    )
    # A folder named in a .pth file has its own .pth files left alone, so the editable install stays out.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return str(python.with_name("wadjet"))


def test_wheel_holds_what_is_served_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "wadjet/widget/static/wadjet.js" in names
    assert "wadjet/widget/templates/base.html" in names
    assert "wadjet/policy/starter/kk.md" in names
    assert [name for name in names if "node_modules" in name or "/src/" in name or name.startswith("tests")] == []


def test_installed_elsewhere_it_serves_widget_and_policy(
    installed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "WADJET", installed)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    demo = servers.Demo(tmp_path / "home")
    demo.start()

    widget = requests.get(f"{demo.url}/wadjet.js?site=wadjet.kz", timeout=10)
    page = requests.get(demo.privacy, timeout=10, headers={"Accept": "text/html"})
    style = requests.get(f"{demo.privacy}static/pages.css", timeout=10)

    assert (widget.status_code, page.status_code, style.status_code) == (200, 200, 200)
    assert "Бәрін қабылдау" in widget.text
    assert requests.get(demo.site, timeout=10).status_code == 200
    demo.stop()
