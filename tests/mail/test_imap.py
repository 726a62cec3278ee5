"""A mailbox on a real server: what is in it is taken once, and nothing of it is removed."""

import socket
import time
from datetime import UTC, datetime, timedelta
from threading import Event, Thread, Timer

import pytest
from imap_tools import MailBoxUnencrypted

from tests.mail.dovecot import PASSWORD, WITHOUT_KEYWORDS
from tests.mail.office import FARAWAY
from tests.services import free_port
from wadjet import clock, mail
from wadjet.mail import worker
from wadjet.mail.imap import IDLE_SECONDS, KEYWORD, QUARANTINED, Imap
from wadjet.mail.mime import MOST_BYTES

HELLO = b"From: a@example.kz\r\nMessage-ID: <1@example.kz>\r\nSubject: Hello\r\n\r\nHow are you?\r\n"
ARRIVED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def user(request):
    return f"u{abs(hash(request.node.nodeid))}@example.kz"


@pytest.fixture
def client(dovecot, user):
    """What one of the staff reads this mailbox with."""
    with MailBoxUnencrypted("127.0.0.1", dovecot.port, timeout=10).login(user, PASSWORD) as box:
        yield box


@pytest.fixture
def url(dovecot, user):
    return dovecot.url(user.replace("@", "%40"))


@pytest.fixture
def ingest(url, home, desk):
    """`ingest()`: take what is in this mailbox."""

    def take(where=url, **options):
        with Imap(where, PASSWORD, **options) as mailbox:
            return mail.ingest(mailbox.waiting(), home)

    return take


def flags(client, folder="INBOX"):
    client.folder.set(folder)
    return [set(each.flags) for each in client.fetch(mark_seen=False)]


@pytest.mark.clause("8.3", "8.4.b")
def test_what_is_in_the_mailbox_is_taken_once_by_the_servers_time(client, ingest, desk):
    client.append(HELLO.replace(b"Hello", b"Updating personal data"), dt=ARRIVED)
    client.append(
        b"Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n" + HELLO.replace(b"<1@", b"<2@"), dt=ARRIVED + timedelta(1)
    )

    assert ingest() == mail.Taken(taken=2)
    assert [(each.marker, each.received_at) for each in desk.requests] == [
        ("rectify", ARRIVED),
        (None, ARRIVED + timedelta(1)),
    ]
    assert flags(client) == [{"\\Seen", KEYWORD}] * 2
    assert ingest() == mail.Taken()


def test_what_others_have_read_flagged_or_deleted_is_taken_and_nothing_is_removed(client, ingest, desk):
    for number, marks in enumerate(["\\Seen", "\\Answered", "\\Deleted", "\\Draft"]):
        client.append(HELLO.replace(b"<1@", b"<%d@" % number), flag_set=marks)

    assert ingest() == mail.Taken(taken=3)  # a draft was never received
    assert len(flags(client)) == 4
    assert ingest() == mail.Taken()


def test_the_same_message_twice_is_one_request(client, ingest, desk):
    client.append(HELLO)
    client.append(HELLO)

    assert ingest() == mail.Taken(taken=1, duplicates=1)
    assert flags(client) == [{"\\Seen", KEYWORD}] * 2


def test_what_cannot_be_taken_stays_and_is_told(client, ingest, desk):
    client.append(HELLO.replace(b"Hello", b"broken"))
    client.append(HELLO.replace(b"<1@", b"<2@"))

    assert [ingest() for _ in range(4)] == [
        mail.Taken(taken=1, failed=1),
        mail.Taken(failed=1),
        mail.Taken(quarantined=1),
        mail.Taken(),
    ]
    assert {"\\Flagged", QUARANTINED} in flags(client)

    mail.receives(lambda *_: None)
    assert ingest(is_again=True) == mail.Taken(taken=1, duplicates=1)
    assert ingest() == mail.Taken()
    assert all(KEYWORD in each and QUARANTINED not in each for each in flags(client))


