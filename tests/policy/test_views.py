"""The policy as people and programs read it: pages, Markdown, JSON."""

import gzip
import json
import re
from dataclasses import replace
from datetime import date
from hashlib import sha256

import brotli
import pytest
import rfc8785

from tests.house import SMALL
from tests.reader import BROWSER, Page, get, page
from wadjet import database, keys, policy
from wadjet.policy import service
from wadjet.settings import Operator


@pytest.mark.clause("1.0", "3.2.e", "12.3")
def test_everybody_reads_the_policy_without_a_login(client):
    read = page(client, "/privacy/?lang=en")

    assert read.all("html", lang="en")
    assert read.all("article", lang="en", dir="ltr")
    assert "LLP Wadjet, BIN 123456789012, Almaty" in read.words
    assert {"1", "1.1", "6", "8", "8.4", "8.4.a", "8.4.b"} <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))
    assert read.all("a", **{"class": "bare", "href": "mailto:office@wadjet.kz"})
    assert not set("<>&") & set(read.words)
    assert {"#1", "#6", "#8"} <= set(read.links())
    assert read.all("time", datetime="2026-11-23")
    assert policy.version(1).digest in read.words


@pytest.mark.parametrize(
    ("query", "accepts", "language", "words"),
    [
        ("?lang=kk", "ru", "kk", "Барлық редакциялар"),
        ("?lang=ru", "kk", "ru", "Все редакции"),
        ("", "en-GB,en;q=0.9", "en", "All versions"),
        ("", "de,ru;q=0.5", "ru", "Действует с"),
        ("", "", "kk", "Мазмұны"),
        ("?lang=../../etc", "ru", "kk", "Мазмұны"),
    ],
)
def test_the_language_is_the_readers(query, accepts, language, words, client):
    answer = get(client, f"/privacy/{query}", Accept_Language=accepts)
    read = Page(answer.text)

    assert read.all("html", lang=language)
    assert read.all("article", lang=language)
    assert words in read.words
    assert "Accept-Language" in answer.headers["Vary"]
    assert "etc" not in answer.text


def test_every_language_is_offered_and_told_to_search_engines(client):
    read = page(client, "/privacy/?lang=ru")

    assert [each["href"] for each in read.all("a") if "hreflang" in each] == ["?lang=kk", "?lang=ru", "?lang=en"]
    assert read.all("a", **{"href": "?lang=ru", "aria-current": "true"})
    assert {each["hreflang"] for each in read.all("link", rel="alternate") if "hreflang" in each} == {
        "kk",
        "ru",
        "en",
        "x-default",
    }
    assert read.all("link", rel="canonical", href="http://127.0.0.1:8000/privacy/?lang=ru")


def test_a_missing_language_falls_back_and_the_page_says_so(client, bundle, publish_only):
    publish_only(ru=bundle.texts["ru"], en=bundle.texts["en"])

    read = page(client, "/privacy/?lang=kk")

    assert read.all("html", lang="kk")
    assert read.all("article", lang="ru")
    assert "Бұл редакция қазақ тілінде жарияланбаған; сіз оны орыс тілінде оқып отырсыз." in read.words
    assert "has no text" not in page(client, "/privacy/?lang=en").words
    assert "This version has no text" not in page(client, "/privacy/", Accept_Language="en,kk").words


def test_markdown_says_in_which_language_it_is_instead(client, bundle, publish_only):
    publish_only(en=bundle.texts["en"], ru=bundle.texts["ru"])

    said = get(client, "/privacy/v/2.md?lang=kk").text

    assert "> Бұл редакция қазақ тілінде жарияланбаған; сіз оны орыс тілінде оқып отырсыз.\n" in said
    assert policy.version(2).texts["ru"] in said
    assert "оқып отырсыз" not in get(client, "/privacy/v/2.md?lang=ru").text


def test_an_incomplete_version_says_everywhere_what_it_lacks(client, bundle, publish_only):
    publish_only(en=bundle.texts["en"])

    for path in ("/privacy/", "/privacy/v/2/", "/privacy/v/1/changes/2/", "/privacy/v/", "/privacy/v/2.md"):
        text = get(client, f"{path}?lang=en").text
        assert "The law also asks for: the Kazakh text, the Russian text." in text, path
    assert "The law also asks" not in get(client, "/privacy/v/1/?lang=en").text
    assert client.get("/privacy.json").json["missing"] == ["text.kk", "text.ru"]


