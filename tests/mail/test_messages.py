"""A letter as it is read by whoever gets it: the headers that were meant, no others, whatever a person typed."""

import contextlib
import itertools
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from tests.house import OPERATOR, START
from tests.mail.letters import letter
from wadjet import mail
from wadjet.mail import messages
from wadjet.settings import Settings, complete

TEMPLATES = Path(__file__).parent / "templates"
SETTINGS = complete(Settings(Path("/nowhere"), operator=OPERATOR))
NAMES = ["Date", "Message-ID", "From", "To", "Reply-To", "Subject", "Auto-Submitted", "Content-Language"]
NAMES += ["MIME-Version", "Content-Type"]


def written(**changes):
    return messages.write(letter(**{"reply_to": "bolat@example.kz"} | changes), "A" * 22, SETTINGS, now=START)


def read(raw):
    return message_from_bytes(raw, policy=policy.default)


def test_head_says_who_writes_to_whom_and_that_no_person_did():
    arrived = read(written(name="Aigerim"))

    assert list(arrived.keys()) == NAMES
    assert (str(arrived["To"]), str(arrived["Reply-To"])) == ("Aigerim <aigerim@example.kz>", "bolat@example.kz")
    assert str(arrived["From"]) == "«Уаджет» ЖШС <office@wadjet.kz>"
    assert arrived["Message-ID"] == f"<{'A' * 22}@wadjet.kz>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Content-Language"] == "kk"
    assert arrived["Date"].datetime == START


def test_text_html_and_files_arrive():
    arrived = read(written(text="Сәлем!\n", attachments=(mail.Attachment("түбіртек.jws", "application/jose", b"\0a"),)))

    [file] = arrived.iter_attachments()
    assert arrived.get_body(("plain",)).get_content().strip() == "Сәлем!"
    assert "It is about" in arrived.get_body(("html",)).get_content()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "түбіртек.jws",
        "application/jose",
        b"\0a",
    )


# From what is said in Kazakhstan: letters of three alphabets, hyphens, apostrophes, commas, quotes; short and long.
PEOPLE = [
    "Әйгерім Қуанышбекова",
    "Сұлтанқызы, Әйгерім",
    'Пётр "Петя" О’Коннор-Щедрин',
    "Нұр-Сұлтан Ғабитұлы Мұхаметжанов-Әбдіқадыров-Төлеубаев-Құрманғалиев",
    "Jean-Luc d'Artagnan (jr.)",
    "א ב",
    "張偉",
    "x" * 200,
    "Ә" * 200,
    "а б " * 40 + "в",
    "🐈",
    "a@b.kz",
    "Bcc: x@evil.kz",
    "%0d%0aBcc: x@evil.kz",
    "\\r\\nBcc: x@evil.kz",
    "<x@evil.kz>",
    "a, x@evil.kz",
    "=?x",
]


@pytest.mark.parametrize("person", PEOPLE)
def test_names_and_subjects_arrive_as_they_were(person):
    raw = written(name=person, subject=f"Жауап: {person}")
    arrived = read(raw)

    # Not by `display_name`: in 3.11 it puts a space between two encoded words, against RFC 2047 6.2.
    name, where = parseaddr(message_from_bytes(raw)["To"].replace("\r\n", ""))
    assert (str(make_header(decode_header(name))), where) == (person, "aigerim@example.kz")
    assert arrived["Subject"] == f"Жауап: {person}"
    assert list(arrived.keys()) == NAMES


@pytest.mark.parametrize("person", PEOPLE)
def test_no_line_is_too_long(person):
    raw = written(name=person, subject=person, text=person * 30, html=f"<p>{person * 30}</p>")

    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?]*\?[^?]*\?[^?]*\?=", raw))  # RFC 2047 2


