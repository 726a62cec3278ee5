"""Whatever a policy says, its HTML holds only what we list, and every clause can be linked to."""

import json
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet import policy
from wadjet.policy import sources
from wadjet.policy.render import render

NUMBERED = sources.read((Path(__file__).parent / "texts" / "numbered.txt").read_bytes(), "numbered.txt").markdown

TAGS = {
    *("a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
HOSTILE = json.loads((Path(__file__).parent / "vectors" / "hostile.json").read_text())
PAYLOADS = HOSTILE["links"] + HOSTILE["markup"]
ATTRIBUTES = {"id", "dir", "href", "class", "tabindex", "role", "aria-labelledby", "start", "scope"}


class Seen(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.links, self.ids, self.words = set(), set(), [], [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.words += data


def assert_harmless(page):
    seen = Seen(str(page))
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert all(link.lower().startswith(("http://", "https://", "mailto:", "#")) for link in seen.links)
    assert len(seen.ids) == len(set(seen.ids))
    return seen


@pytest.mark.parametrize("around", HOSTILE["in_markdown"])
def test_no_markdown_runs_anything(around):
    for payload in PAYLOADS:
        assert_harmless(render(around.replace("{}", payload)).html)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<p>{}</p>",
        "<h2>{}</h2>",
        "<li>{}",
        "<td>{}",
        '<a href="{}">x</a>',
        "<a href={}>x</a>",
        "<main>{}",
        "<!--{}",
    ],
)
def test_no_page_runs_anything(around):
    for payload in PAYLOADS:
        try:
            text = sources.read(("<html><p>Words.</p>" + around.replace("{}", payload)).encode(), "policy.html")
        except ValueError:
            continue
        assert_harmless(render(text.markdown).html)


@pytest.mark.parametrize("name", ["policy.txt", "policy.md"])
def test_no_file_runs_anything(name):
    for payload in PAYLOADS:
        try:
            text = sources.read(f"1. Title\n1.1. See {payload} here.\n".encode(), name)
        except ValueError:
            continue
        assert_harmless(render(text.markdown).html)


@given(st.text(st.sampled_from("<>[]()!\"'`*_#-|&;:/ \n\tabjs1.=\\{}"), max_size=200))
def test_no_text_runs_anything(text):
    assert_harmless(render(text).html)


@pytest.mark.parametrize("payload", HOSTILE["markup"][:4])
def test_markup_is_shown_as_it_was_written(payload):
    seen = assert_harmless(render(f"1.1. Before {payload} after.").html)

    assert seen.words.strip() == f"1.1. Before {payload} after."


@pytest.mark.clause("12.3")
def test_every_clause_is_an_anchor_named_by_its_number():
    rendered = render(NUMBERED)

    seen = assert_harmless(rendered.html)
    for name in ("1", "1.0", "3.1", "3.1.a", "3.1.c", "5.0", "6.2", "6.2.b", "7.0", "8.2"):
        assert name in seen.ids
    assert '<p id="6.2"><a href="#6.2" class="clause">6.2.</a> The term' in rendered.html
    assert [entry.id for entry in rendered.contents] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert rendered.contents[2].title == "3. Rights and duties of the Operator"


def test_names_and_values_become_a_table_with_row_heads():
    html = render(NUMBERED).html

    assert '<table id="5.0">\n<tbody>\n<tr>\n<th scope="row">Purpose of processing</th>\n<td>Answering' in html
    assert "<thead>" not in html
    assert 'role="group" aria-labelledby="5"' in html


def test_dash_lists_are_lists():
    assert '<ul>\n<li id="3.2.a">answer the authorized body' in render(NUMBERED).html


def test_table_with_a_head_keeps_it():
    html = render("|A|B|\n|-|-|\n|1|2|\n").html

    assert '<th scope="col">A</th>' in html
    assert "<td>1</td>" in html


def test_leading_title_is_told_apart():
    rendered = render("# Our *policy*\n\n## 1. First\n\n### 1.1 Sub\n\nWords.\n")

    assert rendered.title == "Our policy"
    assert rendered.html.startswith('<h2 id="1">')
    assert '<h3 id="1.1">' in rendered.html
    assert '<p id="1.1.a">Words.</p>' in rendered.html


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("Of 2026.\n\n# Policy\n\n## One\n", "Policy"),
        ("Policy\n------\n\n### One\n", "Policy"),
        ("# 1. One\n\n## Sub\n", None),
        ("## Only\n", None),
        ("## Sub\n\n# Late\n", None),
        ("> # Quoted\n", None),
        ("Words.\n", None),
    ],
)
def test_title_is_the_heading_above_all_others(markdown, title):
    assert render(markdown).title == title


def test_sections_written_as_first_headings_are_sections():
    rendered = render("# What we do\n\nWords.\n\n# Wadjet\n\nMore.\n")

    assert [entry.id for entry in rendered.contents] == ["s-what-we-do", "s-wadjet"]
    assert '<p id="s-wadjet.0">More.</p>' in rendered.html


def test_number_given_twice_keeps_ids_apart():
    seen = assert_harmless(render("1.1. One.\n\n1.1. Two.\n\n## A\n\n## A\n").html)

    assert seen.ids == ["1.1", "1.1-2", "s-a", "s-a-2"]


def test_nested_items_get_ids_of_their_own():
    seen = Seen(str(render("2.1. We may:\n\n- one\n  - in one\n- two\n\nAlso this.\n").html))

    assert seen.ids == ["2.1", "2.1.a", "2.1.a.a", "2.1.b", "2.1.c"]


def test_bare_addresses_become_links():
    html = render("See https://example.kz/a_(b)?c=1&d=2, (https://example.kz). Write to a.b@example.kz.").html

    assert '<a href="https://example.kz/a_(b)?c=1&amp;d=2">https://example.kz/a_(b)?c=1&amp;d=2</a>,' in html
    assert '(<a href="https://example.kz">https://example.kz</a>).' in html
    assert '<a href="mailto:a.b@example.kz">a.b@example.kz</a>.' in html


def test_broken_address_stays_words():
    assert "<a " not in render("Open httpsː//example.kz.").html


def test_link_within_the_text_stays():
    assert '<a href="#8.4">8.4</a>' in render("See [8.4](#8.4).").html


def test_pictures_become_their_words():
    assert render("![a <b> plan](https://tracker.example/x.png)").html == '<p id="0.0">a &lt;b&gt; plan</p>\n'


def test_right_to_left_text_finds_its_direction():
    assert '<h2 id="1" dir="auto">' in render("## 1. أحكام\n\n- نص\n").html
    assert "dir=" not in render("## 1. Title\n").html


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_starter_is_rendered_whole(language):
    rendered = render(policy.read(policy.STARTER).texts[language].markdown)

    seen = assert_harmless(rendered.html)
    assert len(rendered.contents) == 12
    assert {"1.0", "3.1.a", "3.2.h", "4.1.f", "8.0", "8.4.b", "11.0", "12.3"} <= set(seen.ids)


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "![" * 10_000, "[](" * 10_000, "> " * 10_000, "- " * 10_000, "**a *b " * 5_000, "<" * 30_000]
)
def test_hostile_nesting_is_rendered_in_time(text):
    started = time.process_time()

    assert_harmless(render(text).html)

    assert time.process_time() - started < 5


def test_huge_table_is_rendered_in_time():
    started = time.process_time()

    render("|" + "a|" * 1000 + "\n|" + "-|" * 1000 + "\n" + "|x|\n" * 5000)

    assert time.process_time() - started < 10
