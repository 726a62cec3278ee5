"""The receipt: what the operator signs, as ISO/IEC TS 27560 asks, in DPV terms.

It proves that this key (or nobody's), this text, this choice and this time belong together; never who the
person was, nor that the words were read. docs/receipt.md shows one, decoded.
"""

import functools
import re
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import to_json

from .. import clock, policy
from ..settings import Settings

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560"
_CONTEXT: dict[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "@vocab": "urn:wadjet:consent:",
    # Their values are terms of DPV, not words.
    **{
        name: {"@type": "@id"}
        for name in (
            "dpv:hasConsentStatus",
            "dpv:hasDataSource",
            "dpv:hasNecessity",
            "dpv:hasProcessing",
            "dpv:isIndicatedBy",
            "skos:broader",
        )
    },
}
_STATES = {
    "given": "dpv:ConsentGiven",
    "renewed": "dpv:RenewedConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
}
_ACTS = {  # clause 9.1's words as DPV processing operations
    "collect": "Collect",
    "record": "Record",
    "classify": "Organise",
    "accumulate": "Combine",
    "store": "Store",
    "rectify": "Modify",
    "extract": "Retrieve",
    "use": "Use",
    "transfer": "Transfer",
    "distribute": "Disseminate",
    "provide": "DiscloseByTransmission",
    "access": "MakeAvailable",
    "depersonalise": "Anonymise",
    "block": "Restrict",
    "delete": "Erase",
    "destroy": "Destruct",
}

_METHODS = {  # by what is known of the act: which control was used, no decision tells
    "key": "by electronic means, signed with the key of the data subject",
    "offer": "by electronic means, unsigned, on an offer that the operator had put",
    "possession": "by electronic means, by possession of the identifier of the receipt that it ends",
}


def compose(
    *,
    receipt_id: str,
    event: str,
    choices: dict[str, bool],
    asked_on: policy.Version,
    in_force: policy.Version,
    language: str,
    shown: dict[str, str] | None,
    site: str,
    decision: Any,
    claimed_at: str,
    thumbprint: str | None,
    commitment: str | None = None,
    ended: Collection[str] = (),
    proof: str,
    previous: str | None,
    settings: Settings,
    now: datetime,
) -> bytes:
    """The receipt's payload: JSON-LD, UTF-8.

    asked_on   the version whose text the purposes were put in
    in_force   the version current when this was recorded; another one only when a consent is withdrawn
    shown      the words that banner and panel had, as `texts.Text.stated` has them; None when an old receipt is ended
    decision   verbatim: the compact JWS (text), or the JSON object that came unsigned
    commitment  to who the person is, opened by what the vault and the person hold; only a form's receipt has one
    ended      purposes that this change of mind withdraws while others stand
    """
    own = {
        "receipt_id": receipt_id,
        "stamp": clock.stamp(now),
        "claimed_at": claimed_at,
        "thumbprint": thumbprint,
        "commitment": commitment,
        "previous": previous,
    }
    alike = _Alike(
        event=event,
        choices=tuple(choices.items()),
        asked_on=asked_on,
        in_force=in_force,
        language=language,
        shown=tuple((shown or {}).items()),
        site=site,
        ended=frozenset(ended),
        proof=proof,
        base_url=settings.base_url,
        privacy_url=settings.privacy_url,
    )
    written = {name: to_json(text)[1:-1] for name, text in own.items() if text}
    parts = _mould(tuple(written), alike).copy()
    written["decision"] = to_json(decision)
    parts[1::2] = [written[name.decode()] for name in parts[1::2]]
    return b"".join(parts)


class _Alike(NamedTuple):
    """What all receipts of the same choices on the same words say: most of each one's 6 kB."""

    event: str
    choices: tuple[tuple[str, bool], ...]
    asked_on: policy.Version
    in_force: policy.Version
    language: str
    shown: tuple[tuple[str, str], ...]
    site: str
    ended: frozenset[str]
    proof: str
    base_url: str
    privacy_url: str


_MARK = secrets.token_hex(16)  # stands where receipts differ; no text can hold it, for nobody has seen it


@functools.lru_cache(maxsize=128)
def _mould(own: tuple[str, ...], alike: _Alike) -> list[bytes]:
    """The JSON of such receipts, cut where each has its own; between the pieces the names of what goes there."""
    marks = {name: f"{_MARK}{name}." for name in (*own, "decision")}
    whole = to_json(_receipt(marks, alike)).replace(to_json(marks["decision"]), marks["decision"].encode())
    return re.split(f"{_MARK}(\\w+)\\.".encode(), whole)


