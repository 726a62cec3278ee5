"""The policy at the console: written side by side, approved by a second person, published as it was approved."""

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.console.drafts import DRAFT, facts, purpose, texts, words, written
from tests.reader import Page
from wadjet import policy

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    '<a href="javascript:alert(1)">x</a>',
    "![x](https://evil.example/pixel.gif)",
    "</textarea><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "[x]: data:text/html,<script>alert(1)</script>\n\n[x]",
]


def test_it_shows_what_is_in_force_and_what_is_written(writer):
    said = words(writer.get("policy/"))

    assert "Version 1 has been in force since 23 November 2026." in said
    assert policy.version(1).digest in said
    assert "Draft 1" in said
    assert "being written" in said
    assert writer.account.name in said


def test_the_texts_stand_side_by_side_with_their_checks_and_looks(writer):
    read = Page(writer.get(DRAFT).text)

    assert [each["lang"] for each in read.all("textarea")] == ["kk", "ru", "en"]
    assert "Version {version}, {effective}." in read.words
    assert "Version 2, November 23, 2026." in read.words
    assert "nothing is said of: " in read.words
    assert len(read.ids) == len(set(read.ids))


def test_what_is_saved_is_shown_with_its_checks(writer):
    answer = writer.post(DRAFT, texts(en="# New\n\n1.1. Call within 3 days.\n"), follow_redirects=True)

    assert written().manuscript.texts["en"] == "# New\n\n1.1. Call within 3 days.\n"
    assert "line 3" in words(answer)
    assert "say whether these are working or calendar days" in words(answer)


def test_a_placeholder_that_is_none_is_an_error_at_its_line(writer):
    answer = writer.post(DRAFT, texts(ru="# Новый\n\n1.1. {operator.shoes}\n"), follow_redirects=True)

    assert "Error, line 3" in words(answer)
    assert "Propose" not in words(writer.get(DRAFT + "approval/"))
    assert writer.post(DRAFT + "propose/", {"revision": "2"}).status_code == 422


def test_a_preview_keeps_nothing(writer):
    answer = writer.post(DRAFT + "preview/", {"language": "en", "text-en": "# T\n\n1.1. Hello {operator.name}"})

    assert "1.1. Hello LLP Wadjet" in words(answer)
    assert written().revision == 1


def test_there_is_no_preview_in_a_language_that_the_draft_lacks(writer):
    assert writer.post(DRAFT + "preview/", {"language": "de", "text-de": "Hallo"}).status_code == 404


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_typed_runs(writer, attack):
    writer.post(DRAFT, texts(en=f"# T\n\n1.1. {attack}\n"))
    writer.post(DRAFT + "purpose/", purpose(2, **{"name-en": attack[:40], "description-en": attack}))
    writer.post(DRAFT + "facts/", facts(3, **{"summary-en": attack, "phone": attack}))

    pages = [writer.get(DRAFT + part).text for part in ("", "purposes/", "purposes/letters/", "facts/", "changes/")]
    pages.append(writer.post(DRAFT + "preview/", {"language": "en", "text-en": attack}).text)

    for page in pages:
        read = Page(page)
        assert read.all("svg") == read.all("img") == []
        assert all(
            set(each) <= {"src", "defer"} and each["src"].startswith("/console/static/") for each in read.all("script")
        )
        assert not [link for link in read.links() if link.startswith(("javascript:", "data:"))]
        assert not [each for each in read.all("a") if "onerror" in each]


def test_a_purpose_is_added_changed_and_taken_out(writer):
    assert writer.post(DRAFT + "purpose/", purpose()).status_code == 303
    assert written().manuscript.manifest.purposes[-1].term == "P6M"

    writer.post(DRAFT + "purposes/letters/", purpose(2, term="P1Y", countries="de, us", recipients="A\r\nB\r\n"))
    changed = written().manuscript.manifest.purposes[-1]
    assert (changed.term, changed.countries, changed.recipients) == ("P1Y", ("DE", "US"), ("A", "B"))

    writer.post(DRAFT + "purposes/letters/remove/", {"revision": "3"})
    assert "letters" not in [each.key for each in written().manuscript.manifest.purposes]


def test_a_purpose_that_there_is_not_is_not_changed_into_one(writer):
    assert writer.post(DRAFT + "purposes/lost/", purpose()).status_code == 404

    assert written().revision == 1


