"""In which language, and in which encoding, does this request want its answer?"""

import gzip
from collections.abc import Sequence

import brotli
from flask import Request, Response
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from ..settings import LANGUAGES


def wanted(request: Request) -> list[str]:
    """The languages asked for, lower case, the best first: `?lang=` alone, else the browser's."""
    if asked := request.args.get("lang", "")[:35].lower():
        return [asked]
    accepted = parse_accept_header(request.headers.get("Accept-Language", "")[:200], LanguageAccept)
    return [tag.lower() for tag, quality in accepted if quality > 0]


def choose(tags: Sequence[str], available: Sequence[str]) -> str:
    """The first of `tags` that there is, `pt-BR` also as `pt`; else kk → ru → en → what there is."""
    known = {tag.lower(): tag for tag in available}
    for tag in tags:
        if found := known.get(tag) or known.get(tag.partition("-")[0]):
            return found
    return next((each for each in LANGUAGES if each in available), available[0] if available else LANGUAGES[0])


def language(request: Request, available: Sequence[str] = LANGUAGES) -> str:
    """The language to answer in."""
    return choose(wanted(request), available)


def encode(body: bytes, encoding: str, *, quality: int = 9) -> bytes:
    """`body` as `br`, `gzip` or as it is ("")."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=quality))
    return gzip.compress(body, 9, mtime=0) if encoding == "gzip" else body


def encoding(request: Request) -> str:
    """The best of `br`, `gzip` and "" that the request accepts."""
    accepted = request.accept_encodings
    return next((each for each in ("br", "gzip") if accepted.quality(each) > 0), "")


def answer(
    request: Request,
    body: bytes,
    mimetype: str,
    *,
    digest: str,
    max_age: int,
    vary: str = "",
    encoded: bytes | None = None,
) -> Response:
    """A cacheable public answer: compressed, with a strong ETag, 304 where it fits.

    digest   names the bytes before compression; `encoded`: the body already in `encoding(request)`
    max_age  seconds; 0 asks every cache to look again
    """
    chosen = encoding(request)
    response = Response(encode(body, chosen) if encoded is None else encoded, mimetype=mimetype)
    response.headers["Vary"] = f"Accept-Encoding, {vary}".removesuffix(", ")
    response.headers["Cache-Control"] = f"public, max-age={max_age}" if max_age else "public, no-cache"
    if chosen:
        response.headers["Content-Encoding"] = chosen
    response.set_etag(f"{digest[:24]}{chosen and '-' + chosen}")
    response.make_conditional(request)
    return response
