"""Deciding, through the wire: what is stored, what is answered, what is refused and in which order."""

import json
import threading

import pytest

from tests.house import on_both_databases
from tests.visitor import ORIGIN, Visitor, new_id, payload
from wadjet import jose, keys
from wadjet.settings import Site

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # n, of P-256


@pytest.mark.clause("7.1", "8.4.b", "5.1")
def test_given_answers_a_receipt_that_the_operator_signed(client, settings):
    visitor = Visitor(client)
    decision = visitor.decision()
    token = visitor.sign(decision)

    answer = visitor.post(token)

    assert answer.status_code == 201
    assert answer.json["id"] == decision["id"]
    assert answer.json["proof_url"] is None
    document, key = keys.verify(answer.json["receipt"], keys.ring(settings).jwks())
    receipt = json.loads(document)
    assert receipt["decision"] == token
    assert receipt["proof"] == "key"
    assert receipt["policy"]["version"] == 1
    assert key["kid"] == keys.ring(settings).current.kid
    record = receipt["dpv:hasRecordOfActivity"][0]
    assert {p["dct:identifier"]: p["dpv:hasConsentStatus"] for p in record["dpv:hasProcess"]} == {
        "measurement": "dpv:ConsentGiven",
        "embeds": "dpv:ConsentGiven",
    }


@pytest.mark.parametrize("media_type", ["application/jose; charset=utf-8", "Application/JOSE"])
def test_post_written_otherwise_is_answered_the_same(media_type, client):
    """It goes through Flask, the plain one past it (web/hatch.py)."""
    visitor = Visitor(client)
    token = visitor.sign(visitor.decision())

    def post(media_type):
        said = {"Origin": visitor.origin}
        with client.post("/api/v1/receipts", data=token, content_type=media_type, headers=said) as answer:
            return answer.status_code, answer.data, sorted(answer.headers)

    first, plain, otherwise = post(media_type), post("application/jose"), post(media_type)

    assert first[0] == 201
    assert first[1] == plain[1]
    assert plain == otherwise
    assert plain[0] == 200


def test_purposes_decided_differently_keep_states_of_their_own(client):
    visitor = Visitor(client)

    receipt = payload(visitor.give(purposes={"measurement": True, "embeds": False})["receipt"])

    states = [p["dpv:hasConsentStatus"] for p in receipt["dpv:hasRecordOfActivity"][0]["dpv:hasProcess"]]
    assert states == ["dpv:ConsentGiven", "dpv:ConsentRefused"]


def test_refusal_is_kept_without_key(client):
    visitor = Visitor(client)

    answer = visitor.post(visitor.decision("refused"))

    assert answer.status_code == 201
    receipt = payload(answer.json["receipt"])
    assert "key" not in receipt
    assert receipt["event"] == "refused"
    assert visitor.post(visitor.sign(visitor.decision("refused"))).status_code == 422


@on_both_databases
def test_same_decision_again_answers_the_same_receipt(client):
    visitor = Visitor(client)
    decision = visitor.decision()
    first = visitor.post(visitor.sign(decision))

    # ECDSA draws a new nonce: another signature, another token text, the same decision by the same key.
    again = visitor.post(visitor.sign(decision))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["receipt"] == first.json["receipt"]


@on_both_databases
def test_second_valid_signature_answers_the_same_receipt(client):
    """Of each ECDSA signature (r, s) anybody can make (r, n - s)."""
    visitor = Visitor(client)
    token = visitor.sign(visitor.decision())
    first = visitor.post(token)

    again = visitor.post(twin(token))

    assert twin(token) != token
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data


def twin(token: str) -> str:
    text, _, signature = token.rpartition(".")
    r, s = jose.unb64url(signature)[:32], int.from_bytes(jose.unb64url(signature)[32:])
    return f"{text}.{jose.b64url(r + (ORDER - s).to_bytes(32))}"


