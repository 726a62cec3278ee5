"""The letters a message causes, and what their links do."""

import email
import json
import re
from email import policy as wire
from urllib.parse import urlsplit

import pytest

from tests.visitor import payload
from tests.writer import AIGERIM, Writer, solve_at_once
from wadjet import consent, contact, database, mail, vault


@pytest.fixture
def post(app, settings, watch):
    """`post()`: send what is due; the letters in the mailbox, by kind of recipient."""
    from dataclasses import replace

    from wadjet.settings import complete

    told = complete(replace(settings, mail_url="maildir:mail", mail_from="office@wadjet.kz", mail_to="desk@wadjet.kz"))

    def send():
        mail.send_due(told, watch())
        paths = sorted(told.home.glob("mail/new/*"), key=lambda path: path.stat().st_mtime_ns)  # names do not sort
        found = [email.message_from_bytes(path.read_bytes(), policy=wire.default) for path in paths]
        return {letter["To"].addresses[0].addr_spec: letter for letter in found}

    return send


def addresses(letter, word):
    text = letter.get_body(("plain",)).get_content()
    return [each for each in re.findall(r"https?://\S+", text) if word in each]


def link(letter, word):
    return urlsplit(addresses(letter, word)[0]).path


def state_of(writer, receipt_id):
    return consent.standing(receipt_id)


def write(client, **purposes):
    fresh = Writer(client)
    decision = fresh.form_decision(purposes={"feedback": True, "marketing": False} | purposes, language="kk")
    return fresh.write(decision=fresh.sign(decision))


def test_the_writer_gets_a_copy_and_the_operator_is_told(client, post):
    answer = write(client)

    letters = post()

    mine, theirs = letters[AIGERIM["email"]], letters["desk@wadjet.kz"]
    assert AIGERIM["message"] in mine.get_body(("plain",)).get_content()
    assert "Сәлеметсіз" in mine.get_body(("html",)).get_content()
    attached = {part.get_filename(): part.get_content() for part in mine.iter_attachments()}
    assert attached["receipt.jws"].decode() == answer["receipt"]
    assert json.loads(attached["opening.json"])["fields"]["first_name"] == "Әйгерім"
    assert theirs["Reply-To"].addresses[0].addr_spec == AIGERIM["email"]
    for value in AIGERIM.values():
        assert value not in theirs["Subject"]
    assert AIGERIM["message"] in theirs.get_body(("plain",)).get_content()


@pytest.mark.clause("8.4.b", "4.1.d")
def test_the_letters_link_withdraws_and_opening_it_does_not(client, post):
    receipt = write(client)["id"]
    path = link(post()[AIGERIM["email"]], "withdraw")

    for _ in range(3):  # a mail scanner
        assert client.get(path).status_code == 200
    assert consent.find(receipt).status == "current"

    assert client.post(path).status_code == 200
    assert consent.find(receipt).status == "withdrawn"
    assert consent.standing(receipt) == {"feedback": False, "marketing": False}
    assert client.post(path).status_code == 200  # twice is once


@pytest.mark.clause("8.4.b", "8.3")
def test_it_withdraws_also_once_the_address_was_corrected(client, post, watch):
    receipt = write(client)["id"]
    letter = post()[AIGERIM["email"]]
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))

    vault.rectify(person, email="new@example.kz", now=watch())

    assert any(part.get_filename() == "receipt.jws" for part in letter.iter_attachments())  # which is enough
    assert client.post(link(letter, "withdraw")).status_code == 200
    assert consent.find(receipt).status == "withdrawn"


@pytest.mark.clause("4.1.c")
def test_one_click_stops_the_news_and_only_them(client, post):
    receipt = write(client, marketing=True)["id"]
    letter = post()[AIGERIM["email"]]

    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(str(letter["List-Unsubscribe"]).strip("<>")).path
    # As a mail provider's server posts it: no cookie, no Origin. Source: RFC 8058 3.2.
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert consent.standing(receipt) == {"feedback": True, "marketing": False}
    assert consent.find(receipt).status == "superseded"
    states = {
        each["dct:identifier"]: each["dpv:hasConsentStatus"]
        for each in payload(consent.find(latest(client, receipt)).receipt)["dpv:hasRecordOfActivity"][0][
            "dpv:hasProcess"
        ]
    }
    assert states == {"feedback": "dpv:RenewedConsentGiven", "marketing": "dpv:ConsentWithdrawn"}


