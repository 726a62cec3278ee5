"""`wadjet mail ingest`, and what `wadjet serve` does of it by itself."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted

from tests.mail.desk import Desk
from tests.mail.dovecot import PASSWORD
from tests.services import free_port
from wadjet import database, mail, shell
from wadjet.mail import inbox
from wadjet.mail.mime import MOST_BYTES

ROOT = Path(__file__).parents[2]
HELLO = b"From: a@example.kz\nMessage-ID: <1@example.kz>\nSubject: Hello\n\nHow are you?\n"
NOTHING = {"taken": 0, "duplicates": 0, "own": 0, "failed": 0, "quarantined": 0}


@pytest.fixture
def received(founded):
    """A home at the command line, where the tests' desk makes the requests; and the desk."""
    before = list(inbox._RECEIVERS)
    shell.open_home()
    desk = Desk()
    database.close_stores()
    mail.receives(desk)
    yield founded, desk
    inbox._RECEIVERS[:] = before


def subjects(desk):
    shell.open_home()
    found = desk.subjects
    database.close_stores()
    return found


@pytest.fixture
def maildir(tmp_path):
    folder = tmp_path / "in"
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True)
    (folder / "new" / "1").write_bytes(HELLO)
    return folder


def test_one_message_on_standard_input(received):
    terminal, desk = received

    answers = [terminal("mail", "ingest", "-", "--json", stdin=HELLO) for _ in range(2)]

    assert [answer.rows for answer in answers] == [[NOTHING | {"taken": 1}], [NOTHING | {"duplicates": 1}]]
    assert [(answer.status, answer.err) for answer in answers] == [(0, ""), (0, "")]
    assert subjects(desk) == ["Hello"]


def test_nothing_on_standard_input_is_no_message(received):
    """A pipe that broke before its first byte: whoever writes it hears that nothing was taken."""
    terminal, desk = received

    answer = terminal("mail", "ingest", "-", stdin=b"")

    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert subjects(desk) == []


def test_standard_input_is_read_to_its_end_and_a_failure_is_told_to_whoever_pipes(received):
    terminal, desk = received

    big = terminal("mail", "ingest", "-", stdin=HELLO + b"x" * MOST_BYTES)
    failed = terminal("mail", "ingest", "-", stdin=HELLO.replace(b"Hello", b"broken").replace(b"<1", b"<2"))

    assert (big.status, big.out) == (0, "1 taken, 0 duplicates, 0 own, 0 failed, 0 quarantined\n")
    assert (failed.status, failed.out) == (2, "0 taken, 0 duplicates, 0 own, 1 failed, 0 quarantined\n")
    assert failed.err.splitlines()[-1].startswith("wadjet: Mail cannot be taken in: The message was not taken")
    assert subjects(desk) == ["Hello"]


def test_a_maildir(received, maildir):
    terminal, desk = received

    assert terminal("mail", "ingest", maildir).out == "1 taken, 0 duplicates, 0 own, 0 failed, 0 quarantined\n"
    assert terminal("mail", "ingest", maildir, "--once", "--json").rows == [NOTHING]
    assert subjects(desk) == ["Hello"]


@pytest.mark.parametrize("is_named", [False, True])
def test_a_folder_on_a_server_by_the_settings_or_by_name(is_named, received, dovecot, monkeypatch):
    terminal, desk = received
    user = f"ingest-{is_named}"
    url = dovecot.url(user)
    (terminal.home / "secret").write_text(f"{PASSWORD}\n")
    monkeypatch.setenv("WADJET_IMAP_PASSWORD_FILE", str(terminal.home / "secret"))
    if not is_named:
        monkeypatch.setenv("WADJET_IMAP_URL", url)
    with MailBoxUnencrypted("127.0.0.1", dovecot.port, timeout=10).login(user, PASSWORD) as box:
        box.append(HELLO)

    assert terminal("mail", "ingest", url if is_named else "imap", "--json").rows == [NOTHING | {"taken": 1}]
    assert subjects(desk) == ["Hello"]


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("imap", (), "set imap_url or maildir_in"),
        ("nowhere", (), "check the folder in imap_url, or maildir_in"),
        ("imaps://a:secret@mail.example.kz/", (), "set imap_password"),
        ("imaps://mail.example.kz/", (), "write it like imaps://"),
        ("pop3://a@mail.example.kz/", (), "write it like imaps://"),
        ("imaps://a@127.0.0.1:1/", (), "start it, and check host and port in imap_url"),
        ("-", ("--watch",), "there is nothing to watch"),
    ],
)
def test_what_cannot_be_read_is_one_line(source, options, said, received):
    terminal, _ = received

    answer = terminal("mail", "ingest", source, *options)

    assert (answer.status, answer.err.count("\n"), answer.out) == (2, 1, "")
    assert said in answer.err
    assert "secret" not in answer.err


def test_where_nobody_makes_requests_nothing_is_taken(received, maildir):
    terminal, _ = received
    inbox._RECEIVERS.clear()

    for options in ((), ("--watch",)):
        answer = terminal("mail", "ingest", maildir, *options)
        assert (answer.status, answer.err.count("\n")) == (2, 1)
        assert "makes no requests of mail" in answer.err
    assert (maildir / "new" / "1").exists()


def test_doctor_tells_of_what_was_put_aside(received, maildir, monkeypatch):
    terminal, _ = received
    (maildir / "new" / "1").write_bytes(HELLO.replace(b"Hello", b"broken"))
    for _ in range(3):
        terminal("mail", "ingest", maildir)

    assert "1 message was put aside" in terminal("doctor").out


@pytest.fixture
def apart(home, desk, maildir):
    """`apart(what, …)`: a process of its own at this home, whose mailbox is a Maildir with a message in it."""
    running = []
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": ":".join(sys.path),
        "WADJET_HOME": str(home.home),
        "WADJET_MAIL_FROM": home.mail_from,
        "WADJET_MAILDIR_IN": str(maildir),
    }

    def start(*arguments):
        command = [sys.executable, "-m", "tests.mail.taker", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def wait_for(outcome):
    until = time.monotonic() + 20
    while not outcome():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_watching_ends_cleanly_when_told(apart, maildir, desk):
    process = apart("ingest", str(maildir), "--watch", "--json")
    wait_for(lambda: desk.subjects == ["Hello"])

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert '"taken": 1' in process.stdout.read()


def test_one_serving_process_watches_and_another_takes_over_when_it_dies(apart, maildir, desk):
    first = apart("serve", str(free_port()), "1")
    assert first.stdout.readline() == "ready\n"
    wait_for(lambda: len(desk.requests) == 1)
    second = apart("serve", str(free_port()), "1")
    assert second.stdout.readline() == "ready\n"

    first.kill()
    (maildir / "new" / "2").write_bytes(HELLO.replace(b"<1@", b"<2@"))

    wait_for(lambda: len(desk.requests) == 2)
    began = time.monotonic()
    second.terminate()
    assert second.wait(10) == 0
    assert time.monotonic() - began < 8
