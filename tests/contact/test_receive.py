"""Writing, through the wire: what is stored where, what is answered, what is refused and leaves nothing."""

import base64
import json
import threading
from dataclasses import replace

import pytest

from tests.house import on_both_databases
from tests.visitor import Visitor, payload
from tests.writer import AIGERIM, BOLAT, Writer, solve
from wadjet import contact, database, jose, keys, vault
from wadjet.contact import challenge, service


def rows(store, sql):
    return store.read(lambda: store.execute(sql).fetchall())


def messages():
    return list(contact.listing())


def new_work(writer):
    return {"challenge": solve(writer.client.get("/api/v1/challenge").json)}


def anything_kept():
    """Whether a message, pending ones too, or a form's receipt exists."""
    kept = rows(database.vault, "SELECT count(*) FROM contact_message")[0][0]
    decided = rows(database.receipts, "SELECT count(*) FROM receipt")[0][0]
    return kept, decided


@on_both_databases
@pytest.mark.clause("6.0", "7.1", "5.3")
def test_a_message_and_its_receipt_are_kept_apart(writer, settings, now):
    answer = writer.write()

    document, _ = keys.verify(answer["receipt"], keys.ring(settings).jwks())
    receipt = json.loads(document)
    assert receipt["dpv:hasIdentifier"] == answer["id"]
    (record,) = receipt["dpv:hasRecordOfActivity"]
    states = {each["dct:identifier"]: each["dpv:hasConsentStatus"] for each in record["dpv:hasProcess"]}
    assert states == {"feedback": "dpv:ConsentGiven", "marketing": "dpv:ConsentRefused"}
    assert record["dpv:hasDataSubject"]["commitment"].startswith("sha-256:")
    (message,) = messages()
    assert (message["state"], message["receipt"]) == ("received", answer["id"])
    assert contact.read(message["id"], by="tests", now=now).written == AIGERIM | {"phone": "+77011234567"}


@pytest.mark.clause("5.3")
def test_neither_database_holds_what_joins_them(writer):
    answer = writer.write()

    vault = b"".join(
        bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
        for table in ("contact_message", "person", "journal_entry", "outgoing")
        for row in rows(database.vault, f"SELECT * FROM {table}")
        for value in row
    )
    receipts = str(rows(database.receipts, "SELECT * FROM receipt")) + answer["receipt"]
    assert answer["id"].encode() not in vault
    for value in AIGERIM.values():
        assert value.encode() not in vault
        assert value not in receipts
        assert base64.b64encode(value.encode()).decode().rstrip("=") not in receipts
    (message,) = rows(database.vault, "SELECT id, person FROM contact_message")
    assert not any(each in receipts for each in message)


def test_the_same_post_again_answers_the_same_receipt(writer):
    body = writer.form()

    first, again = writer.send(body), writer.send(body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(messages()) == 1


@on_both_databases
@pytest.mark.clause("2.14")
def test_the_same_post_again_brings_back_nobody_who_was_destroyed(writer, now):
    body = writer.form()
    first = writer.send(body)
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))
    vault.destroy(person, reason="case 1", now=now)

    again = [writer.send(body), writer.send(body | new_work(writer))]

    assert [answer.status_code for answer in again] == [200, 200]
    assert [answer.json for answer in again] == [first.json, first.json]
    assert anything_kept() == (0, 1)
    assert rows(database.vault, "SELECT count(*) FROM outgoing") == [(0,)]
    assert rows(database.person_keys, "SELECT count(*) FROM person_key") == [(0,)]


@pytest.mark.clause("2.14", "8.4.b")
def test_a_message_that_went_while_its_person_stays_does_not_come_back(writer, now):
    writer.write(AIGERIM | {"message": "Another one."})
    body = writer.form()
    receipt = writer.send(body).json["id"]
    (gone,) = [each["id"] for each in messages() if each["receipt"] == receipt]
    database.vault.write(lambda: contact.drop(gone, ground="withdrawn", now=now))

    assert writer.send(body | new_work(writer)).status_code == 200
    assert len(messages()) == 1


@pytest.mark.clause("5.4")
def test_a_message_whose_words_went_is_answered_as_before(writer, now):
    body = writer.form()
    first = writer.send(body)
    (message,) = messages()
    database.vault.write(lambda: contact.reduce(message["id"], until="2027-01-01", ground="achieved", now=now))

    again = writer.send(body)

    assert (again.status_code, again.json) == (200, first.json)
    assert [each["state"] for each in messages()] == ["reduced"]


