"""What changed between two versions, as people and programs read it."""

from dataclasses import replace

import pytest

from tests.reader import Page, get, page


@pytest.mark.parametrize("path", ["/privacy/v/1/changes/2/", "/privacy/v/2/changes/1/"])
def test_what_changed_is_told_word_by_word_in_the_order_of_time(path, client, second):
    answer = get(client, f"{path}?lang=en")
    read = Page(answer.text)

    assert "What changed from version 1 to version 2" in read.words
    assert "refusing is <ins>just</ins> as easy" in answer.text
    assert "nothing is sold" in answer.text
    assert "<del>one year</del> <ins>two years</ins>" in answer.text
    assert "Kept &lt;b&gt;longer&lt;/b&gt;." in answer.text
    assert "Because the change matters, everybody is asked again." in read.words
    assert "The operator:" not in read.words  # clause 1.1 has stayed the same
    assert "../../../../v/2/?lang=en#8.4.b" in read.links()


def test_what_changed_is_told_to_programs_and_as_plain_text(client, second):
    told = client.get("/privacy/v/2/changes/1.json?lang=en").json
    text = client.get("/privacy/v/1/changes/2/.md?lang=en").text

    assert (told["older"], told["newer"], told["language"]) == (1, 2, "en")
    assert [each["clause"] for each in told["purposes"]] == ["measurement"]
    assert "8.4.b" in [each["clause"] for each in told["clauses"]]
    assert "refusing is {+just+} as easy" in text
    assert "[-one year-] {+two years+}" in text


def test_an_editorial_change_asks_nobody_again(client, bundle, publish):
    text = replace(bundle.texts["en"], markdown=bundle.texts["en"].markdown.replace("8.4.", "8.5."))
    publish(texts=bundle.texts | {"en": text}, material=False)

    read = page(client, "/privacy/v/1/changes/2/?lang=en")

    assert "The change is editorial" in read.words
    assert "before: 8.4" in read.words


def test_equal_versions_and_versions_without_a_common_language_say_so(client, bundle, publish_only):
    publish_only(en=bundle.texts["en"])
    publish_only(ru=bundle.texts["ru"])

    assert "The two versions are the same in English." in page(client, "/privacy/v/1/changes/1/?lang=en").words
    assert "no language in common" in page(client, "/privacy/v/2/changes/3/?lang=en").words
    assert "The two versions are the same in English." in client.get("/privacy/v/1/changes/1.md?lang=en").text
    assert "no language in common" in client.get("/privacy/v/2/changes/3.md?lang=en").text
    assert client.get("/privacy/v/2/changes/3.json").json == {
        "older": 2,
        "newer": 3,
        "language": None,
        "purposes": [],
        "clauses": [],
    }
