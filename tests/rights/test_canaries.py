"""Nothing that anybody said, or was told, lies in clear: in databases, journal, registers, logs, rows of letters."""

import logging
from datetime import date, timedelta

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, Desk, people_of
from wadjet import clock, database, mail, rights
from wadjet.mail.sources import Waiting
from wadjet.registers import catalogue

WORD = "zqxwvkanaryk"  # stands in all that is said
CONDITION = "jqbonlyintranet"  # opened for whoever looks into the register of prohibitions, to be kept to
CARD = {
    "last_name": f"{WORD}aa",
    "first_name": f"{WORD}bb",
    "patronymic": f"{WORD}cc",
    "phone": "+77079998877",
    "email": f"{WORD}@example.kz",
    "message": f"{WORD} message",
}


def kept() -> str:
    """All that is stored, as text."""
    found = []
    for store in database.STORES:
        for table in store.read(store.proxy.get_tables):
            for row in store.read(lambda: store.execute(f"SELECT * FROM {table}").fetchall()):  # noqa: B023
                found += [bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for each in row]
    return b"\n".join(found).decode("utf-8", "replace")


@on_both_databases
@pytest.mark.clause("8.7", "3.2.f")
def test_what_was_said_is_only_where_a_key_opens_it(desk: Desk, caplog):
    caplog.set_level(logging.DEBUG)
    desk.watch.moment = clock.now()
    desk.write(CARD)
    head = f"From: {WORD} <{CARD['email']}>\nSubject: {WORD}\nMessage-ID: <{WORD}@example.kz>"
    raw = f"{head}\nContent-Type: image/{WORD}\n\n{WORD}"
    mail.ingest(iter([Waiting(raw.encode(), False, desk.now, lambda _: None)]), desk.settings)
    (letter,) = rights.listing(now=desk.now)
    rights.match(letter["id"], now=desk.now)
    desk.prove(letter["id"])
    rights.take(letter["id"], by=STAFF, kind="question", settings=desk.settings, now=desk.now)
    until = date.fromisoformat(next(rights.listing(now=desk.now))["due_on"]) + timedelta(days=3)
    rights.extend(letter["id"], until=until, reason="case 7", by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(letter["id"], answer=WORD)
    said = {"text": WORD, "representative": WORD, "subject": WORD, "notes": WORD}
    desk.refuse(desk.asked("information", CARD["email"], **said), "justice", text=WORD)
    changes = {"rectify": {"first_name": f"{WORD}dd"}, "restrict": {"email": CONDITION}}
    for kind, fields in changes.items():
        request = desk.asked(kind, CARD["email"], fields=fields, **said)
        rights.admit(
            request, people_of(CARD["email"]), evidence="case 8", by=STAFF, settings=desk.settings, now=desk.now
        )
        desk.fulfil(request, answer=WORD)
    desk.fulfil(desk.asked("stop", CARD["email"], purposes=(WORD,), **said), answer=WORD)
    rights.watch(desk.settings, desk.now)
    assert len(people_of(CARD["email"])) == 1
    assert desk.post()

    everything = kept()
    shown = "".join(str(list(each.read())) for each in catalogue.shown())

    for place, text in {"stores": everything, "registers": shown, "log": caplog.text}.items():
        for word in (WORD, CARD["phone"], CARD["phone"][-7:]):
            assert word not in text.lower(), place
        assert (CONDITION in text) == (place == "registers")
    assert letter["id"] in everything
    assert letter["id"] in shown