@pytest.mark.clause("2.2")
def test_the_same_post_again_does_not_tell_that_its_writer_is_blocked(writer, now):
    body = writer.form()
    first = writer.send(body)
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))
    database.vault.write(lambda: vault.block(person, reason="case 1", now=now))

    again = writer.send(body)

    assert (again.status_code, again.json) == (200, first.json)


def test_another_decision_under_the_id_of_what_went_is_refused(writer, now):
    receipt = writer.write()["id"]
    (person,) = database.vault.read(lambda: vault.find(email=AIGERIM["email"]))
    vault.destroy(person, reason="case 1", now=now)
    fresh = Writer(writer.client)

    answer = writer.send(writer.form(decision=fresh.sign(fresh.form_decision(id=receipt))))

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (409, "receipt-conflict")
    assert anything_kept() == (0, 1)


def test_other_words_under_one_decision_are_refused(writer):
    body = writer.form()
    writer.send(body)

    answer = writer.send(body | {"message": "Something else."})

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (409, "receipt-conflict")


@on_both_databases
def test_posts_at_once_make_one_message(app, writer):
    body = writer.form()
    answers = []

    def send():
        answers.append(Writer(app.test_client()).send(body))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json["receipt"] for answer in answers}) == 1
    assert anything_kept() == (1, 1)


def test_two_messages_of_one_person_stand_on_one_card(writer, now):
    writer.write()
    writer.write(AIGERIM | {"email": "aigerim@EXAMPLE.kz", "message": "And another thing."})
    writer.write(AIGERIM | {"first_name": "Айгерим"})

    people = [contact.read(each["id"], by="tests", now=now).person for each in messages()]
    assert len(people) == 3
    assert len(set(people)) == 2


@on_both_databases
@pytest.mark.clause("3.2.a", "4.1.a")
def test_a_number_given_in_a_later_message_finds_its_writer(writer, now, watch):
    def found():
        return database.vault.read(lambda: vault.find(phone="+7 702 222 33 44"))

    writer.write(BOLAT)
    (person,) = database.vault.read(lambda: vault.find(email=BOLAT["email"]))
    watch.advance(seconds=1)
    writer.write(BOLAT | {"phone": "8 702 222 33 44"})
    writer.write(BOLAT | {"phone": "8 702 222 33 44", "message": "Once more."})

    assert found() == [person]
    assert database.vault.read(lambda: vault.card(person)).phone == ""  # anybody can type another's name

    first, second = [each["id"] for each in messages()][1:]
    database.vault.write(lambda: contact.drop(first, ground="withdrawn", now=now))
    assert found() == [person]
    database.vault.write(lambda: contact.reduce(second, until="2027-01-01", ground="achieved", now=now))
    assert found() == []