@pytest.mark.parametrize("key", ["necessary", "measurement", "embeds", "feedback", "marketing"])
def test_a_purpose_that_is_saved_as_it_was_is_the_same(writer, key):
    read = Page(writer.get(DRAFT + f"purposes/{key}/").text)
    assert read.all("input", name="key", value=key)

    form = {
        each["name"]: each.get("value", "")
        for each in read.all("input")
        if each.get("type") not in ("radio", "checkbox", "hidden")
    }
    (known,) = (each for each in written().manuscript.manifest.purposes if each.key == key)
    several = {"description", "data", "legal_ground"}
    form |= {f"{name}-{tag}": said for name in several for tag, said in getattr(known, name).items()}
    form |= {"asked": known.asked, "operations": list(known.operations), "recipients": "\r\n".join(known.recipients)}
    form |= {"required": "yes"} if known.required else {}

    assert writer.post(DRAFT + f"purposes/{key}/", form | {"revision": "1"}).status_code == 303
    assert written().revision == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key": "Not A Key"}, "Small Latin letters"),
        ({"key": "marketing"}, "Another purpose has this key."),
        ({"asked": "street"}, "Where people find the choice."),
        ({"name-kk": "x" * 41}, "40 characters at most"),
        ({"name-kk": "", "name-ru": ""}, "40 characters at most"),
        ({"description-kk": "x" * 501}, "500 characters at most"),
        ({"operations": []}, "Choose at least one."),
        ({"operations": ["sell"]}, "Choose at least one."),
        ({"term": "a year"}, "A duration as ISO 8601 writes it"),
        ({"countries": "KZ"}, "never KZ"),
        ({"recipients": "x" * 201}, "200 characters at most"),
        ({"publication": "x" * 201}, "200 characters at most"),
        ({"dpv": "NoSuchThing"}, "Data Privacy Vocabulary"),
    ],
)
def test_what_is_no_purpose_comes_back_as_it_was_typed(writer, changed, said):
    answer = writer.post(DRAFT + "purpose/", purpose(**{"data-en": "typed with care"} | changed))

    read = Page(answer.text)
    assert answer.status_code == 422
    assert any(said in each for each in [read.words])
    assert "Not saved yet" in read.words
    assert "typed with care" in answer.text
    assert read.all("strong", **{"class": "error"})
    assert written().revision == 1


@pytest.mark.parametrize(
    ("field", "value"), [("bin", "12"), ("effective", "soon"), ("effective", "1066-10-14"), ("summary-kk", "x" * 2001)]
)
def test_facts_that_cannot_be_come_back_as_they_were_typed(writer, field, value):
    answer = writer.post(DRAFT + "facts/", facts(**{"phone": "typed with care"} | {field: value}))

    assert answer.status_code == 422
    assert "typed with care" in answer.text
    assert value in answer.text
    assert Page(answer.text).all("strong", **{"class": "error"})
    assert written().revision == 1


def test_facts_are_kept(writer):
    form = facts(
        **{"summary-kk": "Бір", "summary-ru": "Раз", "effective": "2026-12-01", "phone": "+7 1", "name-en": "Ours"}
    )
    writer.post(DRAFT + "facts/", form | {"material": "no"})

    told = written().manuscript.manifest
    assert (dict(told.summary), str(told.effective), told.material) == ({"kk": "Бір", "ru": "Раз"}, "2026-12-01", False)
    assert (told.operator.phone, told.operator.name) == ("+7 1", {"en": "Ours"})
    assert len(told.purposes) == 5


def test_the_second_of_two_who_write_the_same_text_sees_both(writer, desk):
    other = desk("maintainer", "dana@wadjet.kz")
    writer.post(DRAFT, texts(en="# Of the first\n"))

    answer = other.post(DRAFT, texts(1, en="# Of the second\n", ru="# Второй\n"))

    read = Page(answer.text)
    assert answer.status_code == 409
    assert f"{writer.account.name} has saved the same text meanwhile" in read.words
    assert "# Of the first" in read.words
    assert "# Of the second" in read.words
    assert "# Второй" in read.words
    assert read.all("input", name="revision", value="2")
    assert written().manuscript.texts["en"] == "# Of the first\n"

    other.post(DRAFT, texts(2, en="# Of both\n", ru="# Второй\n"))
    assert (written().manuscript.texts["en"], written().manuscript.texts["ru"]) == ("# Of both\n", "# Второй\n")


def test_two_who_write_different_texts_are_both_kept(writer, desk):
    other = desk("maintainer", "dana@wadjet.kz")
    first = texts(en="# Of the first\n")
    own = texts(ru="# Второй\n")
    writer.post(DRAFT, first)

    answer = other.post(DRAFT, own, follow_redirects=True)

    assert "together with what others saved meanwhile" in words(answer)
    assert (written().manuscript.texts["en"], written().manuscript.texts["ru"]) == ("# Of the first\n", "# Второй\n")


def test_the_second_of_two_who_change_a_purpose_sees_both(writer, desk):
    other = desk("maintainer", "dana@wadjet.kz")
    writer.post(DRAFT + "purposes/marketing/", purpose(key="marketing", term="P9Y", **{"term_text-en": "nine years"}))

    answer = other.post(DRAFT + "purposes/marketing/", purpose(1, key="marketing", term="P7Y"))

    assert answer.status_code == 409
    assert "nine years" in words(answer)
    assert 'value="P7Y"' in answer.text


