"""The words that a visitor was shown: named by every receipt, kept once, and to be shown to anybody who asks."""

import json
import logging
import re
from dataclasses import replace
from hashlib import sha256

import pytest
import rfc8785

from tests.house import on_both_databases
from tests.visitor import Visitor, payload
from wadjet import consent, database


def widget(client, **query):
    """What the widget is told, out of the script that a browser gets."""
    with client.get("/wadjet.js", query_string=query) as answer:
        text = answer.text
    literal = text[text.index('{site:"') :]
    return json.JSONDecoder().raw_decode(re.sub(r"([{,])([A-Za-z]\w*):", r'\1"\2":', literal))[0]


def record(receipt):
    return payload(receipt)["dpv:hasRecordOfActivity"][0]


def shown(receipt):
    return record(receipt)["dpv:hasNotice"]["shown"]


def kept():
    rows = database.receipts.read(
        lambda: database.receipts.execute("SELECT digest, canonical FROM consent_text").fetchall()
    )
    return {digest: bytes(canonical) for digest, canonical in rows}


@pytest.mark.clause("7.1", "12.2")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_receipt_names_the_words_that_the_widget_got(client, language):
    words = widget(client, lang=language)["words"][language]

    answer = Visitor(client).give(language=language)

    assert shown(answer["receipt"]) == {"dct:language": language, "digest": sha256(rfc8785.dumps(words)).hexdigest()}
    assert "Accept all" in words["ui"] or language != "en"
    assert json.loads(consent.text_shown(answer["id"]) or "") == words


@on_both_databases
def test_words_are_kept_once_for_each_language(client):
    visitor = Visitor(client)
    answers = [visitor.give(language=language) for language in ("ru", "kk", "ru")]
    answers.append(visitor.post(visitor.decision("refused", language="ru")).json)

    assert {shown(each["receipt"])["digest"] for each in answers} == kept().keys()
    assert len(kept()) == 2
    for each in answers:
        assert sha256(consent.text_shown(each["id"]) or b"").hexdigest() == shown(each["receipt"])["digest"]


@pytest.mark.parametrize("tag", ["RU", "Ru", "ru-KZ", "RU-kz"])
def test_a_language_may_be_named_in_capitals_and_with_its_country(client, tag):
    assert Visitor(client).offer(lang=tag)["language"] == "ru"
    assert list(widget(client, lang=tag)["words"]) == ["ru"]


def test_language_that_the_widget_does_not_speak_names_the_words_shown_instead(client, publish, bundle):
    publish(texts={**bundle.texts, "de": bundle.texts["en"]})

    answer = Visitor(client).give(language="de")

    instead = widget(client, lang="de")["fallback"]
    assert record(answer["receipt"])["dpv:hasNotice"]["dct:language"] == "de"
    assert shown(answer["receipt"]) == shown(Visitor(client).give(language=instead)["receipt"])
    assert shown(answer["receipt"])["dct:language"] == instead == "kk"


@on_both_databases
def test_withdrawal_names_the_words_that_were_consented_to(client, publish, bundle):
    visitor = Visitor(client)
    given = visitor.give(language="ru")
    statistics, *others = [replace(each) for each in bundle.purposes if each.asked == "banner" and not each.required]
    publish(purposes=(replace(statistics, name=dict.fromkeys(("kk", "ru", "en"), "Счётчик")), *others))

    withdrawn = visitor.withdraw(given["id"], language="en").json
    anew = visitor.give(language="ru")

    assert shown(withdrawn["receipt"]) == shown(given["receipt"]) != shown(anew["receipt"])
    assert consent.text_shown(withdrawn["id"]) == consent.text_shown(given["id"])
    assert "Счётчик".encode() in (consent.text_shown(anew["id"]) or b"")


def test_post_does_not_ask_again_whether_the_words_are_kept(client, caplog):
    visitor = Visitor(client)
    caplog.set_level(logging.DEBUG, "peewee")

    def statements():
        caplog.clear()
        visitor.give(language="ru")
        return [each.getMessage() for each in caplog.records if "INSERT INTO" in each.getMessage()]

    first, second = statements(), statements()

    assert sum("consent_text" in each for each in first) == 1
    assert len(second) == len(first) - 1 == 2


def test_words_are_not_taken_for_kept_before_a_receipt_is(client):
    visitor = Visitor(client)
    refused = visitor.post(visitor.sign(visitor.decision(previous="A" * 22)))

    answer = visitor.give()

    assert refused.status_code == 404
    assert kept().keys() == {shown(answer["receipt"])["digest"]}


def test_each_database_keeps_the_words_of_its_own_receipts(open_app, publish):
    for name in ("one.sqlite3", "two.sqlite3"):
        client = open_app(receipts_database=name).test_client()
        publish()

        answer = Visitor(client).give()

        assert consent.text_shown(answer["id"])


@pytest.mark.parametrize("harm", ["DELETE FROM consent_text", "UPDATE consent_text SET canonical = x'7b7d'"])
def test_words_lost_or_altered_are_not_shown(client, harm):
    answer = Visitor(client).give()

    database.receipts.write(lambda: database.receipts.execute(harm))

    assert consent.text_shown(answer["id"]) is None


def test_receipt_tells_how_the_decision_came(client):
    visitor = Visitor(client)
    given = visitor.give()
    refused = visitor.post(visitor.decision("refused")).json
    ended = Visitor(client).withdraw(given["id"]).json

    methods = [
        record(each["receipt"])["dpv:hasConsentStatus"][0]["dpv:hasIndicationMethod"]
        for each in (given, refused, ended)
    ]

    assert [
        word in method for word, method in zip(("signed with", "unsigned", "possession"), methods, strict=True)
    ] == [True] * 3


def test_receipt_says_of_a_purpose_only_what_the_policy_does(client):
    """The small policy classes and destroys the data of `measurement`, and does neither with those of `embeds`."""
    measurement, embeds = record(Visitor(client).give()["receipt"])["dpv:hasProcess"]

    assert measurement["dpv:hasPurpose"]["skos:broader"] == "dpv:ServiceUsageAnalytics"
    assert measurement["dpv:hasStorageCondition"][2:] == [
        {"@type": "dpv:StorageDeletion", "dpv:hasProcessing": ["dpv:Destruct"]}
    ]
    assert "skos:broader" not in embeds["dpv:hasPurpose"]
    assert len(embeds["dpv:hasStorageCondition"]) == 2
