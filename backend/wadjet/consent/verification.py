"""Is this receipt genuine? Pure: a token and a JWK Set in, a verdict out; the same on any machine, offline.

(1) a key of the operator's set signed exactly these bytes
(2) they are one receipt, in the schema of ISO/IEC TS 27560
(3) that key was valid when the receipt says it was made
(4) the visitor's decision inside is well-formed and, where it is signed, its signature fits its own key
(5) the receipt says what that decision says: id, event, purposes, key, time, predecessor
(6) the offer that was decided on names the site and the text that the receipt names

A receipt that ends a consent may rest on an old offer or on none, so (6) is for the others. One that ends some purposes
and leaves others standing names the text that these were put in, and the version that was in force by then.
Whom a form's receipt is about, its commitment tells whoever holds the opening (`commitments`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .. import clock, jose, keys
from ..problems import Problem
from .commitments import is_commitment
from .decisions import Posted, read_signed, reread
from .offers import named
from .problems import DecisionInvalid
from .receipts import SCHEMA, indication, notice

# Validity is written in whole seconds, and a process signs with a rotated key until it has seen the new one.
_SLACK = timedelta(seconds=5)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_ALLOWED = frozenset({"dpv:ConsentGiven", "dpv:RenewedConsentGiven"})
_ENDED = "dpv:ConsentWithdrawn"

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


class ReceiptUnreadable(Problem):
    """Not a receipt at all: nothing could be checked."""

    slug, status, title = "receipt-unreadable", 422, "This is not a receipt"


@dataclass(frozen=True)
class Verdict:
    """What the checks found. `faults`: why the receipt is not genuine; `receipt`: what it says."""

    faults: tuple[str, ...]
    receipt: dict[str, Any] = field(default_factory=dict)
    kid: str = ""

    @property
    def is_genuine(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class _Stated:
    """What a receipt says, taken out of its JSON-LD."""

    id: str
    event: str
    site: str
    language: str
    proof: str
    created: datetime
    claimed_at: str
    times: set[str]
    key: str | None
    subject: dict[str, Any]
    previous: str | None
    iris: set[str]
    schemas: tuple[str, str]
    texts: list[tuple[int, str]]  # version and digest: of the notice shown, and of the policy in force
    states: dict[str, str]
    decision: Any

    @property
    def ends_some(self) -> bool:
        """Whether it ends some purposes of a consent, and others stand."""
        return self.event == "given" and _ENDED in self.states.values()


def read_token(data: bytes) -> str:
    """The compact JWS in a file: by itself, or as the member `receipt` of JSON. Raises ReceiptUnreadable."""
    try:
        text = data.decode("utf-8-sig").strip()
        if text[:1] in ("{", "["):
            value = jose.read_json(text.encode())
            text = (value if isinstance(value, dict) else value[0])["receipt"]
        if _COMPACT.fullmatch(text):
            return text
    except (jose.Unreadable, UnicodeDecodeError, LookupError, TypeError) as error:
        raise ReceiptUnreadable("Neither a receipt nor JSON that holds one.") from error
    raise ReceiptUnreadable("A receipt is three groups of letters and digits with dots between them.")


def read_jwks(data: bytes) -> dict[str, Any]:
    """The operator's public keys in a file. Raises jose.Unreadable."""
    jwks = jose.read_json(data)
    try:
        ids = [str(key["kid"]) for key in jwks["keys"]]
        times = [
            _moment(time)
            for key in jwks["keys"]
            for time in (key.get("iat", 0), key.get("exp", 0), key.get("revoked", {"revoked_at": 0})["revoked_at"])
        ]
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise jose.Unreadable("not a JWK Set") from error
    if len(set(ids)) != len(ids) or not times:
        raise jose.Unreadable("no keys, or two of one id")
    return dict(jwks)


def verify(token: str, jwks: dict[str, Any]) -> Verdict:
    """Judge a receipt by the operator's public keys.

    token  compact JWS; jwks  as `/.well-known/jwks.json` answers it
    """
    try:
        payload, key = keys.verify(token, jwks)  # (1)
        receipt = jose.read_json(payload)  # (2)
        stated = _take_apart(receipt)
    except (keys.SignatureInvalid, jose.Unreadable) as error:
        return Verdict((str(error),))
    except (KeyError, TypeError, ValueError, AttributeError):
        return Verdict((N_("The operator signed it, but it is not a receipt."),))
    return Verdict(tuple(_faults(stated, key)), receipt, str(key["kid"]))