def test_of_what_is_too_large_the_head_alone_is_fetched(client, ingest, desk):
    client.append(HELLO + b"x" * 70 * 10 + b"\r\n" + (b"x" * 78 + b"\r\n") * (MOST_BYTES // 80))

    assert ingest() == mail.Taken(taken=1)
    assert (desk.requests[0].gap, desk.requests[0].subject, desk.requests[0].text) == ("too-large", "Hello", "")


def test_a_folder_is_named_in_its_own_letters(client, dovecot, user, ingest, desk):
    client.folder.create("Өтініштер")
    client.append(HELLO, "Өтініштер")

    where = dovecot.url(user.replace("@", "%40"), "%D3%A8%D1%82%D1%96%D0%BD%D1%96%D1%88%D1%82%D0%B5%D1%80")
    assert ingest(where) == mail.Taken(taken=1)


class TestServerThatKeepsNoKeywords:
    @pytest.fixture
    def user(self):
        return WITHOUT_KEYWORDS

    def test_what_was_taken_is_moved_into_a_folder(self, client, ingest):
        client.append(HELLO)
        client.append(HELLO.replace(b"<1@", b"<2@").replace(b"Hello", b"broken"))

        assert [ingest() for _ in range(4)] == [
            mail.Taken(taken=1, failed=1),
            mail.Taken(failed=1),
            mail.Taken(quarantined=1),
            mail.Taken(),
        ]
        assert [len(flags(client, folder)) for folder in ("INBOX", KEYWORD, QUARANTINED)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("where", "password", "fault"),
    [
        (lambda server: f"imap://a@127.0.0.1:{free_port()}/", PASSWORD, "unreachable"),
        (lambda server: "imap://a@no-such-host.invalid/", PASSWORD, "unreachable"),
        (lambda server: server.url("a"), "wrong", "login-refused"),
        (lambda server: server.url("a"), "ұмыттым", "login-refused"),
        (lambda server: server.url("a", "Nowhere"), PASSWORD, "folder-unknown"),
        (lambda server: f"imaps://a@127.0.0.1:{server.tls_port}/", PASSWORD, "tls-failed"),
        (lambda server: f"imap://a@{FARAWAY}:{server.port}/", PASSWORD, "tls-failed"),
        (lambda server: f"imaps://a@127.0.0.1:{server.port}/", PASSWORD, "unreachable"),
    ],
)
def test_what_is_wrong_with_the_mailbox_has_a_name(where, password, fault, dovecot):
    with pytest.raises(mail.MailboxUnavailable) as refused, Imap(where(dovecot), password):
        pass

    assert refused.value.evidence == {"fault": fault}
    assert password not in refused.value.detail


def test_a_password_goes_over_no_line_that_others_read():
    """A server that offers no STARTTLS, or somebody in between who takes it out."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            line, _ = listener.accept()
            with line, line.makefile("rwb") as file:
                file.write(b"* OK ready\r\n")
                file.flush()
                for said in file:
                    heard.append(said)
                    file.write(b"* CAPABILITY IMAP4rev1\r\n%s OK done\r\n" % said.split()[0])
                    file.flush()

        server = Thread(target=answer, daemon=True)
        server.start()
        with pytest.raises(mail.MailboxUnavailable) as refused:
            Imap(f"imap://a@{FARAWAY}:{listener.getsockname()[1]}/", PASSWORD).__enter__()
        server.join(5)

    assert refused.value.evidence == {"fault": "tls-not-offered"}
    assert heard
    assert not any(b"LOGIN" in said for said in heard)


@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_tls_is_spoken_and_the_certificate_checked(scheme, dovecot, user, client, ingest, desk, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.authority))
    client.append(HELLO)
    port = {"imaps": dovecot.tls_port, "imap": dovecot.port}[scheme]
    host = {"imaps": "127.0.0.1", "imap": FARAWAY}[scheme]

    assert ingest(f"{scheme}://{user.replace('@', '%40')}@{host}:{port}/INBOX") == mail.Taken(taken=1)


@pytest.fixture
def watching(home):
    """`watching(open_mailbox)`: a thread that watches; what it told. It ends with the test, in time."""
    ended = Event()
    told: list[mail.Taken] = []
    threads: list[Thread] = []

    def start(open_mailbox):
        threads.append(
            Thread(target=worker.watch, args=(open_mailbox, home, ended), kwargs={"tell": told.append}, daemon=True)
        )
        threads[0].start()
        return told

    yield start
    ended.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


@pytest.fixture
def slow_road(dovecot, user):
    """The mailbox's URL by a way on which the leave to idle arrives together with what the server says next."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(("127.0.0.1", dovecot.port)) as server,
    ):

        def carry_back(client):
            held = b""
            while data := server.recv(65536):
                held = held + data
                if held != b"+ idling\r\n":
                    client.sendall(held)
                    held = b""

        def carry():
            client = listening.accept()[0]
            back = Thread(target=carry_back, args=(client,), daemon=True)
            back.start()
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)
            back.join(5)
            client.close()

        road = Thread(target=carry, daemon=True)
        road.start()
        yield f"imap://{user.replace('@', '%40')}@127.0.0.1:{listening.getsockname()[1]}/"
        road.join(5)


def wait_for(outcome):
    until = time.monotonic() + 20
    while not outcome():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_watched_mailbox_is_taken_as_soon_as_something_comes(watching, client, url, desk):
    told = watching(lambda: Imap(url, PASSWORD))
    for number in range(3):
        began = clock.now()
        client.append(HELLO.replace(b"<1@", b"<%d@" % number))
        wait_for(lambda number=number: len(desk.requests) == number + 1)
        assert clock.now() - began < timedelta(seconds=10)

    wait_for(lambda: sum(each.taken for each in told) == 3)


def test_what_is_told_in_one_breath_with_the_leave_to_idle_is_heard(client, slow_road):
    with Imap(slow_road, PASSWORD) as mailbox:
        assert list(mailbox.waiting()) == []
        Timer(0.5, client.append, (HELLO,)).start()
        began = time.monotonic()
        mailbox.wait(Event())
        assert time.monotonic() - began < IDLE_SECONDS / 2
        assert len(list(mailbox.waiting())) == 1


def test_a_mailbox_that_was_away_is_watched_again(watching, client, url, desk, monkeypatch):
    monkeypatch.setattr(worker, "_FIRST_PAUSE", 0.05)
    client.append(HELLO)
    ports = iter([f"imap://a@127.0.0.1:{free_port()}/"] * 3)

    watching(lambda: Imap(next(ports, url), PASSWORD))

    wait_for(lambda: desk.subjects == ["Hello"])


def test_storage_that_was_away_while_watching_loses_nothing(watching, client, url, desk, monkeypatch):
    monkeypatch.setattr(worker, "_FIRST_PAUSE", 0.05)
    desk.is_closed = True
    tries = []

    def opened():
        tries.append(1)
        return Imap(url, PASSWORD)

    client.append(HELLO)
    watching(opened)
    wait_for(lambda: len(tries) > 2)
    assert desk.requests == []
    desk.is_closed = False

    wait_for(lambda: desk.subjects == ["Hello"])
    assert mail.troubles() == {}
