"""Who may see what: every page of the console, as its map of addresses has them, before every role."""

import pytest

from wadjet.console import PERMISSIONS, ROLES
from wadjet.console.guard import needed


def test_every_page_says_for_whom_it_is_open(console):
    for rule in console.url_map.iter_rules():
        needed(console, rule.endpoint)  # raises for one that does not say


def test_a_page_that_says_nothing_is_open_to_nobody(desk, console):
    console.add_url_rule("/forgotten/", "forgotten", lambda: "seen")

    assert desk("responsible").get("forgotten/").status_code == 500


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_a_role_names_permissions_that_there_are(role):
    assert role.permissions <= PERMISSIONS


def test_who_only_reads_changes_nothing_and_opens_nobody():
    acts = {each.partition(":")[2] for each in ROLES["auditor"].permissions}

    assert acts == {"read", "export"}


def test_who_keeps_the_site_sees_no_people():
    subjects = {each.partition(":")[0] for each in ROLES["maintainer"].permissions}

    assert not subjects & {"messages", "persons", "requests", "registers", "journal", "users"}
