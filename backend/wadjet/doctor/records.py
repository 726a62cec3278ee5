"""Keys, database, policy, receipts: whether what was kept can be used and fits together."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

from .. import clock, consent, database, jose, keys, policy
from ..problems import Problem
from ..settings import Settings
from . import duties, mailing, people, storage
from .findings import Finding, error, warning
from .machine import key_file

_TOLERANCE = timedelta(minutes=5)  # as posts have it


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every check of this file, until one makes the next impossible."""
    found = list(_key_files(settings)) or list(_keys(settings, now))
    yield from found
    broken = list(storage.examine(settings))
    yield from broken
    if any(each.severity == "error" for each in broken):
        return
    policy.reset()
    try:
        yield from people.examine(settings, now)
        yield from _policy(settings, now)
        if not found:
            yield from _signatures(settings)
        yield from _time(now)
        yield from mailing.letters()
        yield from duties.entries(now)
    except Problem as problem:
        yield error("receipts_database", problem.detail, "see the server's log")
    except (ValueError, LookupError, TypeError) as failure:
        what = f"a version in the database cannot be read ({type(failure).__name__})"
        yield error("policy", what, "restore the database from a backup and find out who could write to it")
    finally:
        database.close_stores()


def _key_files(settings: Settings) -> Iterator[Finding]:
    folder = settings.home / "keys"
    for path in (folder, folder / "receipts.json", folder / "offers.json"):
        found = list(key_file(path, "sign in the operator's name", "--compromised-since …"))
        yield from found
        if found and not os.access(path, os.R_OK):
            return


def _keys(settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        ring = keys.ring(settings)
    except Problem as problem:
        yield error("keys", problem.detail, "then start the server again")
        return
    if sum(key.state == "current" for key in ring.signing) != 1:
        yield error(
            "keys", "more than one key claims to be the current one", "restore keys/receipts.json from a backup"
        )
    if not ring.offer_secrets:
        yield error("keys", "keys/offers.json holds no secret", "remove that file and run `wadjet init`")
    for key in ring.signing:
        if jose.thumbprint({name: key.jwk[name] for name in ("kty", "crv", "x")}) != key.kid:
            yield error("keys", f"key {key.kid} is not the one that its id names", "restore keys/receipts.json")
        elif clock.parse(key.created_at) > now + _TOLERANCE:
            yield error("clock", f"key {key.kid} was made in the future", "set the machine's clock right (NTP)")
    try:
        keys.verify(ring.sign(b"wadjet"), ring.jwks())
    except Problem:
        yield error("keys", "what the current key signs does not verify", "restore keys/receipts.json from a backup")


def _policy(settings: Settings, now: datetime) -> Iterator[Finding]:
    versions = policy.versions()
    try:
        current = policy.current(now)
    except policy.NoPolicy:
        coming = (
            f"version {versions[-1].number} is in force from {clock.stamp(versions[-1].effective_at)}; until then"
            if versions
            else "until then"
        )
        yield error(
            "policy",
            f"no policy is in force; {coming} nothing is offered to visitors",
            "run `wadjet policy publish PATH`",
        )
        return
    if current.missing:
        yield warning(
            "policy",
            f"version {current.number} lacks what the law asks: {', '.join(current.missing)}",
            "set what is missing and publish again",
        )
    named, stated = current.operator.get("bin", ""), settings.operator.bin
    if named and stated and named != stated:
        yield warning(
            "policy",
            f"version {current.number} names BIN {named}, wadjet.toml {stated}",
            "correct the one that is wrong, and publish again",
        )
    for version in versions:
        if policy.digest(version.canonical) != version.digest:
            yield error(
                "policy",
                f"version {version.number} was altered in the database",
                "restore the database from a backup and find out who could write to it",
            )


def _signatures(settings: Settings) -> Iterator[Finding]:
    """Whether today's keys are those that signed before: without them no receipt verifies."""
    jwks = keys.ring(settings).jwks()
    for version in policy.versions():
        try:
            signed, _ = keys.verify(version.signature, jwks)
        except (Problem, jose.Unreadable):
            signed = b""
        if signed != version.digest.encode():
            yield error(
                "keys",
                f"version {version.number} of the policy was not signed by a key in {settings.home / 'keys'}",
                "restore keys/receipts.json from a backup; receipts of that time do not verify either",
            )
            return


def _time(now: datetime) -> Iterator[Finding]:
    last = max(
        filter(None, [consent.last_recorded_at(), *(clock.stamp(each.published_at) for each in policy.versions())]),
        default=None,
    )
    if last and now < clock.parse(last) - _TOLERANCE:
        yield error(
            "clock",
            f"the machine says {clock.stamp(now)}, but something was recorded at {last}",
            "set the machine's clock right (NTP), posts are refused until then; "
            "if it is right and stood ahead before: `wadjet receipt trust-clock`",
        )
