"""What changed is told clause by clause, in words a reader follows, and in bounded time."""

import html
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.house import SMALL
from wadjet import policy
from wadjet.policy import changes, purposes_changes
from wadjet.policy.table import purposes_table

TEXT = """## 1. First

1.1. The Operator keeps data for one year, and nobody else receives them.

1.2. Data are accurate.

## 2. Second

2.1. The Operator may:

- ask for reliable data;
- choose its own measures.

2.2. A visitor may withdraw consent at any time by writing to office@example.kz.
"""
PURPOSES = policy.read(SMALL).purposes


def told(after, before=TEXT):
    return [(change.clause, change.before, change.kind, str(change.html)) for change in changes(before, after)]


def words(marked, gone):
    """The text before or after a change, out of its HTML."""
    kept = re.sub(rf"<{gone}>.*?</{gone}>", "", marked)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", kept)).split())


def test_same_text_has_no_changes():
    assert told(TEXT) == []


def test_changed_words_stand_in_their_clause():
    assert told(TEXT.replace("one year", "two years")) == [
        (
            "1.1",
            None,
            "changed",
            "The Operator keeps data for <del>one year</del> <ins>two years</ins>, and nobody else receives them.",
        )
    ]


def test_change_names_its_section():
    (change,) = changes(TEXT, TEXT.replace("own measures", "measures"))

    assert (change.clause, change.heading) == ("2.1.b", "2. Second")
    assert change.html == "choose its <del>own</del> measures."


def test_added_and_removed_clauses_stand_where_they_belong():
    after = TEXT.replace("1.2. Data are accurate.", "1.2. Nothing is sold to anybody.").replace(
        "- choose", "- ask twice for what matters;\n- choose"
    )

    assert [(clause, kind) for clause, _, kind, _ in told(after)] == [
        ("1.2", "changed"),
        ("2.1.b", "added"),
        ("2.1.c", "moved"),
    ]
    assert told(TEXT.replace("1.2. Data are accurate.\n\n", "")) == [
        ("1.2", None, "removed", "<del>Data are accurate.</del>")
    ]


def test_inserted_clause_leaves_the_rest_alone():
    after = TEXT.replace("1.2. Data", "1.2. Cookies are explained.\n\n1.3. Data")

    assert told(after) == [
        ("1.2", None, "added", "<ins>Cookies are explained.</ins>"),
        ("1.3", "1.2", "moved", "Data are accurate."),
    ]


def test_moved_section_is_told_once():
    after = TEXT.replace("## 2. Second", "## 2. Between\n\n2.1. New here.\n\n## 3. Second").replace(
        "2.1. The", "3.1. The"
    )

    assert [(clause, before, kind) for clause, before, kind, _ in told(after.replace("2.2. A", "3.2. A"))] == [
        ("2", None, "added"),
        ("2.1", None, "added"),
        ("3", "2", "moved"),
    ]


def test_moved_and_changed_clause_is_one_change():
    after = TEXT.replace("1.2. Data", "1.2. Cookies are explained.\n\n1.3. Data").replace(
        "are accurate.", "are accurate and few."
    )

    assert told(after)[1] == (
        "1.3",
        "1.2",
        "changed",
        "Data are accurate<ins> and few</ins>.".replace("<ins> ", " <ins>"),
    )


def test_another_clause_under_a_number_is_shown_as_replaced():
    ((_, _, kind, marked),) = told(TEXT.replace("Data are accurate.", "Whoever writes to us gets an answer soon."))

    assert kind == "changed"
    assert marked == "<del>Data are accurate.</del> <ins>Whoever writes to us gets an answer soon.</ins>"


def test_address_changes_as_one_word():
    before = "1.1. See https://example.kz/privacy/a today."

    ((_, _, _, marked),) = told(before.replace("/a", "/b"), before)

    assert marked == "See <del>https://example.kz/privacy/a</del> <ins>https://example.kz/privacy/b</ins> today."


def test_changed_title_is_told():
    assert told(f"# New policy\n\n{TEXT}", f"# Old policy\n\n{TEXT}") == [
        ("0", None, "changed", "<del>Old</del> <ins>New</ins> policy")
    ]


def test_where_a_link_leads_is_part_of_the_text():
    before = "1.1. See [our page](https://example.kz/a)."

    assert len(told(before.replace("kz/a", "kz/b"), before)) == 1


def test_long_unchanged_words_are_left_out():
    before = "1.1. " + " ".join(f"word{number}" for number in range(500)) + " end."

    ((_, _, _, marked),) = told(before.replace("word250 ", "other "), before)

    assert "<del>word250</del> <ins>other</ins>" in marked
    assert marked.startswith("… word220")
    assert len(marked.split()) < 80


def test_changed_row_of_a_table_is_told():
    before = "## 6. Purposes\n\n|  |  |\n| --- | --- |\n| Data | name, e-mail |\n| Term | a year |\n"

    assert told(before.replace("name, e-mail", "name"), before) == [
        ("6.0", None, "changed", "Data | name<del>, e-mail</del>")
    ]


