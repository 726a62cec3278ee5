"""What a message says of itself: whose it seems to be, what it asks for, and whether a program wrote it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail import oddities
from wadjet.mail import incoming
from wadjet.settings import Settings

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SETTINGS = Settings(home=None, mail_from="office@wadjet.kz")  # type: ignore[arg-type]
WHO = b"From: a@example.kz\nMessage-ID: <1@example.kz>\n"


def judge(raw, **changes):
    return incoming.read(raw, "i" * 22, received_at=NOW, now=NOW, settings=replace(SETTINGS, **changes))


def read(raw, **changes):
    return judge(raw, **changes).incoming


def test_what_a_person_wrote_is_all_there():
    message = read(
        "From: =?utf-8?b?0JHQvtC70LDRgg==?= <bolat@example.kz>\r\nMessage-ID: <7@example.kz>\r\n"
        "Subject: Re: «Дербес деректерді жаңарту»\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n"
        "Reply-To: elsewhere@example.org\r\n\r\nТелефоным өзгерді.\r\n".encode()
    )

    assert (message.sender, message.name, message.message_id) == ("bolat@example.kz", "Болат", "<7@example.kz>")
    assert (message.subject, message.marker) == ("Re: «Дербес деректерді жаңарту»", "rectify")
    assert (message.text, message.language, message.gap) == ("Телефоным өзгерді.", "kk", "")
    assert (message.received_at, message.is_automatic) == (NOW, False)
    for value in ("bolat", "Болат", "7@", "Дербес", "Телефоным"):
        assert value not in repr(message)


@pytest.mark.parametrize(
    ("said", "sender", "name"),
    [
        (b"a@example.kz", "a@example.kz", ""),
        (b'"A, B" <A.b@Example.kz>', "A.b@example.kz", "A, B"),
        (b"a@" + "уаджет.қаз".encode("idna"), "a@уаджет.қаз", ""),
        (b"a@example.kz, b@example.kz", "", "a@example.kz, b@example.kz"),
        (b"<a b@example.kz>", "", "<a b@example.kz>"),
        (b"nobody", "", "nobody"),
        (b"", "", ""),
        (b"(" * 900 + b" a@example.kz", "", None),
        (b"=?utf-8?q?a=40example.kz?=", "", "a@example.kz"),
        (b"=?utf-8?q?x=0D=0ABcc=3A_v=40example.kz?= <a@example.kz>", "a@example.kz", "x Bcc: v@example.kz"),
        (b"\xd0\x90 <a@example.kz>", "a@example.kz", "А"),
        (b"\xe2\x80\xaeA\xe2\x80\xac <a@example.kz>", "a@example.kz", "A"),
    ],
)
def test_only_one_whole_address_counts_as_the_sender(said, sender, name):
    message = read(b"From: " + said + b"\n\n")

    assert message.sender == sender
    assert name is None or message.name == name


def test_two_senders_are_none():
    assert read(b"From: a@example.kz\nFrom: b@example.kz\n\n").sender == ""


@pytest.mark.parametrize("payload", [b"=0D=0A", b"=0A", b"=0D", b"=00", b"=E2=80=A8", b"=E2=80=A9", b"=C2=85", b"=0B"])
@pytest.mark.parametrize("place", [b"Subject", b"From"])
def test_nothing_hidden_in_a_header_makes_a_line(place, payload):
    word = b"=?utf-8?q?a" + payload + b"Bcc=3A_victim=40example.kz?="
    message = read(WHO.replace(b"From", b"X") + place + b": " + word + b" <a@example.kz>\n\n")

    for value in (message.subject, message.name, message.sender):
        assert value.isprintable()


@pytest.mark.parametrize(
    ("head", "is_automatic"),
    [
        (b"", False),
        (b"Auto-Submitted: no\n", False),
        (b"Auto-Submitted: NO (a person)\n", False),
        (b"Auto-Submitted: auto-replied\n", True),
        (b"Auto-Submitted: auto-generated; owner-email=a@b\n", True),
        (b"Precedence: bulk\n", True),
        (b"Precedence: first-class\n", False),
        (b"Precedence: Junk\n", True),
        (b"List-Id: <list.example.kz>\n", True),
        (b"X-Auto-Response-Suppress: All\n", True),
        (b"X-Autoreply: yes\n", True),
        (b"Return-Path: <>\n", True),
        (b"Return-Path: <a@example.kz>\n", False),
        (b"Content-Type: multipart/report; boundary=x\n", True),
    ],
)
def test_programs_are_told_from_people(head, is_automatic):
    assert read(WHO + head + b"\nHello").is_automatic is is_automatic


@pytest.mark.parametrize(
    ("local", "is_automatic"),
    [("mailer-daemon", True), ("MAILER-DAEMON", True), ("no-reply", True), ("noreply+7", True), ("do.not.reply", True),
     ("postmaster", True), ("bounce-7", True), ("norma", False), ("reply", False), ("nora.reply", False)],
)  # fmt: skip
def test_addresses_that_nobody_reads_are_a_programs(local, is_automatic):
    assert read(f"From: {local}@example.kz\n\n".encode()).is_automatic is is_automatic


@pytest.mark.parametrize(
    ("head", "is_own"),
    [
        (b"From: office@wadjet.kz\nMessage-ID: <AAAAAAAAAAAAAAAAAAAAAA@wadjet.kz>\n", True),
        (b"From: Office <OFFICE@wadjet.kz>\nMessage-ID: <x@relay.example>\nAuto-Submitted: auto-generated\n", True),
        (b"From: office@wadjet.kz\nMessage-ID: <x@wadjet.kz>\n", False),  # one of the staff, by hand
        (b"From: a@example.kz\nMessage-ID: <AAAAAAAAAAAAAAAAAAAAAA@wadjet.kz>\n", False),
        (b"From: a@example.kz\nAuto-Submitted: auto-generated\n", False),
        (b"From: a@example.kz\nIn-Reply-To: <AAAAAAAAAAAAAAAAAAAAAA@wadjet.kz>\n", False),
    ],
)
def test_our_own_letters_are_known_when_they_come_back(head, is_own):
    found = judge(head + b"Subject: x\n\nHello")

    assert found.is_own is is_own
    assert found.incoming.is_automatic or b"office" not in head.lower()


def test_without_a_sender_of_ours_nothing_is_ours():
    assert not judge(b"From: office@wadjet.kz\nAuto-Submitted: auto-generated\n\n", mail_from="").is_own


def test_a_report_is_one_only_with_what_reports_hold():
    head = WHO + b"Content-Type: multipart/report; boundary=r\n"
    status = b"\n--r\n\nIt failed.\n--r\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--r--\n"

    assert judge(head + status).is_report
    assert not judge(head + b"\n--r\n\nI withdraw.\n--r--\n").is_report
    assert not judge(head + b"Subject: Updating personal data\n" + status).is_report


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("I want to know what you keep about me", "en"),
        ("Хочу узнать, что вы обо мне храните", "ru"),
        ("Мен туралы не сақтайтыныңызды білгім келеді", "kk"),
        ("Мен туралы деректер керек, рахмет", "kk"),  # written without Kazakh letters
        ("Сәлем", "kk"),
        ("Здравствуйте! Thanks for the newsletter", "ru"),
        ("Please\n> Сәлеметсіз бе! Хатыңызды алдық\n> Құрметпен", "en"),
        ("", "kk"),
        ("12345", "kk"),
    ],
)
def test_language_is_guessed_from_what_was_written(said, language):
    assert incoming.language(said) == language


@pytest.mark.parametrize("said", [b"", b"<>", b"no brackets", b"<a b@c>", b"<" + b"x" * 300 + b">", b"\xff\xfe"])
def test_bytes_stand_in_for_an_id_that_is_none(said):
    first = read(b"From: a@example.kz\r\nMessage-ID: " + said + b"\r\n\r\nHello")
    second = read(b"From: a@example.kz\nMessage-ID: " + said + b"\n\nHello")
    other = read(b"From: a@example.kz\nMessage-ID: " + said + b"\n\nHello!")

    assert first.message_id.startswith("sha256-")
    assert first.message_id == second.message_id != other.message_id


def test_two_ids_are_none():
    assert read(WHO + b"Message-ID: <2@example.kz>\n\n").message_id.startswith("sha256-")


def test_a_head_alone_says_that_the_rest_was_too_large():
    raw = WHO + b"Subject: Updating personal data\n\n"
    message = incoming.read(raw, "i" * 22, received_at=NOW, now=NOW, settings=SETTINGS, is_head=True).incoming

    assert (message.marker, message.text, message.gap) == ("rectify", "", "too-large")


@given(st.binary(max_size=400))
def test_no_bytes_are_refused(raw):
    message = read(raw)

    assert message.subject.isprintable()
    assert message.name.isprintable()
    assert message.gap != "broken" or b"multipart" in raw.lower()


@given(st.integers(0, 2**32))
def test_no_odd_message_is_refused(seed):
    for raw, _ in oddities.messages(3, seed):
        read(raw)
