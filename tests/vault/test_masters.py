"""The master key: where it comes from, who can use it, and how it is changed while everybody works."""

import itertools
import json
import shutil
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.vault.people import AIGERIM, BOLAT, CASE, read, sql, stranger, take_in
from wadjet import database, jose, vault
from wadjet.vault import crypto, masters, models, person_keys

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_key():
    """A key for the setting `vault_key`."""
    return jose.b64url(crypto.new_key())


@pytest.fixture
def program(tmp_path):
    """`program(body)`: the command of a key management service that is a few lines of Python; `calls()` of it."""
    log = tmp_path / "calls"

    def make(body: str) -> str:
        file = tmp_path / "kms key.py"  # with a space, as people have them
        file.write_text(
            f"import base64, sys\nopen({str(log)!r}, 'a').write(sys.argv[1] + ' ')\n"
            f"data = base64.b64decode(sys.stdin.readline())\n{body}"
        )
        return f"{sys.executable} '{file}'"

    make.calls = lambda: log.read_text().split()  # type: ignore[attr-defined]
    return make


XOR = "print(base64.b64encode(bytes(each ^ 0x5A for each in data)).decode())"


def rows(settings):
    return json.loads((settings.home / "keys" / "vault.json").read_text())["keys"]


@pytest.mark.clause("3.2.f")
def test_file_is_for_its_owner_alone_and_made_once(home, reopen, now):
    path = home.home / "keys" / "vault.json"
    before = path.read_bytes()

    reopen()
    vault.create(home, now=now)

    assert path.read_bytes() == before
    assert oct(stat.S_IMODE(path.stat().st_mode)) == "0o600"
    assert [row["lock"] for row in rows(home)] == ["none"]


@pytest.mark.clause("3.2.f")
def test_with_a_key_from_the_environment_the_files_alone_open_nothing(settings, reopen, own_key, now):
    reopen(replace(settings, vault_key=own_key))
    person = take_in(AIGERIM, now)
    [row] = rows(settings)

    for missing, told in (("", "set vault_key"), (jose.b64url(crypto.new_key()), "another vault_key")):
        reopen(replace(settings, vault_key=missing))
        for verb in (partial(vault.card, person), partial(vault.find, email=AIGERIM.email)):
            with pytest.raises(vault.VaultLocked, match=told):
                read(verb)
        with pytest.raises(vault.VaultLocked, match=told):
            vault.expect(BOLAT, now=now)

    reopen(replace(settings, vault_key=f"{jose.b64url(crypto.new_key())},{own_key}"))
    assert read(vault.card, person).email == AIGERIM.email
    assert (row["lock"], len(jose.unb64url(row["key"]))) == ("vault_key", 61)


@pytest.mark.clause("3.2.f")
def test_with_a_program_the_files_alone_open_nothing(settings, reopen, program, now):
    changed = replace(settings, vault_key_command=program(XOR))
    reopen(changed)
    people = [take_in(stranger(), now) for _ in range(20)]
    assert program.calls() == ["wrap", "unwrap"]  # by the first start, which tries it at once

    reopen(settings)
    with pytest.raises(vault.VaultLocked, match="set vault_key_command"):
        read(vault.card, people[0])

    reopen(changed)
    assert all(read(vault.card, person).email for person in people)
    assert program.calls() == ["wrap", "unwrap", "unwrap"]  # once for each process, not for each person


