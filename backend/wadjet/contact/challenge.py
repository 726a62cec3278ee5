"""The proof of work: ALTCHA's protocol, version 2, by its own library. No third party, no puzzle, no picture.

It makes a thousand messages cost what one does not notice. A challenge holds for ten minutes, its solution for one
message; the solutions used are remembered until then.
"""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import altcha

from .. import jose
from .problems import ChallengeInvalid

LIFE = timedelta(minutes=10)
# A try costs 256 KiB and half a millisecond here, a millisecond in a browser, six on an old phone. The counter is drawn
# here, so that nobody needs more than TRIES; of a key's 32 bytes the challenge tells 16, the rest is the work's proof.
ALGORITHM, COST, BLOCK, TRIES = "SCRYPT", 256, 8, 200
_LONGEST = 2048


def issue(secret: bytes, *, now: datetime) -> dict[str, Any]:
    """A challenge as its client takes it."""
    return altcha.create_challenge(
        ALGORITHM,
        COST,
        memory_cost=BLOCK,
        parallelism=1,
        counter=secrets.randbelow(TRIES),
        expires_at=now + LIFE,
        hmac_secret=secret,
    ).to_dict()


def check(payload: str, secret: bytes, *, now: datetime) -> str:
    """What to remember a solution by, so that it counts once. Raises ChallengeInvalid."""
    try:
        if len(payload) > _LONGEST:
            raise ValueError("too long")
        sent = jose.read_json(base64.b64decode(payload, validate=True))
        # The library goes by the machine's clock; what must hold by ours is asked here.
        parameters = sent["challenge"]["parameters"]
        if (parameters["algorithm"], parameters["cost"], parameters["memoryCost"]) != (ALGORITHM, COST, BLOCK):
            raise ValueError("another challenge")  # one of an earlier release
        if parameters["expiresAt"] <= now.timestamp():
            raise ValueError("expired")
        result = altcha.verify_solution(payload, secret)
    except (ValueError, TypeError, KeyError, LookupError) as error:
        raise ChallengeInvalid("Ask for a new challenge and solve that.") from error
    if not result.verified:
        raise ChallengeInvalid("Ask for a new challenge and solve that.")
    return hashlib.sha256(parameters["nonce"].encode()).hexdigest()
