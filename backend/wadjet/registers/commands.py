"""`wadjet registers`: what the operator must be able to show, kept and handed over."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from .. import clock, shell, vault
from ..settings import LANGUAGES, Settings
from . import catalogue, exports, forms, incidents
from .glance import overview
from .problems import EntryInvalid


def _manual(intro: str, taken: dict[str, str]) -> str:
    """A command's help: what it does, then every register with its fields."""
    told = "".join(f"\n\n{code}: {fields}." for code, fields in taken.items())
    return f"{intro}{told}"


@click.group("registers", epilog="Example: wadjet registers list")
def registers_group() -> None:
    """The registers R1 to R12, and the lists of systems, measures, services: what the law asks to be shown."""


@registers_group.command("list", epilog="Example: wadjet registers list R3 --json")
@click.argument("register", required=False)
@click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
def list_rows(register: str | None, is_json: bool) -> None:
    """The rows of REGISTER; without one the registers, what waits in them, and what is missing."""
    _, now = _open()
    rows = catalogue.find(register).read() if register else overview(now=now)
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "Nothing is entered yet."):
        click.echo(text, nl=False)


@registers_group.command(
    help=_manual(
        "Make an entry by hand, where no act makes it: NAME=VALUE for each of its fields, those in brackets where "
        "they apply. R3 and R5 are gates: what may not go is refused with all that is missing.",
        dict(forms.manual({code: (form,) for code, form in forms.ADDED.items()})),
    ),
    epilog="Example: wadjet registers add R12 kind=recipient name='Courier LLP' scope='name, phone' country=KZ",
)
@click.argument("register")
@click.argument("told", nargs=-1, metavar="NAME=VALUE…")
def add(register: str, told: Sequence[str]) -> None:
    settings, now = _open()
    code, numbers = forms.add(register, _pairs(told), by=shell.who()[:64], settings=settings, now=now)
    click.echo(f"Entered in {code}: {' '.join(map(str, numbers))}.")


@registers_group.command(
    help=_manual(
        "Note what became of entry ID of REGISTER, once: NAME=VALUE for each field.", dict(forms.manual(forms.NOTED))
    ),
    epilog="Example: wadjet registers note R7 3 answer='no. 12/7, extracts of R3 and R9' attachments=answer.zip",
)
@click.argument("register")
@click.argument("number", metavar="ID", type=click.IntRange(1))
@click.argument("told", nargs=-1, metavar="NAME=VALUE…")
def note(register: str, number: int, told: Sequence[str]) -> None:
    settings, now = _open()
    code = forms.note(register, number, _pairs(told), by=shell.who()[:64], settings=settings, now=now)
    click.echo(f"Noted in {code}: {number}.")


@registers_group.command(epilog="Example: wadjet registers export all --format pdf --language kk --to registers.pdf")
@click.argument("registers", nargs=-1, required=True, metavar="REGISTER…|all")
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A file that is not there yet.")
@click.option("--format", "form", type=click.Choice(exports.FORMATS), default="csv", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="ru", show_default=True, help="Of a PDF.")
@click.option("--person", default="", metavar="ID", help="Only what concerns one person.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only from this day on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only up to and with this day.")
@click.option("--request", type=click.IntRange(1), metavar="ID", help="As an answer to this request in R7: a ZIP.")
def export(
    registers: Sequence[str],
    to: Path,
    form: str,
    language: str,
    person: str,
    since: datetime | None,
    until: datetime | None,
    request: int | None,
) -> None:
    """Write registers to a file. Several go into one ZIP; a PDF holds them one after the other."""
    if since and until and until < since:
        raise click.BadParameter("the last day comes before the first one.", param_hint="--until")
    settings, now = _open()
    chosen = catalogue.shown() if tuple(registers) == ("all",) else [catalogue.find(each) for each in registers]
    wanted = exports.Wanted(person, since.date() if since else None, until.date() if until else None)
    if form == "pdf":
        click.echo("Drawing it; a thousand rows take some ten seconds.", err=True)
    digest = exports.export(
        list(dict.fromkeys(chosen)),
        to.absolute(),
        form=form,
        wanted=wanted,
        request=request,
        language=language,
        by=shell.who()[:64],
        settings=settings,
        now=now,
    )
    click.echo(f"Written to {to}: SHA-256 {digest}.")


@registers_group.command(epilog="Example: wadjet registers notice 2 --language kk")
@click.argument("number", metavar="ID", type=click.IntRange(1))
@click.option(
    "--language", type=click.Choice(incidents.NOTICE_LANGUAGES), help="One language; else Russian, then Kazakh."
)
def notice(number: int, language: str | None) -> None:
    """The notice to the authorised body of breach ID in R8, ready to be signed; due in one working day."""
    settings, _ = _open()
    for each in [language] if language else incidents.NOTICE_LANGUAGES:
        click.echo(incidents.notice(number, each, settings=settings) + "\n")


def _pairs(told: Sequence[str]) -> list[tuple[str, str]]:
    if wrong := [each for each in told if "=" not in each]:
        raise EntryInvalid(f"Write NAME=VALUE, not {wrong[0]!r}.", errors=wrong)
    return [(name, value) for name, _, value in (each.partition("=") for each in told)]


def _open() -> tuple[Settings, datetime]:
    settings, now = shell.open_home(), clock.now()
    vault.start(settings, now=now)
    return settings, now


COMMANDS = (registers_group,)
