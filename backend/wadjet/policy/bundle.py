"""A policy version as a maintainer hands it in: a folder, or a single file that changes the text alone.

A folder holds `policy.toml` and one `<language>.md` each. It is read through one open descriptor: no link leads out of
it, nothing but plain files is opened, and sizes and numbers are bounded.
"""

import errno
import os
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from ..settings import Operator
from . import manifest, sources
from .encoding import decode
from .fill import gaps, mistakes
from .findings import N_, Finding, Wording
from .languages import is_tag, mistake
from .manifest import UNSTATED
from .problems import BundleInvalid
from .purposes import Purpose
from .sources import Text

STARTER = Path(__file__).with_name("starter")

_LONGEST_TEXT_BYTES = 1_000_000
_MOST_FILES = 64
_MOST_MISTAKES = 20  # told at once; a file of another kind would have thousands
_MANIFEST = "policy.toml"
ASKED_BY_LAW = ("kk", "ru")  # languages people must be able to read it in

LACKS = {  # what `missing` names, in words
    "operator.name": N_("the operator’s name"),
    "operator.bin": N_("the operator’s BIN"),
    "operator.address": N_("the operator’s address"),
    "operator.email": N_("the operator’s e-mail"),
    "operator.phone": N_("the operator’s telephone"),
    "operator.website": N_("the operator’s website"),
    "operator.responsible": N_("the person responsible for personal data"),
    "operator.authority": N_("the authorised body"),
    "operator.authority_url": N_("the address of the authorised body"),
    "text.kk": N_("the Kazakh text"),
    "text.ru": N_("the Russian text"),
}


