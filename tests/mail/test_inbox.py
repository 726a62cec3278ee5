"""Mail in: every message makes one request, whatever it is, whoever is killed when, and nothing keeps the others."""

import io
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.faults.figures import full
from tests.house import on_both_databases
from tests.mail import oddities
from tests.mail.desk import Desk
from wadjet import clock, database, mail
from wadjet.mail import inbox, sources
from wadjet.mail.mime import MOST_BYTES
from wadjet.problems import Unavailable

ROOT = Path(__file__).parents[2]
HELLO = b"From: a@example.kz\nMessage-ID: <1@example.kz>\nSubject: Hello\n\nHow are you?\n"


@pytest.fixture
def maildir(tmp_path):
    """`maildir(raw, …)`: a Maildir where these messages arrived, each a second after the one before."""
    folder = tmp_path / "in"
    epoch = int((clock.now() - timedelta(days=1)).timestamp())

    def deliver(*messages, at=epoch):
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        taken = len([*folder.rglob("*.host*")])
        for number, raw in enumerate(messages, taken):
            (folder / "new" / f"{at + number}.M{number}.host").write_bytes(raw)
        return folder

    return deliver


@pytest.fixture
def ingest(home):
    """`ingest(folder)`: take what is in a Maildir."""

    def take(folder, **options):
        with sources.Maildir(folder, **options) as mailbox:
            return mail.ingest(mailbox.waiting(), home)

    return take


def by_stream(raw, home):
    return mail.ingest(sources.Stream(io.BytesIO(raw)).waiting(), home)


def marked(folder):
    return sorted(path.name for path in (folder / "cur").glob("*,wadjet:2,S"))


@on_both_databases
@pytest.mark.clause("8.3", "8.4.b")
def test_each_message_makes_one_request_with_the_clock_running(maildir, ingest, desk):
    sent = [
        HELLO.replace(b"<1@", b"<%d@" % number).replace(b"Hello", subject.encode())
        for number, subject in enumerate(
            ["Updating personal data", "Hello", "Отзыв согласия на обработку персональных данных"]
        )
    ]
    arrived = (clock.now() - timedelta(days=3)).replace(microsecond=0)
    folder = maildir(*sent, at=int(arrived.timestamp()))

    assert ingest(folder) == mail.Taken(taken=3)
    assert [(each.marker, each.received_at) for each in desk.requests] == [
        ("rectify", arrived),
        (None, arrived + timedelta(seconds=1)),
        ("withdraw", arrived + timedelta(seconds=2)),
    ]
    assert len(marked(folder)) == 3
    assert list((folder / "new").iterdir()) == []
    assert ingest(folder) == mail.Taken()


@on_both_databases
def test_the_same_message_id_twice_is_one_request(maildir, ingest, desk, home):
    folder = maildir(HELLO, HELLO.replace(b"How", b"Who"))

    assert ingest(folder) == mail.Taken(taken=1, duplicates=1)
    assert by_stream(HELLO, home) == mail.Taken(duplicates=1)
    assert len(desk.requests) == 1
    assert len(marked(folder)) == 2


@on_both_databases
@pytest.mark.clause("8.4.b")
def test_the_same_message_id_of_two_senders_is_two_requests(maildir, ingest, desk):
    other = HELLO.replace(b"a@example.kz", b"b@example.kz")
    folder = maildir(HELLO, other, HELLO.replace(b"a@", b"A@"), other)

    assert ingest(folder) == mail.Taken(taken=2, duplicates=2)
    assert [each.sender for each in desk.requests] == ["a@example.kz", "b@example.kz"]


def test_what_was_taken_by_its_id_alone_is_not_taken_again(maildir, ingest, desk, home):
    known = inbox._digest("message", b"<1@example.kz>", home)
    row = ("of-before", known, "taken", 0, "", clock.stamp(clock.now()), "2026-01-01")
    database.vault.write(lambda: database.vault.execute(inbox._INSERT, *row))

    assert ingest(maildir(HELLO)) == mail.Taken(duplicates=1)


