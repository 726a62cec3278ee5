"""The exact content of a version, as bytes anyone can recompute. Source: RFC 8785; the digest is SHA-256 over them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import rfc8785

from .bundle import Bundle
from .fill import fill
from .purposes import Purpose

FORMAT = "wadjet-policy-1"


@dataclass(frozen=True)
class Content:
    """What a version says. `texts`: language → canonical Markdown, filled."""

    number: int
    effective_on: date
    material: bool
    summary: Mapping[str, str]
    operator: Mapping[str, Any]
    purposes: tuple[Purpose, ...]
    texts: Mapping[str, str]


def encode(bundle: Bundle, *, number: int, effective: date, privacy_url: str) -> bytes:
    """The canonical content of a bundle as version `number`, its placeholders filled."""
    texts = {
        language: fill(
            text.markdown,
            language,
            operator=bundle.operator,
            purposes=bundle.purposes,
            number=number,
            effective=effective,
            privacy_url=privacy_url,
        )
        for language, text in bundle.texts.items()
    }
    return rfc8785.dumps(
        {
            "format": FORMAT,
            "version": number,
            "effective": effective.isoformat(),
            "material": bundle.material,
            "summary": dict(bundle.summary),
            "operator": {name: fact for name, fact in asdict(bundle.operator).items() if fact},
            "purposes": [purpose.content() for purpose in bundle.purposes],
            "texts": texts,
        }
    )


def decode(canonical: bytes) -> Content:
    """The inverse of `encode`, for content that was stored."""
    content = json.loads(canonical)
    if content["format"] != FORMAT:
        raise ValueError(f"unknown policy format {content['format']!r}")
    return Content(
        number=content["version"],
        effective_on=date.fromisoformat(content["effective"]),
        material=content["material"],
        summary=content["summary"],
        operator=content["operator"],
        purposes=tuple(Purpose.from_content(purpose) for purpose in content["purposes"]),
        texts=content["texts"],
    )


def digest(canonical: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(canonical).hexdigest()
