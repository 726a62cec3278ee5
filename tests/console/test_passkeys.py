"""A passkey as the second factor: whose it has to be, and that what it signed is taken once."""

import base64
import hashlib
import html
import json
import re

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.console.conftest import TOKEN
from tests.console.newcomer import Newcomer
from tests.house import Watch
from wadjet import clock, database
from wadjet.console import service
from wadjet.console.models import Passkey

BASE = "http://localhost/console/"


class Authenticator:
    """A passkey of an account, as WebAuthn Level 2 has it: P-256, no counter, as those that phones keep in step."""

    def __init__(self, account):
        self._key = ec.generate_private_key(ec.SECP256R1())
        point = self._key.public_key().public_numbers()
        self.id, self._handle = hashlib.sha256(account.handle.encode()).digest(), account.fs_webauthn_user_handle
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        known = {"public_key": cbor2.dumps(cose), "name": "blue", "usage": "secondary", "device_type": "multi_device"}
        facts = known | {"backup_state": True, "lastuse_datetime": clock.now().replace(tzinfo=None)}
        database.vault.write(lambda: Passkey.create(user=account.id, credential_id=self.id, **facts))

    def sign(self, challenge, origin="http://localhost"):
        said = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": origin}).encode()
        data = hashlib.sha256(b"localhost").digest() + bytes([0b101]) + bytes(4)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
        response = {name: _b64(part) for name, part in parts.items()} | {"userHandle": _b64(self._handle.encode())}
        return json.dumps({"id": _b64(self.id), "rawId": _b64(self.id), "type": "public-key", "response": response})


def _b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.fixture
def watch():
    """The true time: the library goes by it."""
    return Watch(clock.now())


@pytest.fixture
def member(console):
    found = Newcomer(console).join()
    found.post("logout")
    return found


def ask(browser):
    """The page that asks for a passkey: where it posts to, and the challenge to be signed."""
    browser.give_password()
    browser.send("tf-select", {"which": "webauthn"})
    page = html.unescape(browser.send("wan-signin", {}).text)
    place = re.search(r'action="/console(/wan-signin/[^"?]+)', page)
    challenge = re.search(r'"challenge": ?"([\w-]+)"', page)
    assert place, page
    assert challenge, page
    return place[1], challenge[1], TOKEN.findall(page)[0]


def give(browser, place, token, credential):
    return browser.client.post(place, data={"csrf_token": token, "credential": credential}, base_url=BASE)


def test_ones_own_passkey_opens(member):
    own = Authenticator(member.account)
    place, challenge, token = ask(member)

    assert give(member, place, token, own.sign(challenge)).status_code == 302
    assert member.is_in


def test_a_strangers_passkey_after_anothers_password_opens_neither_account(console, member):
    Authenticator(member.account)
    stranger = Newcomer(console, "responsible", "stranger@wadjet.kz").join()
    theirs = Authenticator(stranger.account)
    place, challenge, token = ask(member)

    give(member, place, token, theirs.sign(challenge))

    assert not member.is_in


def test_what_a_passkey_signed_is_taken_once(member):
    own = Authenticator(member.account)
    place, challenge, token = ask(member)
    signed = own.sign(challenge)
    give(member, place, token, signed)
    assert member.is_in
    member.post("logout")

    for browser in (member, member.another_browser()):
        _, _, token = ask(browser)
        give(browser, place, token, signed)
        assert not browser.is_in


def test_a_challenge_is_for_the_session_that_asked(member):
    own, other = Authenticator(member.account), member.another_browser()
    place, challenge, _ = ask(member)
    _, _, token = ask(other)

    give(other, place, token, own.sign(challenge))

    assert not other.is_in


@pytest.mark.parametrize("origin", ["https://localhost", "http://localhost.evil.kz", "http://wadjet.kz"])
def test_what_was_signed_for_another_page_opens_nothing(member, origin):
    own = Authenticator(member.account)
    place, challenge, token = ask(member)

    give(member, place, token, own.sign(challenge, origin))

    assert not member.is_in


def test_who_is_disabled_meanwhile_stays_out(member, watch):
    own = Authenticator(member.account)
    place, challenge, token = ask(member)
    service.disable(member.account.id, by="tests", now=watch())

    give(member, place, token, own.sign(challenge))

    assert not member.is_in


ODD = ["", "null", '{"id": 1}', '{"id":"AA","rawId":"AA","type":"public-key"}']


@pytest.mark.parametrize("odd", [*ODD, "bytes"])
def test_what_is_no_passkeys_answer_is_refused_calmly(member, odd):
    own = Authenticator(member.account)
    place, challenge, token = ask(member)
    if odd == "bytes":  # signed by nobody, and nothing in it is what it should be
        made = json.loads(own.sign(challenge))
        made["response"] |= {"authenticatorData": _b64(b"\xff" * 40), "signature": _b64(b"\xff")}
        odd = json.dumps(made)

    assert give(member, place, token, odd).status_code == 302
    assert not member.is_in