def test_the_storage_holds_no_message_id(maildir, ingest, desk, home):
    ingest(maildir(HELLO))

    ((digest, state),) = database.vault.read(
        lambda: database.vault.execute("SELECT digest, state FROM incoming").fetchall()
    )
    assert (len(digest), state) == (32, "taken")
    entries = database.vault.read(lambda: database.vault.execute("SELECT entry FROM journal_entry").fetchall())
    assert [b"mail:message:taken" in bytes(entry) for (entry,) in entries] == [True]
    assert all(b"example" not in bytes(entry) for (entry,) in entries)


@on_both_databases
def test_what_cannot_be_handed_over_is_put_aside_after_three_times(maildir, ingest, desk):
    disliked, broken = (
        HELLO.replace(b"Hello", word).replace(b"<1@", b"<%s@" % word) for word in (b"disliked", b"broken")
    )
    folder = maildir(disliked, HELLO, broken)

    assert ingest(folder) == mail.Taken(taken=1, failed=2)
    assert ingest(folder) == mail.Taken(failed=2)
    assert mail.troubles() == {"failed": 2}
    assert ingest(folder) == mail.Taken(quarantined=2)
    assert ingest(folder) == mail.Taken()

    assert mail.troubles() == {"quarantined": 2}
    assert desk.subjects == ["Hello"]
    assert len(list((folder / ".Quarantine" / "cur").iterdir())) == 2
    rows = database.vault.read(
        lambda: database.vault.execute("SELECT error FROM incoming WHERE failures = 3").fetchall()
    )
    assert sorted(rows) == [("ZeroDivisionError",), ("disliked",)]


def test_what_was_put_aside_is_taken_when_asked_again(maildir, ingest, desk):
    folder = maildir(HELLO.replace(b"Hello", b"broken"))
    for _ in range(3):
        ingest(folder)
    assert ingest(folder, is_again=True) == mail.Taken(quarantined=1)
    mail.receives(lambda message, home: Desk.__call__(desk, replace(message, subject="mended"), home))

    assert ingest(folder, is_again=True) == mail.Taken(taken=1)
    assert desk.subjects == ["mended"]
    assert mail.troubles() == {}
    assert len(marked(folder)) == 1
    assert list((folder / ".Quarantine" / "cur").iterdir()) == []


def test_what_a_restored_backup_does_not_have_is_taken_again(maildir, ingest, desk):
    folder = maildir(HELLO, HELLO.replace(b"<1@", b"<2@"))
    ingest(folder)
    second = "id = (SELECT id FROM desk WHERE message_id = '<2@example.kz>')"
    for table in ("incoming", "desk"):  # it came after the backup
        database.vault.write(partial(database.vault.execute, f"DELETE FROM {table} WHERE {second}"))
    assert ingest(folder) == mail.Taken()

    assert ingest(folder, is_again=True) == mail.Taken(taken=1, duplicates=1)
    assert len(desk.requests) == len(marked(folder)) == 2


@on_both_databases
def test_storage_that_is_away_is_no_messages_fault(maildir, ingest, desk):
    folder = maildir(HELLO, HELLO.replace(b"<1@", b"<2@"))
    desk.is_closed = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            ingest(folder)

    desk.is_closed = False
    assert ingest(folder) == mail.Taken(taken=2)
    assert mail.troubles() == {}


def test_without_anybody_who_receives_nothing_is_touched(maildir, ingest, desk):
    folder = maildir(HELLO)
    inbox._RECEIVERS.clear()

    with pytest.raises(mail.MailboxUnavailable) as refused:
        ingest(folder)

    assert refused.value.evidence == {"fault": "nobody-receives"}
    assert len(list((folder / "new").iterdir())) == 1


