"""The verbs of the policy room: publish a version, tell which one is in force.

Versions never change once published, so every process keeps them in memory and asks the database only which
numbers exist, at most twice a second. While the database is gone the versions known go on being served.
"""

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from .. import clock, database, keys, ledger
from ..problems import Unavailable
from ..settings import Settings
from . import canonical
from .bundle import Bundle, missing
from .models import PolicyVersion, newest, number_of, numbers
from .problems import NoPolicy, PolicyIncomplete, VersionUnknown
from .purposes import Purpose

_LOOK_SECONDS = 0.4  # what one process publishes every process shows within a second
_ASKED_BY_LAW = ("operator.name", "operator.bin", "text.kk", "text.ru")  # 94-V art. 8(4)(1); the state's two languages
_PATIENCE_SECONDS = 0.2  # how long a request waits for such a look; a silent database shall not hold up pages


@dataclass(frozen=True, eq=False)
class Version:
    """One published version of the policy. `texts`: language → filled canonical Markdown.

    A version is the same object for as long as a process lives, so what is derived from it can be remembered.
    """

    number: int
    digest: str  # SHA-256 of `canonical`, hex
    effective_on: date
    effective_at: datetime
    published_at: datetime
    published_by: str  # as journals name them; "": at the command line
    material: bool
    missing: tuple[str, ...]
    summary: Mapping[str, str]
    operator: Mapping[str, Any]
    purposes: tuple[Purpose, ...]
    texts: Mapping[str, str]
    canonical: bytes
    signature: str  # compact JWS over the ASCII bytes of `digest`

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of its texts, kk, ru, en first."""
        known = [language for language in ("kk", "ru", "en") if language in self.texts]
        return (*known, *sorted(self.texts.keys() - set(known)))

    def is_in_force(self, now: datetime) -> bool:
        """Whether its day has come; one published for at once stays so, also when the clock is set back."""
        return self.effective_at <= now or self.effective_at == self.published_at

    def asked(self, where: str) -> tuple[Purpose, ...]:
        """The optional purposes asked in the `banner` or the `form`."""
        return tuple(purpose for purpose in self.purposes if purpose.asked == where and not purpose.required)


class _Shelf:
    """The versions this process knows."""

    def __init__(self) -> None:
        self.versions: dict[int, Version] = {}
        self.looked_at = float("-inf")
        self.looking = threading.Lock()

    def refresh(self) -> None:
        """Take up what others published. One thread looks; the rest go on with what is known."""
        if time.monotonic() - self.looked_at < _LOOK_SECONDS or not self.looking.acquire(blocking=not self.versions):
            return
        if not self.versions:
            self._look()
            return
        looker = threading.Thread(target=self._look_again, daemon=True)
        looker.start()
        looker.join(_PATIENCE_SECONDS)

    def _look(self) -> None:
        try:
            database.receipts.read(self.take_up_all)
        finally:
            self.looked_at = time.monotonic()
            self.looking.release()

    def _look_again(self) -> None:
        with contextlib.suppress(Unavailable):  # what is known goes on being served
            self._look()

    def take_up_all(self) -> None:
        """Know every version, the newest last; inside `read` or `write`."""
        for number in numbers():
            if number not in self.versions:
                self.versions.setdefault(number, _from_row(PolicyVersion.get_by_id(number)))

    def in_force(self, now: datetime, last: int | None = None) -> Version:
        """The version in force of those known, up to the `last`. Raises NoPolicy."""
        known = [number for number, version in list(self.versions.items()) if version.is_in_force(now)]
        number = max((number for number in known if last is None or number <= last), default=None)
        if number is None:
            raise NoPolicy("Publish one with `wadjet policy publish`.")
        return self.versions[number]


_shelf = _Shelf()


def reset() -> None:
    """Forget what is known: another home was opened in this process."""
    global _shelf
    _shelf = _Shelf()


def current(now: datetime) -> Version:
    """The version in force. Raises NoPolicy while there is none."""
    _shelf.refresh()
    return _shelf.in_force(now)


def versions() -> list[Version]:
    """Every published version, the oldest first."""
    _shelf.refresh()
    return [_shelf.versions[number] for number in sorted(_shelf.versions)]


def version(number: int) -> Version:
    """One version. Raises VersionUnknown."""
    if number not in _shelf.versions:
        _shelf.refresh()
    if number not in _shelf.versions:
        raise VersionUnknown(f"Version {number} was never published.")
    return _shelf.versions[number]


def asks_since(now: datetime) -> int:
    """The last version up to the one in force that asked every visitor again (a material change)."""
    newest = current(now).number
    return max((known.number for known in versions() if asks_again(known) and known.number <= newest), default=1)


def asks_again(version: Version) -> bool:
    """Whether everybody is asked because of it: not because of one whose day did not come, under no later number."""
    by = replacement(version)
    return version.material and (by is None or by.effective_at == version.effective_at)


def replacement(version: Version) -> Version | None:
    """Which later version took the place of one published ahead, so that it never is in force; None: none did."""
    later = (each for each in versions() if each.number > version.number)
    first = min(later, key=lambda each: (each.effective_at, each.number), default=None)
    if first is None or version.effective_at == version.published_at or first.effective_at > version.effective_at:
        return None
    return first


def overtaken(effective: date | None, now: datetime) -> list[Version]:
    """The announced versions that never come into force once another one, in force from that day, is published."""
    begins = _begin(effective, now)
    announced = (each for each in versions() if not each.is_in_force(now) and not replacement(each))
    return [each for each in announced if each.effective_at >= begins]


def in_force(now: datetime) -> Version:
    """The version in force as the database has it at this moment; call it inside a transaction. Raises NoPolicy.

    Whatever another process has published by now is known from here on.
    """
    last = newest()
    if last not in _shelf.versions:
        _shelf.take_up_all()
    return _shelf.in_force(now, last)


def publish(
    bundle: Bundle, *, settings: Settings, now: datetime, incomplete: bool = False, by: str = "", draft: str = ""
) -> Version:
    """Publish a version: immutable, signed, and visible everywhere at once.

    A day already past counts as today.
    incomplete  publish although the law asks for more; every page and receipt then says so
    by, draft   who publishes it in the console, of which draft's revision; of one there is one version, however often
    Raises PolicyIncomplete with what is missing; a further fact that the texts name and nobody stated stands in them
    as a visible gap. Source: policy 12.2, 12.3; 94-V art. 8(4), 25(2)(1-1).
    """
    lacks = missing(bundle) if incomplete else ()
    if not incomplete and (barred := [each for each in missing(bundle) if each in _ASKED_BY_LAW]):
        raise PolicyIncomplete(", ".join(barred), missing=barred)
    # A bundle edited later still names its old day; nobody could have read it before today, so nothing says they did.
    today = clock.local_date(now)
    effective_on = max(bundle.effective or today, today)
    keyring = keys.ring(settings)

    def insert() -> int:
        if draft and (known := number_of(draft)):
            return known
        number = max(numbers(), default=0) + 1
        content = canonical.encode(bundle, number=number, effective=effective_on, privacy_url=settings.privacy_url)
        digest = canonical.digest(content)
        PolicyVersion.insert(
            number=number,
            digest=digest,
            canonical=content,
            signature=keyring.sign(digest.encode("ascii")),
            effective_at=clock.stamp(_begin(effective_on, now)),
            published_at=clock.stamp(now),
            missing=",".join(lacks),
            published_by=by or None,
            draft=draft or None,
        ).execute()
        facts: dict[str, Any] = {"version": number, "digest": digest} | ({"by": by} if by else {})
        ledger.append(
            "provide", "policy:version:published", about=str(number), at=now, store=database.receipts, **facts
        )
        return number

    number = database.receipts.write(insert)
    # Not through `refresh`: it gives up soon, and what was just published would be told never to have been.
    database.receipts.read(_shelf.take_up_all)
    return _shelf.versions[number]


def _begin(effective: date | None, now: datetime) -> datetime:
    """From when a version of that day is in force."""
    return max(clock.start_of(effective), now) if effective else now


def _from_row(row: PolicyVersion) -> Version:
    content = canonical.decode(bytes(row.canonical))
    return Version(
        number=row.number,
        digest=row.digest,
        effective_on=content.effective_on,
        effective_at=clock.parse(row.effective_at),
        published_at=clock.parse(row.published_at),
        published_by=row.published_by or "",
        material=content.material,
        missing=tuple(filter(None, row.missing.split(","))),
        summary=content.summary,
        operator=content.operator,
        purposes=content.purposes,
        texts=content.texts,
        canonical=bytes(row.canonical),
        signature=row.signature,
    )
