"""A person asks on paper that everything of theirs be destroyed: then nothing of them is left anywhere."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page

from e2e.operator.town import Town, body, number
from e2e.pages import RightsPages

DAURENBEK = {
    "last_name": "Жұмаділов",
    "first_name": "Дәуренбек",
    "patronymic": "Өмірзақұлы",
    "phone": "+77079876543",
    "email": "daurenbek@example.kz",
    "message": "Қошақанның құйрығы неге қысқа екен?",
}
SAID = "Бұдан былай ештеңе сақтамаңыздар, өтінемін."


def spellings(text: str) -> set[bytes]:
    """As it could lie in a file."""
    forms = ("utf-8", "utf-16-le")
    raw = {each.encode(form) for each in (text, text.lower(), text.upper()) for form in forms}
    raw |= {text.encode("unicode_escape"), text.encode("cp1251", "replace")}
    # Of base64, what is the same wherever in a longer text it begins.
    shifted = {base64.b64encode(b"\0" * pad + text.encode(form))[4:-4] for form in forms for pad in range(3)}
    return raw | {each for each in shifted if len(each) > 8}


def traces(folder: Path, texts: list[str]) -> list[tuple[str, str]]:
    """Where something of these still stands: file and text."""
    files = [path for path in (*folder.rglob("*"), folder.with_suffix(".log")) if path.is_file()]
    assert {"vault.sqlite3", "receipts.sqlite3"} < {path.name for path in files}
    sought = {text: spellings(text) for text in texts}
    held = {str(path): path.read_bytes() for path in files}
    return [
        (path, text) for path, raw in held.items() for text, forms in sought.items() if any(f in raw for f in forms)
    ]


def test_a_trace_is_found_in_every_spelling(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("vault.sqlite3", "receipts.sqlite3", "vault.sqlite3-wal", "../home.log"):
        (home / name).touch()
    for spelled in spellings(SAID):
        (home / "vault.sqlite3-wal").write_bytes(b"page" + spelled + b"page")
        assert traces(home, [SAID]) == [(str(home / "vault.sqlite3-wal"), SAID)]
    for form in ("utf-8", "utf-16-le"):
        for before in ("", "1", "12"):
            (home / "vault.sqlite3-wal").write_bytes(base64.b64encode(f"{before}{SAID}.".encode(form)))
            assert traces(home, [SAID])


@pytest.mark.clause("4.1.b", "2.14", "3.2.g", "D3")
def test_destruction_leaves_nothing_but_that_it_was_done(page: Page, town: Town) -> None:
    receipt = town.write(DAURENBEK)
    (entered,) = town.staff(
        *("requests", "add", "--kind", "destroy", "--channel", "paper", "--lang", "kk"),
        *("--email", DAURENBEK["email"], "--text", SAID),
    )
    asked = town.expect_letter(DAURENBEK["email"], "Is this request yours?", "kk")
    assert number(asked) == entered["id"]
    town.confirm(page, asked, "kk")

    town.backend.wadjet("requests", "fulfil", entered["id"])

    told = town.expect_letter(DAURENBEK["email"], "Your request: the answer", "kk")
    assert "жойылды" in body(told)
    assert traces(town.backend.folder, [*DAURENBEK.values(), DAURENBEK["phone"][2:], SAID]) == []
    assert town.staff("vault", "find", "--email", DAURENBEK["email"], "--phone", DAURENBEK["phone"]) == []
    (act,) = [each for each in town.staff("registers", "list", "R9") if entered["id"] in each["citation"]]
    assert (act["act"], act["ground"]) == ("destroy", "subject-demand")
    (row,) = [each for each in town.staff("registers", "list", "R6") if each["id"] == entered["id"]]
    assert (row["kind"], row["channel"], row["state"]) == ("destroy", "paper", "fulfilled")
    assert town.standing(receipt) == "withdrawn"
    RightsPages(page, town.privacy, "kk").expect_state(entered["id"], "fulfilled")
