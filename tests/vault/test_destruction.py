"""Who was destroyed is gone: from every file, from every copy, and whatever was killed when."""

import base64
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.figures import figures
from tests.house import on_both_databases
from tests.vault.people import AIGERIM, BOLAT, CASE, facts, read, sql, stranger, take_in, write
from wadjet import database, vault
from wadjet.problems import Unavailable
from wadjet.vault import destruction, person_keys

ROOT = Path(__file__).parents[2]


def spellings(text: str) -> Iterator[bytes]:
    """How a text may lie in a file."""
    raw = text.encode()
    yield from (raw, text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (json.dumps(text)[1:-1].encode(), raw.hex().encode(), raw.hex().upper().encode())
    for shift in range(3):  # base64 of it inside something longer; its ends depend on what stands beside it
        encoded = base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
        yield from (encoded, encoded.translate(bytes.maketrans(b"+/", b"-_")))


def bytes_below(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def kept_of(person: str) -> list[bytes]:
    """A person's wrapped key and look-ups, as they lie in their file."""
    statement = "SELECT wrapped, identity, email, phone FROM person_key WHERE person = ?"
    return [bytes(each) for each in sql(statement, person, store=database.person_keys)[0]]


@pytest.mark.clause("2.14", "8.7")
@pytest.mark.parametrize("many", figures(60, 1_000))
def test_no_byte_of_the_destroyed_is_in_any_file(many, notes, home, now, progress):
    cards = [stranger() for _ in range(many)]
    people = [take_in(card, now) for card in cards]
    for person, card in zip(people, cards, strict=True):
        notes.write(person, f"{card.last_name} asks to be called")
    kept = {person: kept_of(person) for person in people}
    gone, stay = people[::2], people[1::2]

    for person in progress(len(gone)):
        vault.destroy(gone[person], reason=CASE, now=now)

    found = bytes_below(home.home)
    for card in cards:  # sealed, nobody's words were ever there
        for text in facts(card):
            assert not [each for each in spellings(text) if each in found]
    assert not [person for person in gone for each in kept[person] if each in found]
    assert all(each in found for person in stay for each in kept[person])
    assert [read(vault.card, person).email for person in stay] == [card.email for card in cards[1::2]]
    assert all(notes.read(person) for person in stay)


def copy_of(database_file: Path, to: Path) -> None:
    """A backup, as SQLite makes one."""
    with closing(sqlite3.connect(database_file)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


@pytest.mark.clause("2.14")
@pytest.mark.parametrize("many", figures(40, 1_000))
def test_old_backup_and_all_of_todays_keys_open_none_of_the_destroyed(many, notes, home, now, reopen, tmp_path):
    cards = [stranger() for _ in range(many)]
    people = [take_in(card, now) for card in cards]
    for person in people:
        notes.write(person, "a note")
    copy_of(home.home / "vault.sqlite3", tmp_path / "backup")
    for person in people[::2]:
        vault.destroy(person, reason=CASE, now=now)
    database.close_stores()
    for tail in ("", "-wal", "-shm"):
        (home.home / f"vault.sqlite3{tail}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup", home.home / "vault.sqlite3")
    database.open_stores(home)  # as a thief would: nothing is repaired

    opened = []
    for person in people:
        try:
            opened.append((person, read(vault.card, person).email, notes.read(person)))
        except vault.PersonDestroyed:
            continue
    assert opened == [(person, card.email, ["a note"]) for person, card in zip(people[1::2], cards[1::2], strict=True)]
    backup = (tmp_path / "backup").read_bytes()
    assert all(person.encode() in backup for person in people)
    assert not [card for card in cards if vault.index("email", card.email) in backup]  # nor can it be asked for them

    reopen()  # as the operator does: the destroyed are gone before anything is served

    assert {row[0] for row in sql("SELECT id FROM person")} == set(people[1::2])
    assert {row[0] for row in sql("SELECT person FROM note")} == set(people[1::2])


@pytest.mark.clause("2.14")
@on_both_databases
def test_destroyed_person_is_told_from_an_unknown_one_and_stays_so(notes, home, now, reopen):
    person, bolat = take_in(AIGERIM, now), take_in(BOLAT, now)
    notes.write(person, "a note")
    notes.write(bolat, "another")
    assert read(vault.held, person) == 1

    vault.destroy(person, reason=CASE, now=now)
    vault.destroy(person, reason="twice is once", now=now + timedelta(days=1))

    reopen()
    for verb in (vault.card, vault.state, vault.unlock):
        with pytest.raises(vault.PersonDestroyed):
            read(verb, person)
    with pytest.raises(vault.PersonDestroyed):
        write(vault.block, person, reason=CASE, now=now)
    assert read(vault.find, email=AIGERIM.email, phone=AIGERIM.phone) == []
    assert sql("SELECT person FROM note") == [(bolat,)]
    assert notes.read(bolat) == ["another"]
    rows = sql("SELECT entry FROM journal_entry WHERE about = ?", person)
    assert [json.loads(bytes(entry)).get("reason") for (entry,) in rows] == [None, CASE]
    assert take_in(AIGERIM, now) != person


@on_both_databases
def test_many_are_destroyed_in_batches_telling_how_far_it_is(notes, home, now, monkeypatch):
    monkeypatch.setattr(destruction, "_BATCH", 8)
    people = [take_in(stranger(), now) for _ in range(25)]
    vault.destroy(people[0], reason=CASE, now=now)

    with pytest.raises(vault.PersonUnknown):
        list(vault.destroy_all([*people[:20], "AAAAAAAAAAAAAAAAAAAAAA"], reason=CASE, now=now))
    assert len(sql("SELECT id FROM person")) == 24  # refused before the first

    assert list(vault.destroy_all(people[:20], reason=CASE, now=now)) == [8, 16, 20]
    assert {row[0] for row in sql("SELECT id FROM person")} == set(people[20:])


@pytest.mark.clause("2.14")
def test_person_whose_key_is_damaged_can_be_destroyed(notes, home, now):
    person = take_in(AIGERIM, now)
    database.person_keys.write(lambda: database.person_keys.execute("UPDATE person_key SET wrapped = x'00'"))

    vault.destroy(person, reason=CASE, now=now)

    assert sql("SELECT id FROM person") == []


def test_log_that_a_reader_holds_is_emptied_once_it_is_done(home, now, monkeypatch):
    monkeypatch.setattr(database, "_EMPTYINGS", 1)
    person = take_in(AIGERIM, now)
    wrapped = kept_of(person)[0]
    path = home.home / "person-keys.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM person_key").fetchall()
        with pytest.raises(Unavailable, match="in use"):
            vault.destroy(person, reason=CASE, now=now)
        with pytest.raises(vault.PersonDestroyed):
            person_keys.unlock(person)

    vault.destroy(person, reason=CASE, now=now)

    assert wrapped not in bytes_below(home.home)
    assert sql("SELECT id FROM person") == []


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from wadjet import database, vault
from wadjet.problems import Unavailable
from wadjet.vault import destruction, person_keys
from wadjet.settings import Settings
from tests.vault.people import Notes

home, person, least = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
settings = Settings(home=home)
now = datetime(2026, 11, 23, 6, tzinfo=UTC)
database.open_stores(settings)
vault.start(settings, now=now)
vault.held_by(count=Notes().count, forget=Notes().forget)
reached = 0

def step():
    global reached
    reached += 1
    if reached == least:
        os.kill(os.getpid(), signal.SIGKILL)

def dying(act):
    def call(*values):
        step()
        answer = act(*values)
        step()
        return answer
    return call

for store in (database.person_keys, database.vault):
    store.write, store.empty_log = dying(store.write), dying(store.empty_log)
vault.destroy(person, reason="case 17", now=now)
"""


@pytest.mark.clause("2.14")
def test_killed_at_any_step_destruction_is_finished_at_the_next_start(notes, home, now, reopen):
    stays = take_in(BOLAT, now)
    notes.write(stays, "another")
    outcomes = []
    for step in range(1, 20):
        person = take_in(AIGERIM, now)
        notes.write(person, "a note")
        kept = kept_of(person)
        database.close_stores()
        died = subprocess.run(
            [sys.executable, "-c", DIES, home.home, person, str(step)],
            cwd=ROOT,
            check=False,
        ).returncode
        database.open_stores(home)
        is_begun = sql("SELECT count(*) FROM destroyed_person WHERE person = ?", person, store=database.person_keys)
        reopen()
        if is_begun == [(1,)]:
            assert sql("SELECT id FROM person") == sql("SELECT person FROM note") == [(stays,)]
            rows = sql("SELECT entry FROM journal_entry WHERE about = ?", person)
            assert [json.loads(bytes(entry))["act"] for (entry,) in rows] == ["collect", "destroy"]
            assert not [each for each in kept if each in bytes_below(home.home)]
        else:
            assert notes.read(person) == ["a note"]
        outcomes.append((died, is_begun == [(1,)]))
        if died == 0:
            break
        vault.destroy(person, reason=CASE, now=now)

    assert outcomes == [(-signal.SIGKILL, False)] * 2 + [(-signal.SIGKILL, True)] * 8 + [(0, True)]
    assert notes.read(stays) == ["another"]


def test_killed_in_the_middle_of_a_correction_look_ups_agree_with_the_card_at_the_next_start(home, now, reopen):
    person = take_in(AIGERIM, now)
    stale = "UPDATE person_key SET pending = 'moving', email = x'00'"
    database.person_keys.write(lambda: database.person_keys.execute(stale))
    assert read(vault.find, email=AIGERIM.email) == []

    reopen()

    assert read(vault.find, email=AIGERIM.email) == [person]
    assert sql("SELECT pending FROM person_key", store=database.person_keys) == [(None,)]


def test_key_of_somebody_who_never_arrived_goes_after_two_days(home, now, reopen):
    arrived, never = take_in(BOLAT, now), vault.expect(AIGERIM, now=now)
    wrapped = kept_of(never)[0]

    vault.repair(now=now + timedelta(days=1))
    assert vault.expect(AIGERIM, now=now) == never

    vault.repair(now=now + timedelta(days=2))
    database.person_keys.empty_log()
    assert sql("SELECT person FROM person_key", store=database.person_keys) == [(arrived,)]
    assert wrapped not in bytes_below(home.home)
    assert vault.expect(AIGERIM, now=now) != never
