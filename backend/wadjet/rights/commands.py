"""`wadjet requests`: what people demanded, until the staff console stands.

And `wadjet vault rectify`: who was given what was wrong is known here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from .. import clock, contact, database, deadlines, rights, shell, vault
from ..settings import LANGUAGES, Settings
from . import models, service
from .kinds import FREE, GROUNDS, KINDS, MOVES, OPEN
from .service import Request

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
people = click.option("--person", "people", multiple=True, metavar="P", help="Whose data it is about; may be repeated.")
proof = click.option("--proof", metavar="TEXT", help="How you know: a case number, nobody's name.")
words = click.option("--answer", default="", metavar="TEXT", help="What the person is told, in their language.")
_ID: dict[str, Any] = {"context_settings": {"ignore_unknown_options": True}}  # older ids may begin with a hyphen


@click.group("requests", epilog="Example: wadjet requests list --open")
def requests_group() -> None:
    """What people demanded, and by when it must be done. Whatever is opened here, the journal tells by whom."""


@requests_group.command("list", epilog="Example: wadjet requests list --open --json")
@click.option("--open", "is_open", is_flag=True, help="Only those that are not settled yet.")
@as_json
def list_requests(is_open: bool, is_json: bool) -> None:
    """Every request, in the order they came; nothing of what is in them."""
    settings, now = _open()
    rows = rights.listing(now=now, is_open=is_open)
    if not is_json:
        rows = _warned(rows, settings, now)
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "Nobody has asked for anything yet."):
        click.echo(text, nl=False)


@requests_group.command(epilog="Example: wadjet requests show 3q2-7wAAAAAAAAAAAAAAAA", **_ID)
@click.argument("request_id", metavar="ID")
@as_json
def show(request_id: str, is_json: bool) -> None:
    """One request: what was asked, by whom, how long it has, and what may be done next."""
    settings, now = _open()
    rights.match(request_id, now=now)
    request = rights.read(request_id, by=shell.who(), now=now)
    row = _shown(request, settings, now)
    if is_json:
        click.echo("".join(shell.as_json([row])), nl=False)
        return
    for name, value in row.items():
        if name != "text" and (said := shell.cell(value)):
            click.echo(f"{name.replace('_', ' '):12} {said}")
    if row["text"]:
        click.echo(f"\n{row['text']}")
    click.echo("".join(f"\n{step}" for step in _steps(request)))


@requests_group.command(epilog="Example: wadjet requests take 3q2-7wAAAAAAAAAAAAAAAA --kind rectify", **_ID)
@click.argument("request_id", metavar="ID")
@click.option("--kind", type=click.Choice(list(KINDS)), help="What it asks for, where somebody had to read that.")
@people
@proof
@as_json
def take(request_id: str, kind: str | None, people: Sequence[str], proof: str | None, is_json: bool) -> None:
    """Say that you work on it. With --person and --proof: whose it is, known in another way than by the link."""
    settings, now = _open()
    _paired(people, proof)
    rights.match(request_id, now=now)
    rights.take(request_id, by=shell.who(), kind=kind or "", settings=settings, now=now)
    _admit(request_id, people, proof, settings, now)
    _say(request_id, "Taken.", is_json, now)


@requests_group.command(epilog="Example: wadjet requests fulfil 3q2-7wAAAAAAAAAAAAAAAA --set phone=+77011234567", **_ID)
@click.argument("request_id", metavar="ID")
@words
@click.option("--answer-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The same in a file.")
@click.option(
    "--set", "values", multiple=True, metavar="FIELD=VALUE", help="What is right, or on which condition it is allowed."
)
@click.option("--person", "only", multiple=True, metavar="P", help="Only theirs, where several share a mailbox.")
@as_json
def fulfil(
    request_id: str, answer: str, answer_file: Path | None, values: Sequence[str], only: Sequence[str], is_json: bool
) -> None:
    """Do what was demanded, and have the person told. Interrupted, it is finished by the same command."""
    settings, now = _open()
    told = rights.fulfil(
        request_id,
        by=shell.who(),
        answer=answer_file.read_text("utf-8").strip() if answer_file else answer,
        changes=_pairs(values),
        only=only,
        settings=settings,
        now=now,
    )
    note = f" Tell those who were given the data: {', '.join(told)}." if told else ""
    _say(request_id, f"Done.{note}", is_json, now, receivers=told)


@requests_group.command(
    epilog="Example: wadjet requests refuse 3q2-7wAAAAAAAAAAAAAAAA --ground storage-required", **_ID
)
@click.argument("request_id", metavar="ID")
@click.option("--ground", required=True, type=click.Choice(list(GROUNDS)), help="A ground that holds against it.")
@words
@as_json
def refuse(request_id: str, ground: str, answer: str, is_json: bool) -> None:
    """Refuse it on a ground of the law; the person is told which, and where to complain."""
    settings, now = _open()
    rights.refuse(request_id, ground=ground, text=answer, by=shell.who(), settings=settings, now=now)
    _say(request_id, "Refused.", is_json, now)


@requests_group.command(
    epilog="Example: wadjet requests extend 3q2-7wAAAAAAAAAAAAAAAA --until 2026-12-04 --reason 'ask counsel'",
    **_ID,
)
@click.argument("request_id", metavar="ID")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day, like 2026-12-04.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the journal, so without any name.")
@as_json
def extend(request_id: str, until: datetime, reason: str, is_json: bool) -> None:
    """Take longer for an answer, where no law sets its term; the person is told."""
    settings, now = _open()
    rights.extend(request_id, until=until.date(), reason=reason, by=shell.who(), settings=settings, now=now)
    _say(request_id, "Extended.", is_json, now)


@requests_group.command(epilog="Example: wadjet requests add --kind destroy --channel paper --received 2026-11-23")
@click.option("--kind", required=True, type=click.Choice(list(KINDS)), help="What is asked for; triage: not known yet.")
@click.option("--channel", required=True, type=click.Choice(["paper", "telephone"]), help="How it came.")
@click.option("--email", default="", help="Where the answer goes, and by which the person is found.")
@click.option("--received", metavar="WHEN", help="A day or a time, like 2026-11-23T10:30, Almaty's; else this moment.")
@click.option("--text", default="", metavar="TEXT", help="What was asked, in their words.")
@click.option("--lang", default="kk", type=click.Choice(LANGUAGES), help="The language of the answer.")
@people
@proof
@as_json
def add(
    kind: str,
    channel: str,
    email: str,
    received: str | None,
    text: str,
    lang: str,
    people: Sequence[str],
    proof: str | None,
    is_json: bool,
) -> None:
    """Enter what came on paper or by telephone; its clock runs from the day it came."""
    settings, now = _open()
    _paired(people, proof)
    said = rights.Said(email=_address(email), text=text)
    received_at = _moment(received, now)
    for person in people:
        database.vault.read(partial(vault.state, person))
        database.vault.read(partial(vault.check_line, person, proof or ""))
    request_id = rights.open_request(
        kind, said, channel=channel, language=lang, received_at=received_at, settings=settings, now=now
    )
    _admit(request_id, people, proof, settings, now)
    _say(request_id, f"Entered: {request_id}.", is_json, now)


@click.command(epilog="Example: wadjet vault rectify 3q2-7wAAAAAAAAAAAAAAAA --email new@example.kz")
@click.argument("person")
@click.option("--last-name", help="Last name.")
@click.option("--first-name", help="First name.")
@click.option("--patronymic", help="Patronymic; '' takes it away.")
@click.option("--phone", help="Telephone, like +77011234567; '' takes it away.")
@click.option("--email", help="E-mail address.")
def rectify(person: str, **fields: str | None) -> None:
    """Correct what is known of a person; they are found by what is right from then on."""
    changed = {name: value for name, value in fields.items() if value is not None}
    if not changed:
        raise click.UsageError("Name what changes.")
    for name, value in changed.items():
        if not value.isprintable():
            raise click.BadParameter("must be one line of text.", param_hint=f"--{name.replace('_', '-')}")
    _, now = _open()
    told = rights.correct(person, changed, was=None, by=shell.who(), now=now)
    note = f" Tell those who were given what was wrong: {', '.join(told)}." if told else ""
    click.echo(f"Corrected: {', '.join(sorted(changed)).replace('_', ' ')}.{note}")


def _open() -> tuple[Settings, datetime]:
    settings, now = shell.open_home(), clock.now()
    vault.start(settings, now=now)
    return settings, now


def _say(request_id: str, sentence: str, is_json: bool, now: datetime, **more: Any) -> None:
    row = database.vault.read(lambda: service.look(request_id).row)
    click.echo("".join(shell.as_json([service.listed(row, now) | more])) if is_json else sentence, nl=not is_json)


def _paired(people: Sequence[str], proof: str | None) -> None:
    if bool(people) != bool(proof):
        raise click.UsageError("--person and --proof go together.")


def _admit(request_id: str, people: Sequence[str], proof: str | None, settings: Settings, now: datetime) -> None:
    if people and proof:
        rights.admit(request_id, people, evidence=proof, by=shell.who(), settings=settings, now=now)


def _pairs(values: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in values]
    if any(not sign for _, sign, _ in pairs):
        raise click.BadParameter("write FIELD=VALUE.", param_hint="--set")
    return {name: value for name, _, value in pairs}


def _address(email: str) -> str:
    field = next(each for each in contact.FIELDS if each.name == "email")
    try:
        return (contact.clean(field, email) or "") if email else ""
    except contact.Wrong:
        raise click.BadParameter("write an address like name@example.kz.", param_hint="--email") from None


def _moment(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        read = datetime.fromisoformat(text)
        moment = clock.parse((read if read.tzinfo else read.replace(tzinfo=clock.LOCAL)).isoformat())
    except ValueError:
        raise click.BadParameter("write a day or a time like 2026-11-23T10:30.", param_hint="--received") from None
    if moment > now:
        raise click.BadParameter("it cannot have come later than now.", param_hint="--received")
    return moment


def _warned(rows: Iterator[dict[str, Any]], settings: Settings, now: datetime) -> Iterator[dict[str, Any]]:
    """For people: a word in place of the last column."""
    soon = deadlines.add_working_days(clock.local_date(now), 1, settings).isoformat()
    for row in rows:
        is_soon = row["state"] in OPEN and row["due_on"] <= soon
        yield row | {"overdue": "OVERDUE" if row["overdue"] else "soon" if is_soon else ""}


def _shown(request: Request, settings: Settings, now: datetime) -> dict[str, Any]:
    row, said, answer = request.row, request.said, request.answer
    asked: Mapping[str, str] = said.fields if said else {}
    return {
        **service.listed(row, now),
        "left": _left(row, settings, now),
        "language": row.language,
        "taken_by": row.taken_by,
        "ground": row.ground,
        "ended_at": row.ended_at,
        "proof": _proof(request),
        "people": [each.person for each in request.subjects if each.person != row.person],
        "email": said.email if said else "",
        "receipt": said.receipt if said else "",
        "purposes": list(said.purposes) if said else [],
        "fields": "; ".join(f"{name}={value}" for name, value in asked.items()),
        "representative": said.representative if said else "",
        "notes": said.notes if said else "",
        "answer": answer.text if answer else "",
        "text": "\n".join(filter(None, (said.subject, said.text))) if said else "",
    }


def _left(row: models.Row, settings: Settings, now: datetime) -> str:
    """How long it has, in words."""
    if row.state not in OPEN:
        return ""
    today, due = clock.local_date(now), date.fromisoformat(row.due_on)
    if due < today:
        return f"OVERDUE since {row.due_on}"
    days = (today + timedelta(days=number) for number in range(1, (due - today).days + 1))
    count = sum(deadlines.is_working_day(day, settings) for day in days)
    if due > today and not count:
        return f"until {row.due_on}, no working day more"
    return f"{count} working day{'' if count == 1 else 's'}" if count else "until midnight, Almaty time"


def _proof(request: Request) -> str:
    if request.proven:
        return ", ".join(sorted({f"proven by {each.proof}" for each in request.proven}))
    if not KINDS[request.row.kind].is_bound:
        return "none needed"
    return "not proven yet" if request.subjects else "nobody was asked yet"


def _steps(request: Request) -> Iterator[str]:
    """What may be done next, with the law behind it."""
    row = request.row
    article = deadlines.deadline(row.deadline).article
    steps = {
        "take": f"wadjet requests take {row.id}",
        "fulfil": f"wadjet requests fulfil {row.id}    (clause {KINDS[row.kind].clause}; {article})",
    }
    for act, step in steps.items():
        if row.state in MOVES[act][0]:
            yield f"{step}\n" if act == "fulfil" else step
    if row.kind in ("question", "other") and row.state in FREE:
        yield f"wadjet requests extend {row.id} --until DATE --reason TEXT    (no law sets its term)\n"
    if row.state in MOVES["refuse"][0]:
        for code, ground in GROUNDS.items():
            if row.kind in ground.kinds:
                yield f"wadjet requests refuse {row.id} --ground {code}    ({ground.citation})"


COMMANDS = (requests_group,)
