"""The letters that ask whose request it is, and that warn of a day: whole in each language, nobody's words in them."""

import pytest

from tests.writer import AIGERIM
from wadjet import clock, database, rights
from wadjet.rights import letters, models, proof


@pytest.fixture
def asked(app, settings, watch):
    """`asked("kk")`: Aigerim's question, whose letter is due."""
    watch.moment = clock.now()

    def ask(language):
        said = rights.Said(email=AIGERIM["email"], text=f"Жасырын сөз, {language}")
        at = {"received_at": watch(), "now": watch()}
        request = rights.open_request("destroy", said, channel="form", language=language, settings=settings, **at)
        rights.match(request, now=watch())
        watch.advance(hours=2)
        return request

    return ask


def test_the_letter_names_number_day_and_both_pages(asked, settings, watch):
    for language, what in {"kk": "Деректерімді жою", "ru": "Уничтожить мои данные", "en": "Destroy my data"}.items():
        request = asked(language)
        link = next(each.link for each in database.vault.read(lambda: models.subjects(request)) if each.link)  # noqa: B023

        letter = letters.confirm(link, settings, watch())

        assert letter
        for body in (letter.text, letter.html):
            assert what in body
            assert f"requests/confirm/{proof.token(link, settings)[:20]}" in body
            assert f"requests/status/{request}/?lang={language}" in body
            assert "Жасырын сөз" not in body


def test_the_warning_names_number_kind_and_day_and_nobody(asked, settings, watch):
    request = asked("kk")

    letter = letters.due(clock.stamp(watch()), settings, watch())

    assert letter
    assert letter.to == settings.mail_to
    for body in (letter.text, letter.html):
        assert "Уничтожить мои данные" in body
        assert request in body
        assert "aigerim" not in body
        assert "Жасырын сөз" not in body
