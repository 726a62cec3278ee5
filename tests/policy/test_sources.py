"""Whatever somebody wrote, in whatever encoding, becomes canonical Markdown or is refused with a remedy."""

import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet.policy import sources
from wadjet.policy.clauses import parse

NUMBERED = (Path(__file__).parent / "texts" / "numbered.txt").read_bytes()
RUSSIAN = "1. Общие положения\n1.1. Оператор хранит персональные данные в Казахстане — «всегда».\n"
KAZAKH = "1. Жалпы ережелер\n1.1. Оператор дербес деректерді Қазақстанда сақтайды.\n"
ARABIC = "1. أحكام عامة\n1.1. تحترم الجهة المشغلة حقوق الأشخاص.\n"
HEBREW = "1. כללי\n1.1. המפעיל מכבד את זכויות האדם.\n"


def plain(text: str) -> str:
    return sources.read(text.encode(), "policy.txt").markdown


def page(text: str) -> str:
    return sources.read(text.encode(), "policy.html").markdown


@pytest.mark.clause("12.3")
def test_numbered_plain_text_gets_sections_clauses_lists_and_a_table():
    text = sources.read(NUMBERED, "numbered.txt")

    ids = [clause.id for clause in parse(text.markdown).clauses]
    assert " ".join(ids) == (
        "1 1.0 1.1 1.2 2 2.1 2.2 2.3 2.4 3 3.1 3.1.a 3.1.b 3.1.c 3.2 3.2.a 3.2.b 4 4.1 4.2 5 5.0 5.0 5.0 "
        "6 6.0 6.1 6.2 6.2.b 6.3 7 7.0 8 8.1 8.2"
    )
    assert "## 3. Rights and duties of the Operator\n\n3.1. The Operator may:\n\n- receive" in text.markdown
    assert "| Personal data | Last name, first name, e-mail |" in text.markdown


def test_every_canonical_line_knows_its_source_line():
    text = sources.read(NUMBERED, "numbered.txt")
    source = NUMBERED.decode().split("\n")

    for line, number in zip(text.markdown.split("\n"), text.lines, strict=False):
        for word in re.findall(r"\w+", line)[:3]:
            assert word in source[number - 1]


@pytest.mark.parametrize(
    ("text", "language"),
    [(KAZAKH, "kk"), (RUSSIAN, "ru"), (NUMBERED.decode(), "en"), (ARABIC, "ar"), (HEBREW, "he"), ("1.1. Ω", "en")],
)
def test_language_is_recognised(text, language):
    assert sources.read(text.encode(), "policy.txt").language == language


def test_figures_alone_are_no_text():
    with pytest.raises(ValueError, match="no text"):
        sources.read(b"1.1. 2.2.", "policy.txt")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r"]
)
def test_encoding_makes_no_difference(encoding):
    text = RUSSIAN if encoding != "koi8-r" else RUSSIAN.replace("—", "-").replace("«", '"').replace("»", '"')

    read = sources.read(text.encode(encoding), "policy.txt")

    assert read.markdown == plain(text)
    assert read.language == "ru"


def test_western_text_is_not_taken_for_cyrillic():
    text = "1. Généralités\n1.1. Où sont conservées les données à caractère personnel ?\n"

    assert sources.read(text.encode("cp1252"), "policy.txt").markdown == plain(text)


def test_page_in_windows_1251_says_so():
    source = f'<html lang="ru"><meta charset="windows-1251"><body><p>{RUSSIAN}'

    assert "персональные данные" in sources.read(source.encode("cp1251"), "policy.html").markdown


def test_page_in_an_encoding_unheard_of_is_guessed():
    source = f"<meta charset=x-none><p>{RUSSIAN}"

    assert "персональные данные" in sources.read(source.encode("cp1251"), "policy.html").markdown


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\u2028", "\x0b"])
def test_line_ends_make_no_difference(ends):
    assert plain(RUSSIAN.replace("\n", ends)) == plain(RUSSIAN)


def test_composed_and_decomposed_letters_are_one_text():
    assert plain("1. Й") == plain("1. И\u0306")