def test_markup_in_a_text_stays_words():
    ((_, _, _, marked),) = told(TEXT.replace("accurate", "<script>alert(1)</script> & <ins>"))

    assert "<script" not in marked
    assert "&lt;script&gt;" in marked
    assert set(re.findall(r"<[^>]*>", marked)) <= {"<ins>", "</ins>", "<del>", "</del>"}


def test_purposes_are_told_in_words():
    measurement, embeds = PURPOSES[1], PURPOSES[2]
    after = [
        PURPOSES[0],
        replace(measurement, term_text={"en": "two years"}, countries=("DE",), recipients=("Stats GmbH",)),
        replace(embeds, key="maps", name={"en": "Maps <b>"}),
    ]

    changed, added, *removed = purposes_changes(PURPOSES, after, "en")

    assert (changed.clause, changed.kind, changed.heading) == ("measurement", "changed", "Statistics")
    assert changed.html == (
        "Term: <del>one year</del> <ins>two years</ins>"
        "<br>Transfer to third parties: <del>none</del> <ins>Stats GmbH</ins>"
        "<br>Cross-border transfer: <del>none</del> <ins>Germany</ins>"
    )
    assert (added.clause, added.kind, added.heading) == ("maps", "added", "Maps <b>")
    assert "Purpose: <ins>Maps &lt;b&gt;</ins><br>" in added.html
    assert [(change.clause, change.kind) for change in removed] == [
        ("embeds", "removed"),
        ("feedback", "removed"),
        ("marketing", "removed"),
    ]


def test_purposes_that_stay_are_not_told():
    assert purposes_changes(PURPOSES, PURPOSES[::-1], "kk") == ()


def test_tables_told_as_purposes_are_not_told_twice():
    older, newer = purposes_table(PURPOSES, "en"), purposes_table(PURPOSES[1:], "en")

    assert changes(TEXT + older, TEXT + newer, tables=(older, newer)) == ()
    assert changes(TEXT + older, TEXT + newer) != ()


def clauses(count, words):
    """A text of that many clauses; `#` in their words stands for the number."""
    return "\n\n".join(f"1.{number}. {words.replace('#', str(number))}" for number in range(1, count + 1))


def many(count, word):
    return " ".join(word(number) for number in range(count))


TIRING = {
    "one word": ("a " * 50_000, "a " * 49_999 + "b"),
    "two words in turn": ("a b " * 25_000, "b a " * 25_000),
    "few words in another order": ("a b c d e " * 10_000, "e d c b a " * 10_000),
    "a long clause turned around": (many(20_000, str), " ".join(map(str, range(20_000, 0, -1)))),
    "many sentences": ("A b. " * 20_000, "B a. " * 20_000),
    "no spaces": ("a." * 50_000, "b." * 50_000),
    "many short clauses": (clauses(999, "a"), clauses(999, "b").replace("1.", "2.")),
    "clauses alike": (clauses(999, "common words #"), clauses(999, "common words again #")),
    "clauses rewritten": (
        clauses(60, many(300, lambda each: f"a{each % 50}")),
        clauses(60, many(300, lambda each: f"b{each % 50}")),
    ),
    "clauses shuffled": (
        clauses(60, many(300, lambda each: f"w{each % 97}")),
        clauses(60, many(300, lambda each: f"w{each * 5 % 97}")),
    ),
    "words in between": (
        clauses(60, many(150, lambda each: f"x{each} " + ("y" if each % 3 else "a"))),
        clauses(60, many(150, lambda each: ("z" if each % 3 else "a") + f" x{each}")),
    ),
}


@pytest.mark.parametrize(("before", "after"), TIRING.values(), ids=TIRING)
def test_hostile_texts_are_compared_in_time(before, after):
    started = time.process_time()

    assert changes(before, after)

    assert time.process_time() - started < 15


@given(
    st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", ".", ",", ";", "1", "<b>", "&", "é"]), max_size=40),
    st.data(),
)
def test_both_texts_can_be_read_out_of_the_difference(before, data):
    after = data.draw(st.permutations(before)) if before else ["alpha"]
    older, newer = "1.1. x " + " ".join(before), "1.1. x " + " ".join(after)

    for change in changes(older.replace("<", "\\<"), newer.replace("<", "\\<")):
        marked = str(change.html)
        assert words(marked, "ins").replace(" ", "") == older[5:].replace(" ", "")
        assert words(marked, "del").replace(" ", "") == newer[5:].replace(" ", "")


@given(
    st.text(st.sampled_from("1.2 ab#-|\n<>*[]()"), max_size=120),
    st.text(st.sampled_from("1.2 ab#-|\n<>*[]()"), max_size=120),
)
def test_any_two_texts_can_be_compared(before, after):
    for change in changes(before, after):
        assert set(re.findall(r"<[^>]*>", change.html)) <= {"<ins>", "</ins>", "<del>", "</del>"}
    assert changes(before, before) == ()
