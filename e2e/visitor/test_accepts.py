"""A first visit, and yes; the receipt, verified by whoever likes."""

import json
import subprocess
from pathlib import Path

import jwt
import pytest
import requests

from e2e.pages import Site
from e2e.servers import Demo, wadjet

WIDGET = Path(__file__).parents[2] / "widget"


@pytest.fixture
def receipt(site: Site, tmp_path: Path) -> Path:
    """The file that a person who accepted keeps."""
    site.accept()
    site.expect_said("Saved.")
    path = tmp_path / "receipt.jws"
    path.write_bytes(site.download_receipt().read_bytes())
    return path


@pytest.fixture
def jwks(demo: Demo, tmp_path: Path) -> Path:
    """The operator's keys, as published."""
    path = tmp_path / "jwks.json"
    path.write_bytes(requests.get(f"{demo.url}/.well-known/jwks.json", timeout=10).content)
    return path


@pytest.mark.clause("7.1", "5.1")
def test_what_waits_runs_only_after_the_acknowledgement(site: Site) -> None:
    held = site.hold("**/api/v1/receipts")

    site.accept()

    site.expect_said("Saving…")
    site.page.wait_for_timeout(300)
    assert len(held) == 1
    site.expect_running()
    assert site.asked_for("measurement.js", "embed.html") == []

    held[0].continue_()

    site.expect_running("measurement", "embeds")
    site.expect_said("Saved.")
    site.expect_settled()


def test_accepting_is_remembered_on_the_next_visit(site: Site) -> None:
    site.accept()
    site.expect_running("measurement", "embeds")

    site.visit()

    site.expect_running("measurement", "embeds")
    site.expect_settled()
    assert len(site.asked_for("POST")) == 1


@pytest.mark.clause("8.5")
def test_frame_may_be_allowed_where_it_waits(site: Site) -> None:
    assert site.asked_for("embed.html") == []  # in its place stands what it would bring

    site.page.get_by_role("main").get_by_role("button", name="Allow").click()

    site.expect_running("embeds")
    site.expect_settled()


def test_key_stays_in_the_browser_and_cannot_be_taken_out(site: Site) -> None:
    site.accept()
    site.expect_said("Saved.")

    keys = site.page.evaluate(READ_KEYS)

    assert keys == [{"type": "private", "extractable": False, "usages": ["sign"]}]


def test_receipt_is_verified_offline_by_the_command_line(receipt: Path, jwks: Path, tmp_path: Path) -> None:
    done = wadjet("receipt", "verify", receipt, "--jwks", jwks, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("GENUINE.")
    assert "measurement, embeds" in done.stdout


def test_altered_receipt_is_not_genuine(receipt: Path, jwks: Path, tmp_path: Path) -> None:
    header, payload, signature = receipt.read_text().split(".")
    forged = ("B" if payload[40] == "A" else "A").join((payload[:40], payload[41:]))
    receipt.write_text(f"{header}.{forged}.{signature}")

    done = wadjet("receipt", "verify", receipt, "--jwks", jwks, cwd=tmp_path)

    assert done.returncode == 1


def test_receipt_is_verified_by_pyjwt(receipt: Path, jwks: Path) -> None:
    token = receipt.read_text()
    keys = jwt.PyJWKSet.from_json(jwks.read_text())
    key = keys[jwt.get_unverified_header(token)["kid"]]

    said = json.loads(jwt.PyJWS().decode(token, key, algorithms=["EdDSA"]))

    assert said["event"] == "given"


def test_receipt_is_verified_by_jose_in_node(receipt: Path, jwks: Path) -> None:
    done = subprocess.run(
        ["node", "--input-type=module", "-e", VERIFY, receipt, jwks],
        cwd=WIDGET,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["event"] == "given"


READ_KEYS = """() => new Promise((done, fail) => {
  const opening = indexedDB.open("wadjet:wadjet.kz");
  opening.onerror = opening.onupgradeneeded = fail;
  opening.onsuccess = () => {
    const base = opening.result;
    const reading = base.transaction(base.objectStoreNames).objectStore(base.objectStoreNames[0]).getAll();
    reading.onsuccess = () => {
      base.close();
      done(reading.result.map(({ privateKey: { type, extractable, usages } }) => ({ type, extractable, usages })));
    };
  };
})"""

VERIFY = """
import { readFileSync } from "node:fs";
import { compactVerify, createLocalJWKSet } from "jose";
const [receipt, jwks] = process.argv.slice(1).map((path) => readFileSync(path, "utf8"));
const { payload } = await compactVerify(receipt.trim(), createLocalJWKSet(JSON.parse(jwks)), { algorithms: ["EdDSA"] });
console.log(new TextDecoder().decode(payload));
"""
