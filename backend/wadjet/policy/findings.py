"""A remark on a policy: what is wrong, and where."""

from dataclasses import dataclass
from typing import Literal

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


class Wording(str):
    """A remark in English that remembers what it was put together of, so that a page can say it in other languages.

    sentence  with places as `str.format` fills them
    words     what fills them; of several, each is a sentence of the catalogues too
    """

    sentence: str
    words: dict[str, str | tuple[str, ...]]

    def __new__(cls, sentence: str, **words: str | tuple[str, ...]) -> "Wording":
        filled = {name: word if isinstance(word, str) else "; ".join(word) for name, word in words.items()}
        made = super().__new__(cls, sentence.format(**filled))
        made.sentence, made.words = sentence, words
        return made


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. An error refuses the bundle; a warning is for the maintainer to weigh.

    line    1-based, in the file as it was given, not in the canonical text
    clause  the id of the clause ("8.4.b")
    """

    severity: Literal["error", "warning"]
    message: str
    file: str = ""
    line: int | None = None
    clause: str | None = None

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        clause = f"clause {self.clause}" if self.clause else ""
        return ": ".join(part for part in (place, clause, self.message) if part)
