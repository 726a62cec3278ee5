"""The purposes table of section 6, in words.

It becomes part of the stored text, so its words live here and not in the gettext catalogues: what is published in
Kazakh must read the same whoever publishes it and in whatever language they work.
"""

from collections.abc import Sequence

from babel import Locale, UnknownLocaleError
from babel.units import format_unit

from ..settings import LANGUAGES
from .languages import choose, pick
from .purposes import TERM, Purpose
from .writer import escape

_LABELS = {
    "kk": {
        "name": "Мақсат",
        "description": "Түсіндірме",
        "asked": "Таңдау",
        "data": "Дербес деректер",
        "legal_ground": "Құқықтық негіз",
        "operations": "Деректермен жасалатын әрекеттер",
        "term": "Мерзімі",
        "recipients": "Үшінші тұлғаларға беру",
        "countries": "Трансшекаралық беру",
        "publication": "Жалпыға бірдей қолжетімді көздерде тарату",
    },
    "ru": {
        "name": "Цель",
        "description": "Пояснение",
        "asked": "Выбор",
        "data": "Персональные данные",
        "legal_ground": "Правовое основание",
        "operations": "Действия с данными",
        "term": "Срок",
        "recipients": "Передача третьим лицам",
        "countries": "Трансграничная передача",
        "publication": "Распространение в общедоступных источниках",
    },
    "en": {
        "name": "Purpose",
        "description": "Explanation",
        "asked": "Choice",
        "data": "Personal data",
        "legal_ground": "Legal ground",
        "operations": "Actions with the data",
        "term": "Term",
        "recipients": "Transfer to third parties",
        "countries": "Cross-border transfer",
        "publication": "Publication in public sources",
    },
}
_CHOICES = {
    "kk": {
        "banner": "баннерде сұралады",
        "form": "байланыс нысанында сұралады",
        "required": "әрқашан қосулы, сұралмайды",
        "none": "жоқ",
    },
    "ru": {
        "banner": "запрашивается в баннере",
        "form": "запрашивается в форме обратной связи",
        "required": "всегда включено, не запрашивается",
        "none": "нет",
    },
    "en": {
        "banner": "asked in the banner",
        "form": "asked in the contact form",
        "required": "always on, not asked",
        "none": "none",
    },
}
_OPERATIONS = {  # in the order of LANGUAGES
    "collect": ("жинау", "сбор", "collection"),
    "record": ("жазу", "запись", "recording"),
    "classify": ("жүйелеу", "систематизация", "classification"),
    "accumulate": ("жинақтау", "накопление", "accumulation"),
    "store": ("сақтау", "хранение", "storage"),
    "rectify": ("өзгерту және толықтыру", "изменение и дополнение", "rectification"),
    "extract": ("шығарып алу", "извлечение", "extraction"),
    "use": ("пайдалану", "использование", "use"),
    "transfer": ("беру", "передача", "transfer"),
    "depersonalise": ("иесіздендіру", "обезличивание", "depersonalisation"),
    "block": ("бұғаттау", "блокирование", "blocking"),
    "delete": ("өшіру", "удаление", "deletion"),
    "destroy": ("жою", "уничтожение", "destruction"),
}
_UNITS = {
    "year": "жыл",
    "month": "ай",
    "week": "апта",
    "day": "күн",
    "hour": "сағат",
    "minute": "минут",
    "second": "секунд",
}  # Kazakh counts without plurals; CLDR lacks some


def label(field: str, language: str) -> str:
    """What a row of the table is called."""
    return _LABELS[choose(language, LANGUAGES) or "en"][field]


def operation(name: str, language: str) -> str:
    """An act of clause 9.1 in words."""
    return _OPERATIONS[name][LANGUAGES.index(choose(language, LANGUAGES) or "en")]


def values(purpose: Purpose, language: str) -> dict[str, str]:
    """The rows of a purpose: field → plain words."""
    tag = choose(language, LANGUAGES) or "en"
    said = _CHOICES[tag]
    place = LANGUAGES.index(tag)
    return {
        "name": pick(purpose.name, language) or purpose.key,
        "description": pick(purpose.description, language) or "",
        "asked": said["required" if purpose.required else purpose.asked],
        "data": pick(purpose.data, language) or "",
        "legal_ground": pick(purpose.legal_ground, language) or "",
        "operations": ", ".join(_OPERATIONS[operation][place] for operation in purpose.operations),
        "term": pick(purpose.term_text, language) or _term(purpose.term, tag),
        "recipients": ", ".join(purpose.recipients) or said["none"],
        "countries": ", ".join(_country(code, language) for code in purpose.countries) or said["none"],
        "publication": purpose.publication or said["none"],
    }


def told(purpose: Purpose, language: str) -> dict[str, str]:
    """A purpose for somebody who asks what for: what each row is called → its words, but for where it was asked."""
    return {label(field, language): words for field, words in values(purpose, language).items() if field != "asked"}


def purposes_table(purposes: Sequence[Purpose], language: str) -> str:
    """A Markdown table for each purpose, names beside values: it fits a narrow screen and paper."""
    return "\n\n".join(_table(purpose, language) for purpose in purposes)


def _table(purpose: Purpose, language: str) -> str:
    rows = ((label(field, language), words) for field, words in values(purpose, language).items())
    return "\n".join(["|  |  |", "| --- | --- |", *(f"| {_cell(name)} | {_cell(words)} |" for name, words in rows)])


def _cell(words: str) -> str:
    return escape(words).replace("|", "\\|")


def _term(duration: str, tag: str) -> str:
    parts = TERM.fullmatch(duration)
    numbers = parts.groups() if parts else ()
    said = [(int(number), unit) for number, unit in zip(numbers, _UNITS, strict=False) if number]
    if tag == "kk":
        return " ".join(f"{number} {_UNITS[unit]}" for number, unit in said)
    return " ".join(format_unit(number, unit, length="long", locale=tag) for number, unit in said)


def _country(code: str, language: str) -> str:
    for tag in (language, "en"):
        try:
            return str(Locale.parse(tag, sep="-").territories.get(code) or code)
        except (UnknownLocaleError, ValueError):
            continue
    return code
