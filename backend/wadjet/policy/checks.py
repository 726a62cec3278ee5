"""What is wrong with a policy though it can be published: warnings for the maintainer, with lines and clauses."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from . import slips
from .bundle import ASKED_BY_LAW, Bundle, missing
from .clauses import Clause, parse
from .findings import N_, Finding, Wording
from .languages import recognise
from .purposes import Purpose
from .sources import Text

_ODD_SPACE = re.compile("[\u00a0\u2007\u202f]")
_FULL_STOP = re.compile(r"[.:;!?…][»”\")\]]*\Z")
_NUMERIC = re.compile(r"(\d+(?:\.\d+)*)(-\d+)?")
_QUOTES = (re.compile('"'), re.compile("[“”«»„]"))


def check(bundle: Bundle) -> list[Finding]:
    """Every warning, ordered by file and line; what concerns a whole text or the bundle comes first."""
    # A typesetter's spaces are spaces: "15 working days" may be kept together by some of them.
    texts = {
        language: replace(text, markdown=_ODD_SPACE.sub(" ", text.markdown)) for language, text in bundle.texts.items()
    }
    bundle = replace(bundle, texts=texts)
    clauses = {language: parse(text.markdown).clauses for language, text in bundle.texts.items()}
    found = [*bundle.notes, *_languages(bundle, clauses), *_operator(bundle), *_purposes(bundle)]
    for language, text in bundle.texts.items():
        found += _whole(text, language, alone=bundle.alone)
        found += [*_clauses(text, clauses[language]), *_numbers(text, clauses[language])]
    return sorted(found, key=lambda finding: (finding.file, finding.line or 0))


def _warn(message: str, text: Text | None = None, line: int | None = None, clause: Clause | None = None) -> Finding:
    return Finding("warning", message, text.name if text else "", line, clause.id if clause else None)


def _languages(bundle: Bundle, clauses: Mapping[str, Sequence[Clause]]) -> Iterator[Finding]:
    for language in ASKED_BY_LAW:
        if language not in bundle.texts:
            yield _warn(
                Wording(
                    N_("there is no text in {language}; people must be able to read Kazakh and Russian"),
                    language=language,
                )
            )
    ids = {
        language: {clause.id for clause in its_clauses if _NUMERIC.fullmatch(clause.id)}
        for language, its_clauses in clauses.items()
    }
    everywhere = set().union(*ids.values())
    for language, text in bundle.texts.items():
        lacking = sorted(everywhere - ids[language], key=_by_number)
        if lacking:
            more = " …" if len(lacking) > 5 else ""
            yield _warn(
                Wording(N_("lacks clauses that another language has: {names}"), names=", ".join(lacking[:5]) + more),
                text,
            )


def _operator(bundle: Bundle) -> Iterator[Finding]:
    unset = [lack for lack in missing(bundle) if lack.startswith("operator.")]
    if unset:
        yield _warn(Wording(N_("facts of the operator are not set: {names}"), names=", ".join(unset)))
    if bundle.operator.bin and not is_bin(bundle.operator.bin):
        yield _warn(Wording(N_("operator.bin: its control digit does not fit; a digit may be mistyped")))


def _purposes(bundle: Bundle) -> Iterator[Finding]:
    if bundle.alone:
        yield _warn(
            Wording(N_("purposes are kept from the version before; a table in this file is text and asks nothing"))
        )
    if not bundle.purposes:
        yield _warn(Wording(N_("there are no purposes: nothing is told and nothing is asked")))
    elif not any(each.key == "feedback" and each.asked == "form" and not each.required for each in bundle.purposes):
        yield _warn(Wording(N_("no purpose feedback is asked in the form: the contact form takes no messages")))
    for purpose in bundle.purposes:
        yield from map(_warn, _contradictions(purpose, bundle.texts))


def _contradictions(purpose: Purpose, languages: Iterable[str]) -> Iterator[Wording]:
    key = purpose.key
    for field in ("name", "description", "data", "legal_ground"):
        lacking = [language for language in languages if language not in getattr(purpose, field)]
        if lacking:
            yield Wording(
                N_("purpose {key}: {field} is missing in {names}"), key=key, field=field, names=", ".join(lacking)
            )
    if purpose.recipients and "transfer" not in purpose.operations:
        yield Wording(N_("purpose {key}: names recipients, but transfer is not among its operations"), key=key)
    if "transfer" in purpose.operations and not purpose.recipients:
        yield Wording(N_("purpose {key}: has transfer among its operations, but names no recipients"), key=key)
    if purpose.countries and not purpose.recipients:
        yield Wording(N_("purpose {key}: names countries, but no recipients there"), key=key)


def _whole(text: Text, language: str, *, alone: bool) -> Iterator[Finding]:
    """What the text as a whole lacks or mixes."""
    for slip in slips.NOT_IN_A_TEXT + (slips.NOT_IN_A_FILE if alone else ()):
        if not slip.pattern.search(text.markdown):
            yield _warn(Wording(slip.message), text)
    silent = [slip.message for slip in slips.TOPICS if not slip.pattern.search(text.markdown)]
    if silent:
        yield _warn(Wording(N_("nothing is said of: {topics}"), topics=tuple(silent)), text)
    if not alone and "{purposes}" not in text.markdown:
        yield _warn(Wording(N_("{{purposes}} is missing: the purposes table is not shown")), text)
    if all(quotes.search(text.markdown) for quotes in _QUOTES):
        yield _warn(Wording(N_("straight and curly quotes are mixed")), text)
    read = recognise(text.markdown)
    if read != language.partition("-")[0] and {read, language} <= {"kk", "ru", "en"}:
        yield _warn(Wording(N_("reads like {read}, not {language}"), read=read, language=language), text)


def _clauses(text: Text, clauses: Sequence[Clause]) -> Iterator[Finding]:
    """Slips within single clauses."""
    lines = text.markdown.split("\n")
    undefined = [slip for slip, definition in slips.UNDEFINED if not definition.search(text.markdown)]
    for clause in clauses:
        for slip in slips.IN_A_CLAUSE:
            if found := slip.pattern.search(clause.text):
                yield _warn(slip.said(found), text, _line(text, lines, clause, found[0]), clause)
        for slip in list(undefined):
            if found := slip.pattern.search(clause.text):
                undefined.remove(slip)
                yield _warn(slip.said(found), text, _line(text, lines, clause, found[0]), clause)
        if clause.kind == "clause" and not _FULL_STOP.search(clause.text):
            yield _warn(Wording(N_("has no full stop at its end")), text, text.line(clause.end - 1), clause)
        if text.name.endswith((".md", ".markdown")):
            yield from _markdown(text, lines, clause)


def _markdown(text: Text, lines: Sequence[str], clause: Clause) -> Iterator[Finding]:
    for index in range(clause.start, min(clause.end, len(lines))):
        for slip in slips.IN_MARKDOWN:
            if found := slip.pattern.search(lines[index]):
                yield _warn(slip.said(found), text, text.line(index), clause)


def _line(text: Text, lines: Sequence[str], clause: Clause, words: str) -> int | None:
    """The source line of the first of the words found."""
    first = words.split()[0] if words.split() else words
    within = range(clause.start, min(clause.end, len(lines)))
    return text.line(next((index for index in within if first in lines[index]), clause.start))


def _numbers(text: Text, clauses: Iterable[Clause]) -> Iterator[Finding]:
    """Numbers that come twice or are left out."""
    last: dict[str, int] = {}
    for clause in clauses:
        number = _NUMERIC.fullmatch(clause.id)
        if not number or clause.kind not in ("section", "heading", "clause"):
            continue
        if number[2]:
            yield _warn(
                Wording(N_("the number {number} is given twice"), number=number[1]),
                text,
                text.line(clause.start),
                clause,
            )
            continue
        parent, _, ordinal = number[1].rpartition(".")
        if int(ordinal) != last.get(parent, 0) + 1:
            expected = f"{parent}." * bool(parent) + str(last.get(parent, 0) + 1)
            yield _warn(
                Wording(N_("comes where {expected} is expected"), expected=expected),
                text,
                text.line(clause.start),
                clause,
            )
        last[parent] = int(ordinal)


def _by_number(name: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", name)]


def is_bin(digits: str) -> bool:
    """Whether the control digit of a Kazakh BIN fits: weights 1 … 11, then 3 … 11, 1, 2 where the rest is 10."""
    figures = [int(digit) for digit in digits]
    for shift in (0, 2):
        rest = sum(figure * ((index + shift) % 11 + 1) for index, figure in enumerate(figures[:11])) % 11
        if rest < 10:
            return rest == figures[11]
    return False