REFUSED = {
    "nothing": (b"", "policy.txt", "empty"),
    "spaces only": (b" \n\t\n", "policy.txt", "empty"),
    "a byte order mark only": (b"\xef\xbb\xbf", "policy.md", "empty"),
    "a page without text": (b"<html><body><script>1</script><nav>x</nav>", "policy.html", "no text"),
    "a comment only": (b"<!-- nothing -->", "policy.md", "no text"),
    "zero bytes": (b"text\x00text", "policy.txt", "binary"),
    "control characters": (b"\x01\x02\x03\x04text", "policy.txt", "binary"),
    "a PDF named as text": (b"%PDF-1.7\n1.1. text", "policy.txt", "a PDF"),
    "a Word document": (b"PK\x03\x04" + b"\0" * 40, "policy.txt", "Word"),
    "an old Word document": (b"\xd0\xcf\x11\xe0\xa1\xb1", "policy.md", "old Word"),
    "RTF": (b"{\\rtf1 text}", "policy.txt", "RTF"),
    "a Word document by name": (b"PK\x03\x04", "policy.docx", ".docx"),
    "a PDF by name": (b"%PDF", "policy.pdf", ".pdf"),
    "bytes in no encoding": (bytes(range(128, 256)) * 3, "policy.txt", "encoding"),
    "half of a UTF-16 letter": (b"\xff\xfea\x00\xd8", "policy.txt", "encoding"),
}


