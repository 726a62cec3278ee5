"""Somebody of the staff who opens page after page of what strangers wrote, and sees how each shows it."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page

from e2e.watch import Told, watch
from tests.payloads import PAYLOADS

MANY = 10  # payloads in each field of a page
CALL = "ran("  # stands in a payload and in no page of ours
# What a page shows, then what it must not carry a word of: its title, its address, what it says after an act.
SHOWN = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
  const of = (selector) => [...document.querySelectorAll(selector)];
  const fields = of(":is(input, textarea)").map((each) => each.value);
  const heads = [document.title, location.href, ...of("[role=status], h1").map((each) => each.textContent)];
  return [[document.querySelector("main").textContent, ...fields].join(" "), heads.join(" ")];
}"""
SEND = """([form, button, values]) => {
  const sent = document.querySelector(form);
  for (const [name, value] of Object.entries(values)) sent.elements[name].value = value;
  sent.noValidate = true;
  sent.requestSubmit(sent.querySelector(button));
}"""


class Reader:
    """A browser in which somebody has signed in. `counts`: how many payloads each kind of page has shown as words."""

    def __init__(self, page: Page, url: str, told: Told) -> None:
        self.page, self.url, self.told = page, url, told
        self.counts: dict[str, int] = {}
        watch(page.context, told)

    def go(self, path: str) -> None:
        """`path` below the console: "messages/"."""
        answer = self.page.goto(self.url + path)
        assert answer
        assert answer.status < 500, path

    def send(self, form: str, button: str = "button:not(.plain)", **values: str) -> None:
        """Fill in a form and press its button, whatever the browser thinks of what was typed."""
        with self.page.expect_navigation() as answer:
            self.page.evaluate(SEND, [form, button, values])
        assert answer.value
        assert answer.value.status < 500, form

    def look(self, name: str, payloads: Sequence[str], times: int = 1) -> None:
        """The page in front shows each payload at least so often, as words; for 0 times: nothing of any."""
        said, heads = (words(each) for each in self.page.evaluate(SHOWN))
        assert CALL not in heads, name
        if not times:
            assert CALL not in said, name
        for payload in map(words, payloads):
            assert said.count(payload) >= times, f"{name} shows {said.count(payload)} times: {payload}"
        self.counts[name] = self.counts.get(name, 0) + len(payloads) * times


def words(text: str) -> str:
    """As a field of one line keeps it."""
    return " ".join(text.split())


def bundle(number: int) -> list[str]:
    return PAYLOADS[number * MANY : (number + 1) * MANY]


def address(number: Any) -> str:
    """An e-mail address that is one, and calls `ran` where somebody forgot the quotes."""
    return f"x'autofocus/onfocus=ran`{number}`/x='@example.kz"
