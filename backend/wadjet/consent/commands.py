"""`wadjet receipt …`: what visitors decided, and whether a receipt is genuine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .. import clock, consent, jose, keys, shell
from ..problems import SettingsInvalid
from ..settings import load
from . import models
from .commitments import commit, read_opening
from .facts import facts
from .verification import ReceiptUnreadable, Verdict, read_jwks, read_token, verify

_MOST_BYTES = 1 << 20

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")


@click.group(epilog="Example: wadjet receipt list")
def receipt() -> None:
    """What visitors decided, and the proofs of it."""


@receipt.command("list", epilog="Example: wadjet receipt list --version 2 --json")
@click.option("--version", type=click.IntRange(1), help="Only decisions on this version of the policy.")
@as_json
def list_receipts(version: int | None, is_json: bool) -> None:
    """Every decision, in the order it was recorded."""
    shell.open_home()
    rows = (dict(zip(models.LISTED, row, strict=True)) for row in models.listing(version))
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "No decision has been recorded yet."):
        click.echo(text, nl=False)


# One id in 64 begins with a hyphen.
@receipt.command(
    epilog="Example: wadjet receipt show 3q2-7wAAAAAAAAAAAAAAAA --token > receipt.jws",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("receipt_id", metavar="ID")
@click.option("--token", "only", flag_value="token", help="Only the receipt itself, as it was handed out.")
@click.option("--text", "only", flag_value="text", help="Only the words that banner and panel had.")
@click.option("--canonical", "only", flag_value="canonical", help="Only the bytes that these words' digest is over.")
@as_json
def show(receipt_id: str, only: str | None, is_json: bool) -> None:
    """One receipt: whether it counts, and what it says."""
    shell.open_home()
    answer = consent.find(receipt_id)
    if only == "token":
        click.echo(answer.receipt)
        return
    if only:
        text = _text_shown(receipt_id)
        click.echo(text if only == "canonical" else "\n".join(_read_out(json.loads(text))), nl=only == "text")
        return
    said = json.loads(jose.read_compact(answer.receipt).payload)
    row = facts(said) | {"status": answer.status}
    if is_json:
        click.echo("".join(shell.as_json([row | {"receipt": answer.receipt}])), nl=False)
        return
    _tell(row)
    click.echo("\n" + json.dumps(said, ensure_ascii=False, indent=2))


def _text_shown(receipt_id: str) -> bytes:
    text = consent.text_shown(receipt_id)
    if text is None:
        raise click.BadParameter(
            "its words are not in this database: look in a backup. The first receipts named none.", param_hint="ID"
        )
    return text


def _read_out(words: dict[str, Any]) -> Iterator[str]:
    """What banner and panel say, a line for each sentence."""
    yield from words["ui"]
    yield from (f"{name}: {description}" for name, description in words["purposes"].values())
    if "summary" in words:
        yield words["summary"]


@receipt.command("verify", epilog="Example: wadjet receipt verify receipt.jws --jwks jwks.json")
@click.argument("source", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--jwks",
    type=click.Path(dir_okay=False),
    help="The operator's keys, from /.well-known/jwks.json. Default: this home's own.",
)
@click.option(
    "--opening",
    "claimed",
    type=click.Path(dir_okay=False),
    help="Also: is this what a form's receipt commits to? `opening.json`, as its writer got it by letter.",
)
@as_json
@click.pass_context
def verify_receipt(context: click.Context, source: str, jwks: str | None, claimed: str | None, is_json: bool) -> None:
    """Is this receipt genuine? Works offline; - reads standard input.

    FILE holds the receipt as the widget saves it, or JSON with a member `receipt`.
    Exit status: 0 genuine (and opened by --opening), 1 not, 2 unreadable.
    """
    token = read_token(_read(source))
    opening = _opening(claimed) if claimed else None
    verdict = verify(token, _jwks(jwks))
    row = facts(verdict.receipt) if verdict.is_genuine else {}
    is_opened = bool(opening and row and row["commitment"] == commit(opening))
    if is_json:
        told: dict[str, Any] = {"genuine": verdict.is_genuine, "faults": list(verdict.faults)}
        click.echo("".join(shell.as_json([told | ({"opened": is_opened} if opening else {}) | row])), nl=False)
    elif verdict.is_genuine:
        _explain(verdict)
        if opening:
            opened, shut = _OPENED.format(", ".join(opening["fields"])), _NOT_OPENED[bool(row["commitment"])]
            click.echo(f"\n{opened if is_opened else shut}")
    else:
        click.echo("NOT GENUINE. Do not rely on anything this receipt says.")
        for fault in verdict.faults:
            click.echo(f"  - {fault}")
    context.exit(0 if verdict.is_genuine and is_opened >= bool(opening) else 1)


@receipt.command("trust-clock", epilog="Example: wadjet receipt trust-clock")
def trust_clock() -> None:
    """Take decisions again after the machine's clock stood ahead. Set it right first; the journal tells of it."""
    shell.open_home()
    now = clock.now()
    disowned = consent.trust_clock(by=shell.who(), now=now)
    click.echo(f"Decisions are taken again, from {clock.stamp(now)} on." if disowned else "Nothing is dated later.")


