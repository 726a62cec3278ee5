"""What staff do with a request: take, carry out, refuse, extend. Every step is compare-and-swap and leaves its row."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .. import clock, database, deadlines, ledger, mail, vault
from ..settings import Settings
from . import addressees, models, phrases, proof
from .intake import TABLE, Said, words
from .kinds import BLOCKED, ENDING, FREE, GROUNDS, KINDS, MOVES, OBLIGING, OPEN, STORAGE
from .models import Row, Subject
from .problems import GroundUnfit, NotProven, RequestMoved, RequestUnknown, TermFixed

RESULT = "rights-result"
EXTENDED = "rights-extended"
_LONGEST = 15  # working days, all in all: what the law gives for its longest answer (94-V art. 8(7))


@dataclass(frozen=True, repr=False)
class Answer:
    """What the person is told at the end.

    citation    of the ground of a refusal; law, until: what keeps their data all the same, and its last day, ISO
    """

    text: str = ""
    citation: str = ""
    law: str = ""
    until: str = ""


@dataclass(frozen=True, repr=False)
class Request:
    """A request, opened for one of the staff. `said`, `answer`: None once their term is over."""

    row: Row
    said: Said | None
    answer: Answer | None
    subjects: tuple[Subject, ...]

    @property
    def proven(self) -> list[Subject]:
        """The people who have shown that it is theirs."""
        return [each for each in self.subjects if each.proven_at]


def listing(*, now: datetime, is_open: bool = False) -> Iterator[dict[str, Any]]:
    """Every request in the order in which they came, nothing of what they say; memory does not grow with them."""
    place: tuple[str, str] = ("", "")
    while page := database.vault.read(lambda: models.page(after=place, is_open=is_open)):  # noqa: B023 - called here
        for row in page:
            yield listed(row, now)
        place = (page[-1].received_at, page[-1].id)


def about(person: str, *, now: datetime, limit: int = 50) -> list[dict[str, Any]]:
    """What somebody asked, or what is about their data, the newest first; nothing of what they wrote.

    Beside what `listing` tells: `asked` and `stands`, sentences of the catalogues.
    """
    rows = database.vault.read(lambda: models.about(person, limit))
    said = [{"asked": phrases.KINDS[row.kind][0], "stands": phrases.STATES[row.state]} for row in rows]
    return [listed(row, now) | words for row, words in zip(rows, said, strict=True)]


def listed(row: Row, now: datetime) -> dict[str, Any]:
    """What may be shown of a request without opening it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "channel": row.channel,
        "received_at": row.received_at,
        "due_on": row.due_on,
        "deadline": row.deadline,
        "overdue": is_overdue(row, now),
    }


def is_overdue(row: Row, now: datetime) -> bool:
    """Whether its day is over and it is still open."""
    return row.state in OPEN and now >= deadlines.due_at(date.fromisoformat(row.due_on))


def read(request_id: str, *, by: str, now: datetime) -> Request:
    """A request, opened for one of the staff; the journal tells that it was. Raises RequestUnknown."""

    def work() -> Request:
        found = look(request_id)
        _note("extract", "read", request_id, by=by, now=now)
        return found

    return database.vault.write(work)


def look(request_id: str) -> Request:
    """The same for our own use, inside `vault.read` or `write`. Raises RequestUnknown."""
    row = models.find(request_id)
    if row is None:
        raise RequestUnknown("`wadjet requests list` shows those there are.")
    return Request(row, words(row), answer_of(row), tuple(models.subjects(request_id)))


def answer_of(row: Row, sealer: vault.Sealer | None = None) -> Answer | None:
    """What the person was told; inside `vault.read` or `write`. `sealer`: the writer's, if at hand."""
    if row.answer is None:
        return None
    try:
        sealer = sealer or vault.unlock(row.person, even_blocked=True)
        return Answer(**json.loads(sealer.open(TABLE, "answer", row.answer)))
    except vault.PersonUnknown:
        return None


