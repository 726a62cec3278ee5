"""What belongs to whoever has signed in: their language, their password, their sessions."""

import re

import pytest

from tests.console.newcomer import PASSWORD, Newcomer, events
from wadjet import clock, database
from wadjet.console import models, service
from wadjet.console.problems import AccountMoved

pytestmark = pytest.mark.true_time


def test_one_changes_ones_language(desk):
    work = desk("staff")

    work.post("account/language", {"language": "kk"})

    assert 'lang="kk"' in work.get("account/").text
    assert work.post("account/language", {"language": "xx"}).status_code == 400


def test_a_new_password_ends_every_other_session(console):
    newcomer = Newcomer(console).join()
    other = newcomer.another_browser()
    other.give_password()
    newcomer.forget_the_code()
    other.give_code(other.code())

    form = {"old": PASSWORD, "new": "another four of words", "again": "another four of words"}
    assert newcomer.post("account/password", form).status_code == 303

    assert newcomer.is_in
    assert not other.is_in
    assert newcomer.post("account/password", form).status_code == 422  # the old one is another one now
    assert "password-changed" in events(newcomer.account)


def set_up_anew(newcomer):
    page = newcomer.send("tf-setup", {"setup": "authenticator"})
    key = re.search(r'<code class="key">([^<]+)</code>', page.text)
    path = re.search(r'action="/console/(tf-setup/[^"]+)"', page.text)
    assert key
    assert path
    newcomer.key = key[1].replace("-", "").replace(" ", "")
    assert newcomer.post(path[1], {"code": newcomer.code()}).status_code == 302


def remove_the_passkey(newcomer):
    facts = {"name": "key", "usage": "secondary", "device_type": "single", "backup_state": False}
    facts |= {"credential_id": b"1", "public_key": b"2", "lastuse_datetime": clock.now().replace(tzinfo=None)}
    database.vault.write(lambda: models.Passkey.create(user=newcomer.account.id, **facts))
    newcomer.post("wan-delete", {"name": "key"})


@pytest.mark.parametrize(
    ("change", "event"),
    [
        (set_up_anew, "factor-changed"),
        (Newcomer.make_codes, "codes-changed"),
        (remove_the_passkey, "passkey-removed"),
    ],
)
def test_another_factor_ends_every_other_session(console, change, event):
    newcomer = Newcomer(console).join()
    other = newcomer.another_browser()
    other.give_password()
    other.give_code(other.code())
    assert other.is_in

    change(newcomer)

    assert events(newcomer.account)[-1] == event
    assert newcomer.is_in
    assert not other.is_in


def test_one_ends_ones_own_sessions_and_nobody_elses(desk):
    work, other = desk("staff"), desk("auditor")
    theirs = database.vault.read(lambda: models.Session.get(staff=other.account.id)).id

    assert work.post(f"account/sessions/{theirs}/end").status_code == 404
    assert other.get("").status_code == 200
    assert other.post(f"account/sessions/{theirs}/end").status_code == 303
    assert other.get("").status_code == 302


def test_two_passwords_set_at_once_leave_one(console):
    newcomer = Newcomer(console).join()
    account = newcomer.now()
    service.change_password(account, "hashed", kept="", now=clock.now())

    with pytest.raises(AccountMoved):
        service.change_password(account, "another", kept="", now=clock.now())
