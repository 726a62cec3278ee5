"""What was destroyed or depersonalised, on what ground, how (R9). Source: 94-V art. 18, 25(2)(4); policy 2.14."""

from datetime import date, datetime

from .. import clock, vault
from . import models, publications, recalls
from .entries import record
from .grounds import DESTRUCTION
from .problems import EntryInvalid

ACTS = ("destroy", "depersonalise")
_METHOD = "key destroyed, rows deleted"


def record_act(
    act: str,
    object: str,
    *,
    ground: str,
    method: str = _METHOD,
    citation: str = "",
    backups_until: date | None = None,
    by: str,
    now: datetime,
) -> int:
    """Enter an act of destruction or depersonalisation, inside `vault.write`; answers its number.

    object  a person's id, or what and how many: "contact_message: 12"; ground: a word of grounds.DESTRUCTION
    citation  the request, order or court act; backups_until: when the last backup that holds it goes
    One act of a kind is entered once for an object; the vault enters the destructions that nobody has, with no ground
    but the reason it was given, and whoever knows the ground, or that it was to depersonalise, completes that.
    Raises EntryInvalid.
    """
    good = {"act": act in ACTS, "object": bool(object.strip()), "ground": ground in DESTRUCTION, "method": bool(method)}
    if wrong := [name for name, is_good in good.items() if not is_good]:
        raise EntryInvalid(f"Mend {', '.join(wrong)}; a ground is one of {', '.join(DESTRUCTION)}.", errors=wrong)
    until = backups_until.isoformat() if backups_until else None
    values = {"ground": ground, "citation": citation, "method": method, "backups_until": until, "by_whom": by}
    known = models.rows("act", "object = ? AND (act = ? OR by_whom = ?)", object, act, _ITSELF)
    if not known:
        number = models.insert("act", at=clock.stamp(now), act=act, object=object, **values)
        record("R9", number, "entered", by=by, now=now, ground=ground)
        return number
    row = known[0]
    if row["by_whom"] == _ITSELF and by != _ITSELF:
        models.change("act", row["id"], {"act": act, **values}, still_empty="backups_until")
        record("R9", row["id"], "completed", by=by, now=now, ground=ground)
    return int(row["id"])


_ITSELF = "vault"


def _destroyed(person: str, at: datetime, reason: str, by: str) -> None:
    record_act("destroy", person, ground="other", citation=reason, by=by or _ITSELF, now=at)
    publications.end_all(person, by=by or _ITSELF, now=at)
    recalls.recall(person, "destroy", by=by or _ITSELF, now=at)


vault.when_destroyed(_destroyed)
