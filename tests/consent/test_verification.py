"""Every way to corrupt a receipt that we could think of, each refused, beside the good ones."""

import json
from datetime import timedelta

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from tests.visitor import Visitor, new_id, payload
from wadjet import jose, keys
from wadjet.consent.verification import ReceiptUnreadable, read_jwks, read_token, verify

HALF = {"measurement": True, "embeds": False}


@pytest.fixture
def visitor(client):
    return Visitor(client)


@pytest.fixture
def jwks(settings):
    return keys.ring(settings).jwks()


@pytest.fixture
def token(visitor, app):
    """Half of the purposes allowed, signed by the visitor's key."""
    return visitor.give(purposes=HALF)["receipt"]


def b64(value):
    return jose.b64url(json.dumps(value).encode() if isinstance(value, dict) else value)


def test_each_kind_of_receipt_is_genuine(client, open_app, publish, jwks):
    visitor = Visitor(client)
    given = visitor.give(purposes=HALF)
    renewed = visitor.give(previous=given["id"])
    withdrawn = visitor.withdraw(renewed["id"]).json
    other = visitor.give()
    by_stranger = Visitor(client).withdraw(other["id"]).json
    refused = visitor.post(visitor.decision("refused")).json

    for answer in (given, renewed, withdrawn, by_stranger, refused):
        verdict = verify(answer["receipt"], jwks)
        assert verdict.faults == ()
        assert verdict.is_genuine
        assert verdict.receipt == payload(answer["receipt"])


def test_withdrawal_after_the_policy_changed_is_genuine(visitor, app, publish, watch, jwks):
    given = visitor.give()
    watch.advance(days=60)
    publish()
    bare = {"id": new_id(), "event": "withdrawn", "purposes": {}, "language": "kk", "at": "2026-11-23T09:00:00+05:00"}

    signed = visitor.post(visitor.sign(bare | {"previous": given["id"]})).json

    assert verify(signed["receipt"], jwks).faults == ()


def test_unsigned_decision_over_http_is_genuine(open_app, settings, publish, jwks):
    site = next(iter(settings.sites.values()))
    client = open_app(sites={site.id: type(site)(site.id, ("http://wadjet.kz",))}).test_client()
    publish()
    visitor = Visitor(client, "http://wadjet.kz")

    answer = visitor.post(visitor.decision("given"))

    assert verify(answer.json["receipt"], jwks).faults == ()


def test_receipts_outlive_their_keys(token, visitor, settings, watch):
    watch.advance(seconds=10)
    keys.rotate(settings, now=watch())
    jwks = keys.ring(settings).jwks()

    assert verify(token, jwks).is_genuine
    assert verify(visitor.give()["receipt"], jwks).is_genuine


def test_theft_ends_what_was_signed_since_and_nothing_before(visitor, settings, watch):
    before = visitor.give()["receipt"]
    watch.advance(days=2)
    since = visitor.give()["receipt"]
    keys.rotate(settings, now=watch(), revoke_since=watch() - timedelta(days=1))
    jwks = keys.ring(settings).jwks()

    assert verify(before, jwks).is_genuine
    assert verify(since, jwks).faults == ("Its key was compromised before that time: anybody may have made this.",)


def head(token, **changes):
    first, *rest = token.split(".")
    header = json.loads(jose.unb64url(first)) | changes
    return ".".join([b64({name: value for name, value in header.items() if value is not None}), *rest])


def body(token, change):
    first, second, third = token.split(".")
    return f"{first}.{jose.b64url(change(jose.unb64url(second)))}.{third}"


def by_own_key(token):
    """A forger's key, named as if it were the operator's."""
    forger = OKPKey.generate_key("Ed25519")
    header = json.loads(jose.unb64url(token.split(".")[0])) | {"alg": "Ed25519"}
    return jws.serialize_compact(header, jose.unb64url(token.split(".")[1]), forger, ["Ed25519"])


def by_public_key(token, jwks):
    """The old trick: HMAC with the public key as the secret."""
    secret = OctKey.import_key({"kty": "oct", "k": jwks["keys"][0]["x"]})
    header = {"alg": "HS256", "kid": jwks["keys"][0]["kid"]}
    return jws.serialize_compact(header, jose.unb64url(token.split(".")[1]), secret, ["HS256"])


def last_bit(token):
    signature = bytearray(jose.unb64url(token.rpartition(".")[2]))
    signature[-1] ^= 1
    return f"{token.rpartition('.')[0]}.{jose.b64url(bytes(signature))}"


