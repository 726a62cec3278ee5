"""Keys come and go; what one of them signed is verified for ever, and by nothing else."""

import json
import os
import stat
import threading
from datetime import timedelta
from typing import Any

import jwt
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from wadjet import jose, keys
from wadjet.clock import parse

PAYLOAD = b'{"what": "a receipt"}'


@pytest.fixture
def ring(settings):
    return keys.ring(settings)


def forget(settings):
    """Let the keyring be read from its files again, as another process would."""
    keys._rings.pop(settings.home, None)


def sign(key, payload=PAYLOAD, **header):
    """A compact JWS under any header at all, as a forger's own program would make it."""
    if not isinstance(key, OKPKey):
        return jws.serialize_compact(header, payload, key, ["ES256", "HS256"])
    signed = f"{jose.b64url(json.dumps(header).encode())}.{jose.b64url(payload)}"
    raw: Any = key.get_op_key("sign")
    return f"{signed}.{jose.b64url(raw.sign(signed.encode()))}"


def private(settings):
    row = json.loads((settings.home / "keys" / "receipts.json").read_text())["keys"][-1]
    return OKPKey.import_key({name: row[name] for name in ("kty", "crv", "x", "d")})


def test_what_was_signed_verifies(ring):
    token = ring.sign(PAYLOAD)

    payload, key = keys.verify(token, ring.jwks())

    assert payload == PAYLOAD
    assert key["kid"] == ring.current.kid == jose.thumbprint(key)
    assert jose.read_compact(token).header == {"alg": "EdDSA", "kid": ring.current.kid}


def test_another_library_verifies_it(ring):
    [row] = ring.jwks()["keys"]
    public = jwt.PyJWK.from_dict(row, "EdDSA")

    assert jwt.PyJWS().decode(ring.sign(PAYLOAD), public, ["EdDSA"]) == PAYLOAD


def test_the_later_name_of_the_algorithm_is_taken(ring, settings):
    token = sign(private(settings), alg="Ed25519", kid=ring.current.kid)

    assert keys.verify(token, ring.jwks())[0] == PAYLOAD


def test_the_public_set_holds_no_private_part(ring, settings):
    secret = json.loads((settings.home / "keys" / "receipts.json").read_text())["keys"][0]["d"]

    assert secret not in json.dumps(ring.jwks())
    assert [sorted(key) for key in ring.jwks()["keys"]] == [["alg", "crv", "iat", "kid", "kty", "use", "x"]]


FORGERIES = {
    "one bit of the signature": lambda token, **_: token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:],
    "another payload": lambda token, **_: ".".join((token.split(".")[0], jose.b64url(b"{}"), token.split(".")[2])),
    "another key under the name": lambda kid, **_: sign(OKPKey.generate_key(), alg="EdDSA", kid=kid),
    "an unknown name": lambda key, **_: sign(key, alg="EdDSA", kid="unknown"),
    "no name": lambda key, **_: sign(key, alg="EdDSA"),
    "the name a number": lambda token, **_: header(token, alg="EdDSA", kid=1),
    "a key brought along": lambda key, kid, **_: sign(key, alg="EdDSA", kid=kid, jwk=OKPKey.generate_key().as_dict()),
    "a further member": lambda key, kid, **_: sign(key, alg="EdDSA", kid=kid, typ="JWT"),
    "alg none": lambda token, kid, **_: header(token, alg="none", kid=kid).rpartition(".")[0] + ".",
    "alg HS256 over the public key": lambda x, kid, **_: sign(OctKey.import_key(x), alg="HS256", kid=kid),
    "alg ES256": lambda kid, **_: sign(ECKey.generate_key("P-256"), alg="ES256", kid=kid),
    "alg a list": lambda token, kid, **_: header(token, alg=["EdDSA"], kid=kid),
    "no signature": lambda token, **_: token.rpartition(".")[0] + ".",
    "a short signature": lambda token, **_: cut(token, 63),
    "half a signature": lambda token, **_: cut(token, 32),
}


def cut(token, size):
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{jose.b64url(jose.unb64url(signature)[:size])}"


def header(token, **members):
    return f"{jose.b64url(json.dumps(members).encode())}.{token.partition('.')[2]}"


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_refused(forge, ring, settings):
    [row] = ring.jwks()["keys"]
    forged = forge(token=ring.sign(PAYLOAD), key=private(settings), kid=row["kid"], x=row["x"])

    with pytest.raises(keys.SignatureInvalid):
        keys.verify(forged, ring.jwks())


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519"},
        {"kty": "oct", "k": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519"},
    ],
)
def test_a_set_with_an_odd_key_verifies_nothing(jwk, ring):
    with pytest.raises(keys.SignatureInvalid):
        keys.verify(ring.sign(PAYLOAD), {"keys": [jwk | {"kid": ring.current.kid}]})


@pytest.mark.parametrize("token", ["", "a.b", "e30.e30.e30=", "e30.e30.AB"])
def test_what_is_no_jws_is_called_so(token, ring):
    with pytest.raises(jose.Unreadable):
        keys.verify(token, ring.jwks())