def test_who_takes_out_a_purpose_that_was_changed_meanwhile_is_told(writer, desk):
    other = desk("maintainer", "dana@wadjet.kz")
    writer.post(DRAFT + "purposes/marketing/", purpose(key="marketing", term="P9Y"))

    answer = other.post(DRAFT + "purposes/marketing/remove/", {"revision": "1"})

    assert answer.status_code == 409
    assert "was quicker" in words(answer)
    assert "marketing" in [each.key for each in written().manuscript.manifest.purposes]


def test_the_second_of_two_who_change_the_facts_sees_both(writer, desk):
    other = desk("maintainer", "dana@wadjet.kz")
    writer.post(DRAFT + "facts/", facts(**{"summary-en": "Of the first"}))

    answer = other.post(DRAFT + "facts/", facts(1, **{"summary-en": "Of the second"}))

    assert answer.status_code == 409
    assert "Of the first" in words(answer)
    assert "Of the second" in answer.text


def test_what_is_typed_into_a_draft_that_was_closed_is_shown(writer, desk):
    form = texts(en="# Typed for an hour\n")
    desk("responsible").post(DRAFT + "drop/", {"revision": "1"})

    answer = writer.post(DRAFT, form)

    assert answer.status_code == 409
    assert "# Typed for an hour" in words(answer)
    assert "copy it into another draft" in words(answer)


READING = ["", "drafts/1/", "drafts/1/purposes/", "drafts/1/facts/", "drafts/1/changes/", "drafts/1/approval/"]
WRITING = ["drafts/", "drafts/1/", "drafts/1/preview/", "drafts/1/purpose/", "drafts/1/purposes/marketing/"]
WRITING += ["drafts/1/purposes/marketing/remove/", "drafts/1/facts/", "drafts/1/propose/", "drafts/1/drop/"]
APPROVING = ["drafts/1/approve/", "drafts/1/decline/", "drafts/1/publish/"]


@pytest.mark.parametrize("role", ["staff", "auditor"])
def test_who_may_only_read_reads_and_changes_nothing(writer, desk, role):
    reader = desk(role)

    for path in [*READING, "drafts/1/bundle.zip"]:
        answer = reader.get("policy/" + path)
        assert answer.status_code == 200, path
        if path.endswith("/") or not path:
            assert "<button" not in answer.text.partition("<main")[2], path
    for path in [*WRITING, *APPROVING]:
        assert reader.post("policy/" + path, {"revision": "1"}).status_code == 403, path
    assert (written().revision, written().draft.state) == (1, "writing")


def test_nobody_reads_it_without_signing_in(writer, desk):
    for path in READING:
        assert desk().get("policy/" + path).status_code == 302


@pytest.mark.parametrize(
    "path", ["drafts/2/", "drafts/99999999999999999999/", "drafts/1/purposes/nobody/", "drafts/0/"]
)
def test_what_is_not_there_is_not_found(writer, path):
    assert writer.get("policy/" + path, headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("revision", ["", "x", "-1", "7", "9" * 30, "²"])
def test_a_form_of_no_revision_changes_nothing(writer, revision):
    for path in WRITING[1:2] + WRITING[3:]:
        assert writer.post("policy/" + path, {"revision": revision}).status_code in (404, 409), path
    assert written().revision == 1


@pytest.mark.parametrize("path", READING)
def test_a_page_takes_few_statements(writer, queries, path):
    writer.get("policy/" + path)

    assert len(queries(lambda: writer.get("policy/" + path))) <= MOST_QUERIES


def test_drafts_are_shown_a_page_at_a_time(writer, settings, now):
    for _ in range(policy.drafts.PAGE):
        policy.drafts.begin(settings=settings, by="staff-9", now=now)

    first = Page(writer.get("policy/").text)
    second = Page(writer.get(f"policy/?before={2}").text)

    assert "Draft 1 " not in first.words + " "
    assert [link for link in first.links() if "before=" in link] == ["/console/policy/?before=2"]
    assert "Draft 1" in second.words


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²", ""])
def test_a_cursor_that_is_none_is_the_first_page(writer, before):
    assert "Draft 1" in words(writer.get(f"policy/?before={before}"))


def test_who_writes_is_told_by_name_and_nobodys_address(writer):
    for path in READING:
        main = writer.get("policy/" + path).text.partition("<main")[2]
        assert writer.account.email not in main
        assert writer.account.handle not in main
    assert writer.account.name in writer.get("policy/").text.partition("<main")[2]


@pytest.mark.parametrize(("language", "said"), [("kk", "Жобалар"), ("ru", "Проекты"), ("en", "Drafts")])
def test_it_speaks_three_languages(writer, desk, language, said):
    reader = desk("auditor", language=language)

    assert said in words(reader.get("policy/"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "«3 days»: жұмыс күндері ме, күнтізбелік күндер ме"),
        ("ru", "«3 days»: уточните, рабочие это дни или календарные"),
        ("ru", "ничего не сказано о следующем: файлы cookie и подобные записи; "),
    ],
)
def test_the_checks_speak_the_readers_language(writer, desk, language, said):
    writer.post(DRAFT, texts(en="# New\n\n1.1. Call within 3 days.\n"))

    assert said in words(desk("auditor", language=language).get(DRAFT))
