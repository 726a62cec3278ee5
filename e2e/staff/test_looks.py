"""Every page of the console in three languages: nothing that axe finds, nothing to scroll sideways."""

import pytest

from e2e.looks import expect_accessible
from e2e.pages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_today(staff, house, language):
    page = staff("responsible", language)
    page.goto(house.url)

    expect_accessible(page)
