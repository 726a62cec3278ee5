"""Somebody's policy page → canonical Markdown: its main text with headings, lists, tables and links; nothing else.

nh3 (html5ever) goes first. It reads any tag soup as browsers do and in time that grows with its length, which the
standard library's parser did not before Python 3.13.6; what it hands on is well-formed.
"""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from .encoding import visible
from .writer import Writer, escape

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {
    "address",
    "article",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "figure",
    "hr",
    "main",
    "p",
    "pre",
    "section",
    "tbody",
    "tfoot",
    "thead",
}
_ASIDE = {"aside", "footer", "header", "nav"}
_NO_TEXT = {
    "button",
    "form",
    "head",
    "iframe",
    "math",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
}
_KEPT = _HEADINGS | _BLOCKS | _ASIDE | {"a", "li", "ol", "table", "td", "th", "tr", "ul"}

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_NEED_NO_END = {
    "area",
    "base",
    "br",
    "col",
    "dd",
    "dt",
    "hr",
    "img",
    "input",
    "li",
    "link",
    "meta",
    "option",
    "p",
    "path",
    "source",
    "td",
    "th",
    "tr",
    "wbr",
}
_DEEPEST = 1000  # html5ever's time grows with the square of the depth
_DEEPEST_LIST = 8
_ABSOLUTE = re.compile(r"https?://.|mailto:.", re.IGNORECASE)
_AHEAD = 20_000  # how far a block's first words are looked for in the source