def _tell(row: dict[str, Any]) -> None:
    for name, value in row.items():
        shown = ", ".join(value) or "nothing" if isinstance(value, list) else value
        if shown is not None:
            click.echo(f"  {name.replace('_', ' '):<12} {shown}")


def _explain(verdict: Verdict) -> None:
    """What a genuine receipt proves, and what it does not."""
    row = facts(verdict.receipt)
    click.echo("GENUINE.\n")
    _tell(row)
    click.echo("\nIt proves:")
    for sentence in (
        f"The operator's key {verdict.kid} signed exactly this; nobody without that key could make or alter it.",
        _STANDS_BEHIND[row["proof"]].format(**row),
        f"The policy was version {row['version']}, in force then; anybody can compute its digest, SHA-256, anew.",
        *([_WORDS[bool(row["commitment"])].format(**row)] if row["text"] else []),
        *([_COMMITS] if row["commitment"] else []),
        f"The operator's clock said {row['recorded_at']} when it was recorded.",
    ):
        click.echo(f"  - {sentence}")
    click.echo("\nIt does not prove:")
    for sentence in (
        _WHO[bool(row["commitment"])],
        "that the words were read or understood;",
        "that the decision still counts: a later one may have changed or ended it;",
        "the visitor's own time (claimed at), which is kept as their browser told it.",
    ):
        click.echo(f"  - {sentence}")


# By whether it holds a commitment, as a form's receipt does.
_WORDS = {
    is_forms: f"The operator says that {what} had the words with the digest {{text}}, SHA-256; "
    "it must be able to show them, and anybody can compute that digest anew."
    for is_forms, what in ((False, "banner and panel"), (True, "the contact form"))
}
_COMMITS = (
    "It is about one message and no other: whoever shows what opens the commitment shows exactly what was written, "
    "and the names and addresses given with it. By itself it tells nothing of them."
)
_WHO = {
    False: "who the person was: a key belongs to a browser, and nothing here names a person;",
    True: "who the person was: the commitment holds what was typed, and anybody can type another's name;",
}
_OPENED = "OPENED. Exactly these fields were sent, letter for letter: {}."
_NOT_OPENED = {
    False: "NOT OPENED. It holds no commitment: only the receipt of a contact form does.",
    True: "NOT OPENED. Something else was written, or the salt is another's.",
}
_STANDS_BEHIND = {
    "key": "The browser that holds key {key} signed exactly this choice, and the offer it chose from.",
    "offer": "The choice came unsigned, with an offer that the operator had put on site {site}.",
    "possession": "Whoever ended this consent, or a part of it, knew the id of the receipt {previous}; that is enough.",
}


def _read(source: str) -> bytes:
    with click.open_file(source, "rb") as file:
        data: bytes = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ReceiptUnreadable(f"{source} is larger than any receipt.")
    return data


def _opening(path: str) -> dict[str, Any]:
    try:
        return read_opening(_read(path))
    except jose.Unreadable as error:
        raise click.BadParameter(f"{path}: {error}", param_hint="--opening") from error


def _jwks(path: str | None) -> dict[str, Any]:
    if path is None:
        try:
            return keys.ring(load()).jwks()
        except SettingsInvalid as error:
            raise SettingsInvalid(f"{error.detail}; or name the operator's keys with --jwks FILE") from error
    try:
        return read_jwks(Path(path).read_bytes())
    except jose.Unreadable as error:
        raise click.BadParameter(f"{path}: {error}; get it from /.well-known/jwks.json", param_hint="--jwks") from error


COMMANDS = (receipt,)
