"""What differs between two versions of a text, clause by clause and word by word, for a reader who is no lawyer.

Pure. Clauses are paired by equal words first, so that an inserted clause does not make all after it look changed;
then by number; then by likeness. The work is bounded: where a comparison would cost too much it is made by
sentences, and at worst the whole passage is shown as replaced.
"""

import html
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal

from markupsafe import Markup

from .clauses import Clause, number_of, parse
from .purposes import Purpose
from .table import label, values

_WORD = re.compile(r"\s*(?:https?\S+|[^\W_]+(?:['’-][^\W_]+)*|\S)")
_SENTENCE_END = re.compile(r"(?<=[.;!?…])(?=\s)")
_COSTLIEST = 30_000_000  # steps of one comparison at worst; an ordinary clause of 1,000 words stays below
_COSTLIEST_OF_ALL = 150_000_000
_COSTLIEST_LIKENESS = 5_000_000  # words looked up while clauses are compared for likeness
_ALIKE = 0.5  # the share of words in common from which two clauses count as one that changed
_REPLACED = 0.25  # a smaller share of words kept is shown as one passage replaced by another
_ISLAND = 3  # fewer unchanged words than this between two changes become part of them
_CONTEXT = 30  # words of a long unchanged run that are shown beside a change

Run = tuple[Sequence[str], Sequence[str] | None]  # words unchanged and None, or the older and the newer words
Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    """One clause, or one purpose, that differs.

    clause   its id in the newer text; in the older one where it is removed; a purpose's key
    before   the id it had, where that was another
    heading  the title of its section; a purpose's name
    html     its words, escaped, with <ins> and <del>
    """

    clause: str
    before: str | None
    kind: Kind
    heading: str
    html: Markup


def changes(before: str, after: str, *, tables: Iterable[str] = ()) -> tuple[Change, ...]:
    """The clauses that differ between two canonical texts, in the newer one's order; a removed one where it stood.

    tables  pieces of Markdown left out of both: the purposes tables, where `purposes_changes` tells of them
    """
    for table in filter(None, tables):
        before, after = before.replace(table, ""), after.replace(table, "")
    older, newer = parse(before).clauses, parse(after).clauses
    pairs = _Pairing(older, newer).pairs
    moved = {(newer[new].id, older[old].id) for new, old in pairs.items()}
    purse = _Purse()
    told = (_tell(old, new, moved, purse) for old, new in _in_order(older, newer, pairs))
    return tuple(change for change in told if change)


def purposes_changes(before: Sequence[Purpose], after: Sequence[Purpose], language: str) -> tuple[Change, ...]:
    """The purposes that differ, in words: added and changed ones in the newer order, then those removed."""
    older = {purpose.key: values(purpose, language) for purpose in before}
    newer = {purpose.key: values(purpose, language) for purpose in after}
    purse = _Purse()
    told = []
    for key in (*newer, *(key for key in older if key not in newer)):
        old, new = older.get(key, {}), newer.get(key, {})
        lines = [
            f"{html.escape(label(field, language))}: {_difference(old.get(field, ''), new.get(field, ''), purse)}"
            for field in new or old
            if old.get(field) != new.get(field)
        ]
        if lines:
            kind: Kind = "changed" if old and new else "added" if new else "removed"
            told.append(Change(key, None, kind, (new or old)["name"], Markup("<br>".join(lines))))  # noqa: S704
    return tuple(told)


class _Purse:
    """Steps that the comparisons of one answer may still take."""

    def __init__(self) -> None:
        self._left = _COSTLIEST_OF_ALL

    def pays(self, older: Sequence[str], newer: Sequence[str]) -> bool:
        """Whether difflib may compare these. Each block it finds may cost a pass over all pairs of equal words."""
        old, new = Counter(older), Counter(newer)
        blocks = (old & new).total()
        cost = blocks * (len(older) + len(newer) + sum(count * new[word] for word, count in old.items()))
        if cost > min(_COSTLIEST, self._left):
            return False
        self._left -= cost
        return True


class _Pairing:
    """Finds each newer clause's older self. `pairs`: newer index → older index."""

    def __init__(self, older: Sequence[Clause], newer: Sequence[Clause]) -> None:
        self._older, self._newer = older, newer
        self.pairs: dict[int, int] = {}
        self._bags: dict[Clause, Counter[str]] = {}
        self._free_old = dict.fromkeys(range(len(older)))
        self._free_new = dict.fromkeys(range(len(newer)))
        self._by(lambda clause: (clause.id, clause.kind, _words_of(clause)))
        self._by(lambda clause: (clause.kind, _words_of(clause)))
        self._by(lambda clause: (clause.id, clause.kind), alike=True)
        self._by_likeness()
        self._by(lambda clause: (clause.id, clause.kind))

    def _by(self, key: Callable[[Clause], object], *, alike: bool = False) -> None:
        waiting: defaultdict[object, deque[int]] = defaultdict(deque)
        for old in self._free_old:
            waiting[key(self._older[old])].append(old)
        for new in list(self._free_new):
            candidates = waiting.get(key(self._newer[new]))
            if candidates and (not alike or self._likeness(candidates[0], new) >= _ALIKE):
                self._pair(candidates.popleft(), new)

    def _by_likeness(self) -> None:
        if len(self._free_new) * sum(len(self._bag(self._older[old])) for old in self._free_old) > _COSTLIEST_LIKENESS:
            return
        found = [
            (self._likeness(old, new), new, old)
            for new in self._free_new
            for old in self._free_old
            if self._older[old].kind == self._newer[new].kind
        ]
        for likeness, new, old in sorted(found, key=lambda each: (-each[0], *each[1:])):
            if likeness >= _ALIKE and new in self._free_new and old in self._free_old:
                self._pair(old, new)

    def _pair(self, old: int, new: int) -> None:
        self.pairs[new] = old
        del self._free_old[old], self._free_new[new]

    def _bag(self, clause: Clause) -> Counter[str]:
        if clause not in self._bags:
            self._bags[clause] = Counter(_words_of(clause).lower().split())
        return self._bags[clause]

    def _likeness(self, old: int, new: int) -> float:
        older, newer = self._bag(self._older[old]), self._bag(self._newer[new])
        return 2 * (older & newer).total() / max(1, older.total() + newer.total())


