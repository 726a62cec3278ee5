"""Each of the staff chooses which letters they get, and nobody chooses for another."""

import pytest

from wadjet import database
from wadjet.console import bundles, models


def muted(account):
    return database.vault.read(lambda: models.Account.get_by_id(account.id).muted.split())


def test_everything_is_sent_until_somebody_says_otherwise(desk):
    page = desk("staff").get("notifications/").text

    assert page.count("checked") == 5


@pytest.mark.parametrize(("role", "count"), [("responsible", 5), ("staff", 5), ("auditor", 5), ("maintainer", 2)])
def test_a_role_is_offered_what_it_could_get(desk, role, count):
    assert desk(role).get("notifications/").text.count('name="kind"') == count


def test_a_choice_is_kept_and_is_ones_own(desk):
    mine, others = desk("staff"), desk("auditor")
    database.vault.write(lambda: models.change(mine.account.id, password="a hash"))  # they have taken their invitation

    answer = mine.post("notifications/", {"kind": ["late", "digest", "nonsense"]})

    assert (answer.status_code, answer.location) == (303, "/console/notifications/")
    assert muted(mine.account) == ["new", "soon", "failed"]
    assert muted(others.account) == []
    page = mine.get("notifications/").text
    assert "Your choice is kept." in page
    assert page.count("checked") == 2
    reader = database.vault.read(lambda: bundles.reader(mine.account.id))
    assert reader is not None
    assert reader.muted == {"new", "soon", "failed"}


def test_what_a_role_is_not_shown_stays_as_it_was(desk):
    work = desk("maintainer")
    database.vault.write(lambda: models.Account.update(muted="new late").execute())

    work.post("notifications/", {"kind": ["failed", "digest"]})

    assert muted(work.account) == ["new", "late"]


def test_nobody_chooses_who_has_not_signed_in(desk):
    assert desk().get("notifications/").status_code == 302
