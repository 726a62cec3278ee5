"""A bundle while it is being written: as its folder, begun from what was published, two people's put together."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.house import OPERATOR, SMALL
from wadjet import policy
from wadjet.policy import canonical, manifest, manuscript, toml
from wadjet.policy.fill import fill
from wadjet.policy.manuscript import Manuscript, merge
from wadjet.policy.restoring import restore
from wadjet.settings import Operator

URL = "https://wadjet.kz/privacy/"


def written(folder=SMALL):
    return manuscript.read({path.name: path.read_text("utf-8") for path in folder.iterdir()})


def encoded(bundle):
    return canonical.encode(bundle, number=2, effective=date(2026, 12, 1), privacy_url=URL)


@pytest.fixture
def small():
    return written()


def said(text, **facts):
    """The manuscript with its English text and facts of its manifest changed."""
    return Manuscript({**written().texts, "en": text}, replace(written().manifest, **facts))


@pytest.mark.parametrize("folder", [SMALL, policy.STARTER], ids=["small", "starter"])
def test_it_is_read_as_its_folder_is(folder):
    there = policy.read(folder, operator=OPERATOR)
    here = written(folder).bundle(OPERATOR)

    assert encoded(here) == encoded(there)
    assert written(folder).findings(OPERATOR) == policy.checks.check(there)


@pytest.mark.parametrize(
    "words",
    ['"quoted" \\ and \\n', "{braces} [and] = # not a comment", "Қазақша — «ғ»", "'''", '"""', "a\u200bb\u00a0c"],
)
def test_a_manifest_that_is_put_down_is_read_as_it_was(words, small):
    told = replace(
        small.manifest,
        effective=date(2027, 2, 28),
        material=False,
        summary={"kk": words, "zh-Hant": words},
        operator=Operator(name={"en": words}, phone=words + "\n\t\x7f", bin="123456789012"),
    )

    assert manifest.read(toml.write(told), "policy.toml") == (told, [])
    assert manifest.read(toml.write(replace(told, summary={})), "policy.toml")[1] == []


def test_an_archive_holds_a_bundle(small, tmp_path):
    zipfile.ZipFile(io.BytesIO(small.archive())).extractall(tmp_path)

    read = policy.read(tmp_path / "policy", operator=OPERATOR)

    assert read == replace(small.bundle(OPERATOR), notes=())
    assert small.archive() == small.archive()


def test_what_was_published_gets_its_placeholders_back(app, small, settings):
    again = manuscript.of_version(policy.version(1), settings.operator, settings.privacy_url)

    assert again.texts == small.texts
    assert again.manifest.purposes == small.manifest.purposes
    assert again.manifest.operator == Operator()


def test_a_fact_that_only_the_version_states_stays_the_drafts_own(app, settings):
    bare = replace(settings.operator, phone="")

    again = manuscript.of_version(policy.version(1), bare, settings.privacy_url)

    assert again.manifest.operator == Operator(phone=settings.operator.phone)


@pytest.mark.parametrize(
    "text",
    [
        "Version 3 of 3, December 1, 2026.\n",
        "We keep 3 things for 3 years.\n",
        "Call +7 727 000 00 00, or write to office@wadjet.kz and A. Person, office@wadjet.kz.\n",
        "Nothing of the kind.\n",
        "LLP Wadjets are not LLP Wadjet.\n",
        "",
    ],
)
def test_whatever_is_put_back_is_filled_to_the_same_text(text):
    values: dict[str, Any] = {
        "operator": OPERATOR,
        "purposes": (),
        "number": 3,
        "effective": date(2026, 12, 1),
        "privacy_url": URL,
    }

    restored = restore(text, "en", **values)

    assert fill(restored, "en", **values) == text
    assert "LLP Wadjets" not in text or "LLP Wadjets" in restored


def test_a_gap_that_was_left_becomes_the_facts_place():
    values: dict[str, Any] = {
        "operator": Operator(),
        "purposes": (),
        "number": 3,
        "effective": date(2026, 12, 1),
        "privacy_url": URL,
    }

    assert restore(fill("Call {operator.phone}.\n", "ru", **values), "ru", **values) == "Call {operator.phone}.\n"


def test_a_number_is_the_versions_only_beside_its_date():
    values: dict[str, Any] = {
        "operator": Operator(),
        "purposes": (),
        "number": 3,
        "effective": date(2026, 12, 1),
        "privacy_url": URL,
    }

    assert restore("Version 3, December 1, 2026, for 30 days.\n3 years.\n", "en", **values) == (
        "Version {version}, {effective}, for 30 days.\n3 years.\n"
    )


def test_two_who_change_different_parts_lose_nothing(small):
    theirs = said(small.texts["en"], summary={"en": "Theirs."})
    mine = said("# Mine\n")

    merged, parts = merge(small, theirs, mine)

    assert (merged.texts["en"], merged.manifest.summary, parts) == ("# Mine\n", {"en": "Theirs."}, ())


def test_two_who_change_the_same_part_are_told_of_it(small):
    merged, parts = merge(small, said("# Theirs\n"), said("# Mine\n", material=False))

    assert parts == ("text.en",)
    assert merged.texts["en"] == "# Theirs\n"
    assert merged.manifest.material is False


def test_a_purpose_that_one_removes_and_the_other_leaves_is_gone(small):
    fewer = replace(small.manifest, purposes=small.manifest.purposes[1:])

    merged, parts = merge(small, said("# Theirs\n"), Manuscript(small.texts, fewer))

    assert [each.key for each in merged.manifest.purposes] == [each.key for each in fewer.purposes]
    assert (merged.texts["en"], parts) == ("# Theirs\n", ())


def test_a_purpose_that_one_removes_and_the_other_changes_is_a_conflict(small):
    first, *others = small.manifest.purposes
    changed = said(small.texts["en"], purposes=(replace(first, term="P9Y"), *others))

    _, parts = merge(small, changed, Manuscript(small.texts, replace(small.manifest, purposes=tuple(others))))

    assert parts == (f"purpose.{first.key}",)


def test_a_text_that_cannot_be_read_is_no_preview(small):
    broken = Manuscript({**small.texts, "en": " \n"}, small.manifest)

    assert broken.filled("en", OPERATOR, number=2, effective=date(2026, 12, 1), privacy_url=URL) == ""
    assert "text.en" not in policy.missing(broken.bundle(OPERATOR))