def test_another_decision_or_key_under_the_id_conflicts(client):
    visitor = Visitor(client)
    decision = visitor.decision()
    visitor.post(visitor.sign(decision))

    changed = visitor.post(visitor.sign(decision | {"purposes": {"measurement": True, "embeds": False}}))
    stranger = Visitor(client).post(Visitor(client).sign(decision))

    assert changed.status_code == stranger.status_code == 409
    assert changed.json["type"].endswith("receipt-conflict")


@pytest.mark.clause("4.1.d", "8.4.b", "8.9", "3.1.b", "D6")
@on_both_databases
def test_withdrawal_ends_the_consent(client):
    visitor = Visitor(client)
    given = visitor.give()

    answer = visitor.withdraw(given["id"])

    assert answer.status_code == 201
    assert visitor.status(given["id"]) == "withdrawn"
    assert payload(answer.json["receipt"])["proof"] == "key"


@on_both_databases
def test_withdrawal_sent_again_answers_the_same_receipt(client):
    visitor = Visitor(client)
    decision = visitor.decision("withdrawn", previous=visitor.give()["id"])
    first = visitor.post(visitor.sign(decision))

    again = visitor.post(visitor.sign(decision))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data


@on_both_databases
def test_withdrawing_twice_answers_the_first_withdrawal(client):
    visitor = Visitor(client)
    given = visitor.give()
    first = visitor.withdraw(given["id"])

    second = visitor.withdraw(given["id"])

    assert second.status_code == 200
    assert second.json == first.json


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://127.0.0.1:8000"])
def test_withdrawal_needs_no_key_offer_or_origin(client, origin):
    given = Visitor(client).give()

    answer = Visitor(client, origin).post(
        {
            "id": new_id(),
            "event": "withdrawn",
            "purposes": {"measurement": False, "embeds": False},
            "language": "ru",
            "at": "1999-01-01T00:00:00Z",
            "previous": given["id"],
            "offer": "old and damaged",
        }
    )

    assert answer.status_code == 201
    assert payload(answer.json["receipt"])["proof"] == "possession"


def test_foreign_key_withdraws_as_possession(client):
    given = Visitor(client).give()

    answer = Visitor(client).withdraw(given["id"])

    assert payload(answer.json["receipt"])["proof"] == "possession"


@on_both_databases
def test_change_of_mind_supersedes(client):
    visitor = Visitor(client)
    first = visitor.give()

    second = visitor.give(previous=first["id"], purposes={"measurement": False, "embeds": True})

    assert visitor.status(first["id"]) == "superseded"
    assert visitor.status(second["id"]) == "current"
    assert payload(second["receipt"])["dct:replaces"].endswith(first["id"])


def test_a_sites_receipt_is_changed_by_none_of_another_site(open_app, publish):
    sites = {each: Site(each, (f"https://{each}",)) for each in ("wadjet.kz", "other.kz")}
    client = open_app(sites=sites).test_client()
    publish()
    theirs = Visitor(client, "https://other.kz")
    of = {site: client.get(f"/api/v1/offer?site={site}").json for site in sites}

    def post(visitor, site, **changes):
        purposes = dict.fromkeys(("measurement", "embeds"), changes.get("event") != "withdrawn")
        decision = {"id": new_id(), "offer": of[site]["token"], "event": "given", "language": "ru", "previous": None}
        at = "2026-11-23T06:14:48Z"
        return visitor.post(visitor.sign(decision | {"purposes": purposes, "at": at} | changes))

    given = post(Visitor(client, "https://wadjet.kz"), "wadjet.kz").json["id"]

    refused = post(theirs, "other.kz", previous=given)

    assert refused.status_code == 404
    assert refused.json["type"].endswith("receipt-unknown")
    assert theirs.status(given) == "current"
    own = post(theirs, "other.kz").json["id"]
    assert post(theirs, "other.kz", previous=own).status_code == 201
    assert post(theirs, "other.kz", event="withdrawn", previous=given).status_code == 201


