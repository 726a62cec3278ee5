"""What goes out for programs: a version as JSON, the changes as JSON and as plain text."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import unescape
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .. import clock
from .changes import Change
from .service import Version

_SIGNS = {"<ins>": "{+", "</ins>": "+}", "<del>": "[-", "</del>": "-]"}  # as `git diff --word-diff` writes them


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Published(_Form):
    """A version. SHA-256 over the RFC 8785 form of `content` is `digest`; `signature` is a compact JWS over that."""

    version: int = Field(ge=1)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    current: bool
    effective_at: str
    published_at: str
    material: bool
    missing: list[str] = Field(description="what the law also asks for; empty: complete")
    languages: list[str]
    url: str
    signature: str
    content: dict[str, Any]


class ChangedPlace(_Form):
    """One clause or purpose, its words in escaped HTML with `ins` and `del`. `before`: its id in the older version."""

    clause: str
    before: str | None
    kind: Literal["added", "removed", "changed", "moved"]
    heading: str
    html: str


class Changed(_Form):
    """What the later version says otherwise. `language` is null where the versions have none in common."""

    older: int
    newer: int
    language: str | None
    purposes: list[ChangedPlace]
    clauses: list[ChangedPlace]


def version_json(version: Version, *, current: bool, privacy_url: str) -> bytes:
    """`Published`, its content in just the form that was hashed."""
    head = {
        "version": version.number,
        "digest": version.digest,
        "current": current,
        "effective_at": clock.stamp(version.effective_at),
        "published_at": clock.stamp(version.published_at),
        "material": version.material,
        "missing": version.missing,
        "languages": version.languages,
        "url": f"{privacy_url}v/{version.number}/",
        "signature": version.signature,
    }
    return json.dumps(head)[:-1].encode() + b', "content": ' + version.canonical + b"}\n"


def changes_json(
    older: int, newer: int, language: str | None, purposes: Sequence[Change], clauses: Sequence[Change]
) -> bytes:
    """`Changed`."""
    return json.dumps(
        {
            "older": older,
            "newer": newer,
            "language": language,
            "purposes": [asdict(change) for change in purposes],
            "clauses": [asdict(change) for change in clauses],
        },
        ensure_ascii=False,
    ).encode()


def changes_text(title: str, legend: str, changes: Sequence[Change]) -> bytes:
    """The changes in Markdown."""
    parts = [f"# {title}", legend]
    for change in changes:
        text = str(change.html)
        for tag, sign in _SIGNS.items():
            text = text.replace(tag, sign)
        parts += [f"## {change.clause} {change.heading}".rstrip(), unescape(text)]
    return ("\n\n".join(parts) + "\n").encode()
