"""A text as somebody wrote it (plain, Markdown, HTML; any encoding) → canonical Markdown.

Canonical: `## N. Title` for a section, each numbered clause a paragraph of its own that begins with its number, dash
lists, pipe tables, one blank line between blocks. A purposes "table" written as lines `X | Y |` becomes a table.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath

from .encoding import decode
from .findings import N_, Wording
from .languages import mistake, recognise
from .writer import Writer, escape

_PLAIN, _MARKDOWN, _PAGE = {".txt", ".text", ""}, {".md", ".markdown"}, {".html", ".htm", ".xhtml"}
_LOOKS_LIKE_A_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_DECLARED_LANGUAGE = re.compile(r"<html\b[^>]{0,500}?\slang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)

_NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3})+(?P<dot>\.?)\s+\S")
_SENTENCE_END = re.compile(r"[.:;!?…»”\")]\s*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_LONGEST_WRAPPED = 120  # beyond it a line is a paragraph, not a wrapped piece of one


@dataclass(frozen=True)
class Text:
    """One language's text. Placeholders are still in it.

    lines     the 1-based source line of each line of `markdown`
    language  as the page declares it, else recognised
    """

    name: str
    markdown: str
    lines: tuple[int, ...]
    language: str

    def line(self, index: int) -> int | None:
        """The source line of the canonical line `index` (0-based)."""
        return self.lines[index] if index < len(self.lines) else None


def read(data: bytes, name: str) -> Text:
    """Make a file's bytes canonical. Raises ValueError with a remedy."""
    kind = PurePath(name).suffix.lower()
    if kind not in _PLAIN | _MARKDOWN | _PAGE:
        raise ValueError(f"is a {kind} file; save its text as .txt, .md or .html")
    text = decode(data)
    if kind in _PAGE or (kind in _PLAIN and _LOOKS_LIKE_A_PAGE.match(text)):
        from .webpage import write  # only few need it

        declared = _DECLARED_LANGUAGE.search(text[:4000])
        writer = write(text)
    else:
        declared = None
        writer = _markdown(text) if kind in _MARKDOWN else _plain(text)
    markdown, lines = writer.finish()
    if not any(char.isalpha() for char in markdown):
        raise ValueError(Wording(N_("holds no text to read")))
    language = declared[1].lower() if declared else ""
    return Text(name, markdown, lines, language if language and not mistake(language) else recognise(markdown))


def _plain(text: str) -> Writer:
    """Plain text: a line is a paragraph, unless the text is wrapped at a narrow width."""
    writer = Writer()
    lines = [line.strip() for line in text.split("\n")]
    longest = max(map(len, lines))
    first = next(index for index, line in enumerate(lines) if line)
    wrapped = longest <= _LONGEST_WRAPPED and "" in lines[first:]
    table: list[list[str]] = []
    for index, line in enumerate(lines):
        before, after = (lines[index - 1] if index else ""), (lines[index + 1] if index + 1 < len(lines) else "")
        cells = _cells(line)
        if cells and (line.endswith("|") or table or _cells(after)) and (not table or len(cells) == len(table[0])):
            table.append(cells)
            continue
        if table:
            writer.table(table, range(index + 1 - len(table), index + 1))
            table = []
        if not line or (_UNDERLINE.fullmatch(line) and (before or not after)):
            continue
        if not before and _UNDERLINE.fullmatch(after):
            writer.heading(2, escape(line), index + 1)
        elif wrapped and before and len(before) * 2 > longest and writer.goes_on(line):
            writer.join(escape(line))
        else:
            writer.line(escape(line), index + 1, stands_alone=not before and (index == first or not after))
    if table:
        writer.table(table, range(len(lines) + 1 - len(table), len(lines) + 1))
    return writer


def _cells(line: str) -> list[str]:
    """The cells of `X | Y |`; none when it is no row."""
    cells = [escape(cell.strip()) for cell in line.strip().strip("|").split("|")] if "|" in line else []
    return cells if len(cells) > 1 else []


def _markdown(text: str) -> Writer:
    """Markdown stays as written; comments and front matter go, clauses on consecutive lines come apart."""
    writer = Writer()
    fenced = ""
    before = ""
    lines = _without_comments(_without_front_matter(text)).split("\n")
    for number, line in enumerate(lines, 1):
        line = line.rstrip() + ("  " if line.endswith("  ") and line.strip() else "")
        if fence := _FENCE.match(line):
            fenced = "" if fenced == fence[1] else fenced or fence[1]
        clause = None if fenced else _NUMBERED.match(line)
        if clause and before and (clause["dot"] or _SENTENCE_END.search(before)):
            writer.put("", number)
        if line or fenced or before:
            writer.put(line, number)
        before = line
    return writer


def _without_front_matter(text: str) -> str:
    if text.startswith("---\n") and (end := text.find("\n---\n")) > 0:
        return "\n" * text.count("\n", 0, end + 5) + text[end + 5 :]
    return text


def _without_comments(text: str) -> str:
    """Each `<!-- … -->` leaves its line ends, so that line numbers stay true."""
    kept = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join(kept) + text[at:]