class Previous(Protocol):
    """The version a single file keeps purposes and facts from."""

    @property
    def purposes(self) -> tuple[Purpose, ...]: ...

    @property
    def operator(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Bundle:
    """What is to be published. `operator`: the settings' facts with the bundle's own over them."""

    texts: Mapping[str, Text]  # per language, placeholders still in
    purposes: tuple[Purpose, ...]
    operator: Operator = UNSTATED
    effective: date | None = None  # local; None: the day it is published
    material: bool = True  # asks every visitor again
    summary: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False  # a single file: its purposes are the previous version's
    notes: tuple[Finding, ...] = ()  # warnings met while reading


def read(
    path: Path, *, operator: Operator = UNSTATED, language: str | None = None, previous: Previous | None = None
) -> Bundle:
    """Read a bundle's folder, or one .txt, .md or .html file.

    language  of a single file; None: as the page declares it, else recognised
    previous  the version whose purposes a single file keeps; None: the starter's
    Raises BundleInvalid with every mistake found.
    """
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
        return _folder(path, operator, language) if is_folder else _single(path, operator, language, previous)
    except OSError as error:
        raise BundleInvalid([Finding("error", error.strerror or "cannot be read", _shown(str(path)))]) from error


def missing(bundle: Bundle) -> tuple[str, ...]:
    """What the law asks and the bundle lacks: `operator.bin`, `text.kk`, facts that its texts name.

    Source: 94-V art. 8(4)(1); policy 1.0.
    """
    lacks = {f"operator.{name}" for name in ("name", "bin") if not getattr(bundle.operator, name)}
    for text in bundle.texts.values():
        lacks |= gaps(text.markdown, bundle.operator)
    return (*sorted(lacks), *(f"text.{language}" for language in ASKED_BY_LAW if language not in bundle.texts))


def _single(path: Path, operator: Operator, language: str | None, previous: Previous | None) -> Bundle:
    """The text changes; purposes stay, and facts that the settings do not state."""
    name = _shown(path.name)
    if language and (wrong := mistake(language)):
        raise BundleInvalid([Finding("error", f"language {wrong}")])
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        text = sources.read(_bytes(descriptor), name)
    except ValueError as error:
        raise BundleInvalid([Finding("error", str(error), name)]) from error
    if findings := _misplaced(text):
        raise BundleInvalid(findings)
    known = {item.name for item in fields(Operator)}
    earlier = {fact: value for fact, value in previous.operator.items() if fact in known} if previous else {}
    purposes = previous.purposes if previous else read(STARTER).purposes
    return Bundle({language or text.language: text}, purposes, over(operator, Operator(**earlier)), alone=True)


def _folder(path: Path, operator: Operator, language: str | None) -> Bundle:
    if language:
        raise BundleInvalid([Finding("error", "a folder names its languages by its files; leave the language out")])
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = _Folder(folder)
        found.read()
    finally:
        os.close(folder)
    return found.bundle(operator)


def of_files(files: Mapping[str, bytes], *, operator: Operator = UNSTATED) -> Bundle:
    """What a folder with these files would be read as. Raises BundleInvalid with every mistake found."""
    found = _Files()
    for name in sorted(files):
        found.take(name, partial(_bounded, files[name]))
    found.lookover(files)
    return found.bundle(operator)


class _Files:
    """Takes a bundle's files up, collecting mistakes."""

    def __init__(self) -> None:
        self.manifest = manifest.Manifest()
        self.texts: dict[str, Text] = {}
        self.mistakes: list[Finding] = []
        self.notes: list[Finding] = []

    def take(self, name: str, read: Callable[[], bytes]) -> None:
        """One file. `read`: its content; raises ValueError or OSError."""
        stem, _, kind = name.rpartition(".")
        if name != _MANIFEST and (kind != "md" or not is_tag(stem)):
            self.notes.append(Finding("warning", "is no part of a bundle; it is left out", _shown(name)))
            return
        if kind == "md" and (wrong := mistake(stem)):
            self.mistake(name, wrong)
            return
        try:
            data = read()
            if name == _MANIFEST:
                self.manifest, mistakes = manifest.read(decode(data), name)
                self.mistakes += mistakes
            else:
                self.texts[stem] = sources.read(data, name)
                self.mistakes += _misplaced(self.texts[stem])
        except ValueError as error:
            self.mistake(name, error.args[0])
        except OSError as error:
            is_link = error.errno in (errno.ELOOP, errno.EMLINK)
            reason = "is a link; a bundle holds plain files only" if is_link else error.strerror or "cannot be read"
            self.mistake(name, reason)

    def lookover(self, names: Collection[str]) -> None:
        """What has to be among the files."""
        if _MANIFEST not in names:
            self.mistake(_MANIFEST, "is missing; the starter bundle shows one")
        if not self.texts and not self.mistakes:
            self.mistake("", Wording(N_("the folder holds no text; add kk.md, ru.md, en.md")))

    def bundle(self, operator: Operator) -> Bundle:
        """All of them together. Raises BundleInvalid."""
        if self.mistakes:
            raise BundleInvalid(self.mistakes[:_MOST_MISTAKES])
        told = self.manifest
        return Bundle(
            self.texts,
            told.purposes,
            over(told.operator, operator),
            told.effective,
            told.material,
            told.summary,
            notes=tuple(self.notes),
        )

    def mistake(self, name: str, message: str) -> None:
        self.mistakes.append(Finding("error", message, _shown(name)))


class _Folder(_Files):
    """Reads a bundle's folder."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def read(self) -> None:
        """Take every file up."""
        with os.scandir(self._descriptor) as entries:
            names = sorted(entry.name for entry in islice(entries, _MOST_FILES + 1) if not entry.name.startswith("."))
        if len(names) > _MOST_FILES:
            self.mistake("", f"the folder holds more than {_MOST_FILES} files; it is no bundle")
            return
        for name in names:
            self.take(name, partial(self._bytes, name))
        self.lookover(names)

    def _bytes(self, name: str) -> bytes:
        return _bytes(os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW, dir_fd=self._descriptor))


def _bytes(descriptor: int) -> bytes:
    """A plain file's content, bounded; a pipe or device would never end. Closes the descriptor."""
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("is no plain file")
        return _bounded(file.read(_LONGEST_TEXT_BYTES + 1))


def _bounded(data: bytes) -> bytes:
    if len(data) > _LONGEST_TEXT_BYTES:
        raise ValueError(Wording(N_("is larger than {size} bytes"), size=f"{_LONGEST_TEXT_BYTES:,}"))
    return data


def _misplaced(text: Text) -> list[Finding]:
    return [Finding("error", wrong, text.name, text.line(index)) for index, wrong in mistakes(text.markdown)]


def over(first: Operator, second: Operator) -> Operator:
    """The facts of `first`; where it states none, those of `second`."""
    names = [item.name for item in fields(Operator)]
    return Operator(**{name: getattr(first, name) or getattr(second, name) for name in names})


def _shown(name: str) -> str:
    """A file's name fit for one line of output."""
    return "".join(char if char.isprintable() else "?" for char in name)