def write(page: str) -> Writer:
    """The page's text. Raises ValueError when it is nested beyond reason."""
    open_tags: Counter[str] = Counter()
    for end, tag in _TAG.findall(page):
        name = tag.lower()
        if name not in _NEED_NO_END:
            open_tags[name] = max(0, open_tags[name] + (-1 if end else 1))
            if not end and open_tags[name] > _DEEPEST:
                raise ValueError(f"nests <{name}> more than {_DEEPEST} deep")
    clean = nh3.clean(
        page,
        tags=_KEPT,
        attributes={"a": {"href"}, "ol": {"start"}},
        clean_content_tags=_NO_TEXT,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    main = _main_part(clean)
    title = main.find("<h1>")
    in_header = main.rfind("<header>", 0, title) > main.rfind("</header>", 0, title)
    reader = _Reader(page, _ASIDE - {"header"} if in_header or main is not clean else _ASIDE)
    reader.feed(main)
    reader.close()
    reader.end_block()
    return reader.writer


def _main_part(clean: str) -> str:
    """What stands in the page's one `<main>`, else in its one `<article>`, else everything."""
    for tag in ("main", "article"):
        if clean.count(f"<{tag}>") == 1:
            part = clean[clean.index(f"<{tag}>") : clean.rindex(f"</{tag}>")]
            if re.sub("<[^>]*>", "", part).strip():
                return part
    return clean


@dataclass
class _List:
    """An open list. `width`: columns its last item's marker takes, 0 before there is one."""

    ordered: bool
    number: int
    width: int = 0


class _Reader(HTMLParser):
    """Follows well-formed HTML and hands blocks to the writer."""

    def __init__(self, page: str, aside: set[str]) -> None:
        super().__init__()
        self.writer = Writer()
        self._page, self._at, self._line = page, 0, 1  # how far the source was searched, and the line there
        self._aside, self._skipping = aside, 0
        self._words: list[str] = []
        self._first_words = ""
        self._links: list[tuple[int, str]] = []
        self._level = 0  # of the open heading
        self._lists: list[_List] = []
        self._new_item = False
        self._tables = 0  # open ones; a table within a cell is read as words
        self._rows: list[list[str]] = []
        self._rows_at: list[int] = []
        self._headed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, an item, a cell, a link."""
        if tag in self._aside or self._skipping:
            self._skipping += tag in self._aside
        elif tag == "a":
            self._links.append((len(self._words), dict(attrs).get("href") or ""))
        elif tag == "table" and not self._tables:
            self.end_block()
            self._tables, self._headed = 1, False
        elif self._tables:
            self._in_table(tag)
        else:
            self._block(tag, dict(attrs))

    def _in_table(self, tag: str) -> None:
        self._tables += tag == "table"
        if self._tables == 1 and tag == "tr":
            self._rows.append([])
            self._rows_at.append(self._line)
        elif self._tables == 1 and tag in ("td", "th"):
            self._words = []
            self._headed |= tag == "th" and len(self._rows) == 1 and len(self._rows[-1]) > 0
        else:
            self._words.append(" ")

    def _block(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "br" and self._lists:
            self._words.append(" ")
            return
        self.end_block()
        if tag in _HEADINGS:
            self._level = int(tag[1])
        elif tag in ("ul", "ol"):
            start = attrs.get("start") or ""
            self._lists.append(_List(tag == "ol", int(start[:6]) if start.isdecimal() else 1))
        elif tag == "li":
            self._new_item = True

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if self._skipping:
            self._skipping -= tag in self._aside
        elif tag == "a":
            self._end_link()
        elif tag == "table":
            self._tables -= 1
            if not self._tables:
                self._end_table()
        elif self._tables:
            if self._tables == 1 and tag in ("td", "th") and self._rows:
                self._rows[-1].append(self._collapsed())
                if len(self._rows[-1]) == 1:
                    self._rows_at[-1] = self._line
        elif tag not in ("br", "hr"):
            self.end_block()
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
                self._new_item = False

    def handle_data(self, data: str) -> None:
        """Words; the first ones of a block tell its line in the source."""
        if self._skipping:
            return
        if not self._first_words and data.strip():
            self._first_words = data.strip().partition("\n")[0][:40]
            self._look_up()
        self._words.append(escape(visible(data)))

    def _look_up(self) -> None:
        found = self._page.find(self._first_words, self._at, self._at + _AHEAD)
        if found >= 0 and len(self._first_words) > 3:
            self._line += self._page.count("\n", self._at, found)
            self._at = found

    def _collapsed(self) -> str:
        text = " ".join("".join(self._words).split(" ")).strip()
        self._words, self._first_words, self._links = [], "", []
        return re.sub(r"[ \t\n]+", " ", text)

    def _end_link(self) -> None:
        """`[words](<address>)`; an address that is its own words stays bare, a relative one leads nowhere here."""
        start, href = self._links.pop() if self._links else (0, "")
        words = "".join(self._words[start:]).strip()
        if words and _ABSOLUTE.match(href) and words not in (escape(href), escape(href.removeprefix("mailto:"))):
            address = re.sub(r"[\s<>\\]", lambda found: f"%{ord(found[0]):02X}", href)
            self._words[start:] = [f"[{words}](<{address}>)"]

    def _end_table(self) -> None:
        rows = [(row, at) for row, at in zip(self._rows, self._rows_at, strict=True) if any(row)]
        self._rows, self._rows_at = [], []
        if rows:
            self.writer.table([row for row, _ in rows], [at for _, at in rows], headed=self._headed)

    def end_block(self) -> None:
        """Hand the words collected to the writer as what they are."""
        text = self._collapsed()
        if not text:
            return
        if self._level:
            self.writer.heading(self._level, text, self._line)
            self._level = 0
        elif self._new_item and self._lists:
            self._item(text)
        elif self._lists and self._lists[-1].width:
            self.writer.join(text)
        else:
            self.writer.line(text, self._line)
            for each in self._lists:
                each.width = 0

    def _item(self, text: str) -> None:
        self._new_item = False
        innermost = self._lists[-1]
        marker = f"{innermost.number}." if innermost.ordered else "-"
        innermost.number += 1
        innermost.width = len(marker) + 1
        self.writer.item(marker, text, self._line, indent=sum(each.width for each in self._lists[:_DEEPEST_LIST][:-1]))
