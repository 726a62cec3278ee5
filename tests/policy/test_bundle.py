"""A bundle is read whole or refused with every mistake and its line; nothing outside its folder is opened."""

import os
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.house import OPERATOR, SMALL
from wadjet import policy
from wadjet.policy import manifest
from wadjet.policy.problems import BundleInvalid
from wadjet.settings import Operator

MANIFEST = (SMALL / "policy.toml").read_text("utf-8")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SMALL, tmp_path / "bundle")


def refusal(path, **options):
    with pytest.raises(BundleInvalid) as refused:
        policy.read(path, **options)
    assert "\n" not in refused.value.detail
    return refused.value


@pytest.mark.clause("12.2")
def test_folder_holds_texts_purposes_and_what_changed():
    bundle = policy.read(SMALL, operator=OPERATOR)

    assert set(bundle.texts) == {"kk", "ru", "en"}
    assert [purpose.key for purpose in bundle.purposes] == [
        "necessary",
        "measurement",
        "embeds",
        "feedback",
        "marketing",
    ]
    assert bundle.purposes[2].countries == ("US",)
    assert (bundle.effective, bundle.material, bundle.alone) == (date(2026, 11, 1), True, False)
    assert bundle.summary["en"] == "The first version."
    assert bundle.operator == OPERATOR
    assert policy.missing(bundle) == ()


def test_starter_is_complete_but_for_the_operator():
    assert policy.missing(policy.read(policy.STARTER, operator=OPERATOR)) == ()
    assert all(lack.startswith("operator.") for lack in policy.missing(policy.read(policy.STARTER)))


@pytest.mark.clause("1.0")
def test_without_bin_or_a_language_people_read_it_is_incomplete(folder):
    (folder / "kk.md").unlink()

    bundle = policy.read(folder, operator=replace(OPERATOR, bin=""))

    assert policy.missing(bundle) == ("operator.bin", "text.kk")


def test_fact_named_by_a_text_and_not_set_is_missing(folder):
    with (folder / "en.md").open("a") as text:
        text.write("\nCall {operator.phone}.\n")

    assert policy.missing(policy.read(folder, operator=replace(OPERATOR, phone=""))) == ("operator.phone",)


def test_bundle_facts_stand_over_the_settings(folder):
    with (folder / "policy.toml").open("a") as text:
        text.write('\n[operator]\nphone = "+7 701 000 00 00"\nname.en = "Other"\n')

    bundle = policy.read(folder, operator=OPERATOR)

    assert (bundle.operator.phone, bundle.operator.email) == ("+7 701 000 00 00", OPERATOR.email)
    assert bundle.operator.name == {"en": "Other"}


class Earlier:
    purposes = policy.read(SMALL).purposes[:2]
    operator = MappingProxyType({"name": {"en": "Earlier"}, "phone": "+7 702", "unheard_of": "x"})


def test_single_file_keeps_the_purposes_and_fills_gaps_from_the_version_before(tmp_path):
    (tmp_path / "our.txt").write_text("1. Саясат\n1.1. Дербес деректер қорғалады.\n")

    bundle = policy.read(tmp_path / "our.txt", operator=Operator(phone="+7 703"), previous=Earlier())

    assert set(bundle.texts) == {"kk"}
    assert bundle.purposes == Earlier.purposes
    assert (bundle.operator.name, bundle.operator.phone) == ({"en": "Earlier"}, "+7 703")
    assert bundle.alone


def test_first_single_file_takes_the_starter_purposes(tmp_path):
    (tmp_path / "our.md").write_text("# Policy\n")

    bundle = policy.read(tmp_path / "our.md", language="ru")

    assert set(bundle.texts) == {"ru"}
    assert [purpose.key for purpose in bundle.purposes] == [
        "necessary",
        "measurement",
        "embeds",
        "feedback",
        "marketing",
    ]