def take(request_id: str, *, by: str, kind: str = "", settings: Settings, now: datetime) -> None:
    """Say that one works on it; `kind` says what it is, where a person had to read that.

    The clock of the kind runs from the day of receipt. A consent that it turns out to end has ended before this returns
    if they have proven to be asking. Whoever has read it knows that no program wrote it: from then on it is answered,
    and they are asked if it is theirs. Raises RequestUnknown, RequestMoved.
    """

    def work() -> list[str]:
        request = look(request_id)
        row = request.row
        if kind and row.kind not in ("triage", "other", "question", kind):
            raise RequestMoved(f"It asks for: {row.kind}. A different demand is a request of its own.")
        states, state = MOVES["take"]
        if row.state == "taken" and (row.taken_by == by or kind):
            states = FREE
        elif row.state == "begun":  # whoever began it may have gone home
            states, state = ("begun",), "begun"
        changed = _sorted(row, kind, settings) if kind else {}
        _move(row, states, state=state, taken_by=by, **changed)
        if kind and row.is_automatic:  # those found when no letter was to go are found anew
            for each in request.subjects:
                if not each.proven_at:
                    models.drop_subject(row.id, each.person)
        _note("use", "taken", request_id, by=by, now=now, kind=kind or row.kind)
        return [each.person for each in request.proven] if kind in ENDING and kind != row.kind else []

    people = database.vault.write(work)
    if kind:
        proof.match(request_id, now=now)
    if people:
        row = database.vault.read(lambda: look(request_id).row)
        proof.end_consents(row, people, settings=settings, now=now)


def _sorted(row: Row, kind: str, settings: Settings) -> dict[str, Any]:
    """What changes of a request that somebody has read: of which kind it is, by when it is due, that a person wrote."""
    if kind == row.kind:
        return {"is_automatic": 0}
    deadline = KINDS[kind].deadline
    due = deadlines.due_on(deadline, clock.parse(row.received_at), settings).isoformat()
    told = row.told if due == row.due_on else ""  # another day to be warned of
    return {"is_automatic": 0, "kind": kind, "deadline": deadline, "due_on": due, "told": told}


def give_back(request_id: str, *, by: str, now: datetime) -> None:
    """Let others take what one had taken up and not begun. Raises RequestUnknown, RequestMoved."""

    def work() -> None:
        row = look(request_id).row
        states, state = MOVES["give-back"]
        if row.taken_by != by:
            raise RequestMoved(f"It is {row.state} by {row.taken_by}.")
        _move(row, states, state=state, taken_by="")
        _note("use", "given-back", request_id, by=by, now=now)

    database.vault.write(work)


def refuse(request_id: str, *, ground: str, text: str = "", by: str, settings: Settings, now: datetime) -> None:
    """Refuse on a ground of the closed list; the person is told it with its citation.

    What a law keeps is used no more: its consents have ended before this returns.
    Raises RequestUnknown, RequestMoved, GroundUnfit. Source: 94-V art. 8(2), 8(7), 25(2)(7); Digital Code art. 41(3).
    """
    proof.match(request_id, now=now)  # also where no letter goes out: else nobody of theirs would be told

    def fit() -> Request:
        request = look(request_id)
        refusal(request, ground, text, now=now)
        return request

    request = database.vault.read(fit)
    if ground == STORAGE and request.row.state in MOVES["refuse"][0]:
        people = [each.person for each in database.vault.read(lambda: concerned(request))]
        proof.end_consents(request.row, people, settings=settings, now=now)

    def work() -> None:
        request = look(request_id)
        end(request.row, "refuse", refusal(request, ground, text, now=now), by=by, now=now, ground=ground)

    database.vault.write(work)


def refusal(request: Request, ground: str, text: str, *, now: datetime) -> Answer:
    """What somebody is told who is refused on that ground, inside `vault.read` or `write`. Raises GroundUnfit."""
    cited = citation(request, ground)
    if ground not in (*OBLIGING, STORAGE):
        return Answer(text, cited)
    people = [each.person for each in concerned(request) if each.person != request.row.person]
    if people and not any(vault.states([person]) for person in people):
        raise GroundUnfit("Nothing of theirs is kept any more: carry it out.", why="gone")
    if ground in OBLIGING:
        if not text.strip():
            raise GroundUnfit("Say in the answer which law it is, or what is outstanding.", why="text")
        return Answer(text, cited)
    held = [it for person in people if (it := vault.kept(person, now=now))]
    if not held:
        raise GroundUnfit("No law is on record that keeps these data: `wadjet retention hold`.", why="hold")
    last = max(held, key=lambda it: it.until)
    return Answer(text, cited, last.law, last.until.isoformat())