def _receipt(own: Mapping[str, Any], alike: _Alike) -> dict[str, Any]:
    """A receipt in full; `own`: what it has of its own."""
    receipts = f"{alike.base_url}/api/v1/receipts/"
    receipt = {
        "@context": _CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "@id": f"{receipts}{own['receipt_id']}",
        "dct:conformsTo": f"{SCHEMA}#receipt",
        "dpv:hasIdentifier": own["receipt_id"],
        "dct:created": own["stamp"],
        "dpv:hasRecordOfActivity": [_record(own, alike)],
        "event": alike.event,
        "site": alike.site,
        "language": alike.language,
        "proof": alike.proof,
        "decision": own["decision"],
        "policy": {
            "version": alike.in_force.number,
            "digest": alike.in_force.digest,
            "missing": list(alike.in_force.missing),
        },
    }
    if "previous" in own:
        receipt["dct:replaces"] = f"{receipts}{own['previous']}"
    if "thumbprint" in own:
        receipt["key"] = own["thumbprint"]
    return receipt


def _record(own: Mapping[str, Any], alike: _Alike) -> dict[str, Any]:
    choices, is_change, asked_on = dict(alike.choices), "previous" in own, alike.asked_on
    read = policy.pick({each: each for each in asked_on.languages}, alike.language) or alike.language
    states = {
        key: "withdrawn" if key in alike.ended else _state(alike.event, allowed, is_change)
        for key, allowed in choices.items()
    }
    indication = {
        "@type": _STATES[_state(alike.event, True, is_change)],
        "dpv:hasLegalBasis": {"@type": "dpv:ExpressedConsent"},
        "dpv:isIndicatedAtTime": own["stamp"],
        "claimed_at": own["claimed_at"],
        "dpv:hasDuration": _duration(asked_on, choices),
        "dpv:isIndicatedBy": "dpv:DataSubject",
        "dpv:hasIndicationMethod": _METHODS[alike.proof],
    }
    return {
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": f"{SCHEMA}#record",
        "dpv:hasIdentifier": f"{alike.base_url}/api/v1/receipts/{own['receipt_id']}",
        "dpv:hasDataSubject": _subject(own.get("thumbprint"), own.get("commitment")),
        "dpv:hasDataController": _controller(asked_on, read),
        "dpv:hasJurisdiction": "KZ",
        "dpv:hasNotice": _notice(asked_on, read, alike.privacy_url)
        | ({"shown": dict(alike.shown)} if alike.shown else {}),
        "dpv:hasProcess": [
            process | {"dpv:hasConsentStatus": _STATES[states[key]]}
            for process in _processes(asked_on, read)
            if (key := process["dct:identifier"]) in states
        ],
        "dpv:hasConsentStatus": [indication],
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": f"{alike.privacy_url}choices/"},
        "dpv:hasRight": {"@type": "dpv:DataSubjectRight", "dpv:isExercisedAt": f"{alike.privacy_url}requests/"},
    }


