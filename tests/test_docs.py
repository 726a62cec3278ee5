"""What the documents print is true: their receipt is genuine, their recipes run, their links and names exist."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from tests.visitor import Visitor, payload
from wadjet import jose, keys
from wadjet.cli import wadjet
from wadjet.consent import commit
from wadjet.consent.verification import verify

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RECEIPT = (ROOT / "docs" / "receipt.md").read_text("utf-8")
BUNDLE = (ROOT / "docs" / "policy-bundle.md").read_text("utf-8")


def blocks(document: str, kind: str) -> list[str]:
    """The fenced blocks of one kind, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)


def run(*command: str | Path, cwd: Path, stdin: str = "") -> str:
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


TOKEN = blocks(RECEIPT, "text")[0].strip()
JWKS, DECODED, HEADER, DECISION = map(json.loads, blocks(RECEIPT, "json"))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """receipt.jws and jwks.json, as a reader of docs/receipt.md saves them."""
    token, jwks = tmp_path / "receipt.jws", tmp_path / "jwks.json"
    token.write_text(f"{TOKEN}\n")
    jwks.write_text(json.dumps(JWKS))
    return [token, jwks]


def test_printed_receipt_is_genuine_under_the_printed_keys() -> None:
    verdict = verify(TOKEN, JWKS)

    assert verdict.faults == ()
    assert verdict.receipt == DECODED
    assert json.dumps(jose.read_compact(TOKEN).header) in RECEIPT


def test_printed_decision_is_the_one_inside() -> None:
    inside = jose.read_compact(DECODED["decision"])

    assert inside.header == HEADER
    assert json.loads(inside.payload) == DECISION


def test_altered_document_would_be_noticed() -> None:
    header, body, signature = TOKEN.split(".")
    said = jose.unb64url(body).replace(b'"embeds"', b'"adverts"')

    assert verify(f"{header}.{jose.b64url(said)}.{signature}", JWKS).faults != ()


def test_printed_receipt_has_the_form_of_todays(client: Any) -> None:
    def form(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: form(inner) for name, inner in value.items()}
        return [form(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else type(value)

    assert form(payload(Visitor(client).give()["receipt"])) == form(DECODED)


def test_every_member_is_explained() -> None:
    def names(value: Any) -> set[str]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return set(value if isinstance(value, dict) else ()).union(*map(names, inner))

    told, _, _ = RECEIPT.partition("## A real one")
    trivial = {"@context", "@id", "dpv", "dct", "@vocab", "dct:title", "dct:description"}
    assert {name for name in names(DECODED) - trivial if f"`{name}`" not in told} == set()


def test_receipt_is_verified_in_python(files: list[Path], tmp_path: Path) -> None:
    said = run(sys.executable, "-", *files, cwd=tmp_path, stdin=blocks(RECEIPT, "python")[0])

    assert "The visitor chose: {'measurement': True, 'embeds': False}" in said


def test_receipt_is_verified_in_node(files: list[Path]) -> None:
    node = shutil.which("node") or Path(sys.executable).with_name("node")

    said = run(node, "--input-type=module", "-", *files, cwd=ROOT / "widget", stdin=blocks(RECEIPT, "js")[0])

    assert "The visitor chose: { measurement: true, embeds: false }" in said


@pytest.mark.parametrize(("salt", "verdict"), [("A" * 43, "It opens.\n"), ("B" * 43, "It does not open.\n")])
def test_a_forms_receipt_is_opened_as_told(salt: str, verdict: str, tmp_path: Path) -> None:
    fields = {"last_name": "Қасымова", "message": 'Одна "строка"\nи\tещё \\ одна', "email": "a@example.kz"}
    subject = {"commitment": commit({"salt": "A" * 43, "fields": fields})}
    said = json.dumps({"dpv:hasRecordOfActivity": [{"dpv:hasDataSubject": subject}]}).encode()
    (tmp_path / "receipt.jws").write_text(f"e30.{jose.b64url(said)}.e30")
    (tmp_path / "opening.json").write_text(json.dumps({"salt": salt, "fields": fields}), "utf-8")

    recipe = blocks(RECEIPT, "python")[1]

    assert run(sys.executable, "-", "receipt.jws", "opening.json", cwd=tmp_path, stdin=recipe) == verdict


@pytest.fixture
def published(client: Any, settings: Any, tmp_path: Path) -> Path:
    """A folder with v1.json and jwks.json, as a backend answers them."""
    (tmp_path / "v1.json").write_bytes(client.get("/privacy/v/1.json").data)
    (tmp_path / "jwks.json").write_text(json.dumps(keys.ring(settings).jwks()))
    return tmp_path


def test_digest_is_recomputed_as_told(published: Path) -> None:
    told = json.loads((published / "v1.json").read_text("utf-8"))["digest"]
    digest, signed = blocks(BUNDLE, "python")

    assert run(sys.executable, "-", "v1.json", cwd=published, stdin=digest).strip() == told
    assert run(sys.executable, "-", "v1.json", "jwks.json", cwd=published, stdin=signed).strip().endswith("True")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]

    for target in targets:
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        found = document.parent / path if path else document
        assert found.exists(), target
        headings = re.findall(r"^#+ (.+)$", found.read_text("utf-8"), re.MULTILINE) if anchor else []
        slugs = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
        assert not anchor or anchor in slugs, target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_options_exist(document: Path) -> None:
    # Not the user of that name.
    lines = re.findall(r"(?<![\w/.-])(?<!-u )wadjet ((?:--)?[a-z][^\n`|#;,:]*)", document.read_text("utf-8"))
    for line in lines:
        command: click.Command = wadjet
        words = line.split()
        assert words[0] in wadjet.commands or words[0].startswith("--"), line
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        known = {"--help"} | {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_what_can_be_themed_is_in_the_readme() -> None:
    readme, widget = DOCUMENTS[0].read_text("utf-8"), ROOT / "widget"
    css = (widget / "src" / "banner.css").read_text("utf-8")
    markup = "".join(each.read_text("utf-8") for each in (widget / "templates" / "widget").glob("*.html"))

    assert set(re.findall(r"`(--wadjet-[a-z-]+)`", readme)) == set(re.findall(r"var\((--wadjet-[a-z-]+)", css))
    assert {part for part in re.findall(r'part="([a-z]+)"', markup) if f"`{part}`" not in readme} == set()
