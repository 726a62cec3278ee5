"""A visitor writes, through the form in somebody's page or as a page, and what they typed is never lost."""

import json
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email import policy as wire
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.looks import expect_accessible
from e2e.pages import LANGUAGES, ContactForm, until
from e2e.servers import Backend, Website
from e2e.visitor.test_hostile_page import CONDITIONS, STRICTEST

FORM = '<wadjet-contact><a href="/contact/">Write to us</a></wadjet-contact>'
# The words of an element that do not stand whole on one line.
BROKEN_WORDS = """(element) => [...element.firstChild.data.matchAll(/\\S+/g)].filter(({ index, 0: word }) => {
  const range = new Range();
  range.setStart(element.firstChild, index);
  range.setEnd(element.firstChild, index + word.length);
  return range.getClientRects().length > 1;
}).map(([word]) => word)"""
FAR = '<div style="height: 400vh"></div>'


@pytest.fixture
def embedded(page: Page, website: Website) -> Callable[..., ContactForm]:
    """`embedded("kk")`: a page that holds the form, in that language."""

    def visit(language: str = "en", before: str = "", **options: str) -> ContactForm:
        page.goto(website.write(before + FORM, language=language, **options))
        return ContactForm(page, language)

    return visit


@pytest.fixture
def own_website(tmp_path: Path) -> Iterator[Website]:
    """A website with a backend of its own: to publish in, to kill."""
    website = Website()
    backend = Backend(tmp_path / "home")
    backend.wadjet("init", "--site", "wadjet.kz", "--base-url", backend.url, "--origin", website.origin)
    backend.wadjet("policy", "publish", "starter", "--incomplete")
    backend.start()
    website.backend, website.tag = backend, backend.wadjet("embed").strip()
    yield website
    backend.stop()
    website.close()


def messages(website: Website) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(website.backend.wadjet("contact", "list", "--json"))
    return found


def ask_for_confirmation(backend: Backend) -> None:
    """From its next start on a message counts once its writer has followed the letter's link."""
    backend.kill()
    settings = backend.folder / "wadjet.toml"
    more = 'confirm_contact = true\nmail_url = "maildir:mail"\nmail_from = "office@wadjet.kz"\n'
    settings.write_text(more + settings.read_text("utf-8"), "utf-8")
    backend.start()


def letters(backend: Backend) -> list[str]:
    """The text of every letter that was sent."""
    sent = [message_from_bytes(path.read_bytes(), policy=wire.default) for path in backend.folder.glob("mail/new/*")]
    bodies = [letter.get_body(("plain",)) for letter in sent]
    return [body.get_content() for body in bodies if body]