@pytest.mark.parametrize(("data", "name", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_text_is_refused_with_a_remedy(data, name, reason):
    with pytest.raises(ValueError, match=re.escape(reason)) as refused:
        sources.read(data, name)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["a * b", "_x_ and __y__", "<b>", "[a](b)", "`c`", "# no heading", "> q", "+ x", "~~~", "&lt;"]
)
def test_plain_text_means_itself(text):
    (clause,) = parse(plain(f"As is:\n{text}\nend.")).clauses[1:2]

    assert clause.text == text


def test_wrapped_plain_text_is_joined_into_paragraphs():
    text = plain(
        "PRIVACY POLICY\n\nInformation we collect\n\n"
        "We collect what you give us when you write to us through the form on\n"
        "this website, and nothing else.\n\n"
        "1) your name, which you may leave out if you do not wish to be addressed\n   by it;\n2) your address.\n"
    )

    assert "# PRIVACY POLICY\n\n## Information we collect\n\n" in text
    assert "through the form on this website, and nothing else." in text
    assert "1) your name, which you may leave out if you do not wish to be addressed by it;\n2) your address." in text


def test_underlined_titles_are_headings():
    assert plain("Our policy\n=====\n\nThe text is here.\n").startswith("## Our policy\n")


@pytest.mark.parametrize("line", ["3.5 million visitors came.", "2 apples are no section", "1. This is a sentence."])
def test_a_number_alone_makes_no_section(line):
    assert all(clause.kind != "section" for clause in parse(plain(f"Words before it are long enough.\n{line}")).clauses)


def test_a_wide_table_keeps_its_head():
    text = plain("Purpose | Data | Term\nAnswers | e-mail | a year\n")

    assert text == "| Purpose | Data | Term |\n| --- | --- | --- |\n| Answers | e-mail | a year |\n"


def test_a_bar_within_a_sentence_is_no_table():
    assert "---" not in plain("Write a|b for a choice.\nThen go on.\n")


def test_markdown_stays_but_for_front_matter_and_comments():
    source = (
        "---\ntitle: x\n---\n\n# Policy\n<!-- two\nlines -->\n\nSome *words*.  \nMore.\n"
        "\n\n\n```\n1.1. code\n2.2. code\n```\n"
    )

    text = sources.read(source.encode(), "policy.md")

    assert text.markdown == "# Policy\n\nSome *words*.  \nMore.\n\n```\n1.1. code\n2.2. code\n```\n"
    assert text.lines[0] == 5
    assert text.lines[2] == 9


def test_clauses_on_consecutive_lines_of_markdown_come_apart():
    source = "## 8. Order\n8.1. First.\n8.2. Second, see 8.1 and\n8.3 of the other.\n8.4 Without a stop after it.\n"

    ids = [clause.id for clause in parse(sources.read(source.encode(), "policy.md").markdown).clauses]

    assert ids == ["8", "8.1", "8.2", "8.4"]


PAGE = """<!DOCTYPE html>
<html lang="de-AT"><head><title>Shop</title><style>p {}</style></head>
<body><nav><ul><li><a href="/">Home</a></ul></nav><header>Shop</header>
<main><article><header><h1>Privacy</h1></header>
<p>Version 3<br>of 2024
<h2>1. General</h2>
<p>1.1. We <b>are</b> <a href="https://example.com/a_b?x=1&amp;y=(2)">here</a>, <a href="/there">there</a> and
<a href="mailto:a_b@example.com">a_b@example.com</a>; 2 * 3 &lt; 7.
<p>1.2. We keep:
<ul><li>one<li>two<ol><li>deep<li>er<p>still</ol><li>three</ul>
<p><b>2. Second</b></p><div>Words in a box</div>
<table><tr><th>A<th>B<tr><td>1 | 2<td>x
y</table><table><tr><th>C<td>D<tr><th>Last row<td>F</table>
<script>alert('x')</script><aside>Buy!</aside></article></main><footer>Shop</footer>
"""


def test_page_keeps_its_main_text_only():
    text = sources.read(PAGE.encode(), "policy.html")

    assert text.language == "de"
    assert text.markdown == (
        "# Privacy\n\nVersion 3\n\nof 2024\n\n## 1. General\n\n"
        "1.1. We are [here](<https://example.com/a_b?x=1&y=(2)>), there and a_b@example.com; 2 \\* 3 \\< 7.\n\n"
        "1.2. We keep:\n\n- one\n- two\n  1. deep\n  2. er still\n- three\n\n"
        "## 2. Second\n\nWords in a box\n\n"
        "| A | B |\n| --- | --- |\n| 1 \\| 2 | x y |\n\n|  |  |\n| --- | --- |\n| C | D |\n| Last row | F |\n"
    )
    lines = dict(zip(text.markdown.split("\n"), text.lines, strict=False))
    assert (lines["## 1. General"], lines["## 2. Second"], lines["| Last row | F |"]) == (6, 11, 13)


def test_page_named_txt_is_read_as_a_page():
    assert sources.read(PAGE.encode(), "policy.txt").markdown == page(PAGE)


def test_a_page_without_main_text_marks_is_read_whole():
    assert page("<h1>Policy</h1><p>One.<p>Two.") == "# Policy\n\nOne.\n\nTwo.\n"


def test_odd_pages_are_read_as_browsers_read_them():
    assert page("<ul><li>one<p>still one<br>too</ul><p>After.") == "- one still one too\n\nAfter.\n"
    assert page("<ul>loose<li>one</ul>") == "loose\n\n- one\n"
    assert page('<ol start="7"><li>seven</ol>') == "7. seven\n"
    assert page("<table><tr><td>a<table><tr><td>b</table><td>c</table>") == "|  |  |\n| --- | --- |\n| a b | c |\n"
    assert page("<h2>One</a> <a href='https://x.example'></a></h2><p>x") == "## One\n\nx\n"


def test_title_in_the_header_of_a_page_is_kept():
    source = "<nav>Home</nav><header><h1>Policy</h1></header><p>One.<footer>Shop</footer>"

    assert page(source) == "# Policy\n\nOne.\n"


def test_a_page_nested_beyond_reason_is_refused():
    with pytest.raises(ValueError, match="deep"):
        page("<div>" * 50_000 + "text")


TIRING = ["![", "- a\n", "a\n\n", "<a ", "<ul><li>", "a@"]
MORE_TIRING = [
    *("[", "[](", "*a **a ", "`a", "1.1. a\n", "a|b|\n", "<!--", "<p>", "<td>x", "<![CDATA[", "&amp;", "https:", "{("),
    *("> ", "— a\n", "x ", "<nav>", "<main>", "\\", "~~~\n", "===\n", "[a]: b\n", "1. a\n", "## a\n", *TIRING),
]


def seconds_to_read(piece: str, length: int, name: str) -> float:
    started = time.process_time()
    with suppress(ValueError):
        parse(sources.read((piece * (length // len(piece))).encode(), name).markdown)
    return time.process_time() - started


@pytest.mark.parametrize("name", ["policy.txt", "policy.md", "policy.html"])
@pytest.mark.parametrize("piece", TIRING)
def test_reading_time_grows_with_length_only(piece, name):
    assert seconds_to_read(piece, 60_000, name) < 5


@pytest.mark.torture
@pytest.mark.parametrize("name", ["policy.txt", "policy.md", "policy.html"])
@pytest.mark.parametrize("piece", MORE_TIRING)
def test_200_kb_are_read_in_bounded_time(piece, name):
    assert seconds_to_read(piece, 200_000, name) < 20


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_any_bytes_are_read_or_refused(data, name):
    try:
        text = sources.read(data, name)
    except ValueError:
        return

    assert text.markdown.strip()
    assert text.markdown.endswith("\n")
    assert len(text.lines) == text.markdown.count("\n")


@given(
    st.text(st.sampled_from("123.) ab\n—-|*<>[]()_#`\\&"), max_size=60), st.sampled_from(["a.txt", "a.md", "a.html"])
)
def test_canonical_text_is_read_as_itself_again(text, name):
    try:
        once = sources.read(text.encode(), name).markdown
    except ValueError:
        return

    assert [each.text for each in parse(once).clauses] == [
        each.text for each in parse(sources.read(once.encode(), "again.md").markdown).clauses
    ]