def _words_of(clause: Clause) -> str:
    """Its text without its number."""
    number = number_of(clause.text) if clause.kind in ("section", "heading", "clause") else None
    return clause.text[number.end() :] if number else clause.text


def _in_order(
    older: Sequence[Clause], newer: Sequence[Clause], pairs: dict[int, int]
) -> Iterator[tuple[Clause | None, Clause | None]]:
    """(older, newer) in the newer order; what was removed follows what it followed."""
    counterparts = {old: new for new, old in pairs.items()}
    removed: defaultdict[int, list[Clause]] = defaultdict(list)
    last = -1
    for old, clause in enumerate(older):
        if old in counterparts:
            last = counterparts[old]
        else:
            removed[last].append(clause)
    for clause in removed[-1]:
        yield clause, None
    for new, clause in enumerate(newer):
        yield (older[pairs[new]] if new in pairs else None), clause
        for gone in removed[new]:
            yield gone, None


def _tell(old: Clause | None, new: Clause | None, moved: set[tuple[str, str]], purse: _Purse) -> Change | None:
    words_before, words_after = (_words_of(clause) if clause else "" for clause in (old, new))
    shown = new or old
    assert shown is not None
    before = old.id if old and new and old.id != new.id else None
    if words_before == words_after:
        if before is None or shown.kind == "row" or _goes_with_its_parent(shown.id, before, moved):
            return None
        return Change(shown.id, before, "moved", shown.section, _safe(html.escape(_shortened(words_after))))
    kind: Kind = "changed" if old and new else "added" if new else "removed"
    return Change(shown.id, before, kind, shown.section, _safe(_difference(words_before, words_after, purse)))


def _goes_with_its_parent(new: str, old: str, moved: set[tuple[str, str]]) -> bool:
    """`6.3.a` was `5.3.a` only because section 6 was section 5: told once, of the section."""
    new_parent, _, new_last = new.rpartition(".")
    old_parent, _, old_last = old.rpartition(".")
    return new_last == old_last and bool(new_parent) and (new_parent, old_parent) in moved


def _safe(escaped: str) -> Markup:
    return Markup(escaped)  # noqa: S704 - every word in it went through html.escape


def _shortened(text: str) -> str:
    words = text.split()
    return " ".join(words[:_CONTEXT]) + (" …" if len(words) > _CONTEXT else "")


def _difference(before: str, after: str, purse: _Purse) -> str:
    """Escaped words with <del> and <ins>."""
    by_words = _runs(_WORD.findall(before), _WORD.findall(after), purse)
    runs = by_words or _runs(_SENTENCE_END.split(before), _SENTENCE_END.split(after), purse) or [([before], [after])]
    return _written(_without_islands(runs))


def _runs(older: Sequence[str], newer: Sequence[str], purse: _Purse) -> list[Run] | None:
    """Unchanged and changed runs in turn; None when finding them costs too much."""
    plain_older, plain_newer = [word.strip() for word in older], [word.strip() for word in newer]
    same = zip(plain_older, plain_newer, strict=False)
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], same))
    same = zip(reversed(plain_older[head:]), reversed(plain_newer[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], same))
    middle = slice(head, len(older) - tail), slice(head, len(newer) - tail)
    if not purse.pays(plain_older[middle[0]], plain_newer[middle[1]]):
        return None
    matcher = SequenceMatcher(None, plain_older[middle[0]], plain_newer[middle[1]], autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks()) + head + tail
    if kept < _REPLACED * max(len(older), len(newer)):
        return [(older, newer)]
    runs: list[Run] = [(newer[:head], None)]
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        new = newer[head + new_start : head + new_end]
        runs.append((new, None) if tag == "equal" else (older[head + old_start : head + old_end], new))
    return [run for run in (*runs, (newer[len(newer) - tail :], None)) if run[0] or run[1]]


def _without_islands(runs: Sequence[Run]) -> list[Run]:
    """A word or two left unchanged between two changes would only break up the reading."""
    joined: list[Run] = []
    for index, (old, new) in enumerate(runs):
        is_island = new is None and 0 < index < len(runs) - 1 and len(old) < _ISLAND
        if joined and joined[-1][1] is not None and (is_island or new is not None):
            before, after = joined[-1]
            joined[-1] = ([*before, *old], [*(after or ()), *(old if new is None else new)])
        else:
            joined.append((old, new))
    return joined


def _written(runs: Sequence[Run]) -> str:
    parts = []
    for index, (old, new) in enumerate(runs):
        if new is None:
            words = "".join(old)
            if len(old) > 3 * _CONTEXT:
                start, end = "".join(old[:_CONTEXT]), "".join(old[-_CONTEXT:])
                words = (start if index else "") + " … " + (end.lstrip() if index < len(runs) - 1 else "")
            parts.append(html.escape(words))
            continue
        for tag, words in (("del", "".join(old)), ("ins", "".join(new))):
            if words.strip():
                lead = " " if words[0].isspace() or (tag == "ins" and old) else ""
                parts.append(f"{lead}<{tag}>{html.escape(words.strip())}</{tag}>")
    return "".join(parts).strip()