def test_a_renamed_sites_receipts_are_changed_all_the_same(client, open_app):
    given = Visitor(client).give()["id"]
    renamed = Visitor(open_app(sites={"new.kz": Site("new.kz", (ORIGIN,))}).test_client())

    renamed.give(previous=given)

    assert renamed.status(given) == "superseded"


@on_both_databases
def test_two_tabs_leave_one_current_receipt(client):
    visitor = Visitor(client)
    first = visitor.give()
    one = visitor.give(previous=first["id"])
    two = visitor.give(previous=first["id"])

    assert [visitor.status(each["id"]) for each in (first, one, two)] == ["superseded", "superseded", "current"]

    visitor.withdraw(first["id"])

    assert visitor.status(two["id"]) == "withdrawn"


def test_unknown_previous_is_told(client):
    visitor = Visitor(client)

    for answer in (visitor.withdraw(new_id()), visitor.post(visitor.sign(visitor.decision(previous=new_id())))):
        assert answer.status_code == 404
        assert answer.json["type"].endswith("receipt-unknown")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://wadjet.kz.evil.example",
        "https://evil.example",
        "null",
        "http://wadjet.kz",
        "https://wadjet.kz:444",
        "https://WADJET.kz",
    ],
)
def test_foreign_page_cannot_decide(client, origin):
    visitor = Visitor(client, origin)

    answer = visitor.post(visitor.sign(visitor.decision()))

    assert answer.status_code == 403
    assert answer.json["type"].endswith("origin-not-allowed")


def test_unsigned_given_is_refused_on_a_site_with_tls_only(client):
    visitor = Visitor(client)

    answer = visitor.post(visitor.decision())

    assert answer.status_code == 403
    assert answer.json["type"].endswith("signature-invalid")


BROKEN = {
    "unknown member": {"email": "a@b.kz"},
    "short id": {"id": "AAAAAAAAAAAAAAAAAAAAA"},
    "id with stray bits": {"id": "AAAAAAAAAAAAAAAAAAAAAB"},
    "sequential id": {"id": "1"},
    "id a number": {"id": 7},
    "no offer": {"offer": None},
    "event unknown": {"event": "accepted"},
    "purpose not a boolean": {"purposes": {"measurement": 1, "embeds": False}},
    "purposes a list": {"purposes": ["measurement"]},
    "nothing allowed": {"purposes": {"measurement": False, "embeds": False}},
    "time nonsense": {"at": "yesterday"},
    "time impossible": {"at": "2026-02-31T00:00:00Z"},
    "language nonsense": {"language": "<script>"},
    "language not published": {"language": "he"},
    "previous too short": {"previous": "abc"},
}


@pytest.mark.clause("5.4", "5.5")
@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_decision_of_another_form_is_refused(client, changes):
    visitor = Visitor(client)

    answer = visitor.post(visitor.sign(visitor.decision() | changes))

    assert answer.status_code == 422
    assert answer.json["type"].endswith("decision-invalid")


@pytest.mark.parametrize(
    "purposes", [{"measurement": True}, {"measurement": True, "embeds": True, "spy": True}, {}, {"feedback": True}]
)
@pytest.mark.clause("5.2")
def test_purposes_must_be_those_asked(client, purposes):
    visitor = Visitor(client)

    answer = visitor.post(visitor.sign(visitor.decision(purposes=purposes)))

    assert answer.status_code == 422
    assert answer.json["type"].endswith("purposes-mismatch")
    assert answer.json["expected"] == ["embeds", "measurement"]


CONTRADICTIONS = {
    "refused, yet allowing": {"event": "refused", "purposes": {"measurement": True, "embeds": False}},
    "refused after something": {"event": "refused", "previous": new_id()},
    "withdrawn, yet allowing": {"event": "withdrawn", "previous": new_id(), "purposes": {"embeds": True}},
    "withdrawn from nothing": {"event": "withdrawn", "previous": None},
}


