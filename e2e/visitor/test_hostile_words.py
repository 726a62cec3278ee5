"""What strangers write is words wherever a page shows it: nothing of it runs, and no browser has to forbid it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page

from e2e.servers import Backend, Website
from e2e.watch import QUIET, Told, watch
from tests.faults.figures import Progress, figures
from tests.faults.serving import at_home
from tests.payloads import PAYLOADS
from tests.rights.desk import Desk, people_of
from tests.writer import AIGERIM
from wadjet import clock, rights, vault
from wadjet.rights import proof, results
from wadjet.settings import load
from wadjet.web.headers import PAGE_POLICY

SAMPLE, ALL = 12, 500
# Types the same into every question of a form, and tells what was typed.
TYPE = """(text) => Object.fromEntries([...document.querySelector("main form").elements]
  .filter(({ type, name }) => /^(text|tel|email|textarea)$/.test(type) && name !== "website")
  .map((field) => [field.name, (field.value = text, field.value)]))"""
TYPED = """(names) => Object.fromEntries(
  names.map((name) => [name, document.querySelector("main form").elements[name].value]))"""
SUBMIT = "() => document.querySelector('main form').submit()"


@pytest.fixture
def told() -> Told:
    """What ran, and what the browser did not let run."""
    return {"ran": [], "reported": []}


@pytest.fixture
def watched(new_context: Callable[..., BrowserContext], told: Told) -> Page:
    """A page that tells both."""
    context = new_context()
    watch(context, told)
    return context.new_page()


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """A backend that sends no letters: what would be in them is opened by its address."""
    backend = Backend(tmp_path_factory.mktemp("hostile") / "home")
    backend.wadjet("init", "--site", "wadjet.kz", "--base-url", backend.url)
    backend.wadjet("policy", "publish", "starter", "--incomplete")
    backend.start()
    yield backend
    backend.stop()


@contextmanager
def staff(backend: Backend) -> Iterator[Desk]:
    """The operator's staff, at the home that `backend` serves."""
    settings = load(backend.folder, {})
    with at_home(settings):
        vault.start(settings, now=clock.now())
        yield Desk(settings, clock.now)


def test_payloads_are_alive_where_nothing_is_escaped(
    watched: Page, website: Website, told: Told, faults: list[str]
) -> None:
    """Else the others would prove nothing. Under our own policy the browser forbids what escaping would have missed."""
    assert len(set(PAYLOADS)) >= ALL
    policy, alive, forbidden = PAGE_POLICY.format(base=website.origin), 0, 0
    for payload in PAYLOADS[:40]:
        raw = f'<p>{payload}</p><input value="{payload}"><textarea>{payload}</textarea>'
        for headers in ({}, {"Content_Security_Policy": policy}):
            told["ran"].clear()
            told["reported"].clear()
            watched.goto(website.show("/raw", f"<!doctype html><title>Raw</title>{raw}", **headers))
            watched.wait_for_timeout(50)
            alive += not headers and bool(told["ran"])
            forbidden += bool(headers) and bool(told["reported"])
            assert not headers or told["ran"] == [], payload

    assert alive >= 15
    assert forbidden >= 15
    faults.clear()  # the browser's own lines about them


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
@pytest.mark.parametrize(
    "path",
    ["contact/", *(f"privacy/requests/?kind={kind}" for kind in ("rectify", "withdraw", "question"))],
    ids=["contact", "rectify", "withdraw", "question"],
)
def test_what_is_typed_comes_back_as_words(
    watched: Page, backend: Backend, told: Told, path: str, count: int, request: pytest.FixtureRequest
) -> None:
    """Into every question at once; the page says that it cannot be sent, and still has it all."""
    watched.goto(f"{backend.url}/{path}")
    for number in Progress(request)(count):
        typed = watched.evaluate(TYPE, PAYLOADS[number])
        assert len(typed) >= 3

        with watched.expect_navigation():
            watched.evaluate(SUBMIT)

        assert watched.locator("main form [aria-invalid], main [role=group]").count() >= 1
        shown = watched.evaluate(TYPED, list(typed))
        assert {name: text.split() for name, text in shown.items()} == {
            name: text.split() for name, text in typed.items()
        }
    assert told == QUIET


@pytest.mark.clause("8.0", "4.1.a")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_what_was_stored_is_shown_as_words(
    watched: Page, backend: Backend, told: Told, count: int, request: pytest.FixtureRequest
) -> None:
    """To the person in whose name it was asked, in their copy, and in an answer that staff copied it into."""
    pages = f"{backend.url}/privacy/requests"
    with staff(backend) as desk:
        for number in Progress(request)(count):
            payload, email = PAYLOADS[number], f"s{number}@example.kz"
            desk.write(AIGERIM | {"email": email, "message": payload})
            names = dict.fromkeys(("last_name", "first_name", "patronymic", "phone", "email"), payload)
            said = {"text": payload, "subject": payload, "representative": payload, "receipt": payload}
            asked = desk.ask("information", email, fields=names, purposes=(payload,), **said)
            rights.match(asked, now=desk.now)
            (link,) = {each.link for each in desk.subjects(asked) if each.link}

            watched.goto(f"{pages}/confirm/{proof.token(link, desk.settings)}/")
            words = watched.locator("main").inner_text()
            assert words.count(payload.split()[0]) >= 7
            with watched.expect_navigation():
                watched.evaluate(SUBMIT)
            admit = partial(rights.admit, asked, people_of(email), evidence="case 1", by="staff-9")
            admit(settings=desk.settings, now=desk.now)
            desk.fulfil(asked, answer=payload)
            people = [each.person for each in desk.subjects(asked) if each.done_at]
            for person in people:
                watched.goto(f"{pages}/result/{results.token(asked, person, desk.settings)}/")
                if watched.locator("main form").count():
                    with watched.expect_navigation():
                        watched.evaluate(SUBMIT)
            assert watched.locator("main").inner_text().count(payload.split()[0]) >= 1
    assert told == QUIET


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("count", figures(SAMPLE, ALL))
def test_what_stands_in_an_address_is_never_shown_alive(
    watched: Page, backend: Backend, told: Told, count: int, request: pytest.FixtureRequest
) -> None:
    for number in Progress(request)(count):
        words = quote(PAYLOADS[number], safe="")
        step = words.replace("%2F", "-")  # one step of a path, as whoever wrote the link would have it
        for path in (
            f"privacy/requests/?kind={words}&lang={words}",
            f"contact/?site={words}&lang={words}",
            f"contact/confirm/{step}/",
            f"privacy/requests/status/{step}/",
        ):
            answer = watched.goto(f"{backend.url}/{path}")
            assert answer
            assert answer.status < 500, path
    assert told == QUIET