def citation(request: Request, ground: str) -> str:
    """What stands behind a ground that holds against this demand. Raises GroundUnfit."""
    known = GROUNDS.get(ground)
    if known is None or request.row.kind not in known.kinds:
        fit = " ".join(code for code, each in GROUNDS.items() if request.row.kind in each.kinds)
        raise GroundUnfit(f"Against a demand of this kind ({request.row.kind}) hold: {fit}.")
    if ground == "not-proven" and request.proven:
        raise GroundUnfit("It is proven whose request this is.")
    if ground == BLOCKED:
        states = vault.states([each.person for each in request.proven])
        if not any(each.blocked_at for each in states.values()):
            raise GroundUnfit("Nobody who has proven that it is theirs is blocked.", why="free")
    return known.citation


def extend(request_id: str, *, until: date, reason: str, by: str, settings: Settings, now: datetime) -> None:
    """Give an answer more time, where no law sets its term; the person is told.

    Raises RequestUnknown, RequestMoved, TermFixed. Source: docs/law.md; the law extends none of its own terms.
    """

    proof.match(request_id, now=now)  # else the reason might name somebody whose data it may be about

    def work() -> None:
        request = look(request_id)
        row, people = request.row, {request.row.person, *(each.person for each in request.subjects)}
        if KINDS[row.kind].is_bound or row.kind not in ("question", "other"):
            article = deadlines.deadline(row.deadline).article
            raise TermFixed(f"{row.deadline} runs by {article}, which gives no more time: it is due on {row.due_on}.")
        if is_overdue(row, now):
            raise TermFixed(f"Its day is over: it was due on {row.due_on}.")
        first, last = longer(row, settings=settings, now=now)
        if not first <= until <= last:
            raise TermFixed(f"Choose a day from {first} to {last} at most.")
        for person in people:
            vault.check_line(person, reason)
        _move(row, OPEN, due_on=until.isoformat(), told="")
        _note("use", "extended", request_id, by=by, now=now, until=until.isoformat(), reason=reason)
        addressees.tell(EXTENDED, row, now=now)

    database.vault.write(work)


def longer(row: Row, *, settings: Settings, now: datetime) -> tuple[date, date]:
    """The first and the last day until which an answer may take; none, where the first is after the last.

    A day that was missed stays so: none then.
    """
    due_on, received_on = date.fromisoformat(row.due_on), clock.local_date(clock.parse(row.received_at))
    last = due_on if is_overdue(row, now) else deadlines.add_working_days(received_on, _LONGEST, settings)
    return max(due_on + timedelta(days=1), clock.local_date(now)), last


def end(row: Row, act: str, answer: Answer, *, by: str, now: datetime, ground: str = "") -> None:
    """Close a request with what the person is told; inside `vault.write`. Raises RequestMoved."""
    states, state = MOVES[act]
    said = json.dumps(asdict(answer), ensure_ascii=False)
    sealed = None
    with suppress(vault.PersonUnknown):  # whoever wrote may be destroyed by now: then nobody is answered
        sealed = vault.seal(row.person, TABLE, "answer", said, even_blocked=True)
    _move(row, states, state=state, taken_by=by, ground=ground, ended_at=clock.stamp(now), answer=sealed)
    facts = {"ground": ground} if ground else {}
    _note("use", state, row.id, by=by, now=now, kind=row.kind, **facts)
    addressees.tell(RESULT, row._replace(state=state), now=now)


def begin(row: Row, *, by: str, now: datetime) -> None:
    """From here on it can only be finished: what is done now is not undone. Inside `vault.write`. Raises RequestMoved.

    What somebody else has begun is theirs to finish, unless one takes it over by `take`.
    """
    states, state = MOVES["begin"]
    row = models.find(row.id) or row
    if row.state == "begun" and row.taken_by == by:
        return
    _move(row, states, state=state, taken_by=by)
    _note("use", state, row.id, by=by, now=now, kind=row.kind)