def _subject(thumbprint: str | None, commitment: str | None) -> dict[str, str]:
    """The person, as far as the receipt may know: a commitment, a key, or nobody (94-V art. 8(4)(2))."""
    if commitment:
        return {"@type": "dpv:DataSubject", "commitment": commitment}
    if thumbprint:
        return {"@id": f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{thumbprint}"}
    return {"@type": "dpv:DataSubject", "dct:description": "not identified"}


def commitment(payload: dict[str, Any]) -> str | None:
    """The commitment that a form's receipt holds."""
    (record,) = payload["dpv:hasRecordOfActivity"]
    found: str | None = record["dpv:hasDataSubject"].get("commitment")
    return found


def standing(payload: dict[str, Any]) -> dict[str, bool]:
    """Each purpose that a receipt is about, and whether the receipt by itself allows it."""
    allowing = (_STATES["given"], _STATES["renewed"])
    return {key: state in allowing for key, state in _states(payload).items()}


def ended(payload: dict[str, Any]) -> set[str]:
    """The purposes that are withdrawn."""
    return {key for key, state in _states(payload).items() if state == _STATES["withdrawn"]}


def processes(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """What a receipt says of each purpose."""
    (record,) = payload["dpv:hasRecordOfActivity"]
    found: list[dict[str, Any]] = record["dpv:hasProcess"]
    return found


def _states(payload: dict[str, Any]) -> dict[str, str]:
    return {each["dct:identifier"]: each["dpv:hasConsentStatus"] for each in processes(payload)}


def asked_on(payload: dict[str, Any]) -> int:
    """The version whose text the purposes were put in; another may have been in force when it was recorded."""
    return int(notice(payload)["dct:hasVersion"])


def notice(payload: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says of the text that it is about."""
    (record,) = payload["dpv:hasRecordOfActivity"]
    found: dict[str, Any] = record["dpv:hasNotice"]
    return found


def indication(payload: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says of the act of deciding; the first ones said it in `dpv:hasConsent`, which DPV lacks."""
    (record,) = payload["dpv:hasRecordOfActivity"]
    (found,) = record.get("dpv:hasConsentStatus") or record["dpv:hasConsent"]
    return dict(found)


def _state(event: str, allowed: bool, is_change: bool) -> str:
    """One purpose's state: within one decision some may be given and others refused."""
    if event == "given":
        return "refused" if not allowed else "renewed" if is_change else "given"
    return event


def _duration(version: policy.Version, keys: Collection[str]) -> str:
    """How long the consent as a whole counts: the shortest term among its purposes (policy 8.4)."""
    asked = [purpose for purpose in version.purposes if purpose.key in keys]
    return min(asked, key=lambda purpose: purpose.days).term if asked else "P1Y"


def _processes(version: policy.Version, language: str) -> tuple[dict[str, Any], ...]:
    """One process per purpose, as ISO/IEC TS 27560 has it; 94-V art. 8(4)(3)–(7)."""

    def said(words: Any) -> Any:
        return policy.pick(words, language) or ""

    return tuple(
        {
            "@type": "dpv:Process",
            "dct:identifier": purpose.key,
            "dpv:hasPurpose": {
                "@type": "dpv:Purpose",
                **({"skos:broader": f"dpv:{purpose.dpv}"} if purpose.dpv else {}),
                "dct:title": said(purpose.name),
                "dct:description": said(purpose.description),
            },
            "dpv:hasLegalBasis": {"@type": "dpv:Consent", "dct:description": said(purpose.legal_ground)},
            "dpv:hasNecessity": "dpv:Optional",
            "dpv:hasPersonalData": said(purpose.data).split(", "),
            "dpv:hasDataSource": "dpv:DataSubjectDataSource",
            "dpv:hasProcessing": [f"dpv:{_ACTS[act]}" for act in purpose.operations if act in _ACTS],
            "dpv:hasStorageCondition": [
                {"@type": "dpv:StorageLocation", "dpv:hasLocation": "KZ"},
                {"@type": "dpv:StorageDuration", "dpv:hasDuration": purpose.term, "term": said(purpose.term_text)},
                *_deletion(purpose.operations),
            ],
            "dpv:hasRecipient": list(purpose.recipients),
            "countries": list(purpose.countries),
            "publication": purpose.publication,
        }
        for purpose in version.purposes
        if not purpose.required
    )


def _deletion(operations: tuple[str, ...]) -> list[dict[str, Any]]:
    """How the data go when their term is over, where the purpose says so."""
    acts = [f"dpv:{_ACTS[act]}" for act in operations if act in ("delete", "destroy")]
    return [{"@type": "dpv:StorageDeletion", "dpv:hasProcessing": acts}] if acts else []


def _notice(version: policy.Version, language: str, privacy_url: str) -> dict[str, Any]:
    return {
        "@type": "dpv:ConsentNotice",
        "@id": f"{privacy_url}v/{version.number}/?lang={language}",
        "dct:hasVersion": str(version.number),
        "dct:language": language,
        "digest": version.digest,
        "dct:issued": version.effective_on.isoformat(),
        "missing": list(version.missing),
    }


def _controller(version: policy.Version, language: str) -> dict[str, Any]:
    """The operator's card: 94-V art. 8(4)(1), 25(2)(10)."""
    facts = version.operator

    def said(fact: str) -> Any:
        words = facts.get(fact) or {}
        return policy.pick(words, language) or ""

    return {
        "@type": "dpv:DataController",
        "dpv:hasName": said("name"),
        "bin": facts.get("bin", ""),
        "dpv:hasAddress": said("address"),
        "dpv:hasContact": [each for each in (facts.get("email"), facts.get("phone")) if each],
        "dpv:hasRepresentative": said("responsible"),
        "dct:source": facts.get("website", ""),
    }
