"""The language and the encoding of an answer, whatever the request says of them."""

import gzip

import brotli
import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from wadjet.web import negotiate


def asking(query="", **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request(EnvironBuilder(query_string=query, headers=named).get_environ())


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        ("", "", "kk"),
        ("", "en", "en"),
        ("", "ru-KZ,ru;q=0.9,en;q=0.8", "ru"),
        ("", "en;q=0.2, ru;q=0.7", "ru"),
        ("", "de, fr;q=0.5", "kk"),
        ("", "de, ru;q=0.1", "ru"),
        ("", "ru;q=0, en;q=0", "kk"),
        ("", "*", "kk"),
        ("", "KK", "kk"),
        ("", ";;;q=,,=1", "kk"),
        ("", "x" * 10_000, "kk"),
        ("", "en" + ",x" * 5_000, "en"),
        ("lang=ru", "en", "ru"),
        ("lang=RU", "en", "ru"),
        ("lang=ru-KZ", "en", "ru"),
        ("lang=de", "en", "kk"),
        ("lang=", "en", "en"),
        ("lang=%00", "en", "kk"),
        ("lang=../../etc", "en", "kk"),
        ("lang=<script>", "en", "kk"),
        ("lang=ru&lang=en", "", "ru"),
    ],
)
def test_language(query, accepts, language):
    assert negotiate.language(asking(query, Accept_Language=accepts)) == language


@pytest.mark.parametrize(
    ("wanted", "available", "language"),
    [
        (["en"], ("kk", "ru"), "kk"),
        (["en"], ("ru",), "ru"),
        (["en"], ("he",), "he"),
        (["he-il"], ("he", "en"), "he"),
        (["pt-br"], ("pt-BR", "en"), "pt-BR"),
        (["pt"], ("pt-BR", "en"), "en"),
        ([], (), "kk"),
    ],
)
def test_what_is_not_there_falls_back(wanted, available, language):
    assert negotiate.choose(wanted, available) == language


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.1, gzip", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("identity", ""),
        ("deflate", ""),
        ("BR", "br"),
        ("*", "br"),
        ("nonsense;;", ""),
    ],
)
def test_encoding(accepts, encoding):
    assert negotiate.encoding(asking(Accept_Encoding=accepts)) == encoding


BODY = "Саясат ".encode() * 100


def answer(**headers):
    return negotiate.answer(asking(**headers), BODY, "text/plain", digest="d" * 64, max_age=60, vary="Accept")


@pytest.mark.parametrize(("accepts", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)])
def test_an_encoded_answer_is_the_same_answer(accepts, decode):
    with answer(Accept_Encoding=accepts) as given:
        assert decode(given.data) == BODY
        assert given.headers.get("Content-Encoding", "") == accepts
        assert given.headers["Vary"] == "Accept-Encoding, Accept"
        assert given.headers["Cache-Control"] == "public, max-age=60"
        assert int(given.headers["Content-Length"]) == len(given.data)


def test_who_has_it_already_is_told_so():
    for encoding in ("br", "gzip", ""):
        with answer(Accept_Encoding=encoding) as given:
            etag = given.headers["ETag"]
        with answer(Accept_Encoding=encoding, If_None_Match=f'"other", {etag}') as again:
            assert again.status_code == 304
            assert again.headers["ETag"] == etag


def test_an_etag_names_one_encoding():
    etags = set()
    for encoding in ("br", "gzip", ""):
        with answer(Accept_Encoding=encoding) as given:
            etags.add(given.headers["ETag"])

    assert len(etags) == 3
    assert not any(etag.startswith("W/") for etag in etags)
