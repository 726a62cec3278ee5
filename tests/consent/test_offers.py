"""Offers over time: they age, policies are replaced, clocks go wrong."""

import threading
import time
from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.visitor import Visitor, new_id, payload
from wadjet import clock, consent, database, keys


@pytest.fixture
def visitor(client) -> Visitor:
    return Visitor(client)


def test_offer_is_the_same_bytes_for_the_whole_hour_in_every_language(visitor, watch):
    watch.moment = watch.moment.replace(minute=15)
    first = visitor.offer(lang="kk")["token"]
    watch.advance(minutes=44)

    assert visitor.offer(lang="ru")["token"] == first


def test_offer_lives_thirty_days(visitor, watch):
    decision = visitor.decision()
    watch.advance(days=29, hours=23)
    assert visitor.post(visitor.sign(decision | {"id": new_id()})).status_code == 201
    watch.advance(hours=2)

    answer = visitor.post(visitor.sign(decision))

    assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (410, "offer-expired")
    fresh = answer.json["offer"]
    assert visitor.post(visitor.sign(decision | {"offer": fresh["token"]})).status_code == 201


@pytest.mark.clause("12.2")
def test_decision_on_a_superseded_version_gets_the_new_offer(visitor, watch, publish):
    decision = visitor.decision()
    earlier = visitor.give()
    publish()

    answer = visitor.post(visitor.sign(decision))

    assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (409, "policy-superseded")
    assert answer.json["offer"]["policy"]["version"] == 2
    assert visitor.status(earlier["id"]) == "current"
    assert visitor.withdraw(earlier["id"], offer=decision["offer"]).status_code == 201


@pytest.mark.clause("12.2")
@on_both_databases
def test_version_published_while_a_decision_waits_to_be_stored_comes_first(visitor, publish, app):
    """The decision was good when it came; the writing thread takes both in the order they stand."""
    token = visitor.sign(visitor.decision())
    held, answers = threading.Event(), []
    deeds = [
        lambda: database.receipts.write(lambda: held.wait(20)),
        publish,
        lambda: answers.append(Visitor(app.test_client()).post(token)),
    ]
    threads = []
    for waiting, deed in enumerate(deeds):
        threads.append(threading.Thread(target=deed))
        threads[-1].start()
        until = time.monotonic() + 20
        while database.receipts._queue.qsize() < waiting and time.monotonic() < until:
            time.sleep(0.01)

    held.set()
    for thread in threads:
        thread.join()

    (answer,) = answers
    assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (409, "policy-superseded")
    assert answer.json["offer"]["policy"]["version"] == 2


def test_replay_is_answered_whatever_changed_since(visitor, watch, publish):
    decision = visitor.decision()
    first = visitor.post(visitor.sign(decision))
    publish()
    watch.advance(days=40)

    again = visitor.post(visitor.sign(decision))

    assert (again.status_code, again.json["receipt"]) == (200, first.json["receipt"])


def test_future_version_takes_over_at_its_local_midnight(visitor, watch, publish):
    tomorrow = clock.local_date(watch()) + timedelta(days=1)
    publish(effective=tomorrow)
    assert visitor.offer()["policy"]["version"] == 1

    watch.moment = clock.start_of(tomorrow)

    assert visitor.offer()["policy"]["version"] == 2


def test_clock_behind_stops_all_but_withdrawals(visitor, watch):
    given = visitor.give()
    watch.advance(minutes=-4)
    assert visitor.post(visitor.sign(visitor.decision())).status_code == 201
    watch.advance(minutes=-6)

    answer = visitor.post(visitor.sign(visitor.decision()))

    assert (answer.status_code, answer.json["type"].rsplit("#")[-1]) == (503, "unavailable")
    assert "Retry-After" in answer.headers
    assert visitor.withdraw(given["id"]).status_code == 201
    assert visitor.post(visitor.sign(visitor.decision())).status_code == 503
    assert consent.last_recorded_at() == clock.stamp(watch() + timedelta(minutes=6))


@on_both_databases
def test_a_clock_that_stood_ahead_is_disowned_by_the_operator(visitor, watch):
    watch.advance(days=3650)
    visitor.give()
    ahead = consent.last_recorded_at()
    watch.advance(days=-3650)
    assert visitor.post(visitor.sign(visitor.decision())).status_code == 503

    assert consent.trust_clock(by="tests", now=watch())

    assert consent.last_recorded_at() is None
    given = visitor.give()
    assert consent.last_recorded_at() == clock.stamp(watch()) != ahead
    assert not consent.trust_clock(by="tests", now=watch())
    assert consent.find(given["id"]).status == "current"


@pytest.mark.parametrize("years", [-10, 10])
def test_visitors_clock_is_kept_as_a_claim(visitor, watch, years):
    claimed = (watch() + timedelta(days=365 * years)).isoformat()

    receipt = payload(visitor.give(at=claimed)["receipt"])

    assert receipt["dct:created"][:10] == watch().isoformat()[:10]
    assert receipt["dpv:hasRecordOfActivity"][0]["dpv:hasConsentStatus"][0]["claimed_at"] == claimed


def test_rotation_breaks_no_offer_and_no_receipt(visitor, watch, settings):
    decision = visitor.decision()
    before = visitor.give()
    first = keys.ring(settings).current
    keys.rotate(settings, now=watch())

    after = visitor.post(visitor.sign(decision))

    assert after.status_code == 201
    jwks = keys.ring(settings).jwks()
    assert keys.verify(before["receipt"], jwks)[1]["kid"] == first.kid
    assert keys.verify(after.json["receipt"], jwks)[1]["kid"] == keys.ring(settings).current.kid != first.kid


JUMPS = [
    sign * seconds for sign in (1, -1) for seconds in (1, 299, 301, 3600, 86400, 40 * 86400, 366 * 86400, 3653 * 86400)
]


@pytest.mark.clause("8.4.b")
@pytest.mark.parametrize("seconds", JUMPS)
def test_clock_that_jumps_crashes_nothing_and_keeps_the_order(seconds, visitor, watch, client):
    decision = visitor.decision()
    first = visitor.post(visitor.sign(decision)).json
    second = visitor.give()
    watch.advance(seconds=seconds)

    replay = visitor.post(visitor.sign(decision))
    ended = visitor.withdraw(second["id"])

    assert (replay.status_code, replay.json["receipt"]) == (200, first["receipt"])
    assert ended.status_code == 201
    assert (visitor.status(first["id"]), visitor.status(second["id"])) == ("current", "withdrawn")
    for path in ("/privacy/", "/api/v1/offer", "/wadjet.js", "/privacy/choices/", "/.well-known/jwks.json"):
        with client.get(path) as page:
            assert page.status_code in (200, 503), page.text
    late = visitor.post(visitor.sign(decision | {"id": new_id()}))
    assert late.status_code in (201, 410, 503), late.text
    assert late.status_code != 201 or seconds > -300
    watch.advance(seconds=-seconds)
    assert visitor.withdraw(first["id"]).status_code == 201