def ready(request: Request) -> list[Subject]:
    """For whom a request may be carried out, inside `vault.read` or `write`. Raises NotProven, RequestMoved."""
    row = request.row
    if row.state not in OPEN:
        raise RequestMoved(f"It is {row.state}.")
    if KINDS[row.kind].is_bound and not request.proven:
        raise NotProven(
            "They have not pressed the button in their letter. Known otherwise? `wadjet requests take --person`."
        )
    found = concerned(request)
    if KINDS[row.kind].is_bound and not found:
        raise NotProven("They ask for somebody else. Entitled to? `wadjet requests take --person`.")
    return found


def concerned(request: Request) -> list[Subject]:
    """Whose request it is, as far as anybody knows: those who have proven it, else those of its address.

    Of what is asked for another those whom staff have named: a button says whose mailbox it is, not what entitles them.
    Inside `vault.read` or `write`. Source: policy 3.2.c.
    """
    row = request.row
    if request.said and request.said.representative:
        by_staff = [each for each in request.proven if each.proof == "staff"]
        if by_staff or KINDS[row.kind].is_bound:
            return by_staff
    if request.proven or not (request.said and request.said.email):  # the latter: asked among many in a flood
        return request.proven
    own = _of_mailbox(request.subjects, vault.mailbox(request.said.email))
    return own if any(each.person != row.person for each in own) else list(request.subjects)


def _of_mailbox(subjects: Sequence[Subject], mailbox: str) -> list[Subject]:
    """Not those whose address differs in capitals: they are meant only where the one that wrote is nobody's.

    Source: RFC 5321 2.4.
    """
    found = []
    for each in subjects:
        with suppress(vault.PersonUnknown):
            if vault.mailbox(vault.card(each.person, even_blocked=True).email) == mailbox:
                found.append(each)
    return found


def is_suspended(person: str, purpose: str, given_at: str) -> bool:
    """Whether somebody may have ended what they consented to then; inside `vault.read` or `write`.

    So it is while it is open and not proven: the same day nothing is used, and nobody who wrote in another's name has
    ended anything. What is to be destroyed is not used either. `purpose`: as `registers.is_suspended` has it.
    Source: policy 3.1.b, 8.4.b; 94-V art. 8(7).
    """
    for row in models.open_ends(person):
        request = Request(row, words(row), None, tuple(models.subjects(row.id)))
        named = request.said.purposes if request.said and row.kind == "withdraw" else ()
        mine = [each for each in concerned(request) if each.person == person]
        is_open = any(
            given_at <= clock.stamp(proof.demanded_at(row, each)) and not (row.kind in ENDING and each.proven_at)
            for each in mine
        )
        if is_open and (not named or purpose in named):
            return True
    return False


def has_data(row: Row, subjects: Sequence[Subject]) -> bool:
    """Whether it was carried out for anybody but the address that wrote."""
    return any(each.done_at and each.person != row.person for each in subjects)


def count(person: str) -> int:
    """How many of their requests still say something."""
    return sum(row.said is not None for row in models.of_person(person))


def forget(person: str) -> None:
    """The person is being destroyed; inside that transaction. What was asked when stays, their words do not."""
    for row in models.of_person(person):
        mail.forget(row.id)
    for subject in models.subjects_of(person):
        mail.forget(addressees.name(subject.request, person))
        if subject.link:
            mail.forget(subject.link)
    models.forget_words(person)
    models.forget_subject(person)


def _move(row: Row, states: Sequence[str], **columns: Any) -> None:
    """One step, unless somebody was quicker, or has found meanwhile that it asks for something else."""
    current = models.find(row.id) or row
    if current.kind != row.kind or not models.change(row.id, states, **columns):
        whose = f" by {current.taken_by}" if current.state in ("taken", "begun") else ""
        raise RequestMoved(f"It is {current.state}{whose}.")


def _note(act: str, done: str, request_id: str, *, by: str, now: datetime, **facts: str) -> None:
    ledger.append(act, f"rights:request:{done}", about=request_id, at=now, store=database.vault, by=by, **facts)
