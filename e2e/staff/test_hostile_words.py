"""What strangers wrote is words on every page of the console: nothing of it runs, and no browser has to forbid it.

It is put into every field, past what the forms refuse: escaping must not lean on them.
"""

import html
import json
from collections.abc import Callable, Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial
from urllib.parse import quote, urlencode

import pytest
import requests
from playwright.sync_api import BrowserContext, FilePayload, Page

from e2e.servers import Website
from e2e.staff.conftest import House
from e2e.staff.reader import CALL, MANY, SEND, Reader, address, bundle, words
from e2e.watch import QUIET, Told
from tests.faults.figures import Progress, figures
from tests.payloads import PAYLOADS
from tests.rights.desk import Desk, people_of
from tests.rights.test_canaries import kept
from tests.writer import AIGERIM
from wadjet import clock, contact, jose, mail, registers, rights
from wadjet.mail.sources import Waiting

SAMPLE, ALL = 2 * MANY, 500
CARD = ("last_name", "first_name", "patronymic", "phone", "email")
NAMES = CARD[:3]
MARK = "qqmarkqq"


@pytest.fixture
def told() -> Told:
    """What ran, and what the browser did not let run."""
    return {"ran": [], "reported": []}


@pytest.fixture
def reader(staff: Callable[..., Page], house: House, told: Told) -> Iterator[Reader]:
    """Whoever may read and do most; not a thing has run in the end."""
    made = Reader(staff("responsible"), house.url, told)
    yield made
    assert told == QUIET


@pytest.fixture(scope="module")
def office(house: House) -> Desk:
    return Desk(house.settings, clock.now)


