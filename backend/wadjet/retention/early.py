"""Destroying somebody before their term: one proposes, another approves, and it happens once.

1. A proposal is a row: whom, on which ground of art. 18, why. It counts for a week, one at a time for a person.
2. Whoever approves is not who proposed. The row goes from `open` to `approved` by compare-and-swap, with the journal's
   row of it; whoever is blocked or held by a law is refused before.
3. The person is destroyed, and the act entered (R9). Cut off between 2 and 3, the next run does 3; who was blocked or
   held meanwhile stays, and the proposal is open again.

Source: 94-V art. 18, 25(2)(4); policy 2.14; docs/decisions/009.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from .. import clock, contact, database, ledger, registers, vault
from ..settings import LANGUAGES, Settings
from . import acts, judging, models
from .models import Proposal
from .problems import ApproverProposed, ProposalMoved, ProposalStands, ProposalUnfit, ProposalUnknown, Suspended

COUNTS = timedelta(days=7)


def propose(person: str, *, ground: str, reason: str, by: str, now: datetime) -> int:
    """Propose to destroy a person before their term; answers the number.

    ground  a word of registers.DESTRUCTION; reason: an order, a case; it stays for ever, so without anybody's name
    Raises ProposalUnfit, ProposalStands, Suspended, vault.PersonUnknown, vault.PersonDestroyed, vault.ReasonUnfit.
    """
    if ground not in registers.DESTRUCTION:
        raise ProposalUnfit("Name one of the grounds of the law.")

    def work() -> int:
        vault.state(person)
        vault.check_line(person, reason)
        _check_free(person, now)
        if models.standing_of(person, _since(now)):
            raise ProposalStands("Another one decides on it, or whoever made it takes it back.")
        number = models.propose(person, ground, reason, by, clock.stamp(now))
        _note("proposed", number, by=by, now=now, ground=ground)
        return number

    return database.vault.write(work)


def approve(number: int, *, by: str, settings: Settings, now: datetime) -> None:
    """Agree to a proposal of somebody else's: the person is destroyed. Nobody can undo it.

    Raises ProposalUnknown, ApproverProposed, ProposalMoved, Suspended, Unavailable: the next run finishes it.
    """

    def work() -> Proposal:
        row = _standing(number, now)
        if row.proposed_by == by:
            raise ApproverProposed("Somebody else has to look at it.")
        _check_free(row.person, now)
        if not models.decide(number, "approved", by, clock.stamp(now)):
            raise ProposalMoved("Look at it once more.")
        _note("approved", number, by=by, now=now, proposed_by=row.proposed_by, ground=row.ground)
        return row._replace(state="approved", decided_by=by)

    row = database.vault.write(work)
    if not _carry_out(row, settings, now):
        raise Suspended("The person was blocked or held meanwhile: nothing was destroyed.")


def decline(number: int, *, by: str, now: datetime) -> str:
    """End a proposal: `withdrawn` by who made it, `declined` by another; which of both. Raises as `approve` does."""

    def work() -> str:
        row = _standing(number, now)
        done = "withdrawn" if row.proposed_by == by else "declined"
        if not models.decide(number, done, by, clock.stamp(now)):
            raise ProposalMoved("Look at it once more.")
        _note(done, number, by=by, now=now, proposed_by=row.proposed_by)
        return done

    return database.vault.write(work)


def proposals(*, but_by: str = "", limit: int = 500, now: datetime) -> list[Proposal]:
    """Those that are to be decided on, the oldest first; `but_by`: without those of somebody, who cannot approve."""
    return database.vault.read(lambda: models.proposals(_since(now), but_by, limit))


def proposal(number: int, *, now: datetime) -> Proposal:
    """One, whatever became of it; `expired` where nobody decided in time. Raises ProposalUnknown."""
    row = database.vault.read(partial(models.proposal, number))
    if row is None:
        raise ProposalUnknown("Check its number.")
    return row._replace(state="expired") if row.state == "open" and row.proposed_at < _since(now) else row


def finish(*, settings: Settings, now: datetime) -> None:
    """Carry out what was approved and cut off."""
    for row in database.vault.read(models.approved):
        _carry_out(row, settings, now)


def _carry_out(row: Proposal, settings: Settings, now: datetime) -> bool:
    """Whether the person is gone. The consents end first: afterwards nothing tells which they were."""
    today = clock.local_date(now)
    with suppress(vault.PersonUnknown, vault.PersonDestroyed):
        if not database.vault.read(partial(judging.why_not, row.person, today)):
            contact.withdraw_all(row.person, language=LANGUAGES[0], settings=settings, now=now)
    vault.destroy_unkept(
        [row.person], is_kept=lambda person: bool(judging.why_not(person, today)), reason=row.reason, now=now
    )

    def work() -> bool:
        try:
            vault.state(row.person)
        except (vault.PersonUnknown, vault.PersonDestroyed):
            models.close(row.id)
            registers.record_act(
                "destroy",
                row.person,
                ground=row.ground,
                citation=row.reason,
                method=acts.KEY,
                by=row.decided_by,
                now=now,
            )
            return True
        models.reopen(row.id)
        _note("reopened", row.id, by="retention", now=now)
        return False

    return database.vault.write(work)


def _standing(number: int, now: datetime) -> Proposal:
    """Inside `vault.write`."""
    row = models.proposal(number)
    if row is None:
        raise ProposalUnknown("Check its number.")
    if row.state != "open":
        raise ProposalMoved("Somebody has decided on it already.")
    if row.proposed_at < _since(now):
        raise ProposalMoved("A week is over: propose it anew.")
    return row


def _check_free(person: str, now: datetime) -> None:
    if judging.why_not(person, clock.local_date(now)):
        raise Suspended("The person is blocked, or a law holds what is known of them.")


def _since(now: datetime) -> str:
    return clock.stamp(now - COUNTS)


def _note(done: str, number: int, *, by: str, now: datetime, **facts: str) -> None:
    about = f"early/{number}"
    ledger.append("destroy", f"retention:proposal:{done}", about=about, at=now, store=database.vault, by=by, **facts)
