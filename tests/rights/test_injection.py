"""What strangers write is words, wherever it is shown: on pages, in letters, on paper, in files."""

import json
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from tests.rights.desk import STAFF, Desk, links, people_of, to
from tests.writer import AIGERIM
from wadjet import clock, mail, paper, rights
from wadjet.mail.sources import Waiting
from wadjet.rights import copy, phrases, told

PAYLOADS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "</textarea></title></style><svg/onload=alert(1)>",
    "javascript:alert(1)//<a href='javascript:alert(1)'>x</a>",
    "{{ 7*7 }}${7*7}<%= 7*7 %>%(asked)s%s%n",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;b&#62;",
    "=HYPERLINK(\"http://x\")<iframe srcdoc='<script>alert(1)</script>'>",
)


def html_of(letter: EmailMessage) -> str:
    body = letter.get_body(("html",))
    assert body
    return str(body.get_content())


class Hostile(HTMLParser):
    """Counts what is alive in a page that should only be words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.alive: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = [f"{name}={value}" for name, value in attrs if name.startswith("on") or name == "srcdoc"]
        said += [f"{name}={value}" for name, value in attrs if (value or "").strip().lower().startswith("javascript:")]
        if tag in ("iframe", "object", "embed", "base") or (tag == "script" and not dict(attrs).get("src")):
            said.append(tag)
        if tag in ("img", "svg") and "x" in dict(attrs).values():
            said.append(tag)
        self.alive += said

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.clause("8.0")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_a_stranger_wrote_comes_alive(desk: Desk, client, payload: str):
    desk.watch.moment = clock.now()
    desk.write(AIGERIM | {"message": payload})
    said = {"text": payload, "subject": payload, "representative": payload, "receipt": payload, "notes": payload}
    fields = {"last_name": payload, "phone": payload}
    asked = desk.ask("information", AIGERIM["email"], fields=fields, purposes=(payload,), **said)
    rights.match(asked, now=desk.now)
    pages = []
    for letter in desk.post():
        pages.append(html_of(letter))
        pages += [client.get(link).text for link in links(letter, "/confirm/")]
    desk.prove(asked)
    rights.admit(asked, people_of(AIGERIM["email"]), evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(asked, answer=payload)
    refused = desk.asked("destroy", AIGERIM["email"], text=payload)
    desk.refuse(refused, "justice", text=payload)
    for letter in desk.post():
        assert to(letter) == AIGERIM["email"]
        pages.append(html_of(letter))
        for link in links(letter, "/result/"):
            pages += [client.get(link).text, client.post(link).text]
            answer = client.post(link, data={"as": "json"})
            if answer.mimetype == "application/json":
                assert payload in {each["said"]["text"] for each in json.loads(answer.text)["requests"]}
    (person,) = [each.person for each in desk.subjects(asked) if each.done_at and each.person != _writer(asked, desk)]
    made = copy.gather(person, language="ru", settings=desk.settings, now=desk.now)
    values = {"copy": made, "told": told, "moment": copy.moment, "kinds": phrases.KINDS, "states": phrases.STATES}
    pages.append(paper.render("rights/copy-print.html", language="ru", **values))

    read = [Hostile(page) for page in pages]
    assert [each.alive for each in read if each.alive] == []
    assert sum(payload.splitlines()[0] in each.words for each in read) >= 5
    assert len(pages) >= 8


def _writer(request: str, desk: Desk) -> str:
    return rights.read(request, by="tests", now=desk.now).row.person


@pytest.mark.clause("8.0", "8.3")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_letter_that_came_comes_alive(desk: Desk, client, payload: str):
    desk.watch.moment = clock.now()
    raw = (
        f'From: "{payload.replace(chr(34), "")}" <stranger@example.kz>\r\n'
        f"Subject: {payload}\r\nMessage-ID: <1@x.kz>\r\n"
        f'Content-Type: text/plain; charset=utf-8; name="{payload}"\r\n\r\n{payload}\r\n'
    ).encode()
    mail.ingest(iter([Waiting(raw, False, desk.now, lambda _: None)]), desk.settings)
    (row,) = rights.listing(now=desk.now)
    rights.match(row["id"], now=desk.now)

    (letter,) = desk.post()
    pages = [html_of(letter), *(client.get(each).text for each in links(letter, "/confirm/"))]

    assert [Hostile(page).alive for page in pages] == [[], []]
    assert str(letter["To"]) == "stranger@example.kz"
    assert payload not in str(letter)