def _take_apart(receipt: dict[str, Any]) -> _Stated:
    """Raises KeyError, TypeError, ValueError, AttributeError where something is missing."""
    (record,) = receipt["dpv:hasRecordOfActivity"]
    act, text, policy, processes = indication(receipt), notice(receipt), receipt["policy"], record["dpv:hasProcess"]
    states = {process["dct:identifier"]: process["dpv:hasConsentStatus"] for process in processes}
    if len(states) != len(processes):
        raise ValueError("a purpose appears twice")
    replaces = receipt.get("dct:replaces")
    return _Stated(
        id=receipt["dpv:hasIdentifier"],
        event=receipt["event"],
        site=receipt["site"],
        language=receipt["language"],
        proof=receipt["proof"],
        created=clock.parse(receipt["dct:created"]),
        claimed_at=act["claimed_at"],
        times={receipt["dct:created"], act["dpv:isIndicatedAtTime"]},
        key=receipt.get("key"),
        subject=record["dpv:hasDataSubject"],
        previous=replaces.rpartition("/")[2] if replaces else None,
        iris={receipt["@id"].rpartition("/")[2], record["dpv:hasIdentifier"].rpartition("/")[2]},
        schemas=(receipt["dct:conformsTo"], record["dct:conformsTo"]),
        texts=[(int(text["dct:hasVersion"]), text["digest"]), (policy["version"], policy["digest"])],
        states=states,
        decision=receipt["decision"],
    )


def _faults(stated: _Stated, key: dict[str, Any]) -> Iterator[str]:
    if stated.schemas != (f"{SCHEMA}#receipt", f"{SCHEMA}#record"):  # (2)
        yield N_("It does not follow the schema of a consent receipt.")
    yield from _untimely(stated.created, key)  # (3)
    try:
        sent = stated.decision
        posted = reread(dict(sent)) if isinstance(sent, dict) else read_signed(str(sent).encode("ascii"))  # (4)
    except (keys.SignatureInvalid, DecisionInvalid, ValueError) as error:
        yield f"The visitor's decision inside is not sound: {error}"
        return
    yield from (told for told, differs in _DIFFERENCES if differs(stated, posted))  # (5)
    if stated.event != "withdrawn":
        yield from _wrong_offer(stated, posted.decision.offer or "")  # (6)
    if "commitment" in stated.subject and not is_commitment(stated.subject["commitment"]):
        yield N_("Its commitment is none: nothing could open it.")


def _untimely(created: datetime, key: dict[str, Any]) -> Iterator[str]:
    """Source: OpenID Federation 1.0, historical keys (`iat`, `exp`, `revoked`)."""
    if "iat" in key and created < _moment(key["iat"]) - _SLACK:
        yield N_("It is dated before its key existed.")
    if "exp" in key and created > _moment(key["exp"]) + _SLACK:
        yield N_("It is dated after its key was retired.")
    if "revoked" in key and created >= _moment(key["revoked"]["revoked_at"]):
        yield N_("Its key was compromised before that time: anybody may have made this.")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _other_choice(stated: _Stated, posted: Posted) -> bool:
    states, purposes = stated.states, posted.decision.purposes
    if posted.decision.event == "given":
        wrong = any((states.get(key) in _ALLOWED) != allowed for key, allowed in purposes.items())
        return wrong or states.keys() != purposes.keys()
    ended = _ENDED if posted.decision.event == "withdrawn" else "dpv:ConsentRefused"
    # A withdrawal ends every purpose of the receipt before it, whichever of them it lists.
    missing = posted.decision.event == "refused" and states.keys() != purposes.keys()
    return missing or any(state != ended for state in states.values())


def _other_subject(stated: _Stated, posted: Posted) -> bool:
    named = stated.subject.get("@id")
    # A form's receipt names its person by a commitment, and beside it the key that was used once.
    is_named = posted.thumbprint and "commitment" not in stated.subject
    expected = f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{posted.thumbprint}" if is_named else None
    return (stated.key, named) != (posted.thumbprint, expected)


def _other_proof(stated: _Stated, posted: Posted) -> bool:
    signed = posted.thumbprint is not None
    if posted.decision.event == "withdrawn":
        return stated.proof not in (("key", "possession") if signed else ("possession",))
    if stated.ends_some:
        return signed or stated.proof != "possession" or stated.previous is None
    return stated.proof != ("key" if signed else "offer")


_DIFFERENCES: tuple[tuple[str, Callable[[_Stated, Posted], bool]], ...] = (
    (N_("Its id is not that of the decision."), lambda said, posted: {said.id, *said.iris} != {posted.decision.id}),
    (N_("Its event is not that of the decision."), lambda said, posted: said.event != posted.decision.event),
    (N_("The purposes are not those that the visitor chose."), _other_choice),
    (N_("The key that it names did not sign the decision."), _other_subject),
    (N_("It claims another proof than the decision gives."), _other_proof),
    (N_("The language is not that of the decision."), lambda said, posted: said.language != posted.decision.language),
    (N_("The visitor's own time was altered."), lambda said, posted: said.claimed_at != posted.decision.at),
    (
        N_("It names another receipt before it than the decision."),
        lambda said, posted: said.previous != posted.decision.previous,
    ),
    (N_("It names two times."), lambda said, _: len(said.times) != 1),
)


def _wrong_offer(stated: _Stated, token: str) -> Iterator[str]:
    """The offer's own signature is the operator's secret; what it says is plain, and the visitor signed it."""
    try:
        offered = named(token)
    except ValueError:
        yield N_("The offer inside the decision cannot be read.")
        return
    if offered.site != stated.site:
        yield N_("The decision was made on another site.")
    texts = stated.texts[:1] if stated.ends_some else stated.texts
    if any((number, text) != (offered.version, offered.digest) for number, text in texts):
        yield N_("The decision was made on another text than the receipt names.")