@pytest.fixture
def bundles(request: pytest.FixtureRequest, reader: Reader) -> Callable[[int], Iterator[tuple[int, list[str]]]]:
    """`bundles(500)`: payloads, as many as a page shows in a field; in the end how many each page has shown."""
    progress = Progress(request)

    def some(count: int) -> Iterator[tuple[int, list[str]]]:
        for number in range(most := max(1, count // MANY)):
            yield number, bundle(number)
            progress.tell(number + 1, most, **reader.counts)

    return some


def test_the_same_page_without_escaping_is_caught(
    reader: Reader, office: Desk, website: Website, told: Told, faults: list[str]
) -> None:
    """Else the others would prove nothing. The console's own policy forbids what escaping would have missed."""
    office.write(AIGERIM | {"email": address("bare"), "message": "\n".join(bundle(0))})
    reader.go(f"messages/{_message(address('bare'))}/")
    with reader.page.expect_navigation() as answer:
        reader.page.locator("form[action$='/open'] button").first.click()
    assert answer.value
    policy = answer.value.headers["content-security-policy"]
    bare = html.unescape(answer.value.text())
    assert told == QUIET

    reader.page.goto(website.show("/bare", bare, Content_Security_Policy=policy))
    reader.page.wait_for_timeout(200)
    forbidden = told["reported"].copy()
    assert told["ran"] == []
    reader.page.goto(website.show("/bare", bare))
    reader.page.wait_for_timeout(200)
    alive = told["ran"].copy()
    told["ran"].clear()
    told["reported"].clear()

    assert forbidden
    assert alive
    faults.clear()  # the browser's own lines about them


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_messages_and_cards(reader: Reader, office: Desk, bundles, count: int) -> None:
    for number, payloads in bundles(count):
        text, email = "\n".join(payloads), address(f"m{number}")
        office.write(dict.fromkeys(CARD, words(text)) | {"email": email, "message": text})
        (person,) = people_of(email)
        message = _message(email)

        reader.go(f"messages/{message}/")
        reader.look("message", payloads, 0)
        reader.send("form[action$='/open']")
        reader.look("message opened", payloads, 5)
        reader.send("details[open] form", text=f"{text} […]")
        reader.look("answer not taken", payloads, 6)
        reader.send("details[open] form", text=text)
        reader.look("message answered", payloads, 0)
        reader.send("form[action$='/open']")
        reader.look("answer read", payloads, 6)

        reader.go(f"persons/{person}/")
        reader.look("person", payloads, 0)
        reader.send("form[action$='/open']", reason="case 7")
        reader.look("card opened", payloads, 8)  # what is, and what is asked to be changed
        reader.send("form[action$='/rectify']", phone="0")
        reader.look("correction not taken", payloads, 7)
        reader.send("form[action$='/rectify']", last_name=f"{words(text)} x")
        reader.look("correction of a name not taken", payloads, 7)
        reader.go(f"persons/{person}/")
        reader.send("form[action$='/demand']", words=text, evidence=words(text))
        reader.look("demand not taken", payloads, 2)

        reader.go("messages/")
        reader.look("messages", payloads, 0)
        reader.send("form.search", wanted=email)
        reader.look("messages found", payloads, 0)
        reader.send("form.search", wanted=words(text))
        reader.look("messages looked for", payloads)


@pytest.mark.clause("8.0", "4.1.b")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_requests(reader: Reader, office: Desk, bundles, count: int) -> None:
    for number, payloads in bundles(count):
        text, email = "\n".join(payloads), address(f"r{number}")
        for payload in payloads:  # as many people at one address
            office.write(AIGERIM | dict.fromkeys(NAMES, words(payload)) | {"email": email})
        said = {"text": text, "representative": text, "notes": text, "subject": words(text), "receipt": words(text)}
        asked = office.ask("rectify", email, fields=dict.fromkeys(CARD, words(text)), **said)
        question = office.ask("question", email, **said)

        reader.go(f"requests/{asked}/admit/")
        reader.send("form.form", what=email)
        reader.look("whose request", payloads, 3)
        reader.send("form.form", "[value=do]", evidence=words(text) * 3)
        reader.look("whose request not taken", payloads, 6)
        _admit(office, asked, email)

        reader.go(f"requests/{asked}/")
        reader.look("request", payloads, 0)
        reader.send("form[action$='/open']")
        reader.look("request opened", payloads, 13)  # five said, five to be corrected, three names
        reader.send("form[action$='/fulfil/']")
        reader.look("correction", payloads, 13 + 5 + 3)  # those that stand in the form, those that were so far
        reader.send("form.form", "[value=check]", answer=text)
        reader.look("correction not taken", payloads, 13 + 5 + 3 + 1)
        reader.send("form.form", "[value=check]", seen="new", answer=text)
        reader.look("somebody was quicker", payloads)
        reader.send("form[action$='/refuse/']")
        reader.look("refusal", payloads, 13)
        reader.page.locator("[name=ground]").first.check()
        reader.send("form.form", "[value=check]", answer=text)
        reader.look("refusal foretold", payloads, 2)  # in the letter, and hidden in the form
        reader.send("form.acts:not(.act)", "[value=do]")
        reader.look("request refused", payloads, 0)
        reader.send("form[action$='/open']")
        reader.look("refusal read", payloads, 14)

        reader.go(f"requests/{question}/")
        reader.send("form[action$='/fulfil/']")
        reader.send("form.form", "[value=check]", answer=text)
        reader.look("answer foretold", payloads, 2)
        reader.send("form.acts:not(.act)", "[value=do]")
        reader.look("request answered", payloads, 0)

        reader.go("requests/new/")
        reader.send("form.form", details=text, representative=text, email=words(text))
        reader.look("request entered", payloads, 3)
        reader.go("requests/")
        reader.look("requests", payloads, 0)
        reader.send("form.search", what=email)
        reader.look("requests found", payloads, 0)
        reader.send("form.search", what=words(text))
        reader.look("requests looked for", payloads)


@pytest.mark.clause("8.0", "8.3")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_letters_that_came(reader: Reader, office: Desk, bundles, count: int) -> None:
    for number, payloads in bundles(count):
        before = {each["id"] for each in rights.listing(now=office.now)}
        mail.ingest(iter([_letter(office, number, payloads)]), office.settings)
        (asked,) = {each["id"] for each in rights.listing(now=office.now)} - before

        reader.go(f"requests/{asked}/")
        reader.look("letter", payloads, 0)
        reader.send("form[action$='/open']")
        reader.look("letter opened", payloads)
        reader.look("subject of a letter opened", payloads[:1], 2)


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_letters_that_go(reader: Reader, office: Desk, bundles, count: int) -> None:
    """As a mail program that runs whatever it finds would show them; the staff's among them."""
    for number, payloads in bundles(count):
        text, email = "\n".join(payloads), f"letters{number}@example.kz"
        office.post()
        office.write(dict.fromkeys(NAMES, words(text)) | {"phone": words(text), "email": email, "message": text})
        contact.answer(_message(email), text=text, after="", by="staff-9", now=office.now)
        asked = office.ask("rectify", email, text=text)
        _admit(office, asked, email)
        office.refuse(asked, "documents-missing", text=text)
        shown = 0
        for letter in office.post():
            body = letter.get_body(("html",))
            assert body
            reader.page.goto("about:blank")
            reader.page.set_content(body.get_content())
            said = words(reader.page.inner_text("body"))
            shown += sum(words(each) in said for each in payloads)
        reader.counts["letters"] = reader.counts.get("letters", 0) + shown
        assert shown >= 3 * len(payloads)


@pytest.mark.clause("8.4.b")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_receipts(reader: Reader, bundles, count: int) -> None:
    for _, payloads in bundles(count):
        text = "\n".join(payloads)
        reader.go("receipts/")
        reader.send("form[action$='/by-id']", id=words(text))
        reader.look("receipt looked for", payloads)
        reader.send("form[action$='/by-file']", text=text)
        reader.look("receipt pasted", payloads)
        file = FilePayload(name=payloads[0], mimeType="text/html", buffer=_forged(text).encode())
        reader.page.locator("[type=file]").set_input_files(file)
        reader.send("form[action$='/by-file']", text="")
        reader.look("receipt forged", payloads, 0)


# A link that somebody is sent, to follow at work; whether its page shows what it was asked for.
ADDRESSES = {
    "messages/?state={0}&order={0}&after={0}": False,
    "requests/?kind={0}&state={0}&channel={0}&who={0}&show={0}&overdue={0}&after={0}": False,
    "receipts/day/?day={0}&event={0}&version={0}&language={0}&site={0}&after={0}": False,
    "receipts/counts/?since={0}&until={0}": False,
    "journal/?of={0}&act={0}&event={0}&by={0}&since={0}&until={0}&after={0}": True,
    "registers/R6/?person={0}&since={0}&until={0}&before={0}&after={0}": False,
    "registers/R12/add?kind={0}&recipient={0}&version={0}": False,
    "inspector/?since={0}&until={0}": False,
    "retention/run/?day={0}&until={0}": False,
    "policy/?before={0}": False,
    "messages/{1}/": False,
    "{1}/": False,
}


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_addresses(reader: Reader, bundles, count: int) -> None:
    for _, payloads in bundles(count):
        text = quote(words("\n".join(payloads)), safe="")
        for path, is_shown in ADDRESSES.items():
            reader.go(path.format(text, text.replace("%2F", "-")))  # one step of a path, or a value of a query
            reader.look(path.partition("?")[0], payloads, is_shown)
        reader.go("journal/")
        reader.send("form[action$='/about']", about=words("\n".join(payloads)))
        reader.look("journal looked into", payloads)


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_the_entrance(new_context: Callable[..., BrowserContext], house: House, told: Told, count: int) -> None:
    reader = Reader(new_context().new_page(), house.url, told)
    for number in range(max(1, count // MANY)):
        reader.go(f"login?{urlencode({'next': words(' '.join(bundle(number)))})}")
        reader.look("entrance", bundle(number), 0)
    reader.go("login")
    reader.send("form.form", email=words(" ".join(bundle(0))), password="x")
    reader.look("not let in", [])
    assert told == QUIET


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_a_draft_of_the_policy(reader: Reader, count: int) -> None:
    """Staff are no strangers, and what they paste into a text may be a stranger's."""
    reader.go("policy/")
    reader.send("form[action$='/drafts/']")
    text = "\n\n".join(["# Policy", "## 1. Words", *(f"1.{n + 1}. {words(PAYLOADS[n])}" for n in range(count))])
    reader.send("form.texts", **{"text-en": text})
    reader.look("draft of the policy", PAYLOADS[:count])
    reader.page.locator("details.preview").evaluate_all("all => all.forEach((each) => { each.open = true })")
    assert reader.page.locator("[data-part=looks-en]").inner_text().count("ran(") >= count / 2
    reader.go(f"{reader.page.url.removeprefix(reader.url)}changes/")
    reader.look("changes of the policy", [])


@pytest.mark.clause("8.0", "8.7")
def test_pages_and_files_that_name_nobody_hold_no_word(reader: Reader, office: Desk, house: House) -> None:
    """Lists, the day, registers, the journal, exports. And of a browser's own headers nothing is kept anywhere."""
    text, email = "\n".join(bundle(0)), address("lists")
    office.write(dict.fromkeys(NAMES, words(text)) | {"email": email, "message": text})
    office.ask("rectify", email, text=text, fields=dict.fromkeys(CARD, words(text)))
    codes = [each.code for each in registers.catalogue.shown()]
    for path in ("", "messages/", "requests/", "registers/", "retention/", "journal/", "receipts/day/", "health/"):
        reader.go(path)
        reader.look(path, bundle(0), 0)
    for code in codes:
        reader.go(f"registers/{code}/")
        reader.look(code, bundle(0), 0)
        with reader.page.expect_download() as download:
            reader.page.evaluate(SEND, [f"form[action$='/{code}/export']", "[value=csv]", {}])
        assert CALL not in download.value.path().read_text("utf-8")

    said = dict.fromkeys(("User-Agent", "Referer", "Client-IP", "X-Real-IP", "Accept-Language", "From"), MARK)
    for path in ("privacy/", "contact/", "privacy/requests/", "console/login"):
        assert requests.get(f"{house.backend.url}/{path}", headers=said, timeout=10).ok
    reader.go("receipts/")
    file = FilePayload(name=f"{MARK}.jws", mimeType=f"text/{MARK}", buffer=b"x")
    reader.page.locator("[type=file]").set_input_files(file)
    reader.send("form[action$='/by-file']")
    assert MARK not in reader.page.content()
    assert MARK not in house.backend.said() + kept()


def _message(email: str) -> str:
    """Their newest message."""
    return contact.written_by(people_of(email))[0].id


def _admit(office: Desk, request: str, email: str) -> None:
    put = partial(rights.admit, request, people_of(email), evidence="case 1", by="staff-9")
    put(settings=office.settings, now=office.now)


def _letter(office: Desk, number: int, payloads: list[str]) -> Waiting:
    """Hostile from head to foot; a subject holds one payload."""
    text, first = "\n".join(payloads), payloads[0]
    letter = EmailMessage()
    letter["From"] = Address(words(text)[:100], "x", "example.kz")
    letter["Subject"] = words(first)
    letter["Message-ID"] = f"<{number}@example.kz>"
    letter.set_content(text)
    letter.add_alternative(f"<p>{text}</p>", subtype="html")
    letter.add_attachment(text.encode(), maintype="text", subtype="html", filename=words(first))
    return Waiting(letter.as_bytes(), False, office.now, lambda _: None)


def _forged(text: str) -> str:
    """A receipt whose every word is a stranger's."""
    said = jose.b64url(json.dumps({"kid": text, "alg": "ES256", "typ": text, "id": text}).encode())
    return f"{said}.{said}.{said}"
