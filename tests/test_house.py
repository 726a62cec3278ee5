"""The house stands as drawn: imports run downwards, through the doors; the wheel carries all of it.

The contracts are import-linter's and live in pyproject.toml. Each check here has a case that must fail.
"""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "backend" / "wadjet"
GROUND = frozenset({"settings", "database", "keys", "jose", "problems", "clock", "web"})
READS_THE_CLOCK = frozenset({"datetime.now", "datetime.utcnow", "datetime.today", "date.today"})


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the package that lies in `folder` to the contracts."""
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-cache", "--no-logo", "--config", ROOT / "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1", "FORCE_COLOR": ""},  # words, no drawing
        capture_output=True,
        text=True,
        check=False,
    )


def intruders(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Imports that reach past another room's door. `app` may take a room's views and `cli` its commands."""
    found = []
    for importer, imported in imports:
        (_, mine, *_), (_, theirs, *inside) = importer.split("."), imported.split(".")
        welcome = {("app", "views"), ("cli", "commands")}
        if inside and mine != theirs and theirs not in GROUND and (mine, inside[0]) not in welcome:
            found.append(f"{importer} imports {imported}")
    return found


def clock_readers(source: str) -> list[int]:
    """The lines that ask what time it is instead of being told."""
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return [node.lineno for node in names if ".".join(ast.unparse(node).split(".")[-2:]) in READS_THE_CLOCK]


def test_imports_keep_the_contracts():
    result = lint_imports(ROOT / "backend")

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("ledger/planted.py", "import wadjet.policy", "Imports run downwards"),
        ("web/planted.py", "def late():\n    from .. import ledger", "Imports run downwards"),
        ("vault/planted.py", "from .. import policy", "Imports run downwards"),
        ("attic/__init__.py", "", "Imports run downwards"),
        ("consent/planted.py", "import flask", "Only views, web, the console and app know Flask"),
        ("cli.py", "from flask_limiter import Limiter", "Only views, web, the console and app know Flask"),
        ("policy/planted.py", "import click", "Only commands and cli know click"),
        ("consent/views.py", "import click", "Only commands and cli know click"),
    ],
)
def test_a_planted_import_breaks_its_contract(file, line, contract, tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "wadjet", ignore=shutil.ignore_patterns("__pycache__"))
    planted = tmp_path / "wadjet" / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(line)

    result = lint_imports(tmp_path)

    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout


def test_rooms_meet_at_their_doors():
    graph = grimp.build_graph("wadjet", cache_dir=None)
    imports = (
        (importer, imported)
        for importer in graph.modules - {"wadjet"}
        for imported in graph.find_modules_directly_imported_by(importer) - {"wadjet"}
    )

    assert intruders(imports) == []


@pytest.mark.parametrize(
    "pair",
    [
        ("wadjet.consent.service", "wadjet.policy.models"),
        ("wadjet.consent.models", "wadjet.ledger.journal"),
        ("wadjet.app", "wadjet.policy.service"),
        ("wadjet.cli", "wadjet.policy.views"),
    ],
)
def test_reaching_past_a_door_is_found(pair):
    assert intruders([pair]) != []


def test_only_the_clock_knows_the_time():
    readers = {
        file.relative_to(PACKAGE).as_posix(): clock_readers(file.read_text("utf-8"))
        for file in PACKAGE.rglob("*.py")
        if file != PACKAGE / "clock.py"
    }

    assert {file: lines for file, lines in readers.items() if lines} == {}


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "at = datetime.datetime.now", "date.today()"])
def test_a_second_clock_is_found(source):
    assert clock_readers(source) == [1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that holds what the built wheel holds."""
    dist, folder = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", dist]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def files_below(folder: Path, *parts: str) -> set[str]:
    found = (file for part in parts or ("",) for file in (folder / part).rglob("*") if file.is_file())
    return {str(file.relative_to(folder)) for file in found if "__pycache__" not in file.parts}


def test_the_wheel_carries_the_whole_house(installed):
    package, widget = files_below(PACKAGE), files_below(ROOT / "widget", "static", "templates")

    carried = files_below(installed / "wadjet")

    assert carried == package | {f"widget/{file}" for file in widget}
    assert {"py.typed", "widget/static/wadjet.js", "policy/starter/policy.toml"} <= carried


def test_an_installed_wheel_finds_its_widget(installed, tmp_path):
    say = "from wadjet.settings import WIDGET; print(WIDGET)"

    found = subprocess.run(
        [sys.executable, "-c", say],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert found.stdout.strip() == str(installed / "wadjet" / "widget")
