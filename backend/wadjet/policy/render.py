"""Canonical Markdown → HTML that is safe wherever it stands.

Two nets, each enough alone: markdown-it passes no HTML through and makes links only to http(s), mailto and places in
the same text; nh3 then lets only the tags and attributes listed here through. Pictures become their words: nothing
third-party is ever loaded.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from .clauses import number_of, parse
from .languages import reads_right_to_left

_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {
    "*": {"id", "dir"},
    "a": {"href", "class"},
    "div": {"class", "tabindex", "role", "aria-labelledby"},
    "ol": {"start"},
    "th": {"scope"},
}
_BLOCKS = {"heading_open", "paragraph_open", "list_item_open", "th_open", "td_open"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents."""

    id: str
    title: str


@dataclass(frozen=True)
class Rendered:
    """A text ready for a page. `title`: the heading above all others, which is not in `html`."""

    title: str | None
    html: Markup
    contents: tuple[Entry, ...]


def render(markdown: str, *, apart: str = "") -> Rendered:
    """Every clause an anchor named by its number, which links to itself.

    apart  goes before each anchor's name, where several texts stand on one page
    """
    document = parse(markdown)
    if apart:
        _set_apart(document.tokens, apart)
    tokens = _shape_tables(document.tokens)
    for index, token in enumerate(tokens):
        if token.type in ("heading_open", "paragraph_open") and token.attrGet("id"):
            _link_number(tokens[index + 1], str(token.attrGet("id")))
    if reads_right_to_left(markdown):
        for token in tokens:
            if token.type in _BLOCKS:
                token.attrSet("dir", "auto")
    raw = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    safe = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None)
    contents = tuple(Entry(clause.id, clause.text) for clause in document.clauses if clause.kind == "section")
    return Rendered(document.title, Markup(safe), contents)  # noqa: S704 - cleaned one line above


def _set_apart(tokens: Sequence[Token], apart: str) -> None:
    for token in tokens:
        if name := token.attrGet("id"):
            token.attrSet("id", f"{apart}{name}")
        for child in token.children or ():
            if (href := str(child.attrGet("href") or "")).startswith("#"):
                child.attrSet("href", f"#{apart}{href[1:]}")


def _link_number(inline: Token, name: str) -> None:
    """`8.4. The term` → the number becomes a link to its own anchor, so that a clause's address can be copied."""
    children = inline.children or []
    at = next((index for index, child in enumerate(children) if child.content), None)
    if at is None or children[at].type != "text" or not (number := number_of(children[at].content)):
        return
    if any(child.type == "link_open" for child in children[:at]):
        return
    shown = number[1] + number[2]
    link = Token("link_open", "a", 1, attrs={"href": f"#{name}", "class": "clause"})
    words = [Token("text", "", 0, content=text) for text in (shown, children[at].content[len(shown) :])]
    inline.children = [*children[:at], link, words[0], Token("link_close", "a", -1), words[1], *children[at + 1 :]]


def _shape_tables(tokens: Sequence[Token]) -> list[Token]:
    """Cells learn what they head; an empty head goes, and the first column then heads the rows."""
    shaped: list[Token] = []
    head, headed, first = 0, True, True
    heading = ""
    for token in tokens:
        shaped.append(token)
        match token.type:
            case "heading_open":
                heading = str(token.attrGet("id") or heading)
            case "table_open":
                token.meta["heading"] = heading
            case "thead_open":
                head = len(shaped) - 1
            case "thead_close":
                headed = any(inner.content for inner in shaped[head:])
                shaped = shaped if headed else shaped[:head]
            case "tr_open":
                first = True
            case "th_open":
                token.attrSet("scope", "col")
            case "td_open" if first and not headed:
                token.tag = "th"
                token.attrSet("scope", "row")
            case "td_close":
                token.tag = "th" if first and not headed else "td"
                first = False
    return shaped


class _Html(RendererHTML):
    """markdown-it's HTML, but for pictures and tables."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        """The words that stand for a picture."""
        return html.escape(tokens[idx].content)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A wide table scrolls within its box, by keyboard too."""
        heading = tokens[idx].meta["heading"]
        label = f' role="group" aria-labelledby="{html.escape(heading)}"' if heading else ""
        return f'<div class="scroll" tabindex="0"{label}>{self.renderToken(tokens, idx, options, env)}'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"{self.renderToken(tokens, idx, options, env).rstrip()}</div>\n"


_MARKDOWN = MarkdownIt("commonmark", renderer_cls=_Html)