def latest(client, receipt):
    from wadjet import database

    sql = "SELECT id FROM receipt WHERE chain = ? ORDER BY seq DESC LIMIT 1"
    return database.receipts.read(lambda: database.receipts.execute(sql, receipt).fetchone())[0]


def test_without_marketing_there_is_no_one_click(client, post):
    write(client)

    assert "List-Unsubscribe" not in post()[AIGERIM["email"]]


def test_after_a_withdrawal_the_message_is_not_answered(client, post, now):
    write(client)
    client.post(link(post()[AIGERIM["email"]], "withdraw"))
    (message,) = contact.listing()

    with pytest.raises(contact.MessageMoved):
        contact.answer(message["id"], by="tests", now=now)


def test_links_lead_to_pages_in_the_language_of_the_letter(open_app, publish, post):
    """Whatever the browser wishes for: it may be somebody else's, the letter is the writer's."""
    client = open_app(confirm_contact=True).test_client()
    publish()
    write(client, marketing=True)
    (confirm,) = addresses(post()[AIGERIM["email"]], "/contact/")
    client.post(link(post()[AIGERIM["email"]], "confirm"))
    letter = post()[AIGERIM["email"]]

    reached = [confirm, *addresses(letter, "/contact/"), str(letter["List-Unsubscribe"]).strip("<>")]

    assert len(reached) == 4
    for each in reached:
        page = client.get(each, headers={"Accept-Language": "en"})
        assert '<html lang="kk">' in page.text, each


@pytest.mark.parametrize("token", ["x", "WyJhIiwiYiJd.sig", "%00", "a" * 500])
def test_a_link_that_is_none_of_ours_leads_nowhere(client, token):
    assert client.get(f"/contact/withdraw/{token}/").status_code == 404
    assert client.post(f"/contact/confirm/{token}/").status_code == 404


def test_with_opt_in_a_message_counts_once_it_is_confirmed(open_app, publish, post, watch):
    app = open_app(confirm_contact=True)
    publish()
    write(app.test_client())
    (message,) = contact.listing()
    assert message["state"] == "unconfirmed"
    (letter,) = post().values()
    assert AIGERIM["message"] not in letter.as_string()
    path = link(letter, "confirm")

    app.test_client().get(path)
    assert next(contact.listing())["state"] == "unconfirmed"
    app.test_client().post(path)

    assert next(contact.listing())["state"] == "received"
    assert set(post()) == {AIGERIM["email"], "desk@wadjet.kz"}


@pytest.mark.clause("2.2", "D4")
def test_what_is_confirmed_while_it_is_blocked_is_told_after_that(open_app, publish, post, watch):
    app = open_app(confirm_contact=True)
    publish()
    write(app.test_client())
    (letter,) = post().values()
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))
    database.vault.write(lambda: vault.block(person, reason="case 7", now=watch()))

    app.test_client().post(link(letter, "confirm"))
    watch.advance(days=6)
    assert "desk@wadjet.kz" not in post()

    database.vault.write(lambda: vault.unblock(person, reason="case 7", now=watch()))
    watch.advance(hours=1)
    assert set(post()) == {AIGERIM["email"], "desk@wadjet.kz"}


def test_nobody_is_bombed_with_letters(client, post, watch, settings):
    def wrote(**changes):
        Writer(client).write(AIGERIM | changes)
        watch.advance(minutes=5)

    wrote()
    wrote(message="Again.")
    wrote(last_name="Иванова", email=AIGERIM["email"].upper())
    post()
    watch.advance(minutes=61)
    wrote(first_name="Айгерим")
    post()

    sent = [path.read_bytes() for path in settings.home.glob("mail/new/*")]
    to = [email.message_from_bytes(raw, policy=wire.default)["To"].addresses[0].addr_spec.lower() for raw in sent]
    assert sorted(to) == ["aigerim@example.kz"] * 2 + ["desk@wadjet.kz"] * 4