def test_a_text_from_right_to_left_is_laid_out_so(client, bundle, publish_only):
    hebrew = replace(bundle.texts["en"], markdown="# מדיניות\n\n## 1. כללי\n\n1.1. המפעיל.\n")
    publish_only(he=hebrew)

    read = page(client, "/privacy/?lang=en")

    assert read.all("html", lang="en")
    assert read.all("article", lang="he", dir="rtl")
    assert read.all("h1", lang="he", dir="rtl")
    assert "Hebrew" in read.words
    assert page(client, "/privacy/?lang=he").all("article", lang="he")


@pytest.mark.clause("12.2")
def test_an_earlier_version_stays_and_says_what_replaced_it(client, second):
    read = page(client, "/privacy/v/1/?lang=en")

    assert "This version is no longer in force. Version 2 is." in read.words
    assert {"../../?lang=en", "../../v/1/changes/2/?lang=en"} <= set(read.links())
    assert "no longer" not in page(client, "/privacy/v/2/?lang=en").words


def test_a_coming_version_is_announced_and_takes_over_on_its_day(client, publish, watch):
    get(client, "/privacy/?lang=en")
    publish(effective=date(2027, 1, 1))

    before, coming = page(client, "/privacy/?lang=en"), page(client, "/privacy/v/2/?lang=en")
    watch.advance(days=60)
    after, gone = page(client, "/privacy/?lang=en"), page(client, "/privacy/v/1/?lang=en")

    assert "From 1 January 2027 on, version 2 is in force." in before.words
    assert "./v/1/changes/2/?lang=en" in before.links()
    assert "This version is not in force yet: it begins on 1 January 2027." in coming.words
    assert "From 1 January" not in after.words
    assert policy.version(2).digest in after.words
    assert "no longer in force" in gone.words


@pytest.mark.clause("12.2")
def test_an_announced_version_that_another_took_the_place_of_says_so(client, publish, watch):
    publish(effective=date(2026, 12, 5))
    publish(material=False)

    for days in (0, 30):
        watch.advance(days=days)
        gone, listed = page(client, "/privacy/v/2/?lang=en"), page(client, "/privacy/v/?lang=en")
        assert "This version never came into force: version 3 took its place before its day." in gone.words
        assert "Was to be in force from" in gone.words
        assert "no longer in force" not in gone.words
        assert "never in force" in listed.words
        assert "From 5 December" not in page(client, "/privacy/?lang=en").words
        assert "Version 2 never came into force." in page(client, "/privacy/v/1/changes/2/?lang=en").words
        assert "Version 2, never in force" in get(client, "/privacy/feed.atom?lang=en").text
        assert "The change is editorial" in page(client, "/privacy/v/1/changes/3/?lang=en").words


def test_only_a_material_version_whose_day_comes_asks_everybody_again(app, publish, watch):
    publish(effective=date(2026, 12, 5))
    publish(material=False)
    assert policy.asks_since(watch()) == 1

    announced = publish(effective=date(2026, 12, 8))
    assert [each.number for each in policy.overtaken(date(2026, 12, 8), watch())] == [announced.number]
    corrected = publish(effective=date(2026, 12, 8), material=False)
    watch.advance(days=30)

    assert policy.current(watch()) is corrected
    assert policy.asks_since(watch()) == announced.number
    assert policy.overtaken(None, watch()) == []


def test_every_version_is_listed(client, second):
    read = page(client, "/privacy/v/?lang=en")

    assert [href for href in read.links() if re.fullmatch(r"\.\./v/\d/\?lang=en", href)] == [
        "../v/2/?lang=en",
        "../v/1/?lang=en",
    ]
    assert second.digest in read.words
    assert "Kept <b>longer</b>." in read.words


@pytest.mark.parametrize("path", ["/privacy.json", "/privacy/.json", "/privacy/v/1.json", "/privacy/v/1/.json"])
def test_anyone_can_compute_the_digest_again(path, client, settings):
    answer = client.get(path)
    told = answer.json

    assert answer.mimetype == "application/json"
    assert sha256(rfc8785.dumps(told["content"])).hexdigest() == told["digest"] == policy.version(1).digest
    assert keys.verify(told["signature"], keys.ring(settings).jwks())[0] == told["digest"].encode()
    assert {name: value for name, value in told.items() if name not in ("content", "digest", "signature")} == {
        "version": 1,
        "current": True,
        "effective_at": "2026-11-23T06:14:48.000Z",
        "published_at": "2026-11-23T06:14:48.000Z",
        "material": True,
        "missing": [],
        "languages": ["kk", "ru", "en"],
        "url": "http://127.0.0.1:8000/privacy/v/1/",
    }