@on_both_databases
@pytest.mark.parametrize(
    ("module", "function", "had_been_made"),
    [
        ("wadjet.mail.incoming", "read", False),
        ("tests.mail.desk", "__call__", False),
        ("wadjet.mail.sources", "_settle", True),
    ],
)
def test_killed_at_any_time_it_makes_one_request(module, function, had_been_made, maildir, ingest, desk, environment):
    folder = maildir(HELLO)

    command = [sys.executable, "-m", "tests.mail.taker", "die", module, function, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(desk.requests) == had_been_made
    assert marked(folder) == []
    assert ingest(folder) == (mail.Taken(duplicates=1) if had_been_made else mail.Taken(taken=1))
    assert len(desk.requests) == len(marked(folder)) == 1


@pytest.fixture
def environment(home):
    """The settings of a home, for a process of its own."""
    return os.environ | {
        "WADJET_HOME": str(home.home),
        "WADJET_RECEIPTS_DATABASE": home.receipts_database,
        "WADJET_VAULT_DATABASE": home.vault_database,
        "WADJET_MAIL_FROM": home.mail_from,
    }


@on_both_databases
def test_two_processes_at_one_mailbox_make_one_request_of_each(maildir, desk, environment):
    folder = maildir(*(HELLO.replace(b"<1@", b"<%d@" % number) for number in range(60)))
    command = [sys.executable, "-m", "tests.mail.taker", "ingest", str(folder), "--json"]

    running = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    for each in running:
        each.communicate()

    assert [each.returncode for each in running] == [0, 0]
    assert len(desk.requests) == len(marked(folder)) == 60


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 50_000_000])
def test_what_is_too_large_makes_a_request_of_its_head(size, maildir, ingest, desk, home):
    head = b"From: a@example.kz\nMessage-ID: <big@example.kz>\nSubject: Updating personal data\n\n"
    folder = maildir(head + b"x" * (size - len(head)))

    assert ingest(folder) == mail.Taken(taken=1)
    assert by_stream(head + b"x" * (size - len(head)), home) == mail.Taken(duplicates=1)
    [request] = desk.requests
    assert (request.marker, request.text, request.gap) == ("rectify", "", "too-large")


def test_three_thousand_attachments_are_one_request(maildir, ingest, desk):
    part = b"--b\nContent-Type: image/png\nContent-Disposition: attachment\n\nx\n"
    head = HELLO[:-14] + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n"

    assert ingest(maildir(head + part * 3_000)) == mail.Taken(taken=1)
    assert (desk.requests[0].text, desk.requests[0].gap) == ("Hello", "cut")


def test_a_lying_date_moves_no_deadline(maildir, ingest, desk):
    lies = [b"Thu, 1 Jan 1970 00:00:00 +0000", b"Fri, 31 Dec 9999 23:59:59 +0000", b"soon"]
    dated = [
        b"Date: %s\nReceived: by x; %s\n" % (lie, lie) + HELLO.replace(b"<1@", b"<%d@" % n)
        for n, lie in enumerate(lies)
    ]
    arrived = (clock.now() - timedelta(hours=1)).replace(microsecond=0)

    ingest(maildir(*dated, at=int(arrived.timestamp())))

    assert [each.received_at for each in desk.requests] == [arrived + timedelta(seconds=n) for n in range(3)]


@pytest.mark.parametrize("name", ["9999999999.M1.host", "0000000001.M1.host", "no number", "1.2.3", "٣٣٣٣٣٣٣٣٣٣.x"])
def test_a_file_name_that_tells_no_time_leaves_it_to_the_file(name, maildir, ingest, desk):
    path = maildir() / "new" / name
    path.write_bytes(HELLO)
    written = (clock.now() - timedelta(days=2)).replace(microsecond=0)
    os.utime(path, (written.timestamp(),) * 2)

    ingest(maildir())

    assert desk.requests[0].received_at == written


@pytest.mark.parametrize("seconds", [4_102_444_800, 10**12, -(10**9)])
def test_a_time_that_cannot_be_counts_as_the_present(seconds, maildir, ingest, desk):
    path = maildir() / "new" / "x"
    path.write_bytes(HELLO)
    os.utime(path, (seconds,) * 2)

    ingest(maildir())

    assert timedelta() <= clock.now() - desk.requests[0].received_at < timedelta(minutes=1)


