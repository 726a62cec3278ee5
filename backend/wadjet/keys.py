"""Who signs? The operator's signing keys and the secrets behind offers, as files in `home/keys/`.

`receipts.json`  private JWKS (Ed25519) for receipts and policy versions; mode 600
`offers.json`    secrets for offer tokens, newest first; mode 600

A key's id is its RFC 7638 thumbprint. Retired keys stay: what they signed is verified for ever. Whoever steals
`receipts.json` can sign receipts until the key is revoked; `revoked_at` then tells every verifier from when on
its signatures prove nothing. Running processes notice a changed file within half a second.
"""

import fcntl
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from . import clock, jose
from .problems import Problem
from .settings import Settings

_ALGORITHMS = ["EdDSA", "Ed25519"]
_LOOK_SECONDS = 0.5
OFFER_LIFE = timedelta(days=30)
_MOST_OFFER_SECRETS = 100  # each is tried on an offer that is none of ours
_SETTLED = timedelta(seconds=2)  # until every process has read a new offer secret, nobody signs with it


N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


class _Registry(jws.JWSRegistry):
    """The contract says `EdDSA`; joserfc warns at each use of that name, which RFC 9864 made `Ed25519`."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms["Ed25519"] if name in _ALGORITHMS else super().get_alg(name)


_REGISTRY = _Registry()


class SignatureInvalid(Problem):
    """The signature, or the header that carries it, is not as it must be: ES256, by the key in the header.

    Source: RFC 7515, RFC 7518 3.4.
    """

    slug, status, title = "signature-invalid", 403, "The signature does not verify"


class KeysUnusable(Problem):
    """The key files are missing or damaged."""

    slug, status, title = "keys-unusable", 500, "The signing keys cannot be used"


class KeyMoved(Problem):
    """Somebody has changed the signing key since it was looked at."""

    slug, status, title = "key-moved", 409, "The signing key has changed meanwhile"


@dataclass(frozen=True)
class SigningKey:
    """One Ed25519 key. Times are RFC 3339 UTC; None: not so."""

    kid: str
    jwk: dict[str, str]
    created_at: str
    retired_at: str | None = None
    revoked_at: str | None = None

    @property
    def state(self) -> str:
        return "revoked" if self.revoked_at else "retired" if self.retired_at else "current"

    def public(self) -> dict[str, Any]:
        """The JWK for the world; validity in the terms of OpenID Federation's historical keys."""
        jwk: dict[str, Any] = {name: self.jwk[name] for name in ("kty", "crv", "x")}
        jwk |= {"kid": self.kid, "use": "sig", "alg": "EdDSA", "iat": _seconds(self.created_at)}
        if self.retired_at:
            jwk["exp"] = _seconds(self.retired_at)
        if self.revoked_at:
            jwk["revoked"] = {"revoked_at": _seconds(self.revoked_at), "reason": "compromised"}
        return jwk


class Keyring:
    """The keys of one home, as read from its files."""

    def __init__(self, signing: list[SigningKey], offer_secrets: list[dict[str, str]]) -> None:
        self.signing = signing
        self.offer_secrets = offer_secrets  # newest first
        self.current = next(key for key in signing if key.state == "current")
        self._private: Any = OKPKey.import_key(dict(self.current.jwk)).get_op_key("sign")
        # For what our own pages and letters sign; derived from the first key, which stays whatever is rotated.
        self.page_secret = hmac.digest(signing[0].jwk["d"].encode("ascii"), b"wadjet pages", "sha256")
        self._head = jose.b64url(json.dumps({"alg": "EdDSA", "kid": self.current.kid}).encode())

    def sign(self, payload: bytes) -> str:
        """A compact JWS over `payload` by the current key."""
        signing_input = f"{self._head}.{jose.b64url(payload)}"
        return f"{signing_input}.{jose.b64url(self._private.sign(signing_input.encode('ascii')))}"

    def offer_keys(self, now: datetime) -> list[str]:
        """The secrets of offers in itsdangerous' order: all verify, the last one signs."""
        settled = clock.stamp(now - _SETTLED)
        ordered = sorted(self.offer_secrets, key=lambda row: (row["created_at"] <= settled, row["created_at"]))
        return [row["secret"] for row in ordered]

    def jwks(self) -> dict[str, Any]:
        """The public JWK Set (RFC 7517), every key that ever signed."""
        return {"keys": [key.public() for key in self.signing]}


