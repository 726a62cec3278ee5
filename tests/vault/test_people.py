"""People come in, are found, corrected and blocked; nobody is taken for another."""

import json
import logging
import threading
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from tests.house import on_both_databases
from tests.vault.people import AIGERIM, BOLAT, CASE, Notes, facts, read, sql, stranger, take_in, write
from wadjet import clock, database, vault
from wadjet.vault import Card, models

pytestmark = on_both_databases


@pytest.fixture
def person(home, now):
    return take_in(AIGERIM, now)


def journal(person):
    rows = sql("SELECT entry FROM journal_entry WHERE about = ? ORDER BY seq", person)
    return [json.loads(bytes(entry)) for (entry,) in rows]


def test_person_is_found_by_exactly_their_address_and_number(person):
    assert read(vault.find, email="aigerim@EXAMPLE.kz") == [person]
    assert read(vault.find, phone="8 (701) 123-45-67") == [person]
    assert read(vault.find, email=AIGERIM.email, phone=AIGERIM.phone) == [person]
    assert read(vault.find, email="aigerim@example.k") == read(vault.find, phone="+77011234568") == []
    assert read(vault.find, email=AIGERIM.phone) == read(vault.find) == []
    assert list(facts(read(vault.card, person))) == list(facts(AIGERIM))


def test_same_person_is_recognised_and_their_card_left_alone(person, now):
    in_capitals = replace(AIGERIM, email="Aigerim@EXAMPLE.KZ", last_name="  СЕЙТОВА", first_name="ӘЙГЕРІМ")

    assert take_in(in_capitals, now) == person
    assert take_in(replace(AIGERIM, phone="+77000000000"), now) == person
    assert list(facts(read(vault.card, person))) == list(facts(AIGERIM))


LOOK_ALIKES = {
    "same name, another address": replace(AIGERIM, email="aigerim2@example.kz"),
    "same address, another first name": replace(AIGERIM, first_name="Айгерим"),
    "same address, no patronymic": replace(AIGERIM, patronymic=""),
    "same telephone": replace(BOLAT, phone=AIGERIM.phone),
    "a Cyrillic letter in the address": replace(AIGERIM, email="Аigerim@example.kz"),
    "names in another order": replace(AIGERIM, last_name=AIGERIM.first_name, first_name=AIGERIM.last_name),
    "small letters in the address": replace(AIGERIM, email="aigerim@example.kz"),
    "no address": replace(AIGERIM, email=""),
}


def test_who_looks_alike_is_another(person, now):
    others = {name: take_in(card, now) for name, card in LOOK_ALIKES.items()}

    assert len({person, *others.values()}) == 1 + len(LOOK_ALIKES)
    for name, card in LOOK_ALIKES.items():
        assert list(facts(read(vault.card, others[name]))) == list(facts(card)), name
    assert list(facts(read(vault.card, person))) == list(facts(AIGERIM))


def test_nobody_without_an_address_is_the_same_as_another(home, now):
    nameless = Card("Сейтова", "Әйгерім")

    assert take_in(nameless, now) != take_in(nameless, now)


