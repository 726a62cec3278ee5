"""How letters leave: by SMTP, whose server may misbehave in every way it can, and into a Maildir."""

import os
import socket
import threading
from dataclasses import replace
from mailbox import Maildir

import pytest

from tests.house import START
from tests.mail.letters import letter
from tests.mail.office import CUT, FARAWAY, KEEP_AND_CUT, STALL, TAKE, Office, admits, over_tls
from tests.services import free_port
from wadjet import mail
from wadjet.mail import messages, transports


def deliver(settings, *letters, timeout_seconds=5.0):
    """Send letters over one connection, as a round does."""
    with transports.transport(settings, timeout_seconds) as transport:
        for number, each in enumerate(letters or (letter(),)):
            raw = messages.write(each, f"{number:022}", settings, now=START)
            transport.deliver(settings.mail_from, each.to, raw)


def refusal(settings, **options):
    with pytest.raises(transports.Refused) as refused:
        deliver(settings, **options)
    return refused.value.code, refused.value.is_permanent


def fault(settings, **options):
    with pytest.raises(transports.RelayFault) as found:
        deliver(settings, **options)
    return found.value.code


@pytest.fixture
def to_office(settings, office):
    return replace(settings, mail_url=office.url)


def test_letter_arrives_as_it_was_written(to_office, office):
    deliver(to_office)

    [arrived] = office.letters
    assert office.envelopes == [("office@wadjet.kz", ["aigerim@example.kz"])]
    assert arrived["Message-ID"] == f"<{'0' * 22}@wadjet.kz>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]


def test_dots_and_commands_in_a_text_stay_text(to_office, office):
    text = "first\n.\n..\nMAIL FROM:<x@evil.kz>\nFrom here on\n.\r\n.\nlast\n"
    deliver(to_office, letter(text=text), letter())

    assert len(office.raw) == 2
    assert office.letters[0].get_body(("plain",)).get_content().splitlines() == text.splitlines()


def test_several_letters_share_a_connection(to_office, office):
    deliver(to_office, letter(), letter(), letter())

    assert (len(office.raw), len(office.lines)) == (3, 1)


def test_connection_cut_between_letters_is_made_anew(to_office, office):
    with transports.transport(to_office) as transport:
        raw = messages.write(letter(), "1" * 22, to_office, now=START)
        transport.deliver("office@wadjet.kz", "aigerim@example.kz", raw)
        office.hang_up()
        transport.deliver("office@wadjet.kz", "aigerim@example.kz", raw)

    assert (len(office.raw), len(office.lines)) == (2, 2)


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("451 later", ("refused-451", False)),
        ("550 nobody here", ("refused-550", True)),
        ("421 closing", ("refused-421", False)),
        (CUT, ("connection-lost", False)),
        (STALL, ("connection-lost", False)),
    ],
)
def test_refusal_of_a_letter_is_told_by_its_code(stage, answer, told, to_office, office):
    office.answer = lambda at: answer if at == stage else TAKE

    assert refusal(to_office, timeout_seconds=0.5) == told
    assert office.raw == []


def test_letter_that_was_kept_though_the_line_broke_counts_as_not_sent(to_office, office):
    office.answer = lambda at: KEEP_AND_CUT if at == "DATA" else TAKE

    assert refusal(to_office) == ("connection-lost", False)
    assert len(office.raw) == 1


def test_sender_refused_is_no_letters_fault(to_office, office):
    office.answer = lambda at: "553 not you" if at == "MAIL" else TAKE
    assert fault(to_office) == "sender-refused"

    office.answer = lambda at: "552 too large" if at == "MAIL" else TAKE
    assert refusal(to_office) == ("refused-552", True)


def test_nobody_listening_is_a_fault(settings):
    assert fault(replace(settings, mail_url=f"smtp://127.0.0.1:{free_port()}")) == "unreachable"