FAILURES = {
    "fails": ("sys.exit(3)", "ended with status 3"),
    "says something else": ("print('no base64!')", "something else than base64"),
    "says nothing": ("pass", "is not the master"),
    "gives another key": ("print(base64.b64encode(bytes(32)).decode())", "is not the master"),
    "never answers": ("import time; time.sleep(60)", "did not answer within 1 seconds"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_program_that_does_not_do_its_work_is_told_in_one_line(failure, settings, reopen, program, now, monkeypatch):
    body, told = FAILURES[failure]
    changed = replace(settings, vault_key_command=program(XOR))
    reopen(changed)
    person = take_in(AIGERIM, now)
    monkeypatch.setattr(masters, "_COMMAND_SECONDS", 1)
    program(body)
    reopen(changed)

    with pytest.raises(vault.VaultLocked, match=told) as refused:
        read(vault.card, person)

    assert "\n" not in refused.value.detail


def test_program_that_is_not_there_is_told(settings, reopen, now):
    reopen(replace(settings, vault_key_command="/nonexistent/kms"))

    with pytest.raises(vault.VaultLocked, match=r"cannot be run|is missing"):
        vault.expect(AIGERIM, now=now)
    with pytest.raises(vault.VaultLocked, match="cannot be run"):
        vault.create(replace(settings, vault_key_command="/nonexistent/kms"), now=now)


def test_program_that_cannot_unwrap_what_it_wrapped_changes_nothing(home, reopen, program, now):
    person, before = take_in(AIGERIM, now), rows(home)
    reopen(replace(home, vault_key_command=program("print(base64.b64encode(b'lost').decode())")))

    with pytest.raises(vault.VaultLocked, match="is not the master"):
        list(vault.rotate(now=now))

    assert rows(home) == before
    assert read(vault.card, person).email == AIGERIM.email


DAMAGES = {
    "gone": None,
    "empty": "",
    "half": '{"keys": [{"id"',
    "a list": "[]",
    "no keys": '{"keys": []}',
    "a row of nothing": '{"keys": [{}]}',
    "another lock": '{"keys": [{"id": "a", "created_at": "b", "lock": "c", "key": "AAAA"}]}',
    "no base64url": '{"keys": [{"id": "a", "created_at": "b", "lock": "none", "key": "A==="}]}',
    "another key": f'{{"keys": [{{"id": "{"A" * 22}", "created_at": "b", "lock": "none", "key": "{"A" * 43}"}}]}}',
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_told_and_nothing_new_is_made_in_its_place(damage, home, reopen, now):
    person, text = take_in(AIGERIM, now), DAMAGES[damage]
    path = home.home / "keys" / "vault.json"
    path.unlink() if text is None else path.write_text(text)
    reopen()

    for _ in range(2):
        with pytest.raises(vault.VaultLocked, match=r"restore|is not the master"):
            read(vault.card, person)
        with pytest.raises(vault.VaultLocked):
            vault.expect(BOLAT, now=now)
    assert not path.exists() if text is None else path.read_text() == text

    vault.destroy(person, reason=CASE, now=now)  # that needs no key
    assert sql("SELECT id FROM person") == []


@pytest.mark.parametrize("bits", [0, 1, 7])
def test_altered_master_is_noticed(bits, home, reopen, now):
    person, [row] = take_in(AIGERIM, now), rows(home)
    key = bytearray(jose.unb64url(row["key"]))
    key[0] ^= 1 << bits
    (home.home / "keys" / "vault.json").write_text(json.dumps({"keys": [row | {"key": jose.b64url(bytes(key))}]}))
    reopen()

    with pytest.raises(vault.VaultLocked, match="is not the master"):
        read(vault.card, person)


def test_lost_file_of_the_keys_is_told_and_nobody_is_removed(home, reopen, now):
    person = take_in(AIGERIM, now)
    database.close_stores()
    path, away = home.home / "person-keys.sqlite3", home.home / "away"
    away.mkdir()
    for each in home.home.glob("person-keys.sqlite3*"):
        each.rename(away / each.name)
    reopen()

    with pytest.raises(vault.VaultLocked, match="put it back"):
        vault.expect(BOLAT, now=now)
    assert sql("SELECT id FROM person") == [(person,)]

    database.close_stores()
    for each in home.home.glob("person-keys.sqlite3*"):
        each.unlink()
    shutil.copytree(away, path.parent, dirs_exist_ok=True)
    reopen()
    assert read(vault.card, person).email == AIGERIM.email


def test_rotation_leaves_one_master_and_everybody_readable(home, now):
    people = [take_in(stranger(), now) for _ in range(20)]
    [before] = rows(home)

    assert list(vault.rotate(now=now)) == [20]

    [after] = rows(home)
    assert after["id"] != before["id"]
    assert {row[0] for row in sql("SELECT master FROM person_key", store=database.person_keys)} == {after["id"]}
    assert all(read(vault.card, person).email for person in people)
    assert len({read(vault.find, email=read(vault.card, person).email)[0] for person in people}) == 20


@pytest.mark.clause("2.14")
def test_after_rotation_an_old_copy_of_the_keys_opens_nothing(home, now, reopen):
    person = take_in(AIGERIM, now)
    database.close_stores()
    copy = {each.name: each.read_bytes() for each in home.home.glob("*.sqlite3*")}
    reopen()
    vault.destroy(person, reason=CASE, now=now)
    list(vault.rotate(now=now))
    database.close_stores()
    for each in home.home.glob("*.sqlite3*"):
        each.unlink()
    for name, content in copy.items():
        (home.home / name).write_bytes(content)
    reopen()

    with pytest.raises(vault.VaultLocked):
        read(vault.card, person)


def test_rotation_takes_up_the_lock_that_is_set(settings, reopen, own_key, program, now):
    reopen()
    person, locks = take_in(AIGERIM, now), []
    other = jose.b64url(crypto.new_key())
    for changed in (
        replace(settings, vault_key=own_key),
        replace(settings, vault_key=f"{other},{own_key}"),
        replace(settings, vault_key=other),
        replace(settings, vault_key=other, vault_key_command=program(XOR)),
        replace(settings, vault_key_command=program(XOR)),
        settings,
    ):
        reopen(changed)
        if changed is settings:
            with pytest.raises(vault.VaultLocked):
                list(vault.rotate(now=now))
        else:
            list(vault.rotate(now=now))
            assert read(vault.card, person).email == AIGERIM.email
        locks.append([row["lock"] for row in rows(settings)])

    assert locks == [["vault_key"]] * 3 + [["vault_key_command"]] * 3


@pytest.mark.parametrize("pages", range(5))
def test_interrupted_rotation_is_finished_by_another(pages, home, reopen, now, monkeypatch):
    monkeypatch.setattr("wadjet.vault.models._PAGE", 3)
    people = [take_in(stranger(), now) for _ in range(10)]
    for _ in itertools.islice(vault.rotate(now=now), pages):
        pass
    assert all(read(vault.card, person).email for person in people)
    newcomer = take_in(AIGERIM, now)
    reopen()
    begun = rows(home)[-1]["id"]

    list(vault.rotate(now=now))

    assert len(rows(home)) == 1
    assert rows(home)[0]["id"] == begun if pages else True
    assert all(read(vault.card, person).email for person in [*people, newcomer])


def test_rotation_that_was_overtaken_gives_up_and_harms_nobody(home, now, monkeypatch):
    monkeypatch.setattr("wadjet.vault.models._PAGE", 3)
    people = [take_in(stranger(), now) for _ in range(10)]
    slow = vault.rotate(now=now)
    next(slow)
    list(vault.rotate(now=now))
    list(vault.rotate(now=now))

    with pytest.raises(vault.VaultLocked, match="Another rotation"):
        list(slow)

    assert len(rows(home)) == 1
    assert all(read(vault.card, person).email for person in people)


def test_damaged_key_stops_a_rotation_by_name(home, now):
    person, bolat = take_in(AIGERIM, now), take_in(BOLAT, now)
    damage = "UPDATE person_key SET wrapped = x'00' WHERE person = ?"
    database.person_keys.write(lambda: database.person_keys.execute(damage, person))

    with pytest.raises(vault.SealBroken, match=person):
        list(vault.rotate(now=now))

    vault.destroy(person, reason=CASE, now=now)
    list(vault.rotate(now=now))
    assert read(vault.card, bolat).email == BOLAT.email


def test_key_wrapped_anew_while_it_is_read_is_read_again(home, now, monkeypatch):
    person, read_row = take_in(AIGERIM, now), models.find_key
    rotated: list[list[int]] = []

    def find_key(person):
        row = read_row(person)
        if not rotated:
            rotated.append(list(vault.rotate(now=now)))
        return row

    monkeypatch.setattr(models, "find_key", find_key)

    assert read(vault.card, person).email == AIGERIM.email
    assert rotated == [[1]]


WRITES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.vault.people import read, stranger, take_in
from wadjet import database, vault
from wadjet.settings import Settings
from wadjet.vault import masters

masters._LOOK_SECONDS = 3600  # a process that is always late: it looks at the file only where it must
settings, now = Settings(home=Path(sys.argv[1])), datetime(2026, 11, 23, 6, tzinfo=UTC)
database.open_stores(settings)
vault.start(settings, now=now)
print("ready", flush=True)
done = 0
while not (settings.home / "stop").exists():
    card = stranger()
    assert read(vault.card, take_in(card, now)).email == card.email
    done += 1
database.close_stores()
print(done)
"""


def test_nobody_fails_while_keys_are_wrapped_anew(home, now, monkeypatch):
    monkeypatch.setattr("wadjet.vault.models._PAGE", 5)
    known = [(card, take_in(card, now)) for card in (stranger() for _ in range(30))]
    stop, failed, read_back = threading.Event(), [], []

    def work() -> None:
        while not stop.is_set():
            for card, person in known:
                try:
                    assert read(vault.card, person).email == card.email
                    assert read(vault.find, email=card.email) == [person]
                    read_back.append(person)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed call
                    failed.append(error)

    other = subprocess.Popen(
        [sys.executable, "-c", WRITES, home.home],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    threads = [threading.Thread(target=work) for _ in range(2)]
    with other:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
        for each in threads:
            each.start()
        try:
            for _ in range(10):
                list(vault.rotate(now=now))
        finally:
            stop.set()
            (home.home / "stop").touch()
            for each in threads:
                each.join()
        written = int(other.stdout.readline())

    assert (failed, other.returncode) == ([], 0)
    assert written > 0
    assert len(read_back) > 0
    assert len(sql("SELECT id FROM person")) == 30 + written
    assert all(read(vault.card, person).email for (person,) in sql("SELECT id FROM person"))
    assert len(rows(home)) == 1
    assert person_keys.masters().newest().id == rows(home)[0]["id"]
