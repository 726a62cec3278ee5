"""Puts blocks of text down as canonical Markdown and remembers which source line each came from."""

import re
from collections.abc import Sequence

_SPECIAL = re.compile(r"[\\`*\[\]<>]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)")
_SPECIAL_FIRST = re.compile(r"(?:#{1,6}|[+-])(?=\s|$)|[=~]|-(?=[\s-]*$)|\d{1,9}(?=[.)](?:\s|$))")

_ITEM = re.compile(r"[—–\-•·▪◦‣●■*]\s+(?=\S)|\\\*\s+(?=\S)")
_ORDERED = re.compile(r"(\d{1,9}[.)])\s+(?=\S)")
_CLAUSE = re.compile(r"\d{1,3}(?:\.\d{1,3})+[.)]?\s+\S")
_SECTION = re.compile(r"(\d{1,3})[.)]?\s+(.+)")
_LONGEST_TITLE = 150


def escape(text: str) -> str:
    """Text whose every character means itself in Markdown."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def escape_start(text: str) -> str:
    """Keep a line from being taken for a heading, an item, a rule."""
    if first := _SPECIAL_FIRST.match(text):
        at = first.end() if first[0].isdigit() else 0
        return f"{text[:at]}\\{text[at:]}"
    return text


class Writer:
    """Collects canonical lines. Texts handed in are inline Markdown, escaped already."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._origin: list[int] = []
        self._section = 0  # the number of the section being written
        self._in_list = False
        self._joinable = False  # whether a wrapped line may continue the last one

    def put(self, line: str, origin: int) -> None:
        """One line as it is."""
        self._lines.append(line)
        self._origin.append(origin)

    def _block(self, line: str, origin: int, *, item: bool = False, joinable: bool = True) -> None:
        if self._lines and not (item and self._in_list):
            self.put("", origin)
        self._in_list, self._joinable = item, joinable
        self.put(line, origin)

    def heading(self, level: int, text: str, origin: int) -> None:
        """A heading; a number at its start is the section's."""
        if number := _SECTION.match(text):
            self._section = int(number[1])
        self._block(f"{'#' * level} {text}", origin, joinable=False)

    def line(self, text: str, origin: int, *, stands_alone: bool = False) -> None:
        """A paragraph, or the heading or item it looks like. `stands_alone`: blank lines around it."""
        if self._is_section(text):
            number, _, title = text.partition(" ")
            self.heading(2, f"{number.rstrip('.)')}. {title.strip()}", origin)
        elif item := _ITEM.match(text):
            self.item("-", text[item.end() :], origin)
        elif item := _ORDERED.match(text):
            self.item(item[1], text[item.end() :], origin)
        elif _is_title(text) and (stands_alone or (text.isupper() and len(text) > 3)):
            self.heading(2 if self._lines else 1, text, origin)
        else:
            self._block(escape_start(text), origin)

    def item(self, marker: str, text: str, origin: int, *, indent: int = 0) -> None:
        """A list item; `marker` is `-` or `7.`."""
        self._block(f"{' ' * indent}{marker} {escape_start(text)}", origin, item=True)

    def table(self, rows: Sequence[Sequence[str]], origins: Sequence[int], *, headed: bool | None = None) -> None:
        """A table. Two columns without a head are names and values: their head stays empty."""
        columns = max(map(len, rows))
        headed = columns > 2 if headed is None else headed
        grid = [[*row, *[""] * (columns - len(row))] for row in rows]
        if not headed:
            grid.insert(0, [""] * columns)
            origins = [origins[0], *origins]
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in grid]
        self._block(lines[0], origins[0], joinable=False)
        self.put("|" + " --- |" * columns, origins[0])
        for line, origin in zip(lines[1:], origins[1:], strict=True):
            self.put(line, origin)

    def goes_on(self, text: str) -> bool:
        """Whether a wrapped line continues the last block."""
        starts = _ITEM.match(text) or _ORDERED.match(text) or _CLAUSE.match(text) or self._is_section(text)
        return self._joinable and not starts

    def join(self, text: str) -> None:
        """Continue the last line."""
        self._lines[-1] += f" {text}"

    def finish(self) -> tuple[str, tuple[int, ...]]:
        """The text and, for each of its lines, the source line."""
        first, last = 0, len(self._lines)
        while first < last and not self._lines[first].strip():
            first += 1
        while last > first and not self._lines[last - 1].strip():
            last -= 1
        return "\n".join(self._lines[first:last]) + "\n", tuple(self._origin[first:last])

    def _is_section(self, text: str) -> bool:
        """`7. Title`: the number that comes next, and no sentence."""
        found = _SECTION.match(text)
        return bool(found and int(found[1]) == self._section + 1 and _is_title(found[2]))


def _is_title(text: str) -> bool:
    """Short, begins with no small letter, does not end like a sentence."""
    return (
        len(text) <= _LONGEST_TITLE
        and not text[:1].islower()
        and text[-1:] not in ".;:,!?…"
        and any(map(str.isalpha, text))
    )