def test_server_that_says_nothing_is_a_fault(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"

        assert fault(replace(settings, mail_url=silent_url), timeout_seconds=0.3) == "unreachable"


@pytest.mark.parametrize("greeting", [b"421 busy\r\n", b"554 go away\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_server_that_does_not_welcome_is_a_fault(greeting, settings):
    def turn_away():
        client, _ = listener.accept()
        with client:
            client.sendall(greeting)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        porter = threading.Thread(target=turn_away)
        porter.start()
        said = fault(replace(settings, mail_url=f"smtp://127.0.0.1:{listener.getsockname()[1]}"))
        porter.join()

    assert said == "unreachable"


@pytest.fixture
def secure(authority, monkeypatch):
    """What a provider runs: STARTTLS and a login; our side trusts the authority of its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "authority.pem"))
    with Office(
        tls_context=over_tls(authority), require_starttls=True, auth_required=True, authenticator=admits("me@x", "p:/@")
    ) as running:
        yield running


def test_starttls_and_login(settings, secure):
    deliver(replace(settings, mail_url=f"smtp://me%40x:p%3A%2F%40@{FARAWAY}:{secure.port}"))

    assert len(secure.raw) == 1


def test_wrong_password_is_a_fault(settings, secure):
    assert fault(replace(settings, mail_url=f"smtp://me%40x:no@{FARAWAY}:{secure.port}")) == "login-refused"


def test_certificate_of_a_stranger_is_a_fault(settings, secure, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    assert fault(replace(settings, mail_url=f"smtp://me%40x:p%3A%2F%40@{FARAWAY}:{secure.port}")) == "tls-failed"


def test_certificate_of_another_name_is_a_fault(settings, secure):
    assert fault(replace(settings, mail_url=f"smtp://me%40x:p%3A%2F%40@0x7f000002:{secure.port}")) in (
        "tls-failed",
        "unreachable",  # where only 127.0.0.1 is loopback
    )


def test_password_never_goes_without_tls(settings):
    with Office(authenticator=admits("me", "secret"), auth_require_tls=False) as plain:
        assert fault(replace(settings, mail_url=f"smtp://me:secret@{FARAWAY}:{plain.port}")) == "tls-not-offered"
        assert plain.stages == []


def test_own_machine_needs_no_tls(settings):
    with Office(authenticator=admits("me", "secret"), auth_require_tls=False) as plain:
        deliver(replace(settings, mail_url=f"smtp://me:secret@127.0.0.1:{plain.port}"))

        assert len(plain.raw) == 1
        assert fault(replace(settings, mail_url=f"smtp://me:guess@127.0.0.1:{plain.port}")) == "login-refused"


def test_login_where_none_is_taken_is_a_fault(settings, office):
    assert fault(replace(settings, mail_url=f"smtp://me:secret@127.0.0.1:{office.port}")) == "login-refused"


def test_tls_from_the_first_byte(settings, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "authority.pem"))
    with Office(ssl_context=over_tls(authority)) as running:
        deliver(replace(settings, mail_url=f"smtps://{FARAWAY}:{running.port}"))

        assert len(running.raw) == 1


@pytest.fixture
def to_maildir(settings):
    return replace(settings, mail_url="maildir:mail")


def test_maildir_holds_whole_letters(to_maildir):
    deliver(to_maildir, letter("a"), letter("b"))

    box = Maildir(to_maildir.home / "mail", create=False)
    assert sorted(each["Subject"] for each in box) == ["About a", "About b"]
    assert list((to_maildir.home / "mail" / "tmp").iterdir()) == []
    assert all(b"\r" not in path.read_bytes() for path in (to_maildir.home / "mail" / "new").iterdir())


def test_reader_of_a_maildir_never_sees_half_a_letter(to_maildir):
    """A letter of megabytes, and somebody who looks all the time."""
    new, is_over = to_maildir.home / "mail" / "new", threading.Event()
    seen: set[int] = set()

    def look():
        while not is_over.is_set():
            seen.update(path.stat().st_size for path in new.glob("*"))

    reader = threading.Thread(target=look)
    reader.start()
    large = mail.Attachment("x", "application/octet-stream", os.urandom(1_000_000))
    deliver(to_maildir, *[letter(attachments=(large,))] * 5)
    is_over.set()
    reader.join()

    assert seen <= {path.stat().st_size for path in new.iterdir()}
    assert seen


def test_maildir_that_cannot_be_written_is_a_fault(to_maildir):
    (to_maildir.home / "mail").write_text("a file")

    assert fault(to_maildir) == "unwritable"
    assert mail.fault(replace(to_maildir, mail_from="office@wadjet.kz"), timeout_seconds=1) == "unwritable"


def test_asking_makes_no_maildir(to_maildir):
    assert mail.fault(replace(to_maildir, mail_from="office@wadjet.kz"), timeout_seconds=1) == ""
    assert not (to_maildir.home / "mail").exists()


@pytest.mark.parametrize(
    ("base_url", "named"),
    [
        ("https://consent.wadjet.kz", "consent.wadjet.kz"),
        ("http://127.0.0.1:8000", "[127.0.0.1]"),
        ("http://[::1]:1", "[IPv6:::1]"),
    ],
)
def test_we_greet_by_the_name_people_reach_us_under(base_url, named, to_office, office):
    deliver(replace(to_office, base_url=base_url))

    assert office.greeted == named