ENDS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\t", "\x7f"]
HEADERS = ["Bcc: x@evil.kz", " folded", "\r\n<p>another body", "Content-Type: text/html", ".\r\nMAIL FROM:<x@evil.kz>"]
WORDS = [
    "=?utf-8?q?=0D=0ABcc:_x=40evil.kz?=",
    "=?utf-8?Q?a=0d=0aBcc:_x?=",
    "=?UTF-8?q?a=0ABcc:_x?=",
    "=?iso-8859-1?q?a=0DBcc:_x?=",
    "=?utf-8?b?DQpCY2M6IHhAZXZpbC5reg==?=",
    "=?utf-8?B?CkJjYzogeEBldmlsLmt6?=",
    "=?utf-8*en?q?=0D=0ABcc:_x?=",
    "=?us-ascii?q?=0D=0A?= =?us-ascii?q?Bcc:_x?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=0D=0ABcc:_x=3F=3D?=",
    "=?utf-7?q?+AA0ACg-Bcc:_x?=",
    "=?unknown?q?=0D=0ABcc:_x?=",
    "=?utf-8?q?=0D=0ABcc:",
]
PAYLOADS = [
    *(f"Aigerim{end}{header}" for end, header in itertools.product(ENDS, HEADERS)),
    *(f"{header}{end}" for end, header in itertools.product(ENDS, HEADERS[:1])),
    *(f"{before}{word}{after}" for word in WORDS[:-1] for before, after in (("", ""), ("a ", " b"), ("a", "b"))),
    *(f"Әйгерім {word}" for word in WORDS[:-1]),
    *(f"{surrogate}a" for surrogate in ("\ud800", "\udfff", "\udc0a", "\udc0d")),
]
FIELDS = ["name", "subject", "to", "reply_to", "language"]


def passed(changes):
    """The payloads that are not refused, put where `changes(payload)` says."""
    found = []
    for payload in PAYLOADS:
        with contextlib.suppress(mail.LetterInvalid):
            written(**changes(payload))
            found.append(payload)
    return found


def test_good_letter_passes_where_payloads_do_not():
    assert len(PAYLOADS) > 120
    assert passed(lambda _: {}) == PAYLOADS


@pytest.mark.parametrize("field", ["name", "subject", "language"])
def test_injection_by_words_in_the_head_is_refused(field):
    assert passed(lambda payload: {field: payload}) == []


@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_injection_by_an_address_is_refused(field):
    assert passed(lambda payload: {field: f"{payload}@example.kz"}) == []
    assert passed(lambda payload: {field: f"aigerim@{payload}"}) == []


def test_injection_by_a_file_is_refused():
    assert passed(lambda payload: {"attachments": (mail.Attachment(payload, "text/plain", b""),)}) == []
    assert passed(lambda payload: {"attachments": (mail.Attachment("a", f"text/{payload}", b""),)}) == []


def test_injection_by_a_further_header_is_refused():
    assert passed(lambda payload: {"headers": {"List-Unsubscribe": payload}}) == []
    assert passed(lambda payload: {"headers": {f"List-Unsubscribe: x{payload}": "x"}}) == []