def test_many_at_once_are_one(home, now):
    found = set()
    threads = [threading.Thread(target=lambda: found.add(take_in(AIGERIM, now))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(found) == 1
    assert sql("SELECT count(*) FROM person") == [(1,)]
    assert sql("SELECT count(*) FROM person_key", store=database.person_keys) == [(1,)]


def test_who_was_expected_without_an_id_is_taken_in_all_the_same(home, now):
    person = write(vault.take_in, AIGERIM, now=now)

    assert take_in(AIGERIM, now) == person


def test_who_is_destroyed_between_expectation_and_arrival_is_somebody_new(home, now):
    expected = vault.expect(AIGERIM, now=now)
    vault.destroy(expected, reason=CASE, now=now)

    person = write(vault.take_in, AIGERIM, now=now, expected=expected)

    assert person != expected
    assert read(vault.find, email=AIGERIM.email) == [person]
    assert read(vault.card, person).email == AIGERIM.email


def test_who_never_arrived_is_found_by_nobody(home, now):
    expected = vault.expect(AIGERIM, now=now)

    assert read(vault.find, email=AIGERIM.email) == []
    assert vault.expect(AIGERIM, now=now) == expected


@pytest.mark.clause("3.2.a")
def test_a_number_that_a_room_holds_finds_its_person_whatever_the_card_says(home, now):
    person, other = take_in(BOLAT, now), "+77022223344"

    assert vault.expect(BOLAT, number="8 702 222 33 44", now=now) == person
    vault.rectify(person, now=now, phone="+77770000000")

    assert read(vault.find, phone=other) == read(vault.find, phone="8 777 000 00 00") == [person]
    write(vault.forget_number, person, other)
    assert read(vault.find, phone=other) == []


@pytest.mark.clause("2.14")
def test_of_the_destroyed_no_number_is_left(home, now):
    person = take_in(AIGERIM, now)
    vault.expect(AIGERIM, number="+77022223344", now=now)

    vault.destroy(person, reason="case 1", now=now)

    assert sql("SELECT count(*) FROM number", store=database.person_keys) == [(0,)]


def test_corrected_card_is_found_by_what_is_right(person, now):
    vault.rectify(person, now=now, email="new@example.kz", phone="")

    assert read(vault.find, email="new@example.kz") == [person]
    assert read(vault.find, email=AIGERIM.email) == read(vault.find, phone=AIGERIM.phone) == []
    assert list(facts(read(vault.card, person))) == list(facts(replace(AIGERIM, email="new@example.kz", phone="")))
    assert take_in(replace(AIGERIM, email="new@example.kz"), now) == person
    assert take_in(AIGERIM, now) != person
    assert [row["act"] for row in journal(person)] == ["collect", "rectify", "accumulate"]
    assert journal(person)[1]["fields"] == "email phone"


def test_who_corrects_what_somebody_else_has_corrected_is_told(person, now):
    seen = read(vault.card, person)
    vault.correct(person, {"phone": "+77770000000"}, was=seen, by="staff-1", now=now)

    with pytest.raises(vault.CardChanged):
        vault.correct(person, {"phone": "+77771111111", "email": "new@example.kz"}, was=seen, by="staff-2", now=now)
    vault.correct(person, {"email": "new@example.kz"}, was=seen, by="staff-2", now=now)  # what only they changed

    assert read(vault.card, person) == replace(AIGERIM, phone="+77770000000", email="new@example.kz")
    assert read(vault.find, phone="+77770000000") == read(vault.find, email="new@example.kz") == [person]
    assert [row["by"] for row in journal(person) if row["act"] == "rectify"] == ["staff-1", "staff-2"]


def test_who_is_looked_for_by_staff_is_told_by_the_journal(person, now):
    found = write(vault.search, email=AIGERIM.email, phone=AIGERIM.phone, by="staff-1", now=now)
    nobody = write(vault.search, email=BOLAT.email, by="staff-1", now=now)

    assert ([each.person for each in found], nobody) == ([person], [])
    assert [(row["event"], row["by"]) for row in journal(person)[1:]] == [("vault:person:found", "staff-1")]


def test_of_many_who_share_an_address_the_first_are_told(home, now):
    for number in range(5):
        take_in(replace(AIGERIM, patronymic=f"{'абвгд'[number]}кызы"), now)

    assert len(write(vault.search, email=AIGERIM.email, limit=3, now=now)) == 3


def test_why_a_card_was_read_is_on_record_and_names_nobody(person, now):
    with pytest.raises(vault.ReasonUnfit):
        write(vault.extract, person, by="staff-1", reason=f"{AIGERIM.last_name} called", now=now)
    write(vault.extract, person, by="staff-1", reason="call of 3 May", now=now)

    (row,) = [row for row in journal(person) if row["act"] == "extract"]
    assert (row["by"], row["reason"]) == ("staff-1", "call of 3 May")


def test_corrected_into_another_they_stay_two(person, now):
    bolat = take_in(BOLAT, now)

    vault.rectify(bolat, now=now, **{name: getattr(AIGERIM, name) for name in models.FIELDS})

    assert set(read(vault.find, email=AIGERIM.email)) == {person, bolat}
    assert take_in(AIGERIM, now) == person


def test_only_what_is_on_a_card_can_be_corrected(person, now):
    for fields in ({}, {"name": "x"}, {"email": "x@example.kz", "id": "x"}):
        with pytest.raises(TypeError):
            vault.rectify(person, now=now, **fields)


def test_corrections_at_once_are_all_kept(person, now):
    changes = {"last_name": "А", "first_name": "Б", "patronymic": "В", "phone": "+77770000000", "email": "z@example.kz"}
    threads = [
        threading.Thread(target=vault.rectify, args=(person,), kwargs={"now": now, name: value})
        for name, value in changes.items()
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert list(facts(read(vault.card, person))) == list(changes.values())
    assert read(vault.find, email="z@example.kz", phone="+77770000000") == [person]
    assert take_in(Card(**changes), now) == person


@pytest.mark.clause("2.2")
def test_blocked_person_is_neither_read_nor_changed_used_or_destroyed(person, notes: Notes, now):
    notes.write(person, "a note")
    sealed = read(vault.seal, person, "note", "text", "x")
    write(vault.block, person, reason=CASE, now=now)

    refused = [
        partial(read, vault.card, person),
        partial(write, vault.extract, person, now=now),
        partial(read, vault.unlock, person),
        partial(read, vault.seal, person, "note", "text", "y"),
        partial(read, vault.open, person, "note", "text", sealed),
        partial(notes.read, person),
        partial(notes.write, person, "another"),
        partial(vault.rectify, person, now=now, email="x@example.kz"),
        partial(vault.destroy, person, reason=CASE, now=now),
        partial(list, vault.destroy_all([take_in(BOLAT, now), person], reason=CASE, now=now)),
    ]
    for attempt in refused:
        with pytest.raises(vault.PersonBlocked):
            attempt()

    assert read(vault.find, email=AIGERIM.email) == [person]
    assert read(vault.find, email="x@example.kz") == []
    assert read(vault.find, email=BOLAT.email) != []
    assert read(vault.state, person) == vault.State(person, clock.local_date(now).isoformat(), clock.stamp(now), CASE)
    assert read(vault.open, person, "note", "text", sealed, even_blocked=True) == "x"
    assert read(vault.card, person, even_blocked=True).email == AIGERIM.email


@pytest.mark.clause("2.2")
def test_unblocked_person_is_as_before(person, notes, now):
    notes.write(person, "a note")
    write(vault.block, person, reason=CASE, now=now)
    write(vault.block, person, reason="again", now=now)
    write(vault.unblock, person, reason="closed", now=now)
    write(vault.unblock, person, reason="closed", now=now)

    assert notes.read(person) == ["a note"]
    assert read(vault.state, person).blocked_at is None
    assert [(row["act"], row.get("reason")) for row in journal(person)] == [
        ("collect", None),
        ("block", CASE),
        ("unblock", "closed"),
    ]


@pytest.mark.clause("2.2")
def test_beside_a_blocked_person_the_newcomer_is_another(person, now):
    write(vault.block, person, reason=CASE, now=now)

    newcomer = take_in(AIGERIM, now)

    assert newcomer != person
    assert read(vault.card, newcomer).email == AIGERIM.email
    assert set(read(vault.find, email=AIGERIM.email)) == {person, newcomer}


REASONS = ["", " ", "x" * 201, "two\nlines", "a\0b", "write to me@here.kz"]
NAMING = ["Сейтова asked", "asked by ӘЙГЕРІМ", "call 701 123-45-67", "(қанатқызы)"]


def test_reason_that_cannot_be_kept_is_refused_before_anything_is_done(person, now):
    for reason in REASONS + NAMING:
        for act in (
            partial(write, vault.block, person, reason=reason, now=now),
            partial(write, vault.unblock, person, reason=reason, now=now),
            partial(vault.destroy, person, reason=reason, now=now),
        ):
            with pytest.raises(vault.ReasonUnfit):
                act()

    assert read(vault.state, person).blocked_at is None
    assert len(journal(person)) == 1


def test_nobody_is_unknown_and_nothing_else(person, now):
    for unknown in ("", "AAAAAAAAAAAAAAAAAAAAAA", "x\0", "'; DROP TABLE person; --", "x" * 10_000):
        for act in (
            partial(read, vault.card, unknown),
            partial(read, vault.state, unknown),
            partial(read, vault.seal, unknown, "note", "text", "x"),
            partial(write, vault.block, unknown, reason=CASE, now=now),
            partial(vault.rectify, unknown, now=now, email="x@example.kz"),
            partial(vault.destroy, unknown, reason=CASE, now=now),
        ):
            with pytest.raises(vault.PersonUnknown):
                act()


@pytest.mark.clause("9.1", "2.6")
def test_every_act_leaves_a_row_without_a_word_of_the_person(person, now):
    write(vault.extract, person, now=now)
    vault.rectify(person, now=now, first_name="Айгүл")
    write(vault.block, person, reason=CASE, now=now)
    write(vault.unblock, person, reason=CASE, now=now)
    vault.destroy(person, reason=CASE, now=now)

    rows = journal(person)
    assert [row["act"] for row in rows] == ["collect", "extract", "rectify", "block", "unblock", "destroy"]
    assert [row["event"].rpartition(":")[2] for row in rows] == [
        "taken-in",
        "read",
        "rectified",
        "blocked",
        "unblocked",
        "destroyed",
    ]
    assert rows[-1] == {"act": "destroy", "at": clock.stamp(now), "event": "vault:person:destroyed", "reason": CASE}
    told = json.dumps(rows, ensure_ascii=False)
    assert not [text for text in (*facts(AIGERIM), "Айгүл", person) if text and text in told]


@pytest.mark.clause("5.3")
def test_when_a_person_came_is_known_to_the_day(person, now):
    assert journal(person)[0]["at"] == clock.stamp(clock.start_of(clock.local_date(now)))
    assert read(vault.state, person).created_on == "2026-11-23"


@pytest.mark.clause("3.2.f")
def test_the_vault_holds_no_word_and_no_look_up(home, now):
    crowd = [stranger() for _ in range(20)]
    for card in crowd:
        take_in(card, now)

    columns = {column.name for column in database.vault.proxy.get_columns("person")}
    stored = b"".join(
        bytes(each) if not isinstance(each, str) else each.encode()
        for row in sql("SELECT * FROM person")
        for each in row
        if each is not None
    )
    assert columns == {"id", "created_on", "blocked_at", "block_reason", *models.FIELDS}
    assert not [text for card in crowd for text in facts(card) if text.encode() in stored]
    kept = sql("SELECT identity, email, phone FROM person_key", store=database.person_keys)
    assert not [value for row in kept for value in row if bytes(value) in stored]


def test_order_of_ids_tells_nothing(home, now):
    people = [take_in(stranger(), now) for _ in range(50)]

    assert {len(person) for person in people} == {22}
    assert people != sorted(people)
    assert not [person for person in people if person.startswith("-")]


@pytest.mark.clause("3.2.f")
def test_cards_swapped_in_the_database_open_for_nobody(person, now):
    bolat = take_in(BOLAT, now)
    (email,) = sql("SELECT email FROM person WHERE id = ?", bolat)[0]
    database.vault.write(lambda: database.vault.execute("UPDATE person SET email = ? WHERE id = ?", email, person))
    database.vault.write(lambda: database.vault.execute("UPDATE person SET phone = email WHERE id = ?", bolat))

    for each in (person, bolat):
        with pytest.raises(vault.SealBroken):
            read(vault.card, each)


@pytest.mark.clause("3.2.f")
def test_keys_swapped_in_their_file_unwrap_for_nobody(person, now):
    bolat = take_in(BOLAT, now)
    (theirs,) = sql("SELECT wrapped FROM person_key WHERE person = ?", bolat, store=database.person_keys)[0]
    database.person_keys.write(
        lambda: database.person_keys.execute("UPDATE person_key SET wrapped = ? WHERE person = ?", theirs, person)
    )

    with pytest.raises(vault.SealBroken):
        read(vault.card, person)
    assert read(vault.card, bolat).email == BOLAT.email


def test_the_known_cost_as_much_as_the_unknown(home, now, caplog):
    """Statements for statements; how long they take is timed in tests/faults/test_enumeration.py."""
    caplog.set_level(logging.DEBUG, "peewee")
    take_in(AIGERIM, now)
    done = []
    for card in (AIGERIM, BOLAT, AIGERIM):
        caplog.clear()
        expected = vault.expect(card, now=now)
        write(vault.take_in, card, now=now, expected=expected)
        verbs = Counter(record.msg[0].split()[0] for record in caplog.records if record.name == "peewee")
        changes = sum(verbs.pop(verb, 0) for verb in ("INSERT", "UPDATE", "DELETE"))
        done.append((changes, verbs))

    assert done[0] == done[1] == done[2]
    assert done[0][0] == 5  # in the file of the keys, in the vault
    assert sql("SELECT count(*) FROM person") == [(2,)]
    assert sql("SELECT count(*) FROM person_key", store=database.person_keys) == [(2,)]


def test_the_known_wait_for_the_disk_as_the_unknown_do(home, now):
    log = home.home / f"{home.person_keys}-wal"
    vault.expect(AIGERIM, now=now)
    grown = []
    for card in (AIGERIM, BOLAT, AIGERIM):
        before = log.stat().st_size
        vault.expect(card, now=now)
        grown.append(log.stat().st_size > before)

    assert grown == [True, True, True]
