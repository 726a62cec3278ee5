"""What a page of the console can refuse is told in the language of whoever looks."""

from types import FunctionType

import pytest

from tests import translations
from tests.console import reach
from wadjet.console import pages
from wadjet.problems import Problem
from wadjet.vault import SealBroken, VaultLocked


@pytest.fixture(scope="module")
def met():
    views = [
        each
        for module in reach.modules(pages.__name__)
        for each in vars(module).values()
        if isinstance(each, FunctionType) and each.__module__ == module.__name__
    ]
    return reach.problems(views)


def test_what_lies_deep_is_followed_to(met):
    assert {VaultLocked, SealBroken} < met


def test_none_that_a_page_can_meet_is_for_programs_alone(met):
    assert sorted(each.__name__ for each in met if translations.FOR_PROGRAMS.fullmatch(each.__name__)) == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_each_has_a_title_in_both_languages(met, language):
    said = {message.id: message.string for message in translations.read(language)}

    assert sorted(each.title for each in met - {Problem} if not said.get(each.title)) == []