@pytest.mark.parametrize("payload", [*PAYLOADS[:-4], WORDS[-1]])
def test_what_is_in_a_body_stays_in_it(payload):
    raw = written(text=f"before\n{payload}\nafter\n", html=f"<p>{payload}</p>")
    arrived = read(raw)

    assert list(arrived.keys()) == NAMES
    assert [part.get_content_type() for part in arrived.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text = arrived.get_body(("plain",)).get_content()
    assert re.sub(r"\r\n?", "\n", text) == re.sub(r"\r\n?", "\n", f"before\n{payload}\nafter\n")


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_is_refused_or_adds_nothing(name, subject, file):
    attached = (mail.Attachment(file, "text/plain", b""),)
    if not all(map(mail.is_plain_line, (name, subject, file))):
        with pytest.raises(mail.LetterInvalid):
            written(name=name, subject=subject, attachments=attached)
        return

    arrived = read(written(name=name, subject=subject, attachments=attached))

    assert list(arrived.keys()) == NAMES
    assert [each.addr_spec for each in arrived["To"].addresses] == ["aigerim@example.kz"]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "aigerim",
        "@example.kz",
        "aigerim@",
        "a b@example.kz",
        "a@b@example.kz",
        "a,b@example.kz",
        "<a@example.kz>",
        '"a b"@example.kz',
        ".a@example.kz",
        "a..b@example.kz",
        "a@-example.kz",
        "a@example..kz",
        "a@[127.0.0.1]",
        "әйгерім@example.kz",
        f"{'a' * 65}@example.kz",
        f"a@{'b' * 64}.kz",
        f"a@{'b.' * 130}kz",
    ],
)
def test_address_that_none_can_write_to_is_refused(to):
    with pytest.raises(mail.LetterInvalid):
        written(to=to)


def test_domain_in_other_letters_goes_in_ascii():
    assert read(written(to="a@мысал.қаз"))["To"].addresses[0].addr_spec == "a@xn--80awbu3c.xn--80ao21a"


def test_marketing_can_be_ended_with_one_click():
    """RFC 8058 3.1: both headers; the address unfolded and unencoded, however long it is."""
    address = f"https://wadjet.kz/contact/end?{'a' * 500}"
    raw = written(headers={"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})

    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in raw
    assert read(raw)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("name", ["Bcc", "Cc", "To", "From", "Sender", "Message-ID", "X-Mailer", "Content-Type"])
def test_other_headers_are_refused(name):
    with pytest.raises(mail.LetterInvalid):
        written(headers={name: "x@evil.kz"})


def test_header_that_no_line_holds_is_refused():
    with pytest.raises(mail.LetterInvalid):
        written(headers={"List-Unsubscribe": f"<https://wadjet.kz/{'a' * 1000}>"})


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("kk", "Құпиялылық саясаты: Әйгерім"),
        ("ru", "Политика конфиденциальности: Әйгерім"),
        ("en", "Privacy policy: Әйгерім"),
        ("de", "Құпиялылық саясаты: Әйгерім"),
    ],
)
def test_message_is_rendered_in_the_persons_language(language, subject):
    said, text, html = mail.render("greeting", language, folder=TEMPLATES, settings=SETTINGS, name="Әйгерім")

    assert said == subject
    assert text.startswith("Әйгерім\n")
    assert f'<html lang="{"kk" if language == "de" else language}">' in html
    for part in (text, html):
        assert subject.partition(":")[0] in part
        assert OPERATOR.bin in part


def test_what_a_person_typed_is_escaped_in_html_alone():
    _, text, html = mail.render("greeting", "en", folder=TEMPLATES, settings=SETTINGS, name="<script>&{{ 1 + 1 }}")

    assert "<script>&{{ 1 + 1 }}" in text
    assert "&lt;script&gt;&amp;{{ 1 + 1 }}" in html
    assert "<script>" not in html


def test_line_typed_into_a_subject_is_refused():
    subject, text, html = mail.render("greeting", "en", folder=TEMPLATES, settings=SETTINGS, name="a\r\nBcc: x@evil.kz")

    with pytest.raises(mail.LetterInvalid):
        written(subject=subject, text=text, html=html)


def test_value_left_out_is_noticed():
    with pytest.raises(UndefinedError, match="name"):
        mail.render("greeting", "en", folder=TEMPLATES, settings=SETTINGS)


def test_letter_fetches_nothing():
    _, _, html = mail.render("greeting", "en", folder=TEMPLATES, settings=SETTINGS, name="a")

    assert not re.search(r"<(img|link|script|iframe|object|form)\b|url\(|@import|src=", html)
    hosts = {urlsplit(url).hostname for url in re.findall(r'"(https?:[^"]+)"', html)}
    assert hosts == {"127.0.0.1"}
