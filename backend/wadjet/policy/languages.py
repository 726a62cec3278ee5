"""Which language a text is in, and which words serve its reader."""

import re
from collections.abc import Collection, Mapping
from typing import TypeVar

from babel import Locale, UnknownLocaleError

from ..settings import LANGUAGES

Word = TypeVar("Word")

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_COUNTRY_NOT_LANGUAGE = {"kz": "kk", "ua": "uk", "cn": "zh", "jp": "ja"}  # what people write by mistake

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SCRIPTS = {
    "he": re.compile("[\u0590-\u05ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "en": re.compile("[A-Za-z\u00c0-\u024f]"),
}
_KAZAKH = re.compile("[әғқңөұүһӘҒҚҢӨҰҮҺ]")  # і is left out: Ukrainian and Belarusian have it too


def is_tag(text: str) -> bool:
    """Whether it has a language tag's form, known or not."""
    return _TAG.fullmatch(text) is not None


def mistake(tag: str) -> str | None:
    """What is wrong with a language tag, in words; None when it is good."""
    if tag in _COUNTRY_NOT_LANGUAGE:
        return f"{tag!r} is a country; its language is {_COUNTRY_NOT_LANGUAGE[tag]!r}"
    try:
        if is_tag(tag):
            Locale.parse(tag, sep="-")
            return None
    except (UnknownLocaleError, ValueError):
        pass
    return f"{tag[:40]!r} is no language tag such as kk, ru, en"


def recognise(text: str) -> str:
    """The likeliest of kk, ru, he, ar and en, by script and by the letters that only Kazakh has here."""
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    language = max(counts, key=lambda language: counts[language])
    if language == "ru" and len(_KAZAKH.findall(text)) * 100 > counts["ru"]:
        return "kk"
    return language if counts[language] else "en"


def reads_right_to_left(text: str) -> bool:
    """Whether anything in the text is written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def choose(language: str, available: Collection[str]) -> str | None:
    """The best of `available` for a reader: the language, else kk → ru → en, else what there is.

    Tags are the same in small letters and in capitals (RFC 5646 2.1.1).
    """
    known, wish = {tag.lower(): tag for tag in available}, language.lower()
    wished = (wish, wish.partition("-")[0], *LANGUAGES, *known)
    return next((known[tag] for tag in wished if tag in known), None)


def pick(words: Mapping[str, Word], language: str) -> Word | None:
    """The words for a reader of `language`; None where there are none."""
    tag = choose(language, words)
    return None if tag is None else words[tag]