def verify(token: str, jwks: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The payload of a compact JWS that a key of the set signed, and that key.

    Raises SignatureInvalid (unknown key, wrong algorithm, altered bytes), jose.Unreadable (not a JWS).
    Whether the key was still valid at the document's own time is the caller's question.
    """
    compact = jose.read_compact(token)
    if compact.header.keys() != {"alg", "kid"} or compact.header["alg"] not in _ALGORITHMS:
        raise SignatureInvalid(N_("Its header does not name EdDSA and a key."))
    key = next((key for key in jwks["keys"] if key.get("kid") == compact.header["kid"]), None)
    if key is None or key.get("kty") != "OKP" or key.get("crv") != "Ed25519":
        raise SignatureInvalid(N_("It names a key that is not among the operator's."))
    try:
        public = OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x")})
        return jws.deserialize_compact(token, public, registry=_REGISTRY).payload, key
    except (JoseError, ValueError, KeyError) as error:
        raise SignatureInvalid(N_("Its bytes are not those that the operator signed.")) from error


_rings: dict[Path, tuple[float, Any, Keyring]] = {}


def ring(settings: Settings) -> Keyring:
    """The keyring of this home, read again when its files change. Raises KeysUnusable."""
    looked_at, seen, keyring = _rings.get(settings.home, (0.0, None, None))
    if keyring is not None and time.monotonic() - looked_at < _LOOK_SECONDS:
        return keyring
    folder = settings.home / "keys"
    try:
        state = [(found.st_mtime_ns, found.st_ino) for found in map(os.stat, _files(folder))]
        if keyring is None or state != seen:
            keyring = _read(folder)
    except OSError as error:
        raise KeysUnusable(f"{folder} holds no keys: run `wadjet init`.") from error
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise KeysUnusable(f"The files in {folder} are damaged: restore them from a backup.") from error
    _rings[settings.home] = (time.monotonic(), state, keyring)
    return keyring


def create(settings: Settings, *, now: datetime) -> None:
    """Make the first keys, unless there are some."""
    folder = settings.home / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in _files(folder):
        if not path.exists():
            write(path, {"keys": [_new(now)]} if path.name == "receipts.json" else {"secrets": [_secret(now)]})


def rotate(settings: Settings, *, now: datetime, revoke_since: datetime | None = None, seen: str = "") -> SigningKey:
    """Sign with a new key from now on; the one before stays in the JWKS.

    revoke_since  the keys were stolen: what any of them signed from then on proves nothing
    seen          the id of the key that is to be replaced. Raises KeyMoved where it is not the current one any more
    """
    folder = settings.home / "keys"
    with alone(folder):
        _rings.pop(settings.home, None)
        if seen and ring(settings).current.kid != seen:
            raise KeyMoved("Somebody else was quicker. Look at the keys again before you change anything.")
        _rotate(*_files(folder), ring(settings), now, revoke_since)
        _rings.pop(settings.home, None)
    return ring(settings).current


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else changes the files of this folder meanwhile.

    Two rotations at once would lose one's key, and with it what that key had signed or sealed.
    """
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _rotate(
    signing_file: Path, offers_file: Path, keyring: Keyring, now: datetime, revoke_since: datetime | None
) -> None:
    rows = [_row(key) for key in keyring.signing]
    for row in rows:
        row["retired_at"] = row["retired_at"] or clock.stamp(now)
        # They lie in one file: a key retired since was stolen with the current one.
        if revoke_since and row["retired_at"] > clock.stamp(revoke_since):
            row["revoked_at"] = min(row["revoked_at"] or "9", clock.stamp(revoke_since))
    offers = [_secret(now), *keyring.offer_secrets]
    # A secret goes when no offer lives any more that it may have signed, until the next one took its place.
    kept = [row for row, after in zip(offers[1:], offers, strict=False) if _age(after, now) < OFFER_LIFE + _SETTLED]
    write(offers_file, {"secrets": [offers[0], *kept][:_MOST_OFFER_SECRETS]})
    write(signing_file, {"keys": [*rows, _new(now)]})


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "receipts.json", folder / "offers.json"


def _read(folder: Path) -> Keyring:
    signing_file, offers_file = _files(folder)
    rows = json.loads(signing_file.read_bytes())["keys"]
    keys = [
        SigningKey(
            row["kid"],
            {name: row[name] for name in ("kty", "crv", "x", "d")},
            row["created_at"],
            row["retired_at"],
            row["revoked_at"],
        )
        for row in rows
    ]
    return Keyring(keys, json.loads(offers_file.read_bytes())["secrets"])


def _row(key: SigningKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        **key.jwk,
        "created_at": key.created_at,
        "retired_at": key.retired_at,
        "revoked_at": key.revoked_at,
    }


def _new(now: datetime) -> dict[str, Any]:
    key = OKPKey.generate_key("Ed25519")
    jwk = {name: str(value) for name, value in key.as_dict(private=True).items()}
    return _row(SigningKey(key.thumbprint(), {name: jwk[name] for name in ("kty", "crv", "x", "d")}, clock.stamp(now)))


def _secret(now: datetime) -> dict[str, str]:
    return {"secret": secrets.token_urlsafe(32), "created_at": clock.stamp(now)}


def _age(row: dict[str, str], now: datetime) -> timedelta:
    return now - clock.parse(row["created_at"])


def write(path: Path, value: dict[str, Any]) -> None:
    """Replace a file, mode 600, so that a crash leaves the old one or the new one, whole."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _seconds(stamp: str) -> int:
    return int(clock.parse(stamp).timestamp())
