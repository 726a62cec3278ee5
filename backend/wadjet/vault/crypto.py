"""Sealing and opening: AES-256-GCM under a context that is checked and not stored.

One key seals less than 2^32 texts (NIST SP 800-38D 8.3, for random 96-bit nonces): a person's key some dozens for each
message, a master key one for each person and rotation. Knows keys, texts and contexts; nothing else.
"""

import os
from hashlib import sha256

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .. import jose
from .problems import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORM = b"\x01"  # AES-256-GCM, nonce in front; another cipher takes another number


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def key_id(key: bytes) -> str:
    """Which key: a digest of it, 22 letters. It tells nothing of 256 random bits."""
    return jose.b64url(sha256(b"wadjet key\0" + key).digest()[:16])


def seal(key: bytes, plain: bytes, *context: str) -> bytes:
    """Sealed so that only this key and the same context open it: form, nonce, text, tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return _FORM + nonce + AESGCM(key).encrypt(nonce, plain, _bound(context))


def open_sealed(key: bytes, sealed: bytes, *context: str) -> bytes:
    """The inverse. Raises SealBroken: another key, another context or altered bytes; nobody can tell which."""
    nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        if sealed[:1] != _FORM:
            raise ValueError("another form")
        return AESGCM(key).decrypt(nonce, text, _bound(context))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("It was altered, or belongs to another person, field or key.") from error


def _bound(context: tuple[str, ...]) -> bytes:
    """RFC 8785, so that no two contexts are the same bytes."""
    return _FORM + rfc8785.dumps(list(context))
