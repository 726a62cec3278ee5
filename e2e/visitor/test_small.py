"""The widget stands in the way of the first paint: 8 KiB, whatever the hour and its token."""

import brotli
import requests

from e2e.servers import Website

BUDGET, MARGIN = 8192, 24  # bytes; each hour's token moves the whole by about a dozen


def test_whole_answer_in_three_languages_keeps_the_budget(website: Website) -> None:
    with requests.get(
        f"{website.backend.url}/wadjet.js", headers={"Accept-Encoding": "br"}, stream=True, timeout=10
    ) as answer:
        sent = answer.raw.read(decode_content=False)

    assert answer.headers["Content-Encoding"] == "br"
    text = brotli.decompress(sent).decode()
    assert all(f"{language}:{{" in text for language in ("kk", "ru", "en"))
    assert len(sent) <= BUDGET - MARGIN
