"""Canonical Markdown → its clauses, each with the id that people cite.

`8` is a section, `8.4` a numbered clause, `8.4.b` its second paragraph, `3.1.a` the first item of its list, `1.0` what
stands in a section before its first clause. A section without a number is named by its title (`s-what-we-collect`:
the prefix keeps ids from shadowing a page's own names).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)([.)]?)\s+(?=\S)")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+\Z|#[^\s]*\Z", re.IGNORECASE)
_BARE = re.compile(
    r"https?://[^\s<>\"'«»“”„|\\^`{}]{1,2000}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One citable piece. `text` is plain; `start` and `end` are canonical lines, 0-based, `end` excluded."""

    id: str
    kind: str  # title, section, heading, clause, paragraph, item, row
    text: str
    section: str  # the title of its section
    start: int
    end: int


@dataclass
class Document:
    """A parsed text. Each block's token carries its clause's id."""

    title: str | None
    tokens: list[Token]
    clauses: list[Clause]


def parse(markdown: str) -> Document:
    """Read canonical Markdown."""
    title, tokens = _without_title(_MARKDOWN.parse(markdown))
    _raise_headings(tokens)
    heads = [] if title is None else [Clause("0", "title", title, title, 0, 1)]
    return Document(title, tokens, heads + _Numbering().read(tokens))


