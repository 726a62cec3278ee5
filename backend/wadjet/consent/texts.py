"""The consent text: what the banner and the panel say in one language, and the digest of just that.

Its sentences are the widget's, which a release may change while the policy's version stays; its purposes and
summary are the version's. So a receipt names the text by digest, and each text that one names is kept.
Source: 94-V art. 25(2)(5); ISO/IEC TS 27560 (notice).
"""

import functools
import gettext
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from .. import policy
from ..settings import LANGUAGES, WIDGET
from . import models

_SENTENCES = {"banner": "words.json", "form": "contact.json"}
_CATALOGUES = Path(__file__).parents[1] / "translations"


@dataclass(eq=False)
class Text:
    """One text. `digest` is SHA-256, hex, over `canonical`: RFC 8785, the widget's `words` of that language.

    is_stored  whether this process knows it to be in the database; then a post need not ask
    """

    language: str
    canonical: bytes
    digest: str
    is_stored: bool = False

    @property
    def stated(self) -> dict[str, str]:
        """What a receipt says of it."""
        return {"dct:language": self.language, "digest": self.digest}


def languages(version: policy.Version) -> list[str]:
    """The languages the widget speaks of a version, the first one standing in for any other.

    The texts may all be in languages that the widget has no words for; then it speaks those it has.
    """
    return [each for each in LANGUAGES if each in version.languages] or list(LANGUAGES)


def spoken(version: policy.Version, language: str) -> str:
    """`language`, or what the widget speaks in its place."""
    known = languages(version)
    return policy.pick({each: each for each in known}, language) or known[0]


@functools.lru_cache(maxsize=64)
def words(version: policy.Version, language: str, asked: str = "banner") -> dict[str, Any]:
    """All that the widget, or the form, says in a language it speaks; places such as `{site}` are filled there."""
    said = gettext.translation("messages", _CATALOGUES, [language], fallback=True)  # English is the sources' own
    sentences = json.loads((WIDGET / "static" / _SENTENCES[asked]).read_text("utf-8"))
    told = [
        purpose for purpose in version.purposes if purpose.asked == asked or (purpose.required and asked == "banner")
    ]
    return {
        "ui": [said.gettext(sentence) for sentence in sentences],
        "purposes": {
            purpose.key: [policy.pick(purpose.name, language), policy.pick(purpose.description, language)]
            for purpose in told
        },
        **({"summary": summary} if (summary := policy.pick(version.summary, language)) else {}),
    }


def shown(version: policy.Version, language: str, asked: str) -> Text:
    """The text shown to a visitor who decides in `language`; the same object for as long as a process lives."""
    return _text(version, spoken(version, language), asked)


def keep(text: Text) -> None:
    """Store a text unless it is known to be; inside `write`, in the transaction of the receipt that names it."""
    if not text.is_stored:
        models.keep_text(text.digest, text.canonical)


@functools.lru_cache(maxsize=64)
def _text(version: policy.Version, language: str, asked: str) -> Text:
    canonical = rfc8785.dumps(words(version, language, asked))
    return Text(language, canonical, sha256(canonical).hexdigest())