def posted(page: Page) -> list[str]:
    """The addresses that messages go to, from here on."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if request.method == "POST" else None)
    return seen


def test_form_comes_only_when_it_nears_the_view(page: Page, embedded: Callable[..., ContactForm]) -> None:
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if "wadjet-contact" in request.url else None)
    form = embedded(before=FAR)
    expect(page.get_by_role("button", name="Refuse all")).to_be_visible()
    assert scripts == []

    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    expect(form.answer("Message")).to_be_visible()
    assert len(scripts) == 1


def test_form_in_what_is_not_open_yet_comes_once_it_opens(page: Page, embedded: Callable[..., ContactForm]) -> None:
    form = embedded(before="<style>wadjet-contact { display: none }</style>")
    expect(page.get_by_role("button", name="Refuse all")).to_be_visible()
    expect(form.answer("Message")).to_have_count(0)

    page.evaluate("document.querySelector('style').remove()")

    expect(form.answer("Message")).to_be_visible()


@pytest.mark.clause("4.2.a", "4.3", "6.0", "7.1")
def test_message_in_kazakh_is_sent_by_keyboard_alone(
    page: Page, embedded: Callable[..., ContactForm], website: Website
) -> None:
    form = embedded("kk")
    form.answer("Last name").focus()
    for text in ("Сейітова", "Әйгерім", "", "8 701 234 56 78", "aigerim@example.kz", "Сәлем!"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the policy
    page.keyboard.press("Space")
    expect(form.tick("feedback")).to_be_checked()
    expect(form.tick("marketing")).not_to_be_checked()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    form.expect_sent()
    expect(form.thanks).to_be_focused()
    receipt = form.download_receipt()
    said = website.backend.wadjet("receipt", "verify", receipt)
    assert "genuine" in said.lower()
    assert "Сейітова" not in receipt.read_text("utf-8")
    assert page.evaluate("sessionStorage.length") == 0


def test_mistakes_are_said_beside_the_question_and_together(page: Page, embedded: Callable[..., ContactForm]) -> None:
    form = embedded("ru")
    form.write(email="нет", phone="12", first_name="")
    form.send()
    summary = page.get_by_role("group", name=form.say("Not sent yet"))
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(1)  # what is missing is said before anything is sent
    form.answer("First name").fill("Әйгерім")
    form.send()
    expect(summary.get_by_role("link")).to_have_count(2)

    summary.get_by_role("link").last.click()

    expect(form.answer("E-mail")).to_be_focused()
    expect(form.answer("E-mail")).to_have_attribute("aria-invalid", "true")
    expect(form.answer("E-mail")).to_have_accessible_description(
        form.say("Write an e-mail address, like name@example.kz.")
    )
    form.answer("E-mail").fill("a@example.kz")
    form.answer("Telephone").fill("")
    form.send()
    form.expect_sent()


@pytest.mark.clause("12.2")
def test_policy_that_changes_meanwhile_costs_no_word(page: Page, own_website: Website) -> None:
    page.goto(own_website.write(FORM))
    form = ContactForm(page)
    form.write()
    own_website.backend.publish()

    form.send()

    changed = page.get_by_role("group", name="Our policy has changed while you were writing")
    expect(changed).to_be_focused()
    expect(changed.get_by_role("link")).to_have_attribute(
        "href", f"{own_website.backend.url}/privacy/v/2/changes/1/?lang=en"
    )
    expect(form.tick("feedback")).not_to_be_checked()
    expect(form.answer("Message")).to_have_value("Сәлем!\nІ")
    form.tick("feedback").check()
    form.send()
    form.expect_sent()
    assert len(messages(own_website)) == 1


def test_backend_that_is_away_costs_no_word_and_doubles_none(page: Page, own_website: Website) -> None:
    page.goto(own_website.write(FORM))
    form = ContactForm(page)
    form.write()
    own_website.backend.kill()

    form.send()

    expect(page.get_by_text("It cannot be sent right now.")).to_be_visible()
    expect(form.answer("Message")).to_have_value("Сәлем!\nІ")
    own_website.backend.start()
    form.expect_sent(within=60)
    assert len(messages(own_website)) == 1


def test_message_to_be_confirmed_by_letter_says_so(page: Page, own_website: Website) -> None:
    ask_for_confirmation(own_website.backend)
    page.goto(own_website.write(f'<div style="margin: 0 2.2em">{FORM}</div>', language="kk"))
    form = ContactForm(page, "kk")
    form.write()

    form.send()

    heading = page.get_by_role("heading", name=form.say("One step is left: confirm your message"))
    expect(heading).to_be_focused()
    expect(form.thanks).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 640})
    assert heading.evaluate(BROKEN_WORDS) == []
    assert [each["state"] for each in messages(own_website)] == ["unconfirmed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_without_javascript_asks_for_confirmation_and_its_letter_confirms(
    language: str, new_context: Callable[..., BrowserContext], own_website: Website
) -> None:
    ask_for_confirmation(own_website.backend)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{own_website.backend.url}/contact/?lang={language}")
    form = ContactForm(page, language)
    form.write()
    page.wait_for_timeout(3100)  # nobody reads it quicker

    form.send()

    expect(page.get_by_role("heading", name=form.say("One step is left: confirm your message"))).to_be_visible()
    until(page, lambda: letters(own_website.backend))
    (letter,) = letters(own_website.backend)
    (address,) = re.findall(r"http\S+/contact/confirm/\S+", letter)
    page.goto(address)
    page.get_by_role("button", name=form.say("Confirm my message")).click()
    expect(page.get_by_role("status")).to_contain_text(form.say("Thank you: your message has reached us."))
    assert [each["state"] for each in messages(own_website)] == ["received"]


def test_reload_costs_no_word_and_doubles_no_message(page: Page, own_website: Website) -> None:
    page.goto(own_website.write(FORM))
    form = ContactForm(page)
    form.write()
    page.route("**/api/v1/contact*", lambda route: (route.fetch(), route.abort()), times=1)
    form.send()
    expect(page.get_by_text("It cannot be sent right now.")).to_be_visible()

    page.reload()

    expect(form.answer("Message")).to_have_value("Сәлем!\nІ")
    expect(form.tick("feedback")).not_to_be_checked()
    form.tick("feedback").check()
    form.send()
    form.expect_sent()
    assert len(messages(own_website)) == 1


def test_consent_that_nobody_gave_sends_nothing(page: Page, embedded: Callable[..., ContactForm]) -> None:
    form = embedded()
    form.write()
    form.tick("feedback").uncheck()
    posts = posted(page)

    page.evaluate("""() => {
      const { shadowRoot } = document.querySelector("wadjet-contact");
      const tick = shadowRoot.querySelector("[name=feedback]");
      tick.click();
      tick.checked = true;
      shadowRoot.querySelector("form").requestSubmit();
    }""")

    expect(page.get_by_role("group", name="Not sent yet")).to_be_visible()
    assert posts == []


@pytest.mark.parametrize("how", ["strictest", "nonce"])
def test_strict_pages_ask_for_no_exception(how: str, embedded: Callable[..., ContactForm], website: Website) -> None:
    backend = website.backend.url
    if how == "strictest":
        headers = {name: value.format(backend=backend) for name, value in STRICTEST.items()}
        form = embedded(tag=website.tag.replace("<script", "<script crossorigin"), **headers)
    else:
        policy = f"script-src 'nonce-r4nd0m' 'strict-dynamic'; connect-src {backend}"
        form = embedded(tag=website.tag.replace("<script", '<script nonce="r4nd0m"'), Content_Security_Policy=policy)

    form.write()
    form.send()

    form.expect_sent()


@pytest.mark.parametrize("condition", ["polluted prototypes", "base elsewhere", "resets", "huge text"])
def test_odd_pages_do_not_matter(condition: str, embedded: Callable[..., ContactForm]) -> None:
    form = embedded(head=CONDITIONS[condition].replace("div, ", ""))

    form.write()
    form.send()

    form.expect_sent()


def test_plain_http_needs_no_webcrypto(page: Page, website: Website) -> None:
    page.goto(website.write(FORM).replace(website.origin, website.insecure_origin))
    assert not page.evaluate("isSecureContext")
    form = ContactForm(page)

    form.write()
    form.send()

    form.expect_sent()


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_needs_no_javascript(language: str, new_context: Callable[..., BrowserContext], website: Website) -> None:
    page = new_context(java_script_enabled=False, accept_downloads=True).new_page()
    page.goto(f"{website.backend.url}/contact/?lang={language}")
    form = ContactForm(page, language)
    form.write(email="нет")
    page.wait_for_timeout(3100)  # nobody reads it quicker
    form.send()
    expect(page.get_by_role("link", name=form.say("Write an e-mail address, like name@example.kz."))).to_be_visible()
    expect(page.get_by_role("group", name=form.say("Not sent yet"))).to_be_focused()
    expect(form.answer("Message")).to_have_value("Сәлем!\nІ")
    form.answer("E-mail").fill("aigerim@example.kz")
    page.wait_for_timeout(3100)

    form.send()

    form.expect_sent()
    assert "genuine" in website.backend.wadjet("receipt", "verify", form.download_receipt()).lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_is_accessible_in_every_state(page: Page, language: str, embedded: Callable[..., ContactForm]) -> None:
    form = embedded(language)
    expect(form.answer("Message")).to_be_visible()
    expect_accessible(page)

    form.send()
    expect(page.get_by_role("group", name=form.say("Not sent yet"))).to_be_visible()
    expect_accessible(page)

    form.write()
    form.send()
    form.expect_sent()
    expect_accessible(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_accessible_with_and_without_mistakes(page: Page, language: str, website: Website) -> None:
    page.goto(f"{website.backend.url}/contact/?lang={language}")
    expect_accessible(page)
    page.wait_for_timeout(3100)

    ContactForm(page, language).send()

    expect(page.locator("[aria-invalid]")).to_have_count(5)
    expect_accessible(page)
