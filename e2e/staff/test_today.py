"""The morning at the console: what is due, whether all is well, by keyboard."""

import pytest
from playwright.sync_api import expect

from e2e.looks import expect_accessible
from wadjet import clock, database, mail, registers, rights

DOCTOR_MILLISECONDS = 60_000  # a process of its own, on a busy machine


@pytest.fixture(scope="module")
def morning(house):
    """Somebody asked, the authorised body did, and letters were given up."""
    now = clock.now()
    for kind in ("rectify", "information", "withdraw"):
        rights.open_request(
            kind,
            rights.Said(email="aigerim@example.kz", text="Please."),
            channel="form",
            language="kk",
            received_at=now,
            settings=house.settings,
            now=now,
        )
    registers.receive_request(
        "A-17", "The authority", "what is stored", received_at=now, by="staff-1", settings=house.settings, now=now
    )
    registers.detect("access", "a laptop", detected_at=now, by="staff-1", settings=house.settings, now=now)

    def lose() -> None:
        mail.enqueue("contact-opt-in", "lost", now=now)
        database.vault.execute("UPDATE outgoing SET state = 'dead', error = 'refused' WHERE about = 'lost'")

    database.vault.write(lose)
    return house


def test_by_keyboard_from_the_day_to_what_the_doctor_finds_and_a_new_key(staff, morning):
    page = staff("maintainer")
    page.goto(morning.url)
    expect(page.get_by_role("heading", name="Not all is well")).to_be_visible()

    page.get_by_role("main").get_by_role("link", name="Health").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Try all of them again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 letter is tried again.")

    page.get_by_role("link", name="Have everything examined").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Examination")).to_be_visible(timeout=DOCTOR_MILLISECONDS)
    expect(page.get_by_text("mail is not set up, so nothing is sent")).to_be_visible()
    expect_accessible(page)

    page.get_by_role("link", name="Keys").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sign with a new key").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, sign with a new key").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("A new key signs from now on.")
    expect(page.get_by_role("row")).to_have_count(3)


def test_who_wants_fewer_letters_says_so(staff, morning):
    page = staff("staff")
    page.goto(morning.url)

    page.get_by_role("link", name="Staff", exact=True).click()  # one's own account goes by one's name
    page.get_by_role("link", name="Choose which letters you get").click()
    page.get_by_role("checkbox", name="Due soon").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Keep this").press("Enter")

    expect(page.get_by_role("status")).to_have_text("Your choice is kept.")
    expect(page.get_by_role("checkbox", name="Due soon")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Overdue")).to_be_checked()
