"""Addresses: relative within the pages, absolute ones from the settings alone, files below the pages."""

import re
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from tests.reader import BROWSER, get, page

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/privacy?lang=ru", "privacy/?lang=ru"),
        ("/privacy/v", "v/"),
        ("/privacy/v/1", "1/"),
        ("/privacy/v/1/changes/2", "2/"),
    ],
)
def test_a_missing_slash_is_added_on_whatever_host_was_asked(path, to, client):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (308, to)


@pytest.mark.parametrize("path", ["", "v/", "v/1/", "v/1/changes/2/", "feed.atom"])
def test_absolute_addresses_come_from_the_settings_alone(path, proxied):
    shown = get(proxied, f"/privacy/{path}?lang=en", X_Forwarded_Host="evil.example", X_Forwarded_Proto="gopher").text
    around = re.sub(r"<article.*</article>", "", shown, flags=re.DOTALL)

    assert set(re.findall(r"https?://[^/\"<]+", around)) <= {"https://wadjet.kz", "http://www.w3.org"}


@pytest.mark.parametrize("path", ["", "v/", "v/1/", "v/1/changes/2/"])
def test_every_link_stays_below_the_page_and_leads_somewhere(path, proxied):
    base = f"https://wadjet.kz/legal/privacy/{path}"
    for href in page(proxied, f"/privacy/{path}?lang=ru").links():
        there = urlsplit(urljoin(base, href))
        if there.scheme != "https" or there.path.endswith("/requests/"):
            continue
        assert there.netloc == "wadjet.kz"
        assert there.path.startswith("/legal/privacy/") or there.path in ("", "/"), href
        if there.path.startswith("/legal/"):
            with proxied.get(f"{there.path.removeprefix('/legal')}?{there.query}") as answer:
                assert answer.status_code == 200, href


def test_the_feed_has_an_entry_for_each_version(client, second):
    answer = client.get("/privacy/feed.atom?lang=ru")
    feed = ElementTree.fromstring(answer.data)
    entries = feed.findall(f"{ATOM}entry")

    assert answer.mimetype == "application/atom+xml"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ru"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "ТОО «Уаджет»"
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        "http://127.0.0.1:8000/privacy/v/2/",
        "http://127.0.0.1:8000/privacy/v/1/",
    ]
    assert entries[0].findtext(f"{ATOM}summary") == "Kept <b>longer</b>."
    assert entries[1].findtext(f"{ATOM}summary") == "Первая редакция."
    assert entries[1].findtext(f"{ATOM}title") == "Редакция 1, действует с 23 ноября 2026\u202fг."
    assert len({entry.findtext(f"{ATOM}updated") for entry in (feed, *entries)}) == 1


def test_what_a_page_loads_lies_below_it_and_is_kept_for_long(client):
    read = page(client, "/privacy/v/1/?lang=en")
    loaded = [each["href"] for each in read.all("link") if each["rel"] in ("stylesheet", "icon")]

    assert len(loaded) == 4
    for href in loaded:
        with client.get(urljoin("/privacy/v/1/", href), headers={"Accept-Encoding": "br"}) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000")
            assert answer.headers["Content-Encoding"] == "br"
    with client.get("/privacy/static/pages.css") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    for name in ("absent.css", "words.json", "..%2Ftemplates%2Fbase.html", "%2e%2e%2fpages.css"):
        assert client.get(f"/privacy/static/{name}").status_code == 404


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client, second):
    for path in ("/privacy/", "/privacy/v/", "/privacy/v/1/changes/2/", "/privacy/v/9/"):
        with client.get(path, headers=BROWSER) as answer:
            text = answer.text
            assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|src=|url\(", text)
