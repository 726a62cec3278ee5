"""Nothing that is done for one person reads what is held of all: asked of SQLite itself, statement by statement."""

from email.message import EmailMessage
from typing import Any

import pytest

from tests.rights.desk import people_of
from tests.writer import AIGERIM
from wadjet import database, mail, rights
from wadjet.mail.sources import Waiting
from wadjet.rights import copy, register

MAIL = AIGERIM["email"]


def letter(number):
    written = EmailMessage()
    written["From"], written["Subject"] = MAIL, "Дербес деректерді жаңарту"
    written["Message-ID"] = f"<{number}@example.kz>"
    written.set_content("Телефоным басқа.")
    return written.as_bytes()


def test_a_plan_that_reads_all_is_recognised(desk, read_whole):
    database.vault.read(lambda: database.vault.execute("SELECT id FROM rights_request WHERE kind = 'x'").fetchall())

    assert read_whole() == ["SELECT id FROM rights_request WHERE kind = 'x'"]


@pytest.mark.clause("4.1.a")
def test_a_copy_is_gathered_by_indexes_alone(desk, read_whole):
    desk.write(AIGERIM, marketing=True)
    desk.asked("information", MAIL)
    (person,) = people_of(MAIL)

    copy.gather(person, language="kk", settings=desk.settings, now=desk.now)

    assert read_whole() == []


def test_each_demand_goes_its_way_by_indexes_alone(desk, read_whole):
    desk.write(AIGERIM)
    given: dict[str, dict[str, Any]] = {
        "information": {},
        "rectify": {"changes": {"phone": "+77010000000"}},
        "restrict": {},
        "unpublish": {},
        "block": {},
        "unblock": {},
        "question": {"answer": "Иә."},
        "withdraw": {},
        "destroy": {},
    }
    for kind, told in given.items():
        request = desk.asked(kind, MAIL)
        rights.take(request, by="dana", settings=desk.settings, now=desk.now)
        desk.fulfil(request, **told)
        desk.post()
    desk.refuse(desk.asked("information", "bolat@example.kz"), "justice")

    assert read_whole() == []


def test_what_is_due_and_what_comes_by_mail_is_found_by_indexes_alone(desk, read_whole):
    waiting = (Waiting(letter(each), False, desk.now, lambda _: None) for each in (1, 2, 2))
    assert mail.ingest(waiting, desk.settings) == mail.Taken(taken=2, duplicates=1)
    desk.watch.advance(days=2)
    rights.watch(desk.settings, desk.now)
    desk.post()
    assert len(list(rights.listing(now=desk.now, is_open=True))) == 2
    assert len(list(register.rows())) == 2
    newest, after = register.page("", 1)
    assert [newest, register.page(after, 1)[0]] == [[row] for row in [*register.rows()][::-1]]
    assert register.waiting("2100-01-01", 100)[:2] == (2, 2)

    assert read_whole() == []
