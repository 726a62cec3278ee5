"""The receipts of a contact form: each kind is genuine, none can be turned, and what they commit to can be shown."""

import json
import secrets

import pytest

from tests.consent.test_verification import OUTSIDE, record
from tests.visitor import payload
from tests.writer import AIGERIM, Writer
from wadjet import clock, consent, contact, jose, keys, policy
from wadjet.consent.commitments import read_opening
from wadjet.consent.verification import verify
from wadjet.contact import service

BOTH = {"feedback": True, "marketing": True}


@pytest.fixture(autouse=True)
def present(watch):
    watch.moment = clock.now()  # as in tests/contact


@pytest.fixture
def jwks(settings):
    return keys.ring(settings).jwks()


@pytest.fixture
def written(client):
    """A message whose writer allowed both purposes: its receipt, its id."""
    fresh = Writer(client)
    answer = fresh.write(decision=fresh.sign(fresh.form_decision(purposes=BOTH)))
    (message,) = contact.listing()
    return answer["receipt"], message["id"]


@pytest.fixture
def end(settings, watch):
    """`end(message_id, purpose)`: as the link in a letter does; the receipt of it."""

    def withdraw(message_id, purpose):
        return service.withdraw(message_id, purpose, language="kk", settings=settings, now=watch()).receipt

    return withdraw


def states(receipt):
    return {each["dct:identifier"]: each["dpv:hasConsentStatus"] for each in record(payload(receipt))["dpv:hasProcess"]}


def named(receipt):
    """The version that the purposes were put in, and the one in force."""
    said = payload(receipt)
    return int(record(said)["dpv:hasNotice"]["dct:hasVersion"]), said["policy"]["version"]


@pytest.mark.clause("8.4.b")
def test_each_kind_is_genuine_under_one_commitment(written, end, jwks):
    given, message_id = written
    part, whole = end(message_id, "marketing"), end(message_id, "feedback")

    assert [verify(each, jwks).faults for each in (given, part, whole)] == [(), (), ()]
    assert list(states(part).values()) == ["dpv:RenewedConsentGiven", "dpv:ConsentWithdrawn"]
    commitments = {record(payload(each))["dpv:hasDataSubject"]["commitment"] for each in (given, part, whole)}
    assert len(commitments) == 1


def test_what_is_ended_already_is_answered_with_its_receipt(written, end):
    _, message_id = written
    part = end(message_id, "marketing")

    assert end(message_id, "marketing") == part


@pytest.mark.clause("8.4.b")
def test_a_process_that_has_just_begun_ends_either_kind(written, end, jwks):
    ended = []
    for purpose in ("marketing", "feedback"):
        policy.reset()  # as a command begins, which has served no page
        ended.append(end(written[1], purpose))

    assert [verify(each, jwks).faults for each in ended] == [(), ()]


@pytest.mark.clause("8.4.b", "12.2")
def test_what_is_ended_under_a_later_policy_names_the_text_that_was_consented_to(written, end, publish, watch, jwks):
    given, message_id = written
    watch.advance(days=3)
    publish(material=True)
    part, whole = end(message_id, "marketing"), end(message_id, "feedback")

    assert [verify(each, jwks).faults for each in (part, whole)] == [(), ()]
    assert [named(each) for each in (given, part, whole)] == [(1, 1), (1, 2), (1, 2)]


@pytest.mark.parametrize("corruption", OUTSIDE)
def test_corruption_from_outside_is_refused(corruption, written, jwks):
    assert len(verify(OUTSIDE[corruption](written[0], jwks), jwks).faults) == 1


def commitment(value):
    return lambda receipt: record(receipt)["dpv:hasDataSubject"].update(commitment=value)


# What only the operator, or a thief of its key, can sign. That a commitment was exchanged for another sound one no
# signature tells: the writer's opening does.
INSIDE = {
    "commitment that is none": commitment("Aigerim"),
    "commitment by another digest": commitment("sha-1:" + "A" * 27),
    "commitment cut": commitment("sha-256:" + "A" * 42),
    "commitment empty": commitment(""),
    "commitment and a key": lambda receipt: record(receipt)["dpv:hasDataSubject"].update({"@id": "urn:somebody"}),
    "key left out": lambda receipt: receipt.pop("key"),
    "ended where it was given": lambda receipt: record(receipt)["dpv:hasProcess"][1].update(
        {"dpv:hasConsentStatus": "dpv:ConsentWithdrawn"}
    ),
    "by possession": lambda receipt: receipt.update(proof="possession"),
}
ENDED = {
    "the ended allowed": lambda receipt: record(receipt)["dpv:hasProcess"][1].update(
        {"dpv:hasConsentStatus": "dpv:RenewedConsentGiven"}
    ),
    "the ended refused": lambda receipt: record(receipt)["dpv:hasProcess"][1].update(
        {"dpv:hasConsentStatus": "dpv:ConsentRefused"}
    ),
    "on an offer": lambda receipt: receipt.update(proof="offer"),
    "by a key": lambda receipt: receipt.update(proof="key"),
    "of no receipt": lambda receipt: receipt.pop("dct:replaces"),
    "another text": lambda receipt: record(receipt)["dpv:hasNotice"].update(digest="0" * 64),
}


def signed(receipt, settings):
    return keys.ring(settings).sign(json.dumps(receipt).encode())