@pytest.mark.clause("5.4", "5.5")
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"iin": "900101300123"}, "iin", "unknown"),
        ({"last_name": ""}, "last_name", "missing"),
        ({"first_name": None}, "first_name", "missing"),
        ({"email": "nobody"}, "email", "email"),
        ({"phone": "12"}, "phone", "phone"),
        ({"message": " \n "}, "message", "missing"),
        ({"message": "x" * 3001}, "message", "too-long"),
        ({"message": "a\x00b"}, "message", "control-characters"),
        ({"first_name": "<script>"}, "first_name", "name"),
        ({"email": ["a@example.kz"]}, "email", "not-text"),
        ({"challenge": None}, "challenge", "missing"),
        ({"decision": None}, "decision", "missing"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_kept(writer, changes, field, code):
    answer = writer.send(writer.form(challenge="x") | changes, **{"Accept-Language": "ru"})

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"].endswith("contact-invalid")
    (error,) = answer.json["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert any("а" <= letter <= "я" for letter in error["message"].lower())
    assert anything_kept() == (0, 0)


def test_every_mistake_is_told_at_once(writer):
    answer = writer.send(writer.form(challenge="x") | {"last_name": "", "email": "x", "phone": "1"})

    assert {each["field"] for each in answer.json["errors"]} == {"last_name", "email", "phone"}


@pytest.mark.parametrize("body", [[], "x", 1, {}, {"decision": {}}, {"decision": "a.b.c"}])
def test_what_is_no_form_is_refused(writer, body):
    answer = writer.send(body)

    assert answer.status_code in (403, 422)
    assert anything_kept() == (0, 0)


def test_feedback_must_be_agreed_to(writer):
    fresh = Writer(writer.client)
    decision = fresh.form_decision(purposes={"feedback": False, "marketing": True})

    answer = writer.send(writer.form(decision=fresh.sign(decision)))

    assert answer.json["errors"][0]["field"] == "feedback"
    assert anything_kept() == (0, 0)


@pytest.fixture
def unasked(bundle, publish):
    """The policy in force asks for feedback elsewhere than in the form."""
    publish(purposes=tuple(replace(each, asked="banner") for each in bundle.purposes))


@pytest.mark.clause("7.1", "5.1")
def test_nothing_is_taken_where_the_policy_does_not_ask_for_feedback(writer, unasked):
    fresh = Writer(writer.client)

    answer = writer.send(writer.form(decision=fresh.sign(fresh.form_decision())), **{"Accept-Language": "ru"})

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (422, "contact-invalid")
    (error,) = answer.json["errors"]
    assert (error["field"], error["code"]) == ("feedback", "closed")
    assert "не принимаются" in error["message"]
    assert anything_kept() == (0, 0)


def test_a_decision_of_the_banners_brings_no_message(writer):
    visitor = Visitor(writer.client)
    decision = visitor.sign(visitor.decision())
    visitor.post(decision)

    answer = writer.send(writer.form(decision=decision))

    assert answer.status_code == 422
    assert anything_kept() == (0, 1)


@pytest.mark.clause("4.1.c")
def test_marketing_is_a_decision_of_its_own(writer):
    fresh = Writer(writer.client)
    decision = fresh.form_decision(purposes={"feedback": True, "marketing": True})

    receipt = payload(writer.write(decision=fresh.sign(decision))["receipt"])

    states = [each["dpv:hasConsentStatus"] for each in receipt["dpv:hasRecordOfActivity"][0]["dpv:hasProcess"]]
    assert states == ["dpv:ConsentGiven", "dpv:ConsentGiven"]


@pytest.mark.parametrize(
    "change",
    [
        {"event": "refused", "purposes": {"feedback": False, "marketing": False}},
        {"purposes": {"measurement": True, "embeds": True}},
        {"purposes": {"feedback": True}},
        {"offer": "x"},
        {"language": "fr"},
    ],
)
def test_a_decision_on_something_else_is_refused(writer, change):
    fresh = Writer(writer.client)
    decision = fresh.form_decision() | change

    answer = writer.send(writer.form(decision=fresh.sign(decision)))

    assert 400 <= answer.status_code < 500
    assert anything_kept() == (0, 0)


def test_the_banners_key_is_refused(writer):
    visitor = Visitor(writer.client)
    visitor.give()
    decision = Writer(writer.client).form_decision()

    answer = writer.send(writer.form(decision=visitor.sign(decision)))

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (403, "signature-invalid")
    assert anything_kept() == (0, 1)


def test_a_messages_key_is_none_of_the_banners(writer):
    key = Writer(writer.client)
    writer.write(decision=key.sign(key.form_decision()))

    answer = key.post(key.sign(key.decision()))

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (403, "signature-invalid")
    assert anything_kept() == (1, 1)


@pytest.mark.clause("8.4.b")
def test_the_banners_key_that_ended_a_message_is_the_banners_all_the_same(writer):
    visitor = Visitor(writer.client)

    assert visitor.withdraw(writer.write()["id"]).status_code == 201

    assert visitor.status(visitor.give()["id"]) == "current"


def test_a_key_signs_one_message(writer):
    fresh = Writer(writer.client)
    writer.write(decision=fresh.sign(fresh.form_decision()))

    answer = writer.send(writer.form(BOLAT, decision=fresh.sign(fresh.form_decision())))

    assert answer.status_code == 403
    assert anything_kept() == (1, 1)


def test_a_foreign_page_may_not_post(writer):
    answer = Writer(writer.client, "https://evil.example").send(writer.form())

    assert answer.json["type"].endswith("origin-not-allowed")
    assert anything_kept() == (0, 0)


def test_a_banner_cannot_take_over_a_forms_receipt(writer):
    receipt = writer.write()["id"]
    visitor = Visitor(writer.client)

    answer = visitor.post(visitor.sign(visitor.decision(previous=receipt)))

    assert answer.json["type"].endswith("receipt-unknown")
    assert visitor.status(receipt) == "current"


def test_a_policy_changed_meanwhile_is_told_with_the_new_offer(writer, publish):
    body = writer.form()
    publish(material=True)

    answer = writer.send(body)

    assert answer.status_code == 409
    assert answer.json["offer"]["policy"]["version"] == 2
    assert anything_kept() == (0, 0)


def forged(solved, **changes):
    sent = json.loads(base64.b64decode(solved))
    sent["challenge"]["parameters"] |= changes
    return base64.b64encode(json.dumps(sent).encode()).decode()


@pytest.mark.parametrize(
    "forge",
    [
        lambda solved: "",
        lambda solved: "x" * 3000,
        lambda solved: base64.b64encode(b"{}").decode(),
        lambda solved: base64.b64encode(b'{"challenge":{"parameters":{}}}').decode(),
        lambda solved: forged(solved, cost=1),
        lambda solved: forged(solved, keyPrefix=""),
        lambda solved: forged(solved, nonce="00" * 16),
        lambda solved: forged(solved, expiresAt=4_000_000_000),
        lambda solved: forged(solved, algorithm="SHA-512"),
        lambda solved: solved[:-8] + "AAAAAAA=",
    ],
)
def test_a_proof_of_work_that_is_none_is_refused(writer, forge):
    solved = solve(writer.client.get("/api/v1/challenge").json)

    answer = writer.send(writer.form(challenge=forge(solved)))

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (403, "challenge-invalid")
    assert anything_kept() == (0, 0)


def test_a_proof_of_work_counts_once(writer):
    solved = solve(writer.client.get("/api/v1/challenge").json)
    writer.write(challenge=solved)

    answer = writer.send(writer.form(BOLAT, challenge=solved))

    assert answer.json["type"].endswith("challenge-invalid")
    assert len(messages()) == 1


def test_a_proof_of_work_used_again_costs_nothing_but_the_answer(writer):
    """Not even the key of a person who was never taken in."""
    solved = solve(writer.client.get("/api/v1/challenge").json)
    writer.write(challenge=solved)

    answers = [writer.send(writer.form(BOLAT | {"email": f"{n}@example.kz"}, challenge=solved)) for n in range(5)]

    assert {answer.status_code for answer in answers} == {403}
    assert rows(database.person_keys, "SELECT count(*) FROM person_key") == [(1,)]
    assert rows(database.vault, "SELECT count(*) FROM person") == [(1,)]


def test_of_the_proofs_used_only_those_that_would_still_pass_are_remembered(writer, settings, watch):
    for number in range(3):
        writer.write(AIGERIM | {"message": f"{number}"})
    assert rows(database.vault, "SELECT count(*) FROM used_challenge") == [(3,)]

    watch.advance(minutes=11)
    writer.write(challenge=solve(challenge.issue(service._secret(settings), now=watch())))

    assert rows(database.vault, "SELECT count(*) FROM used_challenge") == [(1,)]


def test_an_old_proof_of_work_is_refused(writer, watch):
    body = writer.form()
    watch.advance(minutes=11)

    assert writer.send(body).status_code == 403


def test_over_plain_http_the_decision_may_come_unsigned(open_app, publish, watch):
    from wadjet.settings import Site

    app = open_app(sites={"wadjet.kz": Site("wadjet.kz", ("http://wadjet.kz",))})
    publish()
    writer = Writer(app.test_client(), "http://wadjet.kz")

    receipt = payload(writer.write(decision=writer.form_decision())["receipt"])

    assert receipt["proof"] == "offer"


def test_over_https_an_unsigned_decision_is_refused(writer):
    assert writer.send(writer.form(decision=writer.form_decision())).status_code == 403
    assert anything_kept() == (0, 0)


def test_the_commitment_is_opened_by_the_persons_copy_alone(writer, now):
    from hashlib import sha256

    import rfc8785

    receipt = payload(writer.write()["receipt"])
    (message,) = messages()
    opening = service.opening(contact.read(message["id"], by="tests", now=now))

    digest = "sha-256:" + jose.b64url(sha256(rfc8785.dumps(opening)).digest())
    assert receipt["dpv:hasRecordOfActivity"][0]["dpv:hasDataSubject"]["commitment"] == digest
    assert len(jose.unb64url(opening["salt"])) == 32