WRONG = {
    "no TOML": ("[[purposes]]", "[[purposes", "is not TOML"),
    "an unknown key": ("material = true", "colour = 1", "colour: no such key; known are effective, material"),
    "an unknown key of a purpose": ('key = "embeds"', 'key = "embeds"\nhue = 1', "purpose 3 (embeds): hue: no such"),
    "a day in quotes": ("effective = 2026-11-01", 'effective = "soon"', "effective: must be a day"),
    "a moment for a day": ("effective = 2026-11-01", "effective = 2026-11-01T00:00:00", "effective: must be a day"),
    "a day before the law": ("effective = 2026-11-01", "effective = 0001-01-01", "effective: must lie between"),
    "a word for a truth": ("material = true", 'material = "yes"', "material: must be a valid boolean"),
    "a key with capitals": ('key = "embeds"', 'key = "Embeds"', "purpose 3 (Embeds): key"),
    "a key twice": ('key = "embeds"', 'key = "measurement"', "purposes: measurement: a key names one purpose only"),
    "a place unheard of": ('asked = "form"', 'asked = "popup"', "asked: must be 'banner' or 'form'"),
    "an operation unheard of": ('["transfer"]', '["sell"]', "operations.0: must be 'collect', 'record'"),
    "no operation": ('["transfer"]', "[]", "operations: must name at least one of collect"),
    "a term in words": ('term = "P3Y"', 'term = "3 years"', "term: must be an ISO 8601 duration"),
    "a term of nothing": ('term = "P3Y"', 'term = "P"', "term: must be an ISO 8601 duration"),
    "Kazakhstan as abroad": ('["US"]', '["KZ"]', "countries.0: 'KZ' is no ISO 3166 code"),
    "a country unheard of": ('["US"]', '["XX"]', "countries.0: 'XX' is no ISO 3166 code"),
    "publication somewhere": ('["US"]', '["US"]\npublication = true', "publication: must be false, or text"),
    "a name too long": ('en = "Statistics"', f'en = "{"x" * 41}"', "name: must have 40 characters at most, has 41"),
    "a name of two lines": ('en = "Statistics"', 'en = "a\\nb"', "name: must be one line"),
    "a name turned around": ('en = "Statistics"', 'en = "\\u202egnp"', "name: must be one line"),
    "a country for a language": ('{kk = "Статистика"', '{kz = "Статистика"', "name: 'kz' is a country; its"),
    "no words": ('data = {kk = "беттер", ru = "страницы", en = "pages"}', "data = {}", "data: must be given"),
    "something missing": ('term = "P3Y"\n', "", "purpose 1 (necessary): term: is missing"),
    "an operator unheard of": ("material = true", 'operator = {nom = "x"}', "operator: no such fact: nom"),
    "an operator's name in numbers": ("material = true", "operator = {name = {en = 1}}", "operator: name"),
    "an operator's name in a country": ("material = true", 'operator = {name = {kz = "x"}}', "operator: name: 'kz' is"),
    "an empty name": ('en = "Statistics"', 'en = " "', "name: must not be empty"),
    "a place of publication": ('["US"]', '["US"]\npublication = ""', "publication: must not be empty"),
    "a class that DPV lacks": ('["US"]', '["US"]\ndpv = "Cookies"', "dpv: 'Cookies' is no purpose of DPV"),
    "a table unheard of": ("[[purposes]]", "[[others]]\n[[purposes]]", "others: no such key"),
    "a short BIN": ("material = true", 'operator = {bin = "123"}', "operator: bin must have 12 digits"),
    "an operator of one word": ("material = true", 'operator = "x"', "operator: must be a table"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), WRONG.values(), ids=WRONG)
def test_mistake_in_the_manifest_is_told_with_its_line(old, new, told, folder):
    assert old in MANIFEST
    changed = MANIFEST.replace(old, new, 1)
    (folder / "policy.toml").write_text(changed)

    refused = refusal(folder)

    assert told in refused.detail
    (finding,) = refused.findings
    if finding.line:
        line = changed.split("\n")[finding.line - 1]
        assert new.split("\n")[-1][:12] in line or line in ("[[purposes]]", "[[others]]")
    else:
        assert "is not TOML" in told or "purposes: " in told


def test_purpose_that_is_no_table_is_told():
    _, (finding,) = manifest.read('material = true\npurposes = ["x"]\n', "policy.toml")

    assert str(finding).startswith("policy.toml:2: purpose 1: ")


