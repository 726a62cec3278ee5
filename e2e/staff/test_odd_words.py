"""Words that are no attack and break pages all the same: they stay in their place, on a telephone and on a desk."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page

from e2e.looks import DESK, PHONE
from e2e.staff.conftest import House
from e2e.staff.reader import Reader
from tests.rights.desk import Desk, people_of
from wadjet import clock, contact, rights
from wadjet.contact import FIELDS

# The form takes them all, cut to what a field may hold.
ODD = {
    "a word without an end": "Ж" * 3000,
    "turned around": "\u202eкөсеп \u2067שלום\u2066 abc\u202d " * 100,
    "a flood of marks": ("Ж" + "\u0301\u0323\u0489" * 20) * 45,
    "what cannot be seen": "Ж" + "\u200b\u200d\u2060\ufeff" * 700,
    "wide letters": "Ж" + "﷽" * 1500,
    "lines upon lines": "Ж\n\t" * 1000,
}
_EXACT = ("phone", "email")  # no odd word passes for one
_LONG = 500  # what a representative may say of themselves, and a letter's subject
# Whether something has to be scrolled sideways, and whether letters of an address stand in another order than written.
FAULTS = """(address) => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const found = scrollWidth > clientWidth ? [`${scrollWidth} > ${clientWidth}`] : [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    const from = text.data.indexOf(address);
    if (from < 0) continue;
    const [first, second] = [0, 1].map((step) => {
      const letter = document.createRange();
      letter.setStart(text, from + step);
      letter.setEnd(text, from + step + 1);
      return letter.getBoundingClientRect();
    });
    if (first.width && first.left >= second.left) found.push("turned around: " + text.data.trim());
  }
  return found;
}"""


@pytest.fixture
def reader(staff: Callable[..., Page], house: House) -> Reader:
    return Reader(staff("responsible"), house.url, {"ran": [], "reported": []})


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_words_stay_in_their_place(reader: Reader, house: House, odd: str) -> None:
    office, email = Desk(house.settings, clock.now), f"odd{list(ODD.values()).index(odd)}@example.kz"
    said = {each.name: contact.clean(each, odd[: each.longest]) or "" for each in FIELDS if each.name not in _EXACT}
    office.write(said | {"email": email})
    (person,) = people_of(email)
    (message,) = contact.written_by([person])
    text = said.pop("message")
    asked = office.ask("rectify", email, fields=said, text=text, subject=text[:_LONG], representative=text[:_LONG])
    admit = partial(rights.admit, asked, [person], evidence="case 1", by="staff-9")
    admit(settings=office.settings, now=office.now)

    def look(name: str) -> None:
        for size in (PHONE, DESK):
            reader.page.set_viewport_size(size)
            assert reader.page.evaluate(FAULTS, email) == [], (name, size)
        assert odd[:3] not in reader.page.title()

    reader.go(f"messages/{message.id}/")
    reader.send("form[action$='/open']")
    look("message opened")
    reader.send("details[open] form", text=f"{odd[:2000]} […]")
    look("answer not taken")
    reader.go("messages/")
    reader.send("form.search", wanted=odd)
    look("looked for")
    reader.go(f"persons/{person}/")
    reader.send("form[action$='/open']", reason="case 1")
    look("card opened")
    reader.go(f"requests/{asked}/admit/")
    reader.send("form.form", what=email)
    look("whose request")
    reader.go(f"requests/{asked}/")
    reader.send("form[action$='/open']")
    look("request opened")
    reader.send("form[action$='/fulfil/']")
    look("correction")
    reader.send("form.form", "[value=check]", answer=odd[:2000])
    look("correction foretold")