# What somebody without the operator's key can do.
OUTSIDE = {
    "event turned": lambda token, _: body(token, lambda data: data.replace(b'"event":"given"', b'"event":"other"')),
    "one space more": lambda token, _: body(token, lambda data: data + b" "),
    "signature altered": lambda token, _: last_bit(token),
    "signature cut": lambda token, _: token[:-4],
    "signature gone": lambda token, _: token.rpartition(".")[0] + ".",
    "signature of zeros": lambda token, _: token.rpartition(".")[0] + "." + "A" * 86,
    "stray bits": lambda token, _: token[:-1] + chr(ord(token[-1]) + 1) if token[-1] in "AQgw" else token + "A",
    "no algorithm": lambda token, _: head(token, alg="none").rpartition(".")[0] + ".",
    "another algorithm": lambda token, _: head(token, alg="ES256"),
    "algorithm left out": lambda token, _: head(token, alg=None),
    "key left out": lambda token, _: head(token, kid=None),
    "key unknown": lambda token, _: head(token, kid="x" * 43),
    "key brought along": lambda token, _: head(token, jwk={"kty": "OKP"}),
    "key from an address": lambda token, _: head(token, jku="https://evil.example/jwks.json"),
    "critical extension": lambda token, _: head(token, crit=["b64"], b64=False),
    "header that is a list": lambda token, _: b64(b"[]") + token[token.index(".") :],
    "forger's key": lambda token, _: by_own_key(token),
    "public key as secret": by_public_key,
}


@pytest.mark.parametrize("corruption", OUTSIDE)
def test_corruption_from_outside_is_refused(corruption, token, jwks):
    corrupted = OUTSIDE[corruption](token, jwks)

    verdict = verify(corrupted, jwks)

    assert corrupted != token
    assert len(verdict.faults) == 1
    assert verdict.receipt == {}


def test_decision_is_not_a_receipt(visitor, token, jwks):
    assert not verify(payload(token)["decision"], jwks).is_genuine


def test_other_documents_of_the_operator_are_not_receipts(token, settings, jwks):
    ring = keys.ring(settings)

    for document in (b"{}", b"[]", b'"' + b"a" * 64 + b'"', b"a" * 64, b'{"dpv:hasRecordOfActivity": []}', b"\xff"):
        assert not verify(ring.sign(document), jwks).is_genuine


def record(receipt):
    return receipt["dpv:hasRecordOfActivity"][0]


def decided_again(receipt, visitor, **changes):
    """Another decision, well signed by the visitor's own key."""
    decision = json.loads(jose.read_compact(receipt["decision"]).payload) | changes
    receipt["decision"] = visitor.sign(decision)


def unsigned(receipt):
    receipt["decision"] = json.loads(jose.read_compact(receipt["decision"]).payload)


def twice(receipt):
    record(receipt)["dpv:hasProcess"].append(record(receipt)["dpv:hasProcess"][0])


# What only the operator, or a thief of its key, can sign: none of it agrees with the visitor's decision.
INSIDE = {
    "id": lambda r, _: r.update({"dpv:hasIdentifier": new_id()}),
    "address": lambda r, _: r.update({"@id": r["@id"] + "x"}),
    "address of the record": lambda r, _: record(r).update({"dpv:hasIdentifier": "https://wadjet.kz/x"}),
    "event": lambda r, _: r.update(event="withdrawn"),
    "site": lambda r, _: r.update(site="other.kz"),
    "language": lambda r, _: r.update(language="en"),
    "claimed time": lambda r, _: record(r)["dpv:hasConsentStatus"][0].update(claimed_at="2020-01-01T00:00:00Z"),
    "two times": lambda r, _: record(r)["dpv:hasConsentStatus"][0].update(
        {"dpv:isIndicatedAtTime": "2026-11-23T07:00:00.000Z"}
    ),
    "refusal turned into consent": lambda r, _: record(r)["dpv:hasProcess"][1].update(
        {"dpv:hasConsentStatus": "dpv:ConsentGiven"}
    ),
    "consent turned into refusal": lambda r, _: record(r)["dpv:hasProcess"][0].update(
        {"dpv:hasConsentStatus": "dpv:ConsentRefused"}
    ),
    "purpose left out": lambda r, _: record(r)["dpv:hasProcess"].pop(),
    "purpose added": lambda r, _: record(r)["dpv:hasProcess"].append(
        record(r)["dpv:hasProcess"][0] | {"dct:identifier": "marketing"}
    ),
    "purpose twice": lambda r, _: twice(r),
    "version": lambda r, _: r["policy"].update(version=2),
    "digest": lambda r, _: r["policy"].update(digest="0" * 64),
    "version of the notice": lambda r, _: record(r)["dpv:hasNotice"].update({"dct:hasVersion": "2"}),
    "digest of the notice": lambda r, _: record(r)["dpv:hasNotice"].update(digest="0" * 64),
    "key": lambda r, _: r.update(key="x" * 43),
    "key left out": lambda r, _: r.pop("key"),
    "subject": lambda r, _: record(r)["dpv:hasDataSubject"].update({"@id": "urn:somebody"}),
    "proof": lambda r, _: r.update(proof="offer"),
    "predecessor": lambda r, _: r.update({"dct:replaces": f"https://wadjet.kz/api/v1/receipts/{new_id()}"}),
    "schema": lambda r, _: r.update({"dct:conformsTo": "https://example.com"}),
    "schema of the record": lambda r, _: record(r).update({"dct:conformsTo": "https://example.com"}),
    "before its key": lambda r, _: date(r, "2026-11-22T00:00:00.000Z"),
    "no time": lambda r, _: date(r, "lately"),
    "decision without its signature": lambda r, _: unsigned(r),
    "decision half signed": lambda r, _: r.update(decision=r["decision"][:-8]),
    "decision that is none": lambda r, _: r.update(decision=None),
    "decision empty": lambda r, _: r.update(decision={}),
    "decision for more": lambda r, visitor: decided_again(r, visitor, purposes={"measurement": True, "embeds": True}),
    "decision for another purpose": lambda r, visitor: decided_again(
        r, visitor, purposes={"measurement": True, "x": False}
    ),
    "decision of another key": lambda r, visitor: decided_again(r, Visitor(visitor.client)),
    "decision on no offer": lambda r, visitor: decided_again(r, visitor, offer="x.y.z"),
    "refusal signed": lambda r, visitor: decided_again(
        r, visitor, event="refused", purposes=dict.fromkeys(HALF, False)
    ),
}


