"""A bundle while it is being written: the same files as a bundle's folder, as text.

What is published of it is read from these files by the code that reads a folder, so that the console and the command
line cannot make different versions of the same words.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Protocol

from ..settings import LANGUAGES, Operator
from . import manifest as manifests
from . import sources, toml
from .bundle import STARTER, Bundle, of_files, over
from .checks import check
from .fill import fill
from .findings import Finding
from .manifest import Manifest
from .problems import BundleInvalid
from .purposes import Purpose
from .restoring import restore

MANIFEST = "policy.toml"
_FILED_AT = (2013, 5, 21, 0, 0, 0)  # in an archive, so that the same draft is the same bytes; the law's own day


class Published(Protocol):
    """The version that a manuscript goes on from."""

    @property
    def number(self) -> int: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def operator(self) -> Mapping[str, Any]: ...
    @property
    def purposes(self) -> tuple[Purpose, ...]: ...
    @property
    def texts(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Manuscript:
    """`texts`: per language, as typed; an empty one is none. `manifest`: what `policy.toml` says."""

    texts: Mapping[str, str]
    manifest: Manifest

    @property
    def languages(self) -> tuple[str, ...]:
        """Those it is written in and those it should be."""
        return (*LANGUAGES, *sorted(self.texts.keys() - set(LANGUAGES)))

    def files(self) -> dict[str, str]:
        """By name, as in a bundle's folder."""
        texts = {f"{language}.md": text for language, text in self.texts.items() if text.strip()}
        return {MANIFEST: toml.write(self.manifest), **texts}

    def bundle(self, operator: Operator) -> Bundle:
        """To be checked and published. `operator`: the settings' facts. Raises BundleInvalid."""
        return of_files({name: text.encode() for name, text in self.files().items()}, operator=operator)

    def findings(self, operator: Operator) -> list[Finding]:
        """What `wadjet policy check` tells of it: what keeps it from being published, else what to weigh."""
        try:
            return check(self.bundle(operator))
        except BundleInvalid as problem:
            return list(problem.findings)

    def filled(self, language: str, operator: Operator, *, number: int, effective: date, privacy_url: str) -> str:
        """A text as it would be published; "" while it cannot be read."""
        try:
            text = sources.read(self.texts.get(language, "").encode(), f"{language}.md")
        except ValueError:
            return ""
        return fill(
            text.markdown,
            language,
            operator=over(self.manifest.operator, operator),
            purposes=self.manifest.purposes,
            number=number,
            effective=effective,
            privacy_url=privacy_url,
        )

    def archive(self) -> bytes:
        """The folder as a ZIP file, which unpacked is a bundle."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            for name, text in self.files().items():
                file.writestr(zipfile.ZipInfo(f"policy/{name}", _FILED_AT), text, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def read(files: Mapping[str, str]) -> Manuscript:
    """The inverse of `files`. Raises BundleInvalid, where its `policy.toml` is none."""
    manifest, mistakes = manifests.read(files[MANIFEST], MANIFEST)
    if mistakes:
        raise BundleInvalid(mistakes)
    return Manuscript({name[:-3]: text for name, text in files.items() if name != MANIFEST}, manifest)


def starter() -> Manuscript:
    """The one that comes with Wadjet."""
    return read({path.name: path.read_text("utf-8") for path in sorted(STARTER.iterdir())})


def of_version(version: Published, operator: Operator, privacy_url: str) -> Manuscript:
    """What was published, with its placeholders back. Facts that the settings state as well are left to them."""
    known = {fact.name for fact in fields(Operator)}
    stated = Operator(**{name: fact for name, fact in version.operator.items() if name in known})
    own = Operator(**{name: getattr(stated, name) for name in known if not getattr(operator, name)})
    texts = {
        language: restore(
            text,
            language,
            operator=stated,
            purposes=version.purposes,
            number=version.number,
            effective=version.effective_on,
            privacy_url=privacy_url,
        )
        for language, text in version.texts.items()
    }
    return Manuscript(texts, Manifest(operator=own, purposes=version.purposes))


def merge(base: Manuscript, theirs: Manuscript, mine: Manuscript) -> tuple[Manuscript, tuple[str, ...]]:
    """Two people's changes of the same manuscript, and the parts that both of them changed otherwise (theirs stand).

    A part is a text (`text.kk`), a purpose (`purpose.marketing`) or one of the manifest's other facts (`summary`).
    """
    before, now, wanted = (_parts(each) for each in (base, theirs, mine))
    merged, conflicts = dict(now), []
    for name in dict.fromkeys((*before, *now, *wanted)):
        old, new, own = (parts.get(name) for parts in (before, now, wanted))
        if own in (new, old):
            continue
        if new != old:
            conflicts.append(name)
        elif own is None:
            del merged[name]
        else:
            merged[name] = own
    return _whole(merged), tuple(conflicts)


def _parts(manuscript: Manuscript) -> dict[str, Any]:
    told = manuscript.manifest
    return {
        **{f"text.{language}": text for language, text in manuscript.texts.items()},
        **{name: getattr(told, name) for name in ("effective", "material", "summary", "operator")},
        **{f"purpose.{purpose.key}": purpose for purpose in told.purposes},
    }


def _whole(parts: Mapping[str, Any]) -> Manuscript:
    texts = {name.removeprefix("text."): part for name, part in parts.items() if name.startswith("text.")}
    told = {name: part for name, part in parts.items() if "." not in name}
    purposes = tuple(part for name, part in parts.items() if name.startswith("purpose."))
    return Manuscript(texts, replace(Manifest(), **told, purposes=purposes))