def test_every_mistake_is_told_at_once(folder):
    (folder / "policy.toml").write_text(MANIFEST.replace('"P3Y"', '"?"').replace('"US"', '"?"'))
    (folder / "ru.md").write_bytes(b"%PDF")
    (folder / "kz.md").write_text("# kz")

    told = refusal(folder).detail

    for words in ("ISO 8601", "ISO 3166", "ru.md: is a PDF", "kz.md: 'kz' is a country"):
        assert words in told


def test_unknown_fact_in_a_text_is_told_with_its_line(folder):
    (folder / "en.md").write_text("# Policy\n\nWe are {operator.nme}, and {this} stays.\n\nSee {purposes} here.\n")

    findings = refusal(folder).findings

    assert [(finding.file, finding.line) for finding in findings] == [("en.md", 3), ("en.md", 5)]


def test_link_out_of_the_folder_is_refused(folder, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("# secret")
    (folder / "de.md").symlink_to(secret)

    assert refusal(folder).detail == "de.md: is a link; a bundle holds plain files only"


def test_linked_manifest_is_refused(folder, tmp_path):
    (folder / "policy.toml").rename(tmp_path / "policy.toml")
    (folder / "policy.toml").symlink_to(tmp_path / "policy.toml")

    assert "is a link" in refusal(folder).detail


def test_pipe_in_the_folder_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "de.md")

    assert "no plain file" in refusal(folder).detail


def test_too_large_a_text_is_refused(folder):
    (folder / "en.md").write_text("x" * 1_000_001)

    assert refusal(folder).detail == "en.md: is larger than 1,000,000 bytes"


def test_too_many_files_are_refused(folder):
    for number in range(70):
        (folder / f"{number}.txt").touch()

    assert "more than 64 files" in refusal(folder).detail


def test_what_is_no_part_of_a_bundle_is_left_out_and_told(folder):
    for name in ("README.md", "en.txt", ".hidden.md"):
        (folder / name).write_text("not read")
    (folder / "fr.d").mkdir()

    bundle = policy.read(folder)

    assert set(bundle.texts) == {"kk", "ru", "en"}
    assert [note.file for note in bundle.notes] == ["README.md", "en.txt", "fr.d"]


@pytest.mark.parametrize(
    ("removed", "told"), [(["policy.toml"], "policy.toml: is missing"), (["kk.md", "ru.md", "en.md"], "no text")]
)
def test_folder_lacking_a_part_is_refused(removed, told, folder):
    for name in removed:
        (folder / name).unlink()

    assert told in refusal(folder).detail


def test_what_is_not_there_is_refused(tmp_path):
    assert "No such file" in refusal(tmp_path / "nothing").detail


def test_language_of_a_folder_is_in_its_names():
    assert "leave the language out" in refusal(SMALL, language="en").detail


@pytest.mark.parametrize("language", ["kz", "xq", "english", "../x", "", "xx\n"])
def test_language_unheard_of_is_refused(language, tmp_path):
    (tmp_path / "p.txt").write_text("1.1. Text.")

    if language:
        assert "language" in refusal(tmp_path / "p.txt", language=language).detail
    else:
        assert set(policy.read(tmp_path / "p.txt", language=language).texts) == {"en"}


def test_odd_name_stays_on_one_line(tmp_path):
    odd = tmp_path / "p\n\x1b[31m\udcff.txt"
    odd.write_bytes(b"")

    assert refusal(odd).detail == "p??[31m?.txt: is empty"


@given(st.text(max_size=200))
def test_any_manifest_is_read_or_refused(text):
    read, findings = manifest.read(text, "policy.toml")

    assert bool(findings) == (read == manifest.Manifest() and bool(_content(text)))


def _content(text):
    try:
        return tomllib.loads(text) != {}
    except ValueError:
        return True


@pytest.mark.parametrize(
    "text",
    ["a=" + "[" * 100_000, "a." * 50_000 + "b=1", "a={" * 50_000, "[a." + "b." * 50_000 + "c]", f"a={'9' * 9999}"],
)
def test_hostile_manifest_is_refused(text):
    _, findings = manifest.read(text, "policy.toml")

    assert len(findings) == 1