def date(receipt, stamp):
    receipt["dct:created"] = record(receipt)["dpv:hasConsentStatus"][0]["dpv:isIndicatedAtTime"] = stamp


@pytest.mark.parametrize("corruption", INSIDE)
def test_receipt_that_contradicts_its_decision_is_refused(corruption, token, visitor, settings, jwks):
    receipt = payload(token)
    INSIDE[corruption](receipt, visitor)
    assert receipt != payload(token)

    verdict = verify(keys.ring(settings).sign(json.dumps(receipt).encode()), jwks)

    assert verdict.faults


def test_receipt_of_the_first_form_stays_genuine(token, settings, jwks):
    """It held the act under another name, and did not name the words that were shown."""
    receipt = payload(token)
    record(receipt)["dpv:hasConsent"] = record(receipt).pop("dpv:hasConsentStatus")
    del record(receipt)["dpv:hasNotice"]["shown"]

    assert verify(keys.ring(settings).sign(json.dumps(receipt).encode()), jwks).faults == ()


def test_unchanged_receipt_signed_anew_is_genuine(token, settings, jwks):
    """The tables above fail for what they change, not for being signed again."""
    assert verify(keys.ring(settings).sign(json.dumps(payload(token)).encode()), jwks).faults == ()


def test_withdrawal_that_says_still_allowed_is_refused(visitor, settings, jwks):
    receipt = payload(visitor.withdraw(visitor.give()["id"]).json["receipt"])
    record(receipt)["dpv:hasProcess"][0]["dpv:hasConsentStatus"] = "dpv:ConsentGiven"

    assert verify(keys.ring(settings).sign(json.dumps(receipt).encode()), jwks).faults == (
        "The purposes are not those that the visitor chose.",
    )


def test_receipt_dated_after_its_key_was_retired_is_refused(token, settings, watch):
    ring = keys.ring(settings)
    watch.advance(days=1)
    keys.rotate(settings, now=watch())
    receipt = payload(token)
    date(receipt, "2027-01-01T00:00:00.000Z")

    verdict = verify(ring.sign(json.dumps(receipt).encode()), keys.ring(settings).jwks())

    assert verdict.faults == ("It is dated after its key was retired.",)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda token: token,
        lambda token: f"\ufeff\n{token}\r\n",
        lambda token: json.dumps({"id": "x", "status": "current", "receipt": token}),
        lambda token: json.dumps([{"receipt": token}]),
    ],
)
def test_receipt_is_found_in_what_people_keep(wrap, token):
    assert read_token(wrap(token).encode()) == token


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"{}",
        b"[]",
        b"[1]",
        b"{",
        b'{"receipt": 7}',
        b'{"receipt": "x"}',
        b"a.b",
        b"a.b.c.d",
        b"..",
        b"<html>",
        b'{"receipt": "a.b.c", "receipt": "d.e.f"}',
        "к.в.и".encode(),
    ],
)
def test_what_is_no_receipt_is_unreadable(data):
    with pytest.raises(ReceiptUnreadable):
        read_token(data)


def test_keys_are_read_as_the_server_answers_them(client):
    with client.get("/.well-known/jwks.json") as answer:
        assert read_jwks(answer.data)["keys"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": []}',
        b'{"keys": [1]}',
        b'{"keys": [{}]}',
        b'{"keys": [{"kid": "a"}, {"kid": "a"}]}',
        b'{"keys": [{"kid": "a", "iat": "now"}]}',
        b'{"keys": [{"kid": "a", "exp": 1e300}]}',
        b'{"keys": [{"kid": "a", "revoked": 7}]}',
        b'{"keys": [{"kid": "a", "iat": 9007199254740992}]}',
    ],
)
def test_what_is_no_key_set_is_unreadable(data):
    with pytest.raises(jose.Unreadable):
        read_jwks(data)


def test_key_of_another_kind_verifies_nothing(token, jwks):
    other = ECKey.generate_key("P-256").as_dict(private=False)

    assert not verify(token, {"keys": [other | {"kid": jwks["keys"][0]["kid"]}]}).is_genuine
