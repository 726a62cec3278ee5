"""The clause marker and the skip policy, tried on small suites in a folder of their own."""

import shutil
from pathlib import Path

import pytest

from tests import clauses

HERE = Path(__file__).parent
HELD = '@pytest.mark.clause("1.1", "D6")\ndef test_held(): pass\n'
LIST = """
["1.1"]
asks = true
behaviour = "Refusing is as easy as accepting."
["2.7"]
asks = false
behaviour = "Says who the operator is."
[D6]
asks = true
behaviour = "Withdrawal: 15 WD."
waits = "rights"
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    """A project with the real plugins, a list of three clauses and the tests that are written into it."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a quarter of the time
    tests = pytester.mkdir("tests")
    for name in ("__init__.py", "clauses.py", "skips.py"):
        shutil.copy(HERE / name, tests)
    (tests / "clauses.toml").write_text(LIST)
    pytester.makeconftest('pytest_plugins = ["tests.clauses", "tests.skips"]')
    pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\ntestpaths = ["tests"]\npythonpath = ["."]\nmarkers = ["clause(*ids)", "torture"]'
    )

    def run(body: str, *arguments: str):
        (tests / "test_it.py").write_text("import pytest\n" + body)
        return pytester.runpytest_subprocess(*arguments)

    return run


def test_a_suite_that_holds_every_clause_passes(suite):
    result = suite(HELD)

    assert result.ret == pytest.ExitCode.OK


def test_an_unknown_clause_fails_collection(suite):
    result = suite('@pytest.mark.clause("1.9")\ndef test_it(): pass')

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*tests/test_it.py::test_it: there is no clause '1.9'*"])


def test_a_clause_without_a_test_fails_the_whole_run(suite):
    result = suite("def test_it(): pass")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["CLAUSE 1.1 HAS NO TEST: Refusing is as easy as accepting."])
    result.stdout.no_fnmatch_line("CLAUSE 2.7*")
    result.stdout.no_fnmatch_line("CLAUSE D6*")


@pytest.mark.parametrize(
    "part",
    [
        ["-k", "test_it"],
        ["tests/test_it.py"],
        ["-m", "not clause"],
        ["-p", "xdist.plugin", "-n", "1"],
    ],
)
def test_part_of_the_suite_need_not_hold_every_clause(suite, part):
    result = suite("def test_it(): pass", *part)

    assert result.ret == pytest.ExitCode.OK


def test_a_clause_whose_room_now_stands_needs_its_test(suite, pytester):
    pytester.mkpydir("backend")
    room = pytester.path / "backend" / "wadjet" / "rights"
    room.mkdir(parents=True)
    (room / "__init__.py").touch()

    result = suite('@pytest.mark.clause("1.1")\ndef test_it(): pass')

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["CLAUSE D6 HAS NO TEST: *"])


@pytest.mark.clause("3.2.h")
def test_an_inspector_sees_what_is_held_and_what_is_open(suite):
    twice = '@pytest.mark.clause("1.1")\n@pytest.mark.parametrize("n", [1, 2])\ndef test_it(n): assert 0'

    result = suite(twice, "--clauses")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "1.1    asks  Refusing is as easy as accepting.",
            "              tests/test_it.py::test_it",
            "2.7          Says who the operator is.",
            "D6     asks  Withdrawal: 15 WD.",
            "              open: waits for rights",
            "3 clauses: 1 held by tests, 1 wait for a room, 0 without a test, 1 ask for nothing",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize(
    "row",
    [
        '["1.1"]\nasks = true',
        '["1.1"]\nasks = true\nbehaviour = "…"\nroom = "rights"',
        '["1.1"]\nasks = true\nbehaviour = "…"\nwaits = "attic"',
        '["1.1"]\nasks = false\nbehaviour = "…"\nwaits = "rights"',
    ],
)
def test_a_row_that_says_too_little_or_nonsense_is_refused(row, tmp_path):
    with pytest.raises(ValueError, match=r"clause 1\.1"):
        clauses.read(row, rooms=tmp_path)


def test_every_clause_of_the_policy_is_listed():
    sections = {id.partition(".")[0] for id in clauses.listed()}

    assert sections == {*map(str, range(1, 13)), *(f"D{n}" for n in range(1, 18))}


def test_a_skip_is_loud_and_fails_only_under_ci(suite, monkeypatch):
    skipping = HELD + "def test_other(): pytest.skip('no browser')"

    alone = suite(skipping)
    monkeypatch.setenv("CI", "true")
    in_ci = suite(skipping)

    assert (alone.ret, in_ci.ret) == (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    alone.stdout.fnmatch_lines(["!* 1 SKIPPED, * !*"])
    in_ci.stdout.fnmatch_lines(["!* 1 SKIPPED, * !*"])
