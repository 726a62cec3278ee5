"""The ZIP: what is in it, in which order, and how it comes into being piece by piece."""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from .. import clock, consent, database, keys, ledger, paper, policy, registers
from ..problems import Problem
from ..settings import LANGUAGES, Settings

MOST_RECEIPTS = 100_000
_STORES = {"consents": database.receipts, "people": database.vault}


class TooMuch(Problem):
    """More receipts than one file can be asked to hold: take fewer days at a time."""

    slug, status, title = "export-too-large", 422, "Too many receipts for one file"


@dataclass(frozen=True)
class Member:
    """A file in the ZIP, as its list of contents tells it."""

    name: str
    bytes: int
    sha256: str


def pack(
    since: date,
    until: date,
    *,
    by: str,
    settings: Settings,
    now: datetime,
    tell: Callable[[int], None] = lambda _: None,
) -> Iterator[bytes]:
    """The ZIP of these local days, both with it, in pieces; the journal tells of it before the first one.

    tell  is called with how many receipts have gone into it
    Raises TooMuch, at once.
    """
    if consent.is_more_than(since, until, MOST_RECEIPTS):
        raise TooMuch("Choose fewer days.")

    def enter() -> None:
        days = {"since": since.isoformat(), "until": until.isoformat()}
        ledger.append(
            "provide", "inspector:file:exported", about="inspector", at=now, store=database.vault, by=by, **days
        )

    database.vault.write(enter)
    return _Pack(since, until, settings, tell).pieces()


class _Pack:
    """One ZIP under way."""

    def __init__(self, since: date, until: date, settings: Settings, tell: Callable[[int], None]) -> None:
        self._since, self._until, self._settings, self._tell = since, until, settings, tell
        self._out = _Out()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
        self._members: list[Member] = []
        self._texts: dict[str, bytes] = {}
        self._rows: list[dict[str, Any]] = []

    def pieces(self) -> Iterator[bytes]:
        for step in (self._receipts, self._list, self._keys, self._policy, self._words, self._journal, self._papers):
            for _ in step():
                yield self._out.take()
        self._put("manifest.json", [_json(self._contents())])
        sums = "".join(f"{each.sha256}  {each.name}\n" for each in self._members)
        self._put("SHA256SUMS", [sums.encode()])
        self._zip.close()
        yield self._out.take()

    def _put(self, name: str, pieces: Iterable[bytes]) -> None:
        digest, size = sha256(), 0
        entry = zipfile.ZipInfo(name)  # of 1980: what is in it has a date, and the file itself none
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w") as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self._members.append(Member(name, size, digest.hexdigest()))

    def _receipts(self) -> Iterator[None]:
        """Each as it was handed out, under its number here."""
        for number, kept in enumerate(consent.recorded_between(self._since, self._until), 1):
            name = f"receipts/{kept.seq:010d}.jws"
            self._put(name, [kept.receipt.encode("ascii")])
            self._rows.append(self._row(name, kept))
            self._tell(number)
            yield

    def _row(self, name: str, kept: consent.Kept) -> dict[str, Any]:
        """Who agreed to what, in a line."""
        said = consent.said(kept.receipt)
        facts = consent.facts(said)
        if (text := facts["text"]) and text not in self._texts and (words := consent.text_shown(kept.id)):
            self._texts[text] = words
        at = clock.parse(facts["recorded_at"])
        return {
            "file": name,
            "recorded_at": facts["recorded_at"],
            "almaty": at.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M:%S"),
            "event": facts["event"],
            "key": facts["key"] or "",
            "commitment": facts["commitment"] or "",
            "site": facts["site"],
            "version": consent.asked_on(said),
            "language": facts["language"],
            "allowed": " ".join(facts["allowed"]),
            "refused": " ".join(facts["refused"]),
            "proof": facts["proof"],
            "status": kept.status,
            "sha256": self._members[-1].sha256,
        }

    def _list(self) -> Iterator[None]:
        self._put("who-agreed-to-what.csv", _csv(self._rows))
        yield

    def _keys(self) -> Iterator[None]:
        self._put("jwks.json", [_json(keys.ring(self._settings).jwks())])
        yield

    def _policy(self) -> Iterator[None]:
        """The versions that the receipts are about, and those in force on these days."""
        named = {row["version"] for row in self._rows}
        first = clock.start_of(self._since)
        begun = [each for each in policy.versions() if clock.local_date(each.effective_at) <= self._until]
        standing = max((each.number for each in begun if each.effective_at <= first), default=0)
        known = {each.number for each in begun if each.number >= standing} | named
        for version in policy.versions():
            if version.number in known:
                folder = f"policy/v{version.number}"
                self._put(f"{folder}/content.json", [version.canonical])
                self._put(f"{folder}/signature.jws", [version.signature.encode("ascii")])
                for language, text in version.texts.items():
                    self._put(f"{folder}/{language}.md", [text.encode()])
                yield

    def _words(self) -> Iterator[None]:
        """What banner, panel and form had said, each text under the digest that receipts name it by."""
        for digest, text in sorted(self._texts.items()):
            self._put(f"words/{digest}.json", [text])
            yield

    def _journal(self) -> Iterator[None]:
        wanted = ledger.Wanted(since=self._since, until=self._until)
        for name, store in _STORES.items():
            self._put(f"journal/{name}.csv", _csv(ledger.rows(store, wanted)))
            yield

    def _papers(self) -> Iterator[None]:
        """How to check it all, in three languages."""
        first = self._rows[0] if self._rows else {"file": "receipts/0000000001.jws", "version": 1}
        for language in LANGUAGES:
            text = paper.render(
                "inspector/readme.txt",
                language=language,
                name=self._settings.operator.name.get(language, ""),
                bin=self._settings.operator.bin,
                since=self._since.isoformat(),
                until=self._until.isoformat(),
                receipts=len(self._rows),
                first=first,
            )
            self._put(f"README.{language}.txt", [text.encode()])
            yield

    def _contents(self) -> dict[str, Any]:
        return {
            "since": self._since.isoformat(),
            "until": self._until.isoformat(),
            "zone": str(clock.LOCAL),
            "receipts": len(self._rows),
            "files": [asdict(each) for each in self._members],
        }


class _Out:
    """What the ZIP writes to and whoever reads takes from; it cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for line in registers.csv_lines(rows):
        yield line.encode()