@pytest.mark.parametrize("corruption", INSIDE)
def test_a_receipt_that_contradicts_itself_is_refused(corruption, written, settings, jwks):
    receipt = payload(written[0])
    INSIDE[corruption](receipt)

    assert verify(signed(receipt, settings), jwks).faults


@pytest.mark.parametrize("corruption", ENDED)
def test_so_is_one_that_ends_a_part(corruption, written, end, settings, jwks):
    receipt = payload(end(written[1], "marketing"))
    assert verify(signed(receipt, settings), jwks).faults == ()
    ENDED[corruption](receipt)

    assert verify(signed(receipt, settings), jwks).faults


@pytest.fixture
def files(written, jwks, now, tmp_path):
    """What an inspector is handed: receipt.jws, jwks.json, opening.json."""
    paths = [tmp_path / name for name in ("receipt.jws", "jwks.json", "opening.json")]
    opening = service.opening(contact.read(written[1], by="tests", now=now))
    for path, text in zip(paths, (written[0], json.dumps(jwks), json.dumps(opening, ensure_ascii=False)), strict=True):
        path.write_text(text, "utf-8")
    return paths


def judge(terminal, receipt, jwks, opening, *more):
    return terminal("receipt", "verify", receipt, "--jwks", jwks, "--opening", opening, *more)


def test_verify_says_what_the_commitment_proves_and_what_not(files, terminal):
    receipt, jwks, _ = files

    answer = terminal("receipt", "verify", receipt, "--jwks", jwks)

    proved, _, unproved = answer.out.partition("It does not prove:")
    assert answer.status == 0
    assert "shows exactly what was written" in proved
    assert "the contact form had the words" in proved
    assert "anybody can type another's name" in unproved


def test_the_writers_opening_opens_it(files, terminal):
    answer = judge(terminal, *files)

    assert (answer.status, answer.err) == (0, "")
    assert "\nOPENED. " in answer.out
    for value in AIGERIM.values():
        assert value not in answer.out  # it is in the file; a terminal need not show it
    (row,) = judge(terminal, *files, "--json").rows
    assert (row["genuine"], row["opened"]) == (True, True)


def altered(opening, **fields):
    return opening | {"fields": opening["fields"] | fields}


@pytest.mark.parametrize(
    "change",
    [
        lambda opening: altered(opening, message="Something else."),
        lambda opening: altered(opening, first_name="Әйгерiм"),  # a Latin i
        lambda opening: altered(opening, iin="900101300123"),
        lambda opening: opening | {"fields": {"message": opening["fields"]["message"]}},
        lambda opening: opening | {"salt": jose.b64url(secrets.token_bytes(32))},
    ],
)
def test_another_opening_does_not(change, files, terminal):
    receipt, jwks, path = files
    path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))))

    answer = judge(terminal, receipt, jwks, path)

    assert answer.status == 1
    assert "NOT OPENED. Something else was written" in answer.out
    (row,) = judge(terminal, receipt, jwks, path, "--json").rows
    assert (row["genuine"], row["opened"]) == (True, False)


def test_an_exchanged_commitment_is_told_by_the_opening(files, written, terminal, settings):
    """The operator can sign another message's commitment; the writer's copy shows it."""
    receipt, jwks, opening = files
    other = consent.commit({"salt": jose.b64url(secrets.token_bytes(32)), "fields": {"message": "x"}})
    said = payload(written[0])
    commitment(other)(said)
    receipt.write_text(signed(said, settings))

    assert terminal("receipt", "verify", receipt, "--jwks", jwks).status == 0
    assert judge(terminal, receipt, jwks, opening).status == 1


def test_a_banners_receipt_holds_nothing_to_open(files, client, terminal):
    receipt, jwks, opening = files
    receipt.write_text(Writer(client).give()["receipt"])

    answer = judge(terminal, receipt, jwks, opening)

    assert answer.status == 1
    assert "NOT OPENED. It holds no commitment" in answer.out


def test_of_a_forged_receipt_nothing_is_opened(files, terminal):
    receipt, jwks, opening = files
    receipt.write_text(OUTSIDE["signature altered"](receipt.read_text(), None))

    answer = judge(terminal, receipt, jwks, opening)

    assert answer.status == 1
    assert answer.out.startswith("NOT GENUINE.")
    assert "OPENED" not in answer.out
    assert judge(terminal, receipt, jwks, opening, "--json").rows[0]["opened"] is False


SALT = "A" * 43


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        json.dumps({"salt": SALT}).encode(),
        json.dumps({"salt": SALT, "fields": {}}).encode(),
        json.dumps({"salt": SALT, "fields": {"message": 1}}).encode(),
        json.dumps({"salt": SALT, "fields": ["x"]}).encode(),
        json.dumps({"salt": "short", "fields": {"message": "x"}}).encode(),
        json.dumps({"salt": None, "fields": {"message": "x"}}).encode(),
        json.dumps({"salt": SALT, "fields": {"message": "x"}, "more": 1}).encode(),
        b'{"salt": "%s", "fields": {"message": "x", "message": "y"}}' % SALT.encode(),
    ],
)
def test_what_is_no_opening_is_unreadable(data, files, terminal):
    receipt, jwks, opening = files
    opening.write_bytes(data)

    answer = judge(terminal, receipt, jwks, opening)

    assert (answer.status, answer.out) == (2, "")
    assert "opening.json" in answer.err
    with pytest.raises(jose.Unreadable):
        read_opening(data)
