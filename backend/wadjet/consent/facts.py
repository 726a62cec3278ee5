"""What a receipt says, flat: for commands, pages and files that tell it to people."""

from typing import Any

from . import chain, receipts


def facts(said: dict[str, Any]) -> dict[str, Any]:
    """The facts of a receipt's payload: id, event, site, version, digest, language, text, recorded_at, claimed_at,
    allowed, refused, previous, proof, key, commitment."""
    standing = receipts.standing(said)
    return {
        "id": said["dpv:hasIdentifier"],
        "event": said["event"],
        "site": said["site"],
        "version": said["policy"]["version"],
        "digest": said["policy"]["digest"],
        "language": said["language"],
        "text": receipts.notice(said).get("shown", {}).get("digest"),
        "recorded_at": said["dct:created"],
        "claimed_at": receipts.indication(said)["claimed_at"],
        "allowed": [key for key, is_allowed in standing.items() if is_allowed],
        "refused": [key for key, is_allowed in standing.items() if not is_allowed],
        "previous": said["dct:replaces"].rpartition("/")[2] if "dct:replaces" in said else None,
        "proof": said["proof"],
        "key": said.get("key"),
        "commitment": receipts.commitment(said),
    }


def purposes(said: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Each purpose that a receipt is about: its key, its name in the words that were shown, whether it is allowed."""
    standing = receipts.standing(said)
    return [
        (key := each["dct:identifier"], each["dpv:hasPurpose"]["dct:title"], standing[key])
        for each in receipts.processes(said)
    ]


def asked_on(said: dict[str, Any]) -> int:
    """The policy version whose text the purposes were put in."""
    return receipts.asked_on(said)


def said(token: str) -> dict[str, Any]:
    """The payload of a receipt of ours, unverified."""
    return chain.read(token)
