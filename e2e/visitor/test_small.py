"""The widget stands in the way of the first paint: 8 KiB.

Each hour's token moves the whole by a dozen bytes and seldom by thirty: 8,129 to 8,174 in 240 hours of six homes.
"""

import brotli
import requests

from e2e.servers import Website

BUDGET = 8192  # bytes


def test_whole_answer_in_three_languages_keeps_the_budget(website: Website) -> None:
    with requests.get(
        f"{website.backend.url}/wadjet.js", headers={"Accept-Encoding": "br"}, stream=True, timeout=10
    ) as answer:
        sent = answer.raw.read(decode_content=False)

    assert answer.headers["Content-Encoding"] == "br"
    text = brotli.decompress(sent).decode()
    assert all(f"{language}:{{" in text for language in ("kk", "ru", "en"))
    assert len(sent) <= BUDGET
