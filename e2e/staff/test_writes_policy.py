"""A maintainer writes a version, a second person approves it, visitors read it: told by what each of them sees."""

import io
import zipfile

import pytest
from playwright.sync_api import Page, expect

from e2e.looks import IN_LANGUAGES, expect_accessible
from e2e.pages import say
from wadjet import clock, policy

OPERATOR = {"bin": "123456789012", "address-kk": "Алматы қ.", "address-ru": "г. Алматы", "phone": "+7 727 000 00 00"}
ATTACK = "\n\n12.9. <img src=x onerror=alert(1)><script>alert(1)</script> [x](javascript:alert(1)) {operator.phone}\n"


@pytest.fixture
def watched(staff):
    """`watched("maintainer")`: a page whose every report (CSP's too), error and dialog is kept in `page.heard`."""

    def open_one(role, language="en", **options):
        page = staff(role, language, **options)
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("dialog", lambda dialog: (page.heard.append(dialog.message), dialog.dismiss()))
        return page

    return open_one


def text(page: Page, language: str = "English"):
    return page.get_by_role("textbox", name=language, exact=True)


def press(page: Page, name: str):
    """By keyboard, as somebody does who uses no mouse."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def begin(page: Page, house) -> str:
    page.goto(f"{house.url}policy/")
    press(page, f"Begin a draft from version {len(policy.versions())}")
    expect(page.get_by_role("status")).to_have_text("The draft is begun. Nobody outside sees it.")
    return page.url


def test_two_people_publish_a_version(watched, house, tmp_path):
    writer, second = watched("maintainer"), watched("responsible")
    draft = begin(writer, house)

    # The preview keeps up with what is typed, and runs none of it.
    text(writer).press("Control+End")
    writer.keyboard.insert_text(ATTACK)
    looks = writer.locator("[data-part=looks-en]")
    writer.locator("details.preview summary").nth(2).click()
    expect(looks).to_contain_text("12.9. <img src=x onerror=alert(1)>")
    assert looks.locator("img, script, a[href^=javascript]").count() == 0

    # A finding leads to its line.
    shown = writer.locator("[data-part=checks-en]").get_by_role("button").last
    shown.click()
    expect(text(writer)).to_be_focused()
    assert "12.9" in writer.evaluate("getSelection().toString()")
    press(writer, "Save")
    expect(writer.get_by_role("status")).to_have_text("Saved.")

    writer.get_by_role("link", name="Facts").click()
    for name, value in OPERATOR.items():
        writer.locator(f"[name={name}]").fill(value)
    writer.locator("[name=summary-en]").fill("One clause more.")
    press(writer, "Save")
    writer.get_by_role("link", name="Approval").click()
    press(writer, "Propose revision 3")
    expect(writer.get_by_role("note").last).to_contain_text("Somebody else has to read and approve it.")

    with writer.expect_download() as download:
        writer.get_by_role("link", name="Download as a bundle").click()
    zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).extractall(tmp_path)
    assert "12.9" in house.backend.wadjet("policy", "check", str(tmp_path / "policy"))

    second.goto(f"{draft}changes/")
    expect(second.locator("main")).to_contain_text("12.9")
    second.get_by_role("link", name="Approval").click()
    press(second, "Approve revision 3")
    press(second, "Publish")
    expect(second.get_by_role("status")).to_have_text("Published. Visitors see it from its day on.")

    writer.goto(f"{house.backend.url}/privacy/?lang=en")
    expect(writer.locator("main")).to_contain_text("One clause more.")
    assert writer.heard + second.heard == []


def test_the_second_of_two_sees_both_texts(watched, house):
    first, second = watched("maintainer"), watched("maintainer", email="dana@wadjet.kz")
    draft = begin(first, house)
    second.goto(draft)
    text(first).fill("# Of the first")
    text(second).fill("# Of the second")

    press(first, "Save")
    press(second, "Save")

    expect(second.get_by_role("alert")).to_contain_text("has saved the same text meanwhile")
    expect(text(second)).to_have_value("# Of the second")
    expect(second.locator("#theirs-en")).to_have_value("# Of the first")


def test_it_works_without_script(watched, house):
    page = watched("maintainer", java_script_enabled=False)
    begin(page, house)
    text(page).fill("# Policy\n\n1.1. Call within 3 days.\n")

    press(page, "Save")

    expect(page.locator("[data-part=checks-en]")).to_contain_text("Warning, line 3")
    expect(page.locator("[data-part=looks-en]")).to_contain_text("Call within 3 days.")


@IN_LANGUAGES
def test_what_is_wrong_is_told_in_every_look(staff, house, language, looks):
    page = staff("maintainer", language)
    draft = policy.drafts.begin(settings=house.settings, by="staff-9", now=clock.now())
    page.goto(f"{house.url}policy/drafts/{draft}/purpose/")
    press(page, say("Save", language))

    told = "Small Latin letters, digits and hyphens, a letter first, 32 at most. Receipts and your pages use it."
    expect(page.locator(".error").first).to_have_text(say(told, language))
    expect_accessible(page, looks)
