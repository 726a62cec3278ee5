"""`wadjet policy …`: check, publish, list, show and compare versions."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from .. import clock, policy, shell
from ..settings import Settings, home_folder
from . import canonical
from .bundle import Bundle
from .manifest import LAST_DAY
from .problems import PolicyIncomplete
from .service import Version

_HINTS = {
    "operator.bin": "bin (12 digits)",
    "text.kk": "kk.md, the text in Kazakh",
    "text.ru": "ru.md, the text in Russian",
}

as_json = click.option("--json", "is_json", is_flag=True, help="One array of flat objects.")
path_argument = click.argument("path", metavar="PATH")
language_option = click.option(
    "--lang", "language", metavar="L", help="The language of a single file, such as kk. Default: recognised."
)


@click.group("policy", epilog="Example: wadjet policy check starter")
def policy_group() -> None:
    """What the operator promises: bundles and published versions.

    PATH is a bundle's folder or a single .txt, .md or .html file; `starter` is the one that comes with Wadjet.
    """


@policy_group.command(epilog="Example: wadjet policy check policy/")
@path_argument
@language_option
@as_json
def check(path: str, language: str | None, is_json: bool) -> None:
    """Tell what is wrong with a policy, by file, line and clause.

    Exit status: 0 with warnings or none, 2 where it cannot be published at all.
    """
    if (home_folder() / "wadjet.toml").exists():
        settings, previous = _open(), _newest()
    else:
        settings, previous = Settings(home_folder()), None  # a bundle may be checked where no home is
    found = _findings(policy.read(_path(path), operator=settings.operator, language=language, previous=previous))
    if is_json:
        rows = [
            {
                "severity": each.severity,
                "file": each.file,
                "line": each.line,
                "clause": each.clause,
                "message": each.message,
            }
            for each in found
        ]
        click.echo("".join(shell.as_json(rows)), nl=False)
        return
    for each in found:
        click.echo(f"{each.severity}: {each}")
    click.echo(f"{len(found)} warning{'' if len(found) == 1 else 's'}." if found else "Nothing to remark.")


@policy_group.command(epilog="Example: wadjet policy publish policy/ --editorial --effective 2026-12-01")
@path_argument
@language_option
@click.option("--incomplete", is_flag=True, help="Publish although the law asks for more; pages and receipts say so.")
@click.option(
    "--material",
    "is_material",
    is_flag=True,
    help="Every visitor is asked again; so it is where the bundle says nothing.",
)
@click.option("--editorial", "is_editorial", is_flag=True, help="Nobody is asked again.")
@click.option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="From which day it is in force, at midnight in Almaty. Default: what the bundle says, else at once.",
)
def publish(
    path: str,
    language: str | None,
    incomplete: bool,
    is_material: bool,
    is_editorial: bool,
    effective: datetime | None,
) -> None:
    """Publish the next version, for good: published versions never change."""
    if is_material and is_editorial:
        raise click.UsageError("Give --material or --editorial, not both.")
    now = clock.now()
    if effective and not clock.local_date(now) <= effective.date() <= LAST_DAY:
        raise click.BadParameter(f"must lie between today and {LAST_DAY}", param_hint="--effective")
    settings = _open()
    newest = _newest()
    bundle = policy.read(_path(path), operator=settings.operator, language=language, previous=newest)
    material = is_material if is_material or is_editorial else None
    changed: dict[str, Any] = {"material": material, "effective": effective.date() if effective else None}
    bundle = replace(bundle, **{name: value for name, value in changed.items() if value is not None})
    for each in _findings(bundle):
        click.echo(f"{each.severity}: {each}", err=True)
    if newest and _same(bundle, newest, settings):
        click.echo(f"warning: nothing changed since version {newest.number}", err=True)
    for each in policy.overtaken(bundle.effective, now):
        day = clock.local_date(each.effective_at)
        click.echo(f"warning: version {each.number}, announced from {day}, is replaced and never in force", err=True)
    try:
        version = policy.publish(bundle, settings=settings, now=now, incomplete=incomplete or settings.incomplete)
    except PolicyIncomplete as problem:
        raise _with_remedies(problem) from problem
    for name, value in _facts(version, settings).items():
        click.echo(f"{name:<10} {value}")


@policy_group.command("list", epilog="Example: wadjet policy list --json")
@as_json
def list_versions(is_json: bool) -> None:
    """Every published version, the oldest first."""
    _open()
    current = _current()
    rows = [
        {
            "version": each.number,
            "digest": each.digest,
            "effective_at": clock.stamp(each.effective_at),
            "published_at": clock.stamp(each.published_at),
            "material": each.material,
            "languages": list(each.languages),
            "current": each is current,
        }
        for each in policy.versions()
    ]
    for text in shell.as_json(rows) if is_json else shell.as_table(rows, "No version has been published yet."):
        click.echo(text, nl=False)


@policy_group.command(epilog="Example: wadjet policy show 2 --canonical | sha256sum")
@click.argument("number", metavar="N", type=click.IntRange(1))
@click.option("--lang", "language", metavar="L", help="Print the text in this language alone, as Markdown.")
@click.option("--canonical", "is_canonical", is_flag=True, help="Print the exact bytes that the digest is over.")
def show(number: int, language: str | None, is_canonical: bool) -> None:
    """One version: its facts, its purposes and its text."""
    settings = _open()
    version = policy.version(number)
    if is_canonical:
        click.echo(version.canonical, nl=False)
        return
    if language:
        click.echo(_text(version, language), nl=False)
        return
    for name, value in _facts(version, settings).items():
        click.echo(f"{name:<10} {value}")
    click.echo()
    for purpose in version.purposes:
        where = "required" if purpose.required else f"asked in the {purpose.asked}"
        click.echo(f"{purpose.key:<16} {where:<20} {purpose.term:<6} {policy.pick(purpose.name, 'en')}")
    click.echo(f"\nThe text: wadjet policy show {number} --lang {version.languages[0]}")


@policy_group.command(epilog="Example: wadjet policy diff 1 2 --lang en")
@click.argument("before", metavar="N", type=click.IntRange(1))
@click.argument("after", metavar="M", type=click.IntRange(1))
@click.option(
    "--lang", "language", metavar="L", help="Compare the texts in this language. Default: in each that both have."
)
def diff(before: int, after: int, language: str | None) -> None:
    """What changed from version N to version M, word by word: [-left out-] {+put in+}."""
    _open()
    older, newer = policy.version(before), policy.version(after)
    shared = [language] if language else [each for each in newer.languages if each in older.languages]
    some = False
    for each in shared:
        for line in _differences(older, newer, each):
            some = True
            click.echo(line)
    for each in sorted(set(older.languages) ^ set(newer.languages)):
        some = True
        click.echo(f"{each}: only in version {after if each in newer.languages else before}")
    if not some:
        click.echo("Nothing that a reader would see.")


def _differences(older: Version, newer: Version, language: str) -> Iterator[str]:
    changes = (
        *policy.changes(
            _text(older, language),
            _text(newer, language),
            tables=[policy.purposes_table(each.purposes, language) for each in (older, newer)],
        ),
        *policy.purposes_changes(older.purposes, newer.purposes, language),
    )
    for change in changes:
        place = change.clause if change.before in (None, change.clause) else f"{change.before} → {change.clause}"
        yield f"{language} {place} {change.kind}: {_plain(str(change.html))}"


def _plain(marked: str) -> str:
    """Marked words for a terminal, as `git diff --word-diff` writes them."""
    text = re.sub(r"<del[^>]*>(.*?)</del>", r"[-\1-]", marked, flags=re.DOTALL)
    text = re.sub(r"<ins[^>]*>(.*?)</ins>", r"{+\1+}", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def _open() -> Settings:
    settings = shell.open_home()
    policy.reset()
    return settings


def _newest() -> Version | None:
    versions = policy.versions()
    return versions[-1] if versions else None


def _current() -> Version | None:
    try:
        return policy.current(clock.now())
    except policy.NoPolicy:
        return None


def _path(path: str) -> Path:
    return policy.STARTER if path == "starter" and not Path(path).exists() else Path(path)


def _findings(bundle: Bundle) -> list[Any]:
    return policy.checks.check(bundle)


def _same(bundle: Bundle, newest: Version, settings: Settings) -> bool:
    """Whether publishing would only count the number up."""
    again = canonical.encode(
        bundle, number=newest.number, effective=newest.effective_on, privacy_url=settings.privacy_url
    )
    return canonical.digest(again) == newest.digest


def _text(version: Version, language: str) -> str:
    if language not in version.texts:
        raise click.BadParameter(f"version {version.number} is in {', '.join(version.languages)}.", param_hint="--lang")
    return version.texts[language]


def _facts(version: Version, settings: Settings) -> dict[str, Any]:
    facts = {
        "version": version.number,
        "digest": version.digest,
        "url": f"{settings.privacy_url}v/{version.number}/",
        "effective": f"{version.effective_on} (from {clock.stamp(version.effective_at)})",
        "published": clock.stamp(version.published_at),
        "material": "yes: every visitor is asked again" if version.material else "no: editorial",
        "languages": " ".join(version.languages),
    }
    return facts | ({"missing": " ".join(version.missing)} if version.missing else {})


def _with_remedies(problem: PolicyIncomplete) -> PolicyIncomplete:
    """The same refusal, telling what to set. Source: 94-V art. 8(4)(1); policy 1.0."""
    missing = problem.evidence["missing"]
    named = {code: _HINTS.get(code, code.removeprefix("operator.")) for code in missing}
    texts = [hint for code, hint in named.items() if code.startswith("text.")]
    facts = [hint for code, hint in named.items() if not code.startswith("text.")]
    steps = [f"add {' and '.join(texts)}"] if texts else []
    if facts:
        steps.append(f"under [operator] in wadjet.toml set {', '.join(facts)}")
    return PolicyIncomplete(f"{'; '.join(steps)}. Or publish it marked as such: --incomplete", missing=missing)


COMMANDS = (policy_group,)
