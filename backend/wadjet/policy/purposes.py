"""What the data are for, one `Purpose` each. Source: policy 6.0; 94-V art. 8(4)(3)-(7)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    TypeAdapter,
    ValidationError,
)

from ..settings import LANGUAGES
from .countries import countries
from .dpv import PURPOSES
from .languages import mistake

OPERATIONS = (  # of clause 9.1, in its order
    "collect",
    "record",
    "classify",
    "accumulate",
    "store",
    "rectify",
    "extract",
    "use",
    "transfer",
    "depersonalise",
    "block",
    "delete",
    "destroy",
)
TERM = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,4})S)?)?"
)
Words = Mapping[str, str]  # per language

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # line ends, and what turns text around


def _line(text: str, *, longest: int = 200) -> str:
    text = text.strip()
    if not text:
        raise ValueError("must not be empty")
    if len(text) > longest:
        raise ValueError(f"must have {longest} characters at most, has {len(text)}")
    if _CONTROL.search(text):
        raise ValueError("must be one line without control characters")
    return text


def worded(words: Words, *, longest: int) -> Words:
    """Check words per language: known tags, one line each, at most `longest` characters."""
    if not words:
        raise ValueError("must be given in one language at least")
    for language in words:
        if wrong := mistake(language):
            raise ValueError(wrong)
    return {language: _line(text, longest=longest) for language, text in words.items()}


def spread(words: object) -> object:
    """A plain string stands for every language, as among the operator's facts."""
    return dict.fromkeys(LANGUAGES, words) if isinstance(words, str) else words


def _term(text: str) -> str:
    if not TERM.fullmatch(text):
        raise ValueError("must be an ISO 8601 duration such as P1Y, P6M, P30D")
    return text


def days_of(term: str) -> int:
    """A term in whole days, a year as 365 and a month as 30: never later than the calendar's. Raises ValueError."""
    found = TERM.fullmatch(_term(term))
    assert found
    years, months, weeks, days = (int(part or 0) for part in found.groups()[:4])
    return max(1, years * 365 + months * 30 + weeks * 7 + days)


def _some(operations: tuple[str, ...]) -> tuple[str, ...]:
    if not operations:
        raise ValueError(f"must name at least one of {', '.join(OPERATIONS)}")
    return operations


def _country(code: str) -> str:
    if code == "KZ" or code not in countries():
        raise ValueError(f"{code[:10]!r} is no ISO 3166 code of a country other than KZ")
    return code


def _class(name: str) -> str:
    if name and name not in PURPOSES:
        raise ValueError(f"{name[:40]!r} is no purpose of DPV, such as Marketing or ServiceUsageAnalytics")
    return name


def _place(value: object) -> Literal[False] | str:
    if value is False:
        return False
    if isinstance(value, str):
        return _line(value)
    raise ValueError("must be false, or text that tells where")


Line = Annotated[str, AfterValidator(_line)]
_Title = Annotated[Words, BeforeValidator(spread), AfterValidator(partial(worded, longest=40))]
_Sentences = Annotated[Words, BeforeValidator(spread), AfterValidator(partial(worded, longest=500))]


@dataclass(frozen=True)
class Purpose:
    """One purpose as it is asked for or told. Words are per language.

    key          names it in receipts and in `data-wadjet`
    asked        where its choice stands; a `required` one is told there and not asked
    operations   words of clause 9.1
    term         ISO 8601 duration; `term_text` says it in words
    countries    ISO 3166, other than Kazakhstan; empty: no cross-border transfer
    publication  where the data are made public, else False
    dpv          the nearest purpose of the Data Privacy Vocabulary, for programs that read receipts; "": not stated
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    asked: Literal["banner", "form"]
    name: _Title
    description: _Sentences
    data: _Sentences
    legal_ground: _Sentences
    operations: Annotated[tuple[Literal[OPERATIONS], ...], AfterValidator(_some)]  # type: ignore[valid-type]
    term: Annotated[str, AfterValidator(_term)]
    required: StrictBool = False
    term_text: _Sentences = field(default_factory=dict)
    recipients: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    countries: Annotated[tuple[Annotated[str, AfterValidator(_country)], ...], Field(max_length=300)] = ()
    publication: Annotated[Literal[False] | str, PlainValidator(_place)] = False
    dpv: Annotated[str, AfterValidator(_class)] = ""

    @property
    def days(self) -> int:
        """Its term in whole days."""
        return days_of(self.term)

    def content(self) -> dict[str, Any]:
        """Its form in the canonical content; without a class as it was before there were any."""
        return {name: value for name, value in asdict(self).items() if value or name != "dpv"}

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "Purpose":
        """The inverse of `content`, for what was validated before it was stored."""
        lists = {name: tuple(content[name]) for name in ("operations", "recipients", "countries")}
        return cls(**{**content, **lists})


class Unfit(ValueError):
    """What cannot be a purpose; `fields` names the facts that are wrong or missing."""

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


_SCHEMA = TypeAdapter(Purpose)


def purpose_of(facts: Mapping[str, Any]) -> Purpose:
    """A purpose as somebody describes it, by the same rules as in `policy.toml`. Raises Unfit."""
    try:
        return _SCHEMA.validate_python(facts)
    except ValidationError as refused:
        raise Unfit(frozenset(str(error["loc"][0]) for error in refused.errors(include_url=False))) from None
