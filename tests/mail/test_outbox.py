"""The outbox: what was written with the act it tells of is sent once, or again, or given up, but never lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path

import pytest

from tests.faults.figures import full
from tests.house import on_both_databases
from tests.mail.office import CUT, KEEP_AND_CUT, TAKE, Office
from tests.services import free_port
from wadjet import clock, database, mail
from wadjet.mail import outbox

ROOT = Path(__file__).parents[2]


def environment(home):
    """The settings of a home, for a process of its own."""
    return os.environ | {
        "WADJET_HOME": str(home.home),
        "WADJET_RECEIPTS_DATABASE": home.receipts_database,
        "WADJET_VAULT_DATABASE": home.vault_database,
        "WADJET_MAIL_URL": home.mail_url,
        "WADJET_MAIL_FROM": home.mail_from,
    }


def a_process(home, *arguments):
    command = [sys.executable, "-m", "tests.mail.sender", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def wait_for(outcome):
    until = time.monotonic() + 20
    while not outcome():
        assert time.monotonic() < until
        time.sleep(0.02)


def delivered(home):
    """What each letter in the Maildir is about."""
    return sorted(each["Subject"].removeprefix("About ") for each in Maildir(home.home / "mail"))


@pytest.fixture
def to_office(home, office):
    return replace(home, mail_url=office.url)


@on_both_databases
def test_letter_is_sent_once(home, enqueue, rows, now):
    enqueue("a")

    first, second = mail.send_due(home, now), mail.send_due(home, now)

    assert (first, second) == (mail.Round(sent=1), mail.Round())
    assert delivered(home) == ["a"]
    assert (rows()["a"].state, rows()["a"].attempts, rows()["a"].error) == ("sent", 1, "")


@on_both_databases
def test_letter_shares_the_transaction_of_its_act(home, rows, now):
    def act():
        mail.enqueue("note", "a", now=now)
        raise RuntimeError("the act fails after its letter")

    with pytest.raises(RuntimeError):
        database.vault.write(act)

    assert rows() == {}
    assert mail.send_due(home, now) == mail.Round()


@on_both_databases
def test_nothing_is_sent_about_what_is_gone(home, enqueue, rows, now):
    enqueue("gone")

    assert mail.send_due(home, now) == mail.Round(dropped=1)
    assert rows() == {}
    assert not (home.home / "mail").exists()


@on_both_databases
def test_forgetting_leaves_no_row(home, enqueue, rows, now):
    enqueue("a", "a", "b")
    mail.send_due(home, now)

    database.vault.write(lambda: mail.forget("a"))

    assert set(rows()) == {"b"}


@pytest.mark.clause("9.1")
@on_both_databases
def test_sending_is_in_the_journal_to_the_hour(home, enqueue, now):
    enqueue("a", "gone", "odd")
    mail.send_due(home, now)

    [(about, entry)] = database.vault.read(
        lambda: database.vault.execute("SELECT about, entry FROM journal_entry").fetchall()
    )

    assert about == "a"
    assert json.loads(bytes(entry)) == {
        "act": "use",
        "at": "2026-11-23T06:00:00.000Z",
        "event": "mail:letter:sent",
        "kind": "note",
    }


@pytest.mark.clause("5.3")
@on_both_databases
def test_row_of_a_sent_letter_tells_no_moment_and_no_person(home, enqueue, rows, now):
    enqueue("a")
    waiting = rows()["a"]
    mail.send_due(home, now)

    assert (waiting.next_at, waiting.created_at) == ("2026-11-23T06:00:00.000Z",) * 2
    assert rows()["a"] == waiting._replace(state="sent", attempts=1, next_at="")
    assert "aigerim" not in str(waiting)


@on_both_databases
def test_pauses_grow_until_the_letter_is_given_up(to_office, office, enqueue, rows, now, watch):
    office.answer = lambda stage: "451 later" if stage == "RCPT" else TAKE
    enqueue("a")
    pauses = []
    while (row := rows()["a"]).state == "queued":
        due = max(clock.parse(row.next_at), now)
        pauses.append((due - watch()).total_seconds())
        watch.moment = due
        if pauses[1:]:
            assert mail.send_due(to_office, due - timedelta(milliseconds=1)) == mail.Round()
        mail.send_due(to_office, due)

    minutes = [seconds / 60 for seconds in pauses]
    assert minutes == [0, *(2**n for n in range(11)), 1440, 1440, 1440, 1440]
    assert timedelta(days=5) < watch() - now < timedelta(days=6)
    assert (row.state, row.attempts, row.error) == ("dead", 16, "refused-451")


@on_both_databases
def test_refusal_for_good_gives_up_at_once(to_office, office, enqueue, rows, now):
    office.answer = lambda stage: "550 nobody here" if stage == "RCPT" else TAKE
    enqueue("a")

    assert mail.send_due(to_office, now) == mail.Round(dead=1)
    assert (rows()["a"].state, rows()["a"].error) == ("dead", "refused-550")


@on_both_databases
def test_letters_that_cannot_be_made_do_not_keep_the_others(home, enqueue, rows, now, caplog):
    enqueue("odd", "a", "crooked", "b")
    enqueue("c", kind="unheard-of")

    assert mail.send_due(home, now) == mail.Round(sent=2, delayed=2, dead=1)
    assert delivered(home) == ["a", "b"]
    assert {row.about: row.error for row in rows().values() if row.error} == {
        "odd": "not-composed",
        "crooked": "letter-invalid",
        "c": "kind-unknown",
    }
    assert "a person's" not in caplog.text


@on_both_databases
def test_a_letter_that_may_not_be_made_yet_waits_for_ever_and_counts_no_tries(home, enqueue, rows, watch):
    enqueue("early", "a")

    assert mail.send_due(home, watch()) == mail.Round(sent=1, delayed=1)
    assert mail.send_due(home, watch()) == mail.Round()
    for _ in range(10):
        watch.advance(days=1)
        assert mail.send_due(home, watch()) == mail.Round(delayed=1)

    row = rows()["early"]
    assert (row.state, row.attempts, row.error) == ("queued", 0, "")
    assert watch() - clock.parse(row.created_at) < timedelta(hours=1)


@on_both_databases
def test_letters_wait_while_the_server_is_away(to_office, office, enqueue, rows, now):
    enqueue("a", "b")
    away = replace(to_office, mail_url=f"smtp://127.0.0.1:{free_port()}")

    for _ in range(30):
        assert mail.send_due(away, now) == mail.Round(fault="unreachable", has_more=True)
    waited = rows()
    back = mail.send_due(to_office, now)

    assert {row.attempts for row in waited.values()} == {0}
    assert back == mail.Round(sent=2)
    assert sorted(office.abouts) == ["a", "b"]


@pytest.mark.parametrize(
    ("changes", "fault"), [({"mail_url": ""}, "not-configured"), ({"mail_from": ""}, "sender-missing")]
)
def test_letters_wait_while_mail_is_not_set_up(changes, fault, home, enqueue, rows, now):
    assert mail.send_due(replace(home, **changes), now) == mail.Round()
    enqueue("a")

    assert mail.send_due(replace(home, **changes), now).fault == fault
    assert rows()["a"].state == "queued"


@on_both_databases
def test_answer_lost_is_sent_again_under_the_same_id(to_office, office, enqueue, now):
    said = iter([KEEP_AND_CUT, TAKE])
    office.answer = lambda stage: next(said) if stage == "DATA" else TAKE
    enqueue("a")

    assert mail.send_due(to_office, now).delayed == 1
    assert mail.send_due(to_office, now + timedelta(minutes=1)).sent == 1
    assert len(office.letters) == 2
    assert len({each["Message-ID"] for each in office.letters}) == 1


@on_both_databases
def test_row_is_claimed_by_one(home, enqueue, rows, now):
    enqueue("a")
    row = rows()["a"]

    first, second = outbox._claim(row, now), outbox._claim(row, now)

    assert (first is None, second is None) == (False, True)
    assert mail.send_due(home, now + outbox.LEASE - timedelta(milliseconds=1)) == mail.Round()
    assert mail.send_due(home, now + outbox.LEASE) == mail.Round(sent=1)


@on_both_databases
def test_late_worker_does_not_undo_what_another_did(home, enqueue, rows, now):
    enqueue("a")
    late = outbox._claim(rows()["a"], now)
    assert late
    mail.send_due(home, now + outbox.LEASE)

    outbox._delay(late, "connection-lost", now)

    assert rows()["a"].state == "sent"


@on_both_databases
def test_two_processes_send_no_letter_twice(to_office, office, enqueue):
    abouts = [str(number) for number in range(60)]
    enqueue(*abouts)

    processes = [a_process(to_office, "send") for _ in range(2)]
    assert [each.stdout.readline() for each in processes] == ["ready\n"] * 2
    for each in processes:
        each.stdin.write("go\n")
        each.stdin.flush()
    shares = [int(each.communicate(timeout=60)[0]) for each in processes]

    assert sorted(office.abouts) == sorted(abouts)
    assert sum(shares) == 60
    assert all(shares)


@on_both_databases
def test_worker_killed_while_sending_loses_nothing(to_office, office, enqueue, rows):
    """Killed before the server has the letter, and after: before anybody could write down that it has."""
    for about, stage in (("before", "MAIL"), ("after", "DATA")):
        enqueue(about)
        office.stages.clear()
        office.answer = lambda at, stage=stage: "stall" if at == stage else TAKE
        with a_process(to_office, "send") as process:
            process.stdin.write("go\n")
            process.stdin.flush()
            wait_for(lambda stage=stage: stage in office.stages)
            process.send_signal(signal.SIGKILL)
        office.answer = lambda _: TAKE
        assert rows()[about].state == "sending"

        assert mail.send_due(to_office, clock.now()) == mail.Round()
        assert mail.send_due(to_office, clock.now() + outbox.LEASE).sent == 1
        assert rows()[about].state == "sent"

    assert set(office.abouts) == {"before", "after"}
    assert len({each["Message-ID"] for each in office.letters}) == 2


@pytest.mark.parametrize(
    ("databases", "many"),
    [("sqlite", 300), ("postgresql", 100), full(10_000, "sqlite"), full(10_000, "postgresql")],
    indirect=["databases"],
)
def test_bad_server_loses_no_letter(many, to_office, office, enqueue, rows, watch, progress):
    """One answer in ten is a refusal, a cut, or a letter kept and not acknowledged."""
    chance = random.Random(many)
    kept: Counter[str] = Counter()

    def answer(stage):
        if chance.random() > 0.1:
            return TAKE
        said = chance.choice(["451 later", "421 closing", CUT, KEEP_AND_CUT if stage == "DATA" else CUT])
        kept[said] += 1
        return said

    office.answer = answer
    enqueue(*map(str, range(many)))
    while mail.counts().keys() & {"queued", "sending"}:
        done = mail.send_due(to_office, watch())
        progress.tell(mail.counts().get("sent", 0), many)
        if not done.has_more:
            watch.advance(hours=1)

    times = Counter(office.abouts)
    assert set(times) == set(map(str, range(many)))
    assert sum(times.values()) == many + kept[KEEP_AND_CUT]
    assert len({each["Message-ID"] for each in office.letters}) == many
    assert {row.state for row in rows().values()} == {"sent"}
    assert min(kept.values()) > 0


@pytest.mark.parametrize("workers", [1, 2])
def test_server_sends_soon_and_stops_in_time(workers, to_office, office, enqueue):
    with a_process(to_office, "serve", str(free_port()), str(workers)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for about in ("a", "b"):
            enqueue(about)
            wait_for(lambda about=about: about in office.abouts)
        began = time.monotonic()
        process.terminate()

        assert process.wait(10) == 0
        assert time.monotonic() - began < 9
    assert sorted(office.abouts) == ["a", "b"]


def test_letter_under_way_is_finished_before_the_server_stops(to_office, office, enqueue, rows):
    office.answer = lambda stage: "stall" if stage == "RCPT" else TAKE
    enqueue("a")
    with a_process(to_office, "serve", str(free_port()), "1") as process:
        wait_for(lambda: "RCPT" in office.stages)
        process.terminate()

        assert process.wait(10) == 0
    assert office.abouts == ["a"]
    assert rows()["a"].state == "sent"


def test_server_takes_up_letters_again_once_mail_goes(home, enqueue, rows):
    port = free_port()
    away = replace(home, mail_url=f"smtp://127.0.0.1:{port}")
    enqueue("a")
    with a_process(away, "serve", str(free_port()), "1") as process:
        wait_for(lambda: rows()["a"].error == "unreachable")
        with Office(port=port) as office:
            wait_for(lambda: office.abouts == ["a"])
            process.terminate()
            assert process.wait(10) == 0
