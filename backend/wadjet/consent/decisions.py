"""A decision as it was posted: read, and its signature checked.

The header must be exactly what the contract says. Whatever else a JOSE header may carry (`jku`, `x5u`, `crit`,
`b64`, private parts) has been somebody's forgery, so it is refused and not ignored. Source: RFC 7515, RFC 8725.
"""

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .. import jose
from ..keys import SignatureInvalid
from .problems import DecisionInvalid
from .schemas import Decision, check, parse

_P256, _ECDSA = ec.SECP256R1(), ec.ECDSA(SHA256())
_JWK_MEMBERS = {"kty", "crv", "x", "y"}


@dataclass(frozen=True)
class Posted:
    """A decision, how it came, and by whose key.

    verbatim    the compact JWS as sent, or the JSON object that came unsigned
    thumbprint  RFC 7638, of the visitor's key; None when unsigned
    """

    decision: Decision
    verbatim: str | dict[str, Any]
    thumbprint: str | None

    def same_as(self, other: "Posted") -> bool:
        """Whether both say the same by the same key.

        Compared decoded: ECDSA has a second valid signature for every first one, and a replay may carry it.
        """
        return self.decision == other.decision and self.thumbprint == other.thumbprint


def read_signed(body: bytes) -> Posted:
    """A decision as compact JWS. Raises DecisionInvalid (form), then SignatureInvalid."""
    try:
        token = body.decode("ascii")
        compact = jose.read_compact(token)
    except (UnicodeDecodeError, jose.Unreadable) as error:
        raise DecisionInvalid("The body must be the decision as a compact JWS.", errors=[]) from error
    decision, _ = parse(compact.payload)
    if decision.event == "refused":
        raise DecisionInvalid("A refusal is sent as JSON, without a key.", errors=[])
    return Posted(decision, token, _verify(compact))


def read_unsigned(body: bytes) -> Posted:
    """A decision as JSON. Raises DecisionInvalid."""
    decision, sent = parse(body)
    return Posted(decision, sent, None)


def read_sent(sent: dict[str, Any]) -> Posted:
    """A decision as a JSON object that was read already. Raises DecisionInvalid."""
    return Posted(check(sent), sent, None)


def reread(verbatim: str | dict[str, Any]) -> Posted:
    """The decision inside a receipt of ours, verified when it was recorded."""
    if isinstance(verbatim, dict):
        return Posted(Decision.model_validate(verbatim), verbatim, None)
    compact = jose.read_compact(verbatim)
    return Posted(parse(compact.payload)[0], verbatim, jose.thumbprint(compact.header["jwk"]))


def _verify(compact: jose.Compact) -> str:
    """The thumbprint of the key that signed it. Raises SignatureInvalid."""
    header, jwk = compact.header, compact.header.get("jwk")
    if header.keys() - {"typ"} != {"alg", "jwk"} or header["alg"] != "ES256":
        raise SignatureInvalid("The header must hold alg ES256 and jwk, and nothing else but typ.")
    if not isinstance(jwk, dict) or jwk.keys() != _JWK_MEMBERS:
        raise SignatureInvalid("jwk must hold kty, crv, x and y, and nothing else.")
    try:
        x, y = jose.unb64url(jwk["x"]), jose.unb64url(jwk["y"])
        if (jwk["kty"], jwk["crv"], len(x), len(y), len(compact.signature)) != ("EC", "P-256", 32, 32, 64):
            raise SignatureInvalid("jwk must be a P-256 key, and the signature 64 bytes.")
        # Refuses a point that is not on the curve.
        key = ec.EllipticCurvePublicKey.from_encoded_point(_P256, b"\x04" + x + y)
        r, s = int.from_bytes(compact.signature[:32]), int.from_bytes(compact.signature[32:])
        # The token is taken apart already, more strictly than a JOSE library would; what is left is RFC 7518 3.4.
        key.verify(encode_dss_signature(r, s), compact.signing_input, _ECDSA)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise SignatureInvalid("The signature does not fit the decision and the key.") from error
    return jose.thumbprint(jwk)
