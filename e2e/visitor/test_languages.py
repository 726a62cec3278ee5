"""The banner speaks the page's language, from the one request it stands on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.pages import LANGUAGES, PURPOSES, Handmade, Site
from e2e.servers import Demo, Website

ACCEPT = {"kk": "Бәрін қабылдау", "ru": "Принять все", "en": "Accept all"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_banner_stands_after_one_request_in_the_pages_language(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()

    expect(site.region.get_by_role("button", name=ACCEPT[language])).to_be_visible()
    expect(site.region).to_have_attribute("lang", language)
    for purpose in ("measurement", "embeds"):
        expect(site.region).to_contain_text(PURPOSES[purpose][language])
    assert site.asked_for(demo.url) == [f"GET {demo.url}/wadjet.js?site=wadjet.kz"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_panel_and_receipt_are_in_the_pages_language(page: Page, demo: Demo, language: str) -> None:
    site = Site(page, demo.site, language).visit()

    site.choose(embeds=True)

    site.expect_running("embeds")
    site.expect_said("Saved.")
    shown = demo.wadjet("receipt", "show", site.receipt_id(), "--json")
    assert f'"language": "{language}"' in shown


@pytest.mark.parametrize(
    ("tag", "locale", "spoken"),
    [
        ("kk-KZ", "en-GB", "kk"),
        ("RU", "en-GB", "ru"),
        ("", "ru-KZ", "ru"),
        ("de", "en-GB", "en"),
        ("de", "fr-FR", "kk"),
    ],
)
def test_other_tags_are_understood(
    new_context: Callable[..., BrowserContext], website: Website, tag: str, locale: str, spoken: str
) -> None:
    page = new_context(locale=locale).new_page()
    handmade = Handmade(page, spoken).visit(website.write(language=tag))

    expect(handmade.button("Accept all")).to_be_visible()
    expect(handmade.region).to_have_attribute("lang", spoken)


def test_banner_follows_a_page_that_changes_its_language(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write(language="en")).expect_asking()

    handmade.page.evaluate("document.documentElement.lang = 'kk'")

    Handmade(handmade.page, "kk").expect_asking()


def test_tag_may_ask_for_one_language_alone(page: Page, website: Website) -> None:
    url = website.write(language="en", tag=website.tag.replace("wadjet.kz", "wadjet.kz&amp;lang=ru"))

    handmade = Handmade(page, "ru").visit(url)

    handmade.expect_asking()
    handmade.refuse()
    handmade.expect_said("Saved.")