@pytest.mark.clause("5.5")
@pytest.mark.parametrize("changes", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_decision_that_contradicts_itself_is_refused(client, changes):
    visitor = Visitor(client)

    answer = visitor.post(visitor.decision("refused") | changes)

    assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (422, "decision-invalid")


OTHER = "https://other.kz"


@pytest.fixture
def two_sites(open_app, publish, settings):
    """A client of the same operator's second site too."""
    sites = {each: Site(each, (f"https://{each}",)) for each in ("wadjet.kz", "other.kz")}
    client = open_app(sites=sites).test_client()
    publish()
    return client


def test_offer_of_one_site_is_no_good_on_another(two_sites):
    visitor = Visitor(two_sites, OTHER)
    offer = visitor.offer(site="wadjet.kz")["token"]

    with two_sites.get("/api/v1/offer") as unnamed:
        assert (unnamed.status_code, unnamed.json["type"].rsplit("#")[-1]) == (404, "site-unknown")
    decision = {
        "id": new_id(),
        "offer": offer,
        "event": "refused",
        "purposes": {"measurement": False, "embeds": False},
        "language": "kk",
        "at": "2026-11-23T06:14:48Z",
    }
    answer = visitor.post(decision)

    assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (403, "origin-not-allowed")


def test_expired_offer_is_answered_with_the_one_of_the_page_that_asks(two_sites, watch):
    """The token is worthless, so its site is that of the page; from our own pages nobody can tell."""
    offer = Visitor(two_sites).offer(site="other.kz")["token"]
    decision = {
        "id": new_id(),
        "offer": offer,
        "event": "refused",
        "purposes": {"measurement": False, "embeds": False},
        "language": "kk",
        "at": "2026-11-23T06:14:48Z",
    }
    watch.advance(days=31)

    from_site, from_us = (Visitor(two_sites, each).post(decision) for each in (OTHER, "http://127.0.0.1:8000"))

    assert (from_site.status_code, from_us.status_code) == (410, 410)
    assert from_site.json["offer"]["site"] == "other.kz"
    assert "offer" not in from_us.json


@pytest.mark.clause("8.4.b")
def test_closed_site_takes_withdrawals_and_nothing_else(open_app, publish):
    visitor = Visitor(open_app().test_client())
    publish()
    given, decision = visitor.give(), visitor.decision()
    sites = {"other.kz": Site("other.kz", (OTHER,))}
    closed = Visitor(open_app(sites=sites).test_client(), OTHER)

    refused = closed.post(visitor.sign(decision))

    assert (refused.status_code, refused.json["type"].rsplit("#")[-1]) == (400, "offer-invalid")
    assert Visitor(closed.client, None).withdraw(given["id"], offer=None).status_code == 201
    assert closed.status(given["id"]) == "withdrawn"


def test_damaged_offer_is_refused(client):
    visitor = Visitor(client)
    token = visitor.offer()["token"]

    for damaged in ("nonsense", token[:-1] + ("A" if token[-1] != "A" else "B"), token + "=", "." + token):
        answer = visitor.post(visitor.sign(visitor.decision(offer=damaged)))
        assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (400, "offer-invalid")


@on_both_databases
def test_posts_of_one_decision_at_once_make_one_receipt(app):
    decision = Visitor(app.test_client()).decision()
    visitor = Visitor(app.test_client())
    token = visitor.sign(decision)
    answers: list[tuple[int, str]] = []

    def post() -> None:
        mine = Visitor(app.test_client())
        answer = mine.post(token)
        answers.append((answer.status_code, answer.json["receipt"]))

    threads = [threading.Thread(target=post) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(status for status, _ in answers) == [200] * 23 + [201]
    assert len({receipt for _, receipt in answers}) == 1