def plain(inline: Token) -> str:
    """What a reader sees of an inline token, link targets included where the words hide them."""
    parts: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in inline.children or ():
        if token.type in ("text", "code_inline", "image"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "link_open":
            opened.append((len(parts), str(token.attrGet("href") or "")))
        elif token.type == "link_close":
            start, href = opened.pop()
            words = "".join(parts[start:])
            if not href.startswith("#") and words not in (href, href.removeprefix("mailto:")):
                parts.append(f" ({href})")
    return "".join(parts).strip()


def number_of(text: str) -> re.Match[str] | None:
    """The number a clause or section begins with."""
    return _NUMBER.match(text)


class _Numbering:
    """Walks the blocks once and gives each its id."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self._again: Counter[str] = Counter()  # how often an id was asked for
        self._taken: Counter[str] = Counter()  # per clause or item: the letters given under it
        self._section, self._title = "0", ""
        self._base = ""  # the clause whose paragraphs and items come next; "" right after a section's heading
        self._next_paragraph = 2  # the letter of its next paragraph at least: the clause itself is its first
        self._items: list[str] = []  # the open list items, the innermost last

    def read(self, tokens: Sequence[Token]) -> list[Clause]:
        """The clauses in order; their tokens get the ids."""
        for index, token in enumerate(tokens):
            if token.type == "list_item_open":
                self._item(token, _after(tokens, index))
            elif token.type == "list_item_close":
                self._items.pop()
            elif self._items:
                continue
            elif token.type == "heading_open":
                self._heading(token, plain(tokens[index + 1]))
            elif token.type == "paragraph_open":
                self._paragraph(token, plain(tokens[index + 1]))
            elif token.type in ("fence", "code_block"):
                self._paragraph(token, token.content.strip())
            elif token.type == "table_open":
                token.attrSet("id", self._lead())
            elif token.type == "tr_open":
                self._row(token, _after(tokens, index))
        return self.clauses

    def _heading(self, token: Token, text: str) -> None:
        number = number_of(text)
        if number and not number[2] and "." not in number[1] and int(number[1]) != _whole(self._section) + 1:
            number = None  # "3 ways we use data" is no section 3
        name = self._unused(number[1] if number else _slug(text))
        if token.tag == "h2" and not (number and "." in number[1]):
            self._section, self._title, self._base = name, text, ""
            self._add(token, name, "section", text)
        else:
            self._base, self._next_paragraph = name, 1
            self._add(token, name, "heading", text)

    def _paragraph(self, token: Token, text: str) -> None:
        number = number_of(text)
        if number and "." in number[1] and (number[2] or number[1].partition(".")[0] == self._section):
            self._base, self._next_paragraph = self._unused(number[1]), 2
            self._add(token, self._base, "clause", text)
        else:
            self._add(token, self._lead(), "paragraph", text)

    def _item(self, token: Token, following: Iterator[Token]) -> None:
        if not self._base:
            self._base, self._next_paragraph = f"{self._section}.0", 1
        name = self._lettered(self._items[-1] if self._items else self._base)
        self._items.append(name)
        nested = ("bullet_list_open", "ordered_list_open", "list_item_close")
        words = takewhile(lambda inner: inner.type not in nested, following)
        self._add(token, name, "item", " ".join(plain(inner) for inner in words if inner.type == "inline"))

    def _row(self, token: Token, following: Iterator[Token]) -> None:
        inside = takewhile(lambda inner: inner.type != "tr_close", following)
        cells = [plain(inner) for inner in inside if inner.type == "inline"]
        if any(cells):
            start, end = token.map or (0, 0)
            self.clauses.append(Clause(self._base, "row", " | ".join(cells), self._title, start, end))

    def _lead(self) -> str:
        """The id of an unnumbered paragraph or table: before the first clause `1.0`, later the next letter."""
        if not self._base:
            self._base, self._next_paragraph = f"{self._section}.0", 2
            return self._unused(self._base)
        return self._lettered(self._base, self._next_paragraph)

    def _lettered(self, base: str, at_least: int = 1) -> str:
        self._taken[base] = max(self._taken[base] + 1, at_least)
        return self._unused(f"{base}.{_letter(self._taken[base])}")

    def _unused(self, name: str) -> str:
        """A number given twice gets `-2`: an id names one place."""
        self._again[name] += 1
        return name if self._again[name] == 1 else self._unused(f"{name}-{self._again[name]}")

    def _add(self, token: Token, name: str, kind: str, text: str) -> None:
        token.attrSet("id", name)
        start, end = token.map or (0, 0)
        self.clauses.append(Clause(name, kind, text, self._title, start, end))


def _after(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    return (tokens[later] for later in range(index + 1, len(tokens)))


def _letter(count: int) -> str:
    """1 → a, 26 → z, 27 → aa."""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _slug(title: str) -> str:
    words = re.findall(r"\w+", title.lower())
    return "s-" + "-".join(words)[:60].strip("-")


def _whole(number: str) -> int:
    return int(number) if number.isdecimal() else 0


def _without_title(tokens: list[Token]) -> tuple[str | None, list[Token]]:
    """The first heading is the text's title where it has no number and none of its rank follows."""
    headings = [index for index, token in enumerate(tokens) if token.type == "heading_open" and not token.level]
    first = headings[0] if headings else -1
    ranks = [tokens[index].tag for index in headings]
    if not headings or min(ranks) != ranks[0] or ranks.count(ranks[0]) > 1 or (ranks[0] != "h1" and len(ranks) == 1):
        return None, tokens
    title = plain(tokens[first + 1])
    return (None, tokens) if number_of(title) else (title, [*tokens[:first], *tokens[first + 3 :]])


def _raise_headings(tokens: Sequence[Token]) -> None:
    """Make the highest heading an h2, whatever level the author began with."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    lift = min((int(token.tag[1]) for token in headings), default=2) - 2
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - lift)}"


def _link_bare_addresses(state: StateCore) -> None:
    """http(s) addresses and e-mail addresses become links where the author wrote no link."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            within = 0
            children: list[Token] = []
            for child in token.children:
                within += (child.type == "link_open") - (child.type == "link_close")
                children += [child] if within or child.type != "text" else _split_at_addresses(state.md, child)
            token.children = children


def _split_at_addresses(md: MarkdownIt, text: Token) -> list[Token]:
    pieces: list[Token] = []
    at = 0
    for found in _BARE.finditer(text.content):
        address = found[0].rstrip(".,;:!?")
        address = address if "(" in address else address.rstrip(")")
        href = md.normalizeLink(address if "://" in address else f"mailto:{address}")
        if md.validateLink(href):
            pieces += [_text(text.content[at : found.start()]), *_link(href, address)]
            at = found.start() + len(address)
    return [piece for piece in (*pieces, _text(text.content[at:])) if piece.type != "text" or piece.content]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(href: str, words: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": href}), _text(words), Token("link_close", "a", -1)]


def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline"])
    md.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    md.core.ruler.push("bare_addresses", _link_bare_addresses)
    return md


_MARKDOWN = _parser()
