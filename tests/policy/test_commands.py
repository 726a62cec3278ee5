"""Checking and publishing policies from the command line."""

import hashlib
import json
import shutil
from datetime import timedelta

import pytest

from tests.house import SMALL
from wadjet import clock


@pytest.fixture
def bundle(tmp_path):
    """A bundle to edit."""
    return shutil.copytree(SMALL, tmp_path / "bundle")


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_check_names_file_line_and_clause(founded, bundle):
    edit(bundle / "en.md", "8.4. ", "8.5. ")

    answer = founded("policy", "check", bundle)

    assert answer.status == 0
    assert "warning: en.md:" in answer.out
    rows = founded("policy", "check", bundle, "--json").rows
    assert set(rows[0]) == {"severity", "file", "line", "clause", "message"}
    assert any(row["file"] == "en.md" and row["clause"] == "8.5" and row["line"] for row in rows)


def test_check_of_the_starter_needs_no_home(terminal, tmp_path):
    answer = terminal("policy", "check", "starter")

    assert answer.status == 0
    assert not terminal.home.exists()


def test_what_cannot_be_published_is_one_line(founded, bundle):
    edit(bundle / "policy.toml", 'asked = "banner"', 'asked = "never"')

    for command in ("check", "publish"):
        answer = founded("policy", command, bundle)
        assert (answer.status, answer.out) == (2, "")
        assert "policy.toml" in answer.err
        assert answer.err.count("\n") == 1
    assert founded("policy", "list", "--json").rows == []


@pytest.mark.parametrize("content", [b"", b"1234 5678\n", b"\x00\x01\x02\xff" * 100])
def test_files_that_are_no_policy(content, founded, tmp_path):
    (tmp_path / "policy.txt").write_bytes(content)

    answer = founded("policy", "publish", tmp_path / "policy.txt", "--incomplete")

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1


def test_publish_prints_what_was_published(founded):
    answer = founded("policy", "publish", SMALL)

    assert answer.status == 0
    (row,) = founded("policy", "list", "--json").rows
    assert set(row) == {"version", "digest", "effective_at", "published_at", "material", "languages", "current"}
    assert (row["version"], row["material"], row["current"]) == (1, True, True)
    assert row["languages"] == ["kk", "ru", "en"]
    for fact in (row["digest"], "http://127.0.0.1:8000/privacy/v/1/"):
        assert fact in answer.out


def test_digest_can_be_recomputed(published):
    (row,) = published("policy", "list", "--json").rows

    canonical = published("policy", "show", "1", "--canonical").out

    assert hashlib.sha256(canonical.encode()).hexdigest() == row["digest"]
    assert json.loads(canonical)["version"] == 1


@pytest.mark.clause("1.0")
def test_incomplete_is_refused_with_what_to_set(terminal, bundle):
    terminal("init")
    (bundle / "kk.md").unlink()

    refused = terminal("policy", "publish", bundle)

    assert refused.status == 2
    for step in ("kk.md", "bin (12 digits)", "name", "[operator]", "wadjet.toml", "--incomplete"):
        assert step in refused.err
    assert terminal("policy", "list", "--json").rows == []
    assert terminal("policy", "publish", bundle, "--incomplete").status == 0
    assert "operator.bin" in terminal("policy", "show", "1").out


def test_the_starter_asks_for_name_and_bin_and_shows_other_gaps(founded):
    answer = founded("policy", "publish", "starter")

    assert answer.status == 0
    assert "facts of the operator are not set: operator.phone" in answer.err
    assert "not stated" in founded("policy", "show", "1", "--lang", "en").out


def test_publishing_the_same_again_warns(published, bundle):
    again = published("policy", "publish", SMALL)
    edit(bundle / "en.md", "8.4. ", "8.4. Truly: ")
    changed = published("policy", "publish", bundle)

    assert again.status == 0
    assert "nothing changed since version 1" in again.err
    assert "nothing changed" not in changed.err


