"""The inspector's drill: “show me who agreed to what on 12 March, and prove it”, to the file in their hands."""

import csv
import io
import json
import os
import subprocess
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.servers import WADJET
from e2e.staff.conftest import House
from tests.visitor import Visitor, new_id
from wadjet import clock, consent

MOST_CLICKS = 9


class Past(Visitor):
    """A browser that decides at a time that the test names, through the room's door and not through the wire."""

    def __init__(self, house, at: datetime) -> None:
        super().__init__(None, "https://wadjet.kz")
        self._house, self._at = house, at

    def offer(self, **query: str):
        return consent.offer(None, query.get("lang", "ru"), settings=self._house.settings, now=self._at)

    def decide(self, event: str = "given", **changes: object) -> str:
        """The id of the receipt."""
        posted = consent.read_signed(self.sign(self.decision(event, **changes)).encode())
        answer = consent.record(posted, origin=self.origin, settings=self._house.settings, now=self._at)
        return answer.id


@pytest.fixture(scope="module")
def house(house, tmp_path_factory):
    """A home of their own: after what happens there, nothing could be decided today."""
    house.leave()
    own = House(tmp_path_factory.mktemp("march") / "home")
    yield own
    own.backend.stop()
    own.leave()
    house.enter()


@pytest.fixture(scope="module")
def march(house) -> date:
    """A 12 March on which three browsers decided, and a day before and after it on which others did.

    The next one to come: the keys of a house that was founded a moment ago could have signed nothing before.
    """
    today = clock.local_date(clock.now())
    day = date(today.year + (today >= date(today.year, 3, 10)), 3, 12)
    at = datetime.combine(day, time(5, 30), UTC)
    Past(house, at - timedelta(days=1)).decide()
    changes_mind = Past(house, at)
    house.given = given = changes_mind.decide()
    Past(house, at).decide(purposes={"measurement": True, "embeds": False})
    changes_mind.decide("withdrawn", previous=given)
    Past(house, at + timedelta(days=1)).decide()
    return day


class Clicks:
    """Counts what an employee presses; typing a date into a field counts as the press that went there."""

    def __init__(self, page: Page) -> None:
        self.count, self._page = 0, page

    def press(self, role: str, name: str) -> None:
        self.count += 1
        self._page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]

    def write(self, label: str, text: str) -> None:
        self.count += 1
        self._page.get_by_label(label, exact=True).fill(text)


@pytest.mark.clause("2.11", "8.4.b")
def test_who_agreed_to_what_on_12_march_with_the_proof(staff, house, march, tmp_path):
    page = staff("auditor")
    page.goto(house.url)
    hand = Clicks(page)

    hand.press("link", "Receipts")
    hand.press("link", "By day")
    hand.write("Day", march.isoformat())
    hand.press("button", "Show")
    expect(page.locator("table.rows tbody tr")).to_have_count(3)
    with page.expect_download() as download:
        hand.press("button", "Download this day")
    download.value.save_as(tmp_path / "file.zip")

    assert hand.count <= MOST_CLICKS
    with zipfile.ZipFile(tmp_path / "file.zip") as pack:
        pack.extractall(tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "who-agreed-to-what.csv").read_text("utf-8"))))
    assert [(row["event"], row["allowed"]) for row in rows] == [
        ("given", "measurement embeds"),
        ("given", "measurement"),
        ("withdrawn", ""),
    ]
    assert {row["almaty"][:10] for row in rows} == {march.isoformat()}
    for row in rows:
        assert verdict(tmp_path, tmp_path / row["file"]) == {"genuine": True, "faults": [], "event": row["event"]}
    damaged = tmp_path / "damaged.jws"
    damaged.write_text((tmp_path / rows[0]["file"]).read_text()[:-8] + "AAAAAAAA")
    assert verdict(tmp_path, damaged)["genuine"] is False


def verdict(folder: Path, receipt: Path) -> dict[str, object]:
    """What the command line says of a receipt, in a process that has no home and no network to ask."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WADJET_")}
    command: list[str | Path] = [WADJET, "receipt", "verify", receipt, "--jwks", folder / "jwks.json", "--json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    (told,) = json.loads(done.stdout)
    assert done.returncode == (0 if told["genuine"] else 1)
    return {name: told[name] for name in ("genuine", "faults", "event") if name in told}


def test_a_receipt_is_found_with_the_keyboard_alone(staff, house, march):
    page = staff("staff")
    page.goto(f"{house.url}receipts/")

    page.get_by_label("Number of the receipt").focus()
    page.keyboard.type(house.given)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Genuine", exact=True)).to_be_visible()
    expect(page.get_by_text("ended by a withdrawal").first).to_be_visible()
    assert house.given not in page.url
    page.get_by_role("link", name="All receipts under this key").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table.rows tbody tr")).to_have_count(2)


def test_a_file_is_judged(staff, house, march, tmp_path):
    page = staff("maintainer")
    (tmp_path / "receipt.jws").write_text(consent.find(house.given).receipt)
    page.goto(f"{house.url}receipts/")
    page.get_by_label("The file").set_input_files(tmp_path / "receipt.jws")
    page.get_by_role("button", name="Read and verify").click()
    expect(page.get_by_text("Exactly this receipt is kept here:")).to_be_visible()

    page.goto(f"{house.url}receipts/")
    page.get_by_label("Or its content, pasted").fill(new_id())
    page.get_by_role("button", name="Read and verify").click()
    expect(page.get_by_role("group", name="Not sent yet")).to_be_focused()
