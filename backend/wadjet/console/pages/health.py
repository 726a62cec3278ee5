"""Whether all is well, which settings are in force, who signs: three pages of one area. Settings are read, not written:
they stand in wadjet.toml, and a page says which line to write there."""

import threading
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext, ngettext

from ... import __version__, backup, consent, database, doctor, keys, ledger, mail, policy, retention, vault
from ...settings import Settings, sources
from ...workdays import YEARS
from .. import desk, effective, health
from ..guard import needs

blueprint = Blueprint("health", __name__)

_PATIENCE_SECONDS = 45.0
_REMEMBERED_SECONDS = 60.0


class _Examination:
    """What the doctor said last; one examination at a time and one a minute, whoever asks."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._until = 0.0
        self._found: list[doctor.Finding] | None = None

    def ask(self, settings: Settings) -> list[doctor.Finding] | None:
        """None: it was not to be found out in time, or somebody else is waiting for it."""
        if not self._alone.acquire(blocking=False):
            return None
        try:
            if time.monotonic() > self._until:
                self._found = doctor.examine_apart(settings.home, seconds=_PATIENCE_SECONDS)
                self._until = time.monotonic() + (_REMEMBERED_SECONDS if self._found is not None else 0)
            return self._found
        finally:
            self._alone.release()


_examination = _Examination()


@blueprint.get("/health/")
@needs("health:read")
def overview() -> Response:
    """What can be told at a glance."""
    settings, now = desk.settings(), desk.now()
    return desk.page(
        "health/overview.html",
        signs=health.signs(settings, now),
        dead=mail.left("dead", health.MOST + 1),
        most=health.MOST,
        stores=list(_stores(settings)),
        last_backup=backup.last_taken(settings),
        last_run=retention.last_run(),
        last_consent=consent.last_recorded_at(),
        announced=str(max(year for year, known in YEARS.items() if known.published)),
        computed=str(max(YEARS)),
        now=now,
        release=__version__,
    )


def _stores(settings: Settings) -> Iterator[dict[str, Any]]:
    for store, address in zip(database.STORES, database.addresses(settings), strict=True):
        yield {
            "name": store.name,
            "kind": store.kind,
            "size": store.size(),
            "place": effective.masked(address) if "://" in address else address,
            "migration": max(database.known_migrations(store)),
        }


@blueprint.get("/health/doctor/")
@needs("health:read")
def examine() -> Response:
    """What `wadjet doctor` finds: it looks and changes nothing, and takes some seconds."""
    return desk.page("health/doctor.html", found=_examination.ask(desk.settings()))


@blueprint.post("/health/mail/again")
@needs("mail:send")
def send_again() -> Response:
    """Letters that were given up, once more."""
    count = mail.revive(desk.now(), by=desk.by())
    flash(ngettext("%(num)d letter is tried again.", "%(num)d letters are tried again.", count))
    return redirect(url_for("health.overview"), 303)  # type: ignore[return-value]


@blueprint.post("/health/mail/aside")
@needs("mail:send")
def put_aside() -> Response:
    """Letters that were given up, no more: an address may be wrong for good."""
    count = mail.put_aside(desk.now(), by=desk.by())
    flash(ngettext("%(num)d letter is put aside.", "%(num)d letters are put aside.", count))
    return redirect(url_for("health.overview"), 303)  # type: ignore[return-value]


@blueprint.get("/settings/")
@needs("settings:read")
def settings() -> Response:
    """Every setting with where it comes from, and what is missing."""
    known = desk.settings()
    return desk.page(
        "health/settings.html",
        groups=list(effective.groups(known, sources(known.home))),
        facts=list(effective.operator(known)),
        missing=_missing(),
    )


def _missing() -> tuple[str, ...]:
    """What the policy in force lacks that the law asks."""
    try:
        return policy.current(desk.now()).missing
    except policy.NoPolicy:
        return ()


@blueprint.get("/keys/")
@needs("keys:read")
def signing() -> Response:
    """The keys that sign, and how the vault's is kept; never a key itself."""
    ring = keys.ring(desk.settings())
    try:
        locks, due = vault.master_locks()
    except vault.VaultLocked:
        locks, due = (), ""
    return desk.page("health/keys.html", signing=list(reversed(ring.signing)), locks=locks, lock_due=due)


@blueprint.get("/keys/rotate/")
@needs("keys:rotate", fresh=True)
def ask_rotation() -> Response:
    """What it means, before it is done."""
    return desk.page("health/rotate.html", current=keys.ring(desk.settings()).current)


@blueprint.post("/keys/rotate/")
@needs("keys:rotate", fresh=True)
def rotate() -> Response:
    """Sign with a new key from now on. Raises KeyMoved for the second of two."""
    settings, now, by = desk.settings(), desk.now(), desk.by()
    new = keys.rotate(settings, now=now, seen=request.form.get("seen", "") or "-").kid
    database.receipts.write(lambda: ledger.append("record", "keys:signing:rotated", about=new, at=now, by=by))
    flash(gettext("A new key signs from now on."))
    return redirect(url_for("health.signing"), 303)  # type: ignore[return-value]