def test_after_rotation_old_receipts_still_verify(ring, settings, now):
    before = ring.sign(PAYLOAD)

    fresh = keys.rotate(settings, now=now + timedelta(days=1))

    after = keys.ring(settings).sign(PAYLOAD)
    jwks = keys.ring(settings).jwks()
    assert fresh.kid != ring.current.kid
    assert keys.verify(before, jwks)[1]["exp"] == int((now + timedelta(days=1)).timestamp())
    assert keys.verify(after, jwks)[1]["kid"] == fresh.kid
    assert [key.state for key in keys.ring(settings).signing] == ["retired", "current"]


def test_a_revoked_key_says_since_when(ring, settings, now):
    stolen_at = now - timedelta(days=3)

    keys.rotate(settings, now=now, revoke_since=stolen_at)

    first, second = keys.ring(settings).signing
    assert (first.state, second.state) == ("revoked", "current")
    assert parse(first.revoked_at or "") == stolen_at
    assert first.public()["revoked"] == {"revoked_at": int(stolen_at.timestamp()), "reason": "compromised"}


def test_fifty_rotations_keep_every_key(settings, now):
    tokens = [keys.ring(settings).sign(PAYLOAD)]
    for number in range(50):
        keys.rotate(settings, now=now + timedelta(hours=number))
        tokens.append(keys.ring(settings).sign(PAYLOAD))

    jwks = keys.ring(settings).jwks()

    assert len(jwks["keys"]) == len({key["kid"] for key in jwks["keys"]}) == 51
    assert all(keys.verify(token, jwks)[0] == PAYLOAD for token in tokens)


def test_another_process_notices_a_rotation(settings, now):
    old = keys.ring(settings)
    keys.rotate(settings, now=now)
    keys._rings[settings.home] = (0.0, "as it was before", old)  # what the other one remembers

    assert keys.ring(settings).current.kid != old.current.kid


def test_a_new_offer_secret_signs_only_once_everybody_has_read_it(settings, now):
    [old] = keys.ring(settings).offer_keys(now)
    now += timedelta(days=1)

    keys.rotate(settings, now=now)

    at_once = keys.ring(settings).offer_keys(now)
    later = keys.ring(settings).offer_keys(now + timedelta(seconds=3))
    assert at_once[-1] == old
    assert later[-1] != old
    assert set(at_once) == set(later)


def test_offers_outlive_every_rotation_of_their_thirty_days(settings, now):
    [first] = keys.ring(settings).offer_keys(now)

    for days in range(30):
        keys.rotate(settings, now=now + timedelta(days=days))
    assert first in keys.ring(settings).offer_keys(now)

    keys.rotate(settings, now=now + timedelta(days=31))
    assert first not in keys.ring(settings).offer_keys(now)


def test_making_keys_again_changes_nothing(settings, now):
    before = {path.name: path.read_bytes() for path in (settings.home / "keys").iterdir()}

    keys.create(settings, now=now + timedelta(days=1))

    assert {path.name: path.read_bytes() for path in (settings.home / "keys").iterdir()} == before


def test_nobody_else_may_read_the_keys(settings, now):
    umask = os.umask(0)
    try:
        keys.rotate(settings, now=now)
    finally:
        os.umask(umask)

    folder = settings.home / "keys"
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (folder, *folder.iterdir())}
    assert modes == {"keys": "0o700", "receipts.json": "0o600", "offers.json": "0o600"}


def test_a_reader_finds_the_keys_whole_while_they_are_rotated(settings, now):
    stop, broken = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                json.loads((settings.home / "keys" / "receipts.json").read_text())
            except ValueError as error:
                broken.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        keys.rotate(settings, now=now)
    stop.set()
    reader.join()

    assert broken == []


def test_a_draft_left_by_a_crash_is_in_nobodys_way(settings, now):
    draft = settings.home / "keys" / "receipts.new"
    draft.write_text("half a fi")

    keys.rotate(settings, now=now)

    assert not draft.exists()
    assert len(keys.ring(settings).signing) == 2


DAMAGES = {
    "empty": "",
    "half": '{"keys": [{"kid"',
    "a list": "[]",
    "no keys": '{"keys": []}',
    "null": "null",
    "a key without its private part": '{"keys": [{"kid": "a", "kty": "OKP", "crv": "Ed25519", "x": "AA"}]}',
    "a key that is none": '{"keys": [{"kid": "a", "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA",'
    ' "created_at": "2026-11-23T06:14:48.000Z", "retired_at": null, "revoked_at": null}]}',
}


@pytest.mark.parametrize("text", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", ["receipts.json", "offers.json"])
def test_damaged_files_are_told_with_the_remedy(name, text, settings):
    (settings.home / "keys" / name).write_text(text)
    forget(settings)

    with pytest.raises(keys.KeysUnusable, match="restore them from a backup"):
        keys.ring(settings)


def test_only_retired_keys_sign_nothing(settings):
    path = settings.home / "keys" / "receipts.json"
    rows = json.loads(path.read_text())
    rows["keys"][0]["retired_at"] = "2026-11-23T06:14:48.000Z"
    path.write_text(json.dumps(rows))
    forget(settings)

    with pytest.raises(keys.KeysUnusable):
        keys.ring(settings)


def test_a_home_without_keys_says_how_to_make_them(settings):
    for path in (settings.home / "keys").iterdir():
        path.unlink()
    forget(settings)

    with pytest.raises(keys.KeysUnusable, match="wadjet init"):
        keys.ring(settings)
