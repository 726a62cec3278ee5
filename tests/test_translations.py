"""Kazakh and Russian say all that English says; the compiled catalogues are those of the sources."""

import re

import pytest

from tests import translations

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

both_languages = pytest.mark.parametrize("language", translations.LANGUAGES)


def forms(text):
    """The plural forms of a sentence; of most there is one."""
    return [text] if isinstance(text, str) else list(text)


@pytest.fixture(scope="module")
def said():
    return {message.id for message in translations.gather() if message.id}


def test_what_people_read_is_gathered(said):
    assert {
        "Accept all",  # the widget
        "Contents",  # a template
        "in Kazakh",  # Python
        "There is no such version",  # a refusal's title
        "Publish one with `wadjet policy publish`.",  # a refusal's detail
        ("%(num)d was added.", "%(num)d were added."),
    } <= said


def test_what_only_programs_read_is_not(said):
    assert not {"The offer has expired", "jwk must be a P-256 key."} & said


@both_languages
def test_every_sentence_is_translated_and_no_other_kept(language, said):
    catalog = translations.read(language)

    kept = {message.id for message in catalog if message.id}
    empty = [message.id for message in catalog if message.id and not all(forms(message.string))]

    assert (said - kept, kept - said, empty, list(catalog.obsolete)) == (set(), set(), [], [])
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@both_languages
def test_every_place_to_fill_is_kept(language):
    for message in translations.read(language):
        places = {place for form in forms(message.id) for place in PLACE.findall(form)}
        for form in forms(message.string) if message.id else ():
            assert set(PLACE.findall(form)) == places, message.id


@both_languages
def test_the_compiled_catalogue_is_fresh(language):
    source = translations.po(language)

    assert source.with_suffix(".mo").read_bytes() == translations.compiled(translations.read(language))


@both_languages
def test_no_translation_is_left_in_english(language):
    latin = [
        message.id
        for message in translations.read(language)
        if message.id and not any(re.search("[а-яәғқңөұүһі]", form, re.IGNORECASE) for form in forms(message.string))
    ]

    assert latin == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('class A(Problem):\n    slug, status, title = "a", 404, "No A"', ["No A"]),
        ('class P(Exception):\n    title: ClassVar[str] = "Wrong"', ["Wrong"]),
        ('raise NotFound("Look elsewhere.")', ["Look elsewhere."]),
        ('raise NotFound(f"No {a}.")', []),
        ('class OfferInvalid(Problem):\n    slug, status, title = "a", 400, "No offer"', []),
    ],
)
def test_refusals_are_found_in_the_source(source, found):
    assert list(translations.refusals(source)) == found