@pytest.mark.parametrize("opt_in", [False, True])
def test_fifty_strangers_who_type_one_address_have_it_written_to_once_an_hour(
    opt_in, open_app, publish, post, watch, settings
):
    """Each from an address of their own, every five minutes, under other names: no more letters, and no fewer."""
    client = open_app(trusted_proxies=1, rate_limit="1 per hour", confirm_contact=opt_in).test_client()
    publish()
    for number in range(50):
        victim = AIGERIM["email"].upper() if number % 2 else AIGERIM["email"]
        names = {"first_name": "Аноним" + "а" * (number % 7), "email": victim, "message": f"{number}"}
        body = Writer(client).form(AIGERIM | names, challenge=solve_at_once(settings, watch()))
        answer = Writer(client).send(body, **{"X-Forwarded-For": f"203.0.113.{number}"})
        assert answer.status_code == 201, answer.text
        watch.advance(minutes=5)
        if number % 10 == 9:
            post()

    sent = [path.read_bytes() for path in settings.home.glob("mail/new/*")]
    to = [email.message_from_bytes(raw, policy=wire.default)["To"].addresses[0].addr_spec.lower() for raw in sent]
    assert to.count(AIGERIM["email"]) == 5  # in four hours and five minutes
    assert to.count("desk@wadjet.kz") == (0 if opt_in else 50)


def test_one_confirmation_counts_for_all_that_was_written_under_the_address(open_app, publish, post, watch):
    client = open_app(confirm_contact=True).test_client()
    publish()
    path = ""
    for changes in ({}, {"message": "Two."}, {"first_name": "Айгерим"}, {"email": "bolat@example.kz"}):
        Writer(client).write(AIGERIM | changes)
        watch.advance(minutes=1)
        path = path or link(post()[AIGERIM["email"]], "confirm")

    client.post(path)
    assert [each["state"] for each in contact.listing()] == ["received"] * 3 + ["unconfirmed"]

    Writer(client).write(AIGERIM | {"message": "Another one, within the hour: that letter is for it too."})
    client.post(path)
    assert [each["state"] for each in contact.listing()] == ["received"] * 3 + ["unconfirmed", "received"]


def test_the_answer_says_that_a_message_does_not_count_yet(open_app, publish, post):
    client = open_app(confirm_contact=True).test_client()
    publish()
    body = Writer(client).form()

    first, again = Writer(client).send(body), Writer(client).send(body)
    client.post(link(post()[AIGERIM["email"]], "confirm"))
    confirmed = Writer(client).send(body)

    assert [answer.status_code for answer in (first, again, confirmed)] == [201, 200, 200]
    assert first.json == again.json == confirmed.json | {"unconfirmed": True}
    assert confirmed.json.keys() == {"id", "receipt"}


def test_without_opt_in_nothing_is_said_of_it(client):
    assert write(client).keys() == {"id", "receipt"}


def test_a_message_of_somebody_destroyed_is_not_sent(client, post, now):
    from wadjet import vault

    write(client)
    (message,) = contact.listing()
    vault.destroy(contact.read(message["id"], by="tests", now=now).person, reason="case 1", now=now)

    assert post() == {}
    assert list(contact.listing()) == []


def test_staff_leave_a_trace(client, now):
    from wadjet import database

    write(client)
    (message,) = contact.listing()
    contact.read(message["id"], by="dana", now=now)
    contact.answer(message["id"], by="dana", now=now)
    contact.close(message["id"], by="dana", now=now)

    journal = database.vault.read(
        lambda: database.vault.execute(
            "SELECT entry FROM journal_entry WHERE about = ? ORDER BY seq", message["id"]
        ).fetchall()
    )
    entries = [json.loads(bytes(row[0])) for row in journal]
    assert [each["act"] for each in entries] == ["collect", "record", "extract", "use", "use"]
    assert [each.get("by") for each in entries[2:]] == ["dana"] * 3
    with pytest.raises(contact.MessageMoved):
        contact.answer(message["id"], by="dana", now=now)
