"""Every sentence that people read, and the catalogues that say it in Kazakh and Russian.

`python -m tests.translations`, after a sentence has changed, puts what is missing into the catalogues, empty, takes out
what is no longer said, and compiles them. A sentence is said where it is marked: `_("…")` in a template or in Python,
in the widget (static/words.json, static/contact.json), as the title of a refusal, or as the detail that one is raised
with.
"""

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "backend" / "wadjet" / "translations"
LANGUAGES = ("kk", "ru")
# Refusals that no page shows: the interface under /api/ and the command line speak English.
FOR_PROGRAMS = re.compile(
    "ChallengeInvalid|ContactInvalid|Failed|LetterInvalid|LookupError|MailUnavailable|NotRestored|NotTaken|"
    "OfferExpired|OfferInvalid|OriginNotAllowed|ParsingError|PolicySuperseded|PurposesMismatch|Refused|RelayFault|"
    "RuntimeError|SettingsInvalid|TypeError|Unreadable|ValueError|Wrong|unavailable"
)
# Refusals whose title a page shows, but whose details tell a program's author what is wrong with what it sent.
_DETAILED_FOR_PROGRAMS = re.compile(
    "DecisionInvalid|MailboxUnavailable|ReceiptConflict|ReceiptUnreadable|SealBroken|SignatureInvalid"
)
_MARKED = {
    "backend/wadjet": [("**.py", "python")],
    "widget/templates": [("widget/**.html", "ignore"), *((f"**.{end}", "jinja2") for end in ("html", "txt", "xml"))],
}


def gather() -> Catalog:
    """Every sentence, with the file that says it."""
    said = Catalog(charset="utf-8")
    for folder, methods in _MARKED.items():
        found = extract_from_dir(ROOT / folder, methods, {"**": {"silent": "false"}})
        for file, _, sentence, comments, context in sorted(found, key=lambda each: each[:2]):
            said.add(sentence, locations=[(f"{folder}/{file}", 0)], auto_comments=comments, context=context)
    for words in ("widget/static/words.json", "widget/static/contact.json"):
        for sentence in json.loads((ROOT / words).read_text("utf-8")):
            said.add(sentence, locations=[(words, 0)])
    for path in sorted((ROOT / "backend/wadjet").rglob("*.py")):
        for sentence in refusals(path.read_text("utf-8")):
            said.add(sentence, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return said


def refusals(source: str) -> Iterator[str]:
    """The titles of the refusals defined in a module, and the fixed details that it raises any with."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(name=name, body=body) if not FOR_PROGRAMS.fullmatch(name):
                yield from (title for statement in body for title in _titles(statement))
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(detail)), *_])):
                if not (FOR_PROGRAMS.fullmatch(name) or _DETAILED_FOR_PROGRAMS.fullmatch(name)):
                    yield detail


def _titles(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            given = {ast.unparse(name): value for name, value in zip(names, values, strict=True)}
        case ast.AnnAssign(target=name, value=ast.Constant() as value):
            given = {ast.unparse(name): value}
        case _:
            return
    if isinstance(title := given.get("title"), ast.Constant):
        yield str(title.value)


def read(language: str) -> Catalog:
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def po(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def compiled(catalog: Catalog) -> bytes:
    """What the .mo of a catalogue holds."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update() -> None:
    """Bring the catalogues up to what is said."""
    said = gather()
    for language in LANGUAGES:
        catalog = read(language)
        said.creation_date = catalog.creation_date  # or every run would change the file
        catalog.update(said, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with po(language).open("wb") as file:
            write_po(file, catalog, width=110, sort_by_file=True, include_lineno=False)
        po(language).with_suffix(".mo").write_bytes(compiled(catalog))


if __name__ == "__main__":
    update()