@pytest.mark.parametrize("path", ["/privacy.md", "/privacy/.md", "/privacy/v/1.md", "/privacy/v/1/.md"])
def test_markdown_is_the_text_that_was_signed(path, client):
    answer = client.get(f"{path}?lang=ru")

    assert answer.mimetype == "text/markdown"
    assert answer.text == policy.version(1).texts["ru"]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/markdown", "text/markdown"),
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("*/*", "text/html"),
        ("", "text/html"),
        ("image/png", "text/html"),
    ],
)
@pytest.mark.parametrize("path", ["/privacy/", "/privacy/v/1/", "/privacy/v/1/changes/1/"])
def test_the_page_answers_in_the_form_asked_for(path, accept, mimetype, client):
    with client.get(path, headers={"Accept": accept}) as answer:
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
        assert "Accept, Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path",
    ["/privacy/", "/privacy/v/1/", "/privacy/v/1/changes/2/", "/privacy/v/", "/privacy/feed.atom", "/privacy.json"],
)
def test_answers_are_compressed_and_asked_for_once(path, client, second):
    plain = get(client, path)
    with client.head(path, headers=BROWSER) as head:
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", plain.headers["ETag"])
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = get(client, path, Accept_Encoding=encoding)
        assert packed.headers["Content-Encoding"] == encoding
        assert unpack(packed.data) == plain.data
        again = client.get(
            path, headers=BROWSER | {"Accept-Encoding": encoding, "If-None-Match": packed.headers["ETag"]}
        )
        assert (again.status_code, again.data) == (304, b"")
    assert plain.headers["Cache-Control"] == "public, no-cache"


def test_pages_are_written_from_memory_while_the_database_is_gone(client, second, settings):
    get(client, "/privacy/")
    database.receipts.open("gone/away.sqlite3", settings.home)

    for path in ("/privacy/?lang=ru", "/privacy/v/1/?lang=en", "/privacy/v/1/changes/2/?lang=ru", "/privacy/feed.atom"):
        get(client, path)


@pytest.mark.parametrize(
    "path",
    [
        "/privacy/v/9/",
        "/privacy/v/0/",
        "/privacy/v/9.json",
        "/privacy/v/9.md",
        "/privacy/v/1/changes/9/",
        "/privacy/v/9/changes/1/.json",
    ],
)
def test_a_version_never_published_is_told_so(path, client):
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert answer.json["type"].endswith("#version-unknown")
    with client.get(f"{path}?lang=ru", headers=BROWSER) as answer:
        assert answer.status_code == 404
        assert "Такой редакции нет" in answer.text
        assert "never published" not in answer.text


@pytest.mark.parametrize("path", ["/privacy/v/x/", "/privacy/v/-1/", "/privacy/v/١/", f"/privacy/v/{'9' * 5000}/"])
def test_what_is_no_number_is_not_found(path, client):
    assert client.get(path).status_code == 404


def test_publishing_answers_while_another_thread_looks_what_is_published(app, publish):
    with service._shelf.looking:
        assert publish().number == 2

    assert policy.version(2).number == 2


def test_without_a_policy_there_is_nothing_to_read(open_app):
    client = open_app().test_client()

    for path in ("/privacy/", "/privacy/feed.atom", "/privacy.json"):
        with client.get(f"{path}?lang=en", headers=BROWSER) as answer:
            assert answer.status_code == 503
            assert "Retry-After" in answer.headers
            assert "wadjet policy publish" in answer.text
    assert client.get("/privacy/v/1/").status_code == 404


def test_the_operators_facts_are_those_of_the_version(client, bundle, settings, watch):
    renamed = replace(bundle, operator=replace(settings.operator, name={"en": "Other <i>LLP</i>"}))
    policy.publish(renamed, settings=settings, now=watch())

    assert "Other <i>LLP</i>" in page(client, "/privacy/?lang=en").words
    assert "LLP Wadjet" in page(client, "/privacy/v/1/?lang=en").words


def test_an_operator_with_no_facts_has_pages_too(open_app, settings, watch):
    client = open_app(operator=Operator()).test_client()
    policy.publish(policy.read(SMALL), settings=settings, now=watch(), incomplete=True)

    read = page(client, "/privacy/?lang=en")

    assert "the operator’s BIN" in read.words
    assert "the operator’s name" in read.words
    assert json.loads(get(client, "/privacy.json").data)["missing"]