def test_options_outweigh_the_bundle(published):
    published("policy", "publish", SMALL, "--editorial")

    assert [row["material"] for row in published("policy", "list", "--json").rows] == [True, False]


def test_a_version_is_not_material_and_editorial_at_once(published):
    answer = published("policy", "publish", SMALL, "--editorial", "--material")

    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert len(published("policy", "list", "--json").rows) == 1


def test_future_version_waits_for_its_day(published):
    day = clock.local_date(clock.now()) + timedelta(days=30)

    published("policy", "publish", SMALL, "--effective", day.isoformat())

    rows = published("policy", "list", "--json").rows
    assert [row["current"] for row in rows] == [True, False]
    assert rows[1]["effective_at"] == clock.stamp(clock.start_of(day))


def test_whoever_takes_the_place_of_an_announced_version_is_warned(published):
    day = clock.local_date(clock.now()) + timedelta(days=30)
    announced = published("policy", "publish", SMALL, "--effective", day.isoformat())

    later = published("policy", "publish", SMALL, "--effective", (day + timedelta(days=1)).isoformat())
    sooner = published("policy", "publish", SMALL, "--editorial")

    assert "announced" not in announced.err
    assert "announced" not in later.err
    assert sooner.status == 0
    assert f"warning: version 2, announced from {day}, is replaced and never in force" in sooner.err


@pytest.mark.clause("12.2")
def test_no_version_says_it_was_in_force_before_it_was_published(published):
    today = clock.local_date(clock.now())

    answer = published("policy", "publish", SMALL, "--effective", (today - timedelta(days=1)).isoformat())

    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert len(published("policy", "list", "--json").rows) == 1
    assert published("policy", "publish", SMALL, "--effective", today.isoformat()).status == 0
    bundles_own, todays = (json.loads(published("policy", "show", n, "--canonical").out) for n in ("1", "2"))
    assert bundles_own["effective"] == todays["effective"] == today.isoformat()


def test_day_that_is_none(published):
    answer = published("policy", "publish", SMALL, "--effective", "2026-02-30")

    assert (answer.status, answer.err.count("\n")) == (2, 1)


def test_single_file_keeps_the_purposes(published, tmp_path):
    (tmp_path / "policy.txt").write_text("1. General\n\n1.1. We promise.\n\n2. More\n\n2.1. Really.\n")

    answer = published("policy", "publish", tmp_path / "policy.txt", "--lang", "en", "--incomplete")

    assert answer.status == 0
    before, after = (json.loads(published("policy", "show", n, "--canonical").out) for n in "12")
    assert after["purposes"] == before["purposes"]
    assert list(after["texts"]) == ["en"]


def test_show_tells_facts_purposes_and_text(published):
    shown = published("policy", "show", "1").out

    assert "measurement" in shown
    assert "asked in the banner" in shown
    assert published("policy", "show", "1", "--lang", "ru").out.startswith("#")


@pytest.mark.parametrize(
    "arguments", [("show", "2"), ("show", "1", "--lang", "he"), ("diff", "1", "9"), ("diff", "1", "0")]
)
def test_what_was_never_published(arguments, published):
    answer = published("policy", *arguments)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1


def test_diff_marks_words(published, bundle):
    edit(bundle / "en.md", "8.4. ", "8.4. Truly: ")
    published("policy", "publish", bundle)

    answer = published("policy", "diff", "1", "2", "--lang", "en")

    assert answer.status == 0
    assert "en 8.4 changed: " in answer.out
    assert "{+" in answer.out
    assert "<" not in answer.out


def test_diff_tells_languages_that_came_and_went(published, bundle):
    (bundle / "ru.md").unlink()
    published("policy", "publish", bundle, "--incomplete")

    assert "ru: only in version 1" in published("policy", "diff", "1", "2").out


def test_lists_of_nothing(founded):
    assert founded("policy", "list", "--json").out == "[]\n"
    assert founded("policy", "list").out == "No version has been published yet.\n"
