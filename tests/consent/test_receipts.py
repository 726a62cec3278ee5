"""A receipt is cast from what it has alike with others: its bytes are those of the whole written out."""

import itertools
import json

import pytest
from pydantic_core import to_json

from tests.visitor import new_id
from wadjet import clock, policy
from wadjet.consent import receipts

JWS = "eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.c2ln"
UNSIGNED = {"id": "A" * 22, "purposes": {"embeds": False}, "language": 'қаз "\\ %s {0} \u2028'}
CASES = {
    "given, signed": {},
    "some refused": {"choices": {"measurement": True, "embeds": False}},
    "a change": {"previous": new_id()},
    "refused, unsigned": {
        "event": "refused",
        "choices": {"measurement": False, "embeds": False},
        "decision": UNSIGNED,
        "thumbprint": None,
        "proof": "offer",
    },
    "withdrawn": {"event": "withdrawn", "previous": new_id(), "shown": None, "proof": "possession"},
    "the form's": {"choices": {"feedback": True, "marketing": True}, "commitment": "sha-256:" + "b" * 43},
    "one purpose ended": {"previous": new_id(), "ended": {"embeds"}, "language": "en"},
    "a language that is not there": {"language": "de"},
    "what JSON must write otherwise": {"claimed_at": '"\\\n', "decision": 'a"b', "thumbprint": "\x00é"},
}


def described(version, settings, now):
    """What `compose` is told of a plain consent."""
    return {
        "receipt_id": new_id(),
        "event": "given",
        "choices": {"measurement": True, "embeds": True},
        "asked_on": version,
        "in_force": version,
        "language": "kk",
        "shown": {"dct:language": "kk", "digest": "d" * 64},
        "site": "wadjet.kz",
        "decision": JWS,
        "claimed_at": "2026-11-23T06:14:48Z",
        "thumbprint": "t" * 43,
        "proof": "key",
        "previous": None,
        "settings": settings,
        "now": now,
    }


def written_out(said):
    """The same without a mould."""
    names = ("receipt_id", "claimed_at", "decision", "thumbprint", "commitment", "previous")
    own = {name: said[name] for name in names if said.get(name)} | {"stamp": clock.stamp(said["now"])}
    alike = {name: said.get(name) for name in receipts._Alike._fields} | {
        "choices": tuple(said["choices"].items()),
        "shown": tuple((said["shown"] or {}).items()),
        "ended": frozenset(said.get("ended", ())),
        "base_url": said["settings"].base_url,
        "privacy_url": said["settings"].privacy_url,
    }
    return receipts._receipt(own, receipts._Alike(**alike))


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_bytes_are_those_of_the_receipt_written_out(changes, app, settings, now):
    said = described(policy.current(now), settings, now) | changes

    composed = receipts.compose(**said)

    assert composed == to_json(written_out(said))
    assert json.loads(composed) == written_out(said)


def test_nothing_of_one_receipt_is_in_the_next(app, settings, now):
    saying = [described(policy.current(now), settings, now) | changes for changes in CASES.values()]

    for one, other in itertools.permutations(saying, 2):
        receipts.compose(**one)
        assert receipts.compose(**other) == to_json(written_out(other))
