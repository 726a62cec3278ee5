"""Which subjects the policy itself names. Pure.

People put them in quotes, answer and forward them, and let programs put odd spaces in; that is tolerated. Whatever else
stands in a subject makes it another one: a person reads those. Source: policy 8.3, 8.4.b; law.md 9.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Literal

Marker = Literal["rectify", "withdraw"]

MARKERS: Mapping[Marker, tuple[str, ...]] = {
    "rectify": (
        "Updating personal data",
        "Актуализация персональных данных",
        "Обновление персональных данных",
        "Дербес деректерді жаңарту",
        "Дербес деректерді өзектендіру",
    ),
    "withdraw": (
        "Withdrawal of consent to the processing of personal data",
        "Отзыв согласия на обработку персональных данных",
        "Отзыв согласия на сбор и обработку персональных данных",
        "Отзыв согласия на сбор, обработку персональных данных",
        "Дербес деректерді өңдеуге келісімді кері қайтарып алу",
        "Дербес деректерді өңдеуге берген келісімді кері қайтарып алу",
        "Дербес деректерді өңдеуге берілген келісімді кері қайтарып алу",
        "Дербес деректерді жинауға, өңдеуге келісімді кері қайтарып алу",
        "Дербес деректерді жинауға және өңдеуге келісімді кері қайтарып алу",
    ),
}

# What programs put before a subject that is answered or sent on, in the languages that reach Kazakhstan; `Re[2]:` too.
_CHAIN = re.compile(
    r"(?:re|fwd?|aw|antw|wg|sv|vs|tr|ynt|отв|ответ|на|пер|пересл|переслано|вн|жауап|жауабы|қайта жолдау|жіб)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?:"
)
_MOST_LETTERS = 500  # no marker is longer, however it is dressed
_AROUND = "\"'`´<>()[]{}*_.,:;!?…-–—"  # besides every quotation mark that Unicode knows
_QUOTES = frozenset({"Pi", "Pf"})


def recognise(subject: str, *, rectify: Collection[str] = (), withdraw: Collection[str] = ()) -> Marker | None:
    """What the subject asks for, when it is one that the policy names, else None.

    rectify, withdraw  further subjects that an operator has named
    """
    plain = _plain(subject) if len(subject) <= _MOST_LETTERS else ""
    further: Mapping[Marker, Collection[str]] = {"rectify": rectify, "withdraw": withdraw}
    for marker, known in _KNOWN.items():
        if plain and (plain in known or plain in map(_plain, further[marker])):
            return marker
    return None


def _plain(subject: str) -> str:
    """What is left without case, odd spaces, invisible letters, quotes and what programs put before it."""
    text = unicodedata.normalize("NFKC", subject).casefold().replace("ё", "е")
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    text = " ".join(re.sub(r"[\s\x00-\x1f\x7f]", " ", text).split())
    while (shorter := _bare(_CHAIN.sub("", text, count=1) if _CHAIN.match(text) else text)) != text:
        text = shorter
    # Keyboards without Kazakh letters have no other i for a Kazakh word.
    return text.replace("i", "і") if re.search("[а-я]", text) else text


def _bare(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _is_around(text[first]):
        first += 1
    while last > first and _is_around(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_around(letter: str) -> bool:
    return letter.isspace() or letter in _AROUND or unicodedata.category(letter) in _QUOTES or letter in "„‚‟‛＂＇"


_KNOWN: Mapping[Marker, frozenset[str]] = {marker: frozenset(map(_plain, known)) for marker, known in MARKERS.items()}