def test_mail_on_standard_input_came_just_then(desk, home):
    before = clock.now()

    assert by_stream(HELLO, home) == mail.Taken(taken=1)

    assert before - timedelta(milliseconds=1) <= desk.requests[0].received_at <= clock.now()


def test_what_one_of_the_staff_has_read_is_taken_all_the_same(maildir, ingest, desk):
    folder = maildir(HELLO, HELLO.replace(b"<1@", b"<2@"))
    for path, flags in zip(sorted((folder / "new").iterdir()), ("RS", "D"), strict=True):
        path.rename(folder / "cur" / f"{path.name}:2,{flags}")

    assert ingest(folder) == mail.Taken(taken=1)  # the draft was never received

    assert [path for path in (folder / "cur").iterdir() if path.name.endswith(",wadjet:2,RS")]


def test_odd_files_in_a_maildir_keep_nobody(maildir, ingest, desk, tmp_path):
    folder = maildir(HELLO)
    (tmp_path / "secret").write_bytes(HELLO.replace(b"<1@", b"<2@"))
    (folder / "new" / "a-link").symlink_to(tmp_path / "secret")
    (folder / "new" / "a-folder").mkdir()
    os.mkfifo(folder / "new" / "a-pipe")
    (folder / "new" / ".hidden").write_bytes(HELLO)

    assert ingest(folder) == mail.Taken(taken=1)


def test_a_mailbox_that_takes_no_marks_keeps_no_message_waiting(maildir, ingest, desk):
    folder = maildir(HELLO, HELLO.replace(b"<1@", b"<2@"))
    (folder / "cur").rmdir()
    (folder / "cur").write_text("a file")

    for _ in range(2):
        with pytest.raises(mail.MailboxUnavailable) as refused:
            ingest(folder)
        assert refused.value.evidence == {"fault": "unmarkable"}

    assert len(desk.requests) == 2
    assert mail.troubles() == {}


def test_a_folder_that_is_no_maildir_is_refused(tmp_path):
    with pytest.raises(mail.MailboxUnavailable), sources.Maildir(tmp_path / "nowhere"):
        pass


def test_our_own_letters_and_reports_of_them_make_no_request(maildir, ingest, desk):
    report = oddities._report(None, 1)  # type: ignore[arg-type]

    assert ingest(maildir(oddities.OURS, report, oddities.OURS)) == mail.Taken(own=2, duplicates=1)
    assert desk.requests == []


def test_a_letter_we_send_is_known_when_it_comes_back(home, desk, enqueue, ingest):
    """As when mail_to is the mailbox that is watched."""
    enqueue("a", "b")
    mail.send_due(home, clock.now())

    assert ingest(home.home / "mail") == mail.Taken(own=2)
    assert desk.requests == []


@pytest.mark.parametrize(
    ("databases", "many"),
    [("sqlite", 200), ("postgresql", 100), full(100_000, "sqlite"), full(10_000, "postgresql")],
    indirect=["databases"],
)
def test_odd_messages_are_all_taken_and_none_is_stuck(many, maildir, ingest, desk, home, progress):
    sent = list(oddities.messages(many, seed=many))
    expected = Counter("none" if is_none else "one" for _, is_none in sent)
    done: Counter[str] = Counter()
    for first in range(0, many, 1_000):
        folder = maildir(*(raw for raw, _ in sent[first : first + 1_000]))
        done.update(vars(ingest(folder)))
        progress.tell(first + 1_000, many)

    assert (done["failed"], done["quarantined"]) == (0, 0)
    assert done["taken"] == len(desk.requests)
    assert done["taken"] >= 0.9 * expected["one"]  # those whose ids were flipped into each other's are one
    assert done.total() == many
    assert list((folder / "new").iterdir()) == []
    assert ingest(folder) == mail.Taken()
    for request in desk.requests:
        assert request.subject.isprintable()
        assert request.received_at <= clock.now()
