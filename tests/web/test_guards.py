"""Who posts is counted and not known; a withdrawal is never counted."""

import time

import pytest

from tests.services import free_port
from tests.visitor import Visitor
from wadjet.web import guards

OTHERS = ["203.0.113.8", "203.0.113.70", "2001:db8:1:2::1", "2001:db8:1:3::1", "::1"]


@pytest.fixture
def key(app, watch):
    """`key(address)`: under what a request from there is counted."""
    return lambda address: guards.address_key(address, watch())


@pytest.mark.clause("1.2", "5.4")
def test_no_address_is_kept(key):
    for address in ("203.0.113.7", "2001:db8::7"):
        counted = key(address)

        assert len(counted) >= 32
        assert set(counted) <= set("0123456789abcdef")
        assert address not in counted


def test_an_address_is_counted_as_itself(key):
    assert key("203.0.113.7") == key("203.0.113.7")
    assert len({key(address) for address in ["203.0.113.7", *OTHERS]}) == 6


def test_a_household_is_one(key):
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert key("::ffff:203.0.113.7") == key("203.0.113.7")
    assert key("fe80::1%eth0") == key("fe80::2")


@pytest.mark.parametrize("address", ["", "unknown", "203.0.113.7:4711", "_hidden", "1.2.3", "<script>"])
def test_what_is_no_address_is_counted_too(address, key):
    assert key(address) == key("")


def test_nobody_is_recognised_on_the_next_day(key, watch):
    today = key("203.0.113.7")
    watch.advance(hours=12)  # still the 23rd in Almaty
    assert key("203.0.113.7") == today

    watch.advance(hours=1)

    assert key("203.0.113.7") != today


def test_the_key_is_another_one_in_another_process(key):
    before = key("203.0.113.7")
    guards._daily.clear()

    assert key("203.0.113.7") != before


def test_processes_that_count_in_one_redis_share_the_key(open_app, redis_url, watch):
    open_app(redis_url=redis_url)

    def ask():
        guards._daily.clear()  # as another process begins
        return guards.address_key("203.0.113.7", watch())

    first, second = ask(), ask()
    watch.advance(days=1)

    assert first == second
    assert ask() != first


def flood(visitor, posts):
    return [visitor.post(visitor.sign(visitor.decision())) for _ in range(posts)]


def test_too_many_posts_from_one_address_are_refused(open_app, publish):
    visitor = Visitor(open_app(rate_limit="3 per hour").test_client())
    publish()

    *taken, refused = flood(visitor, 4)

    assert [answer.status_code for answer in taken] == [201, 201, 201]
    assert refused.status_code == 429
    assert refused.json["type"].endswith("/docs/#rate-limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["Access-Control-Allow-Origin"] == visitor.origin


def test_counting_starts_no_thread_and_forgets():
    counts, before = guards.Counts(), time.time()
    counts.timer.join()

    counts.incr("somebody", 0.01)
    time.sleep(0.02)
    counts._forgot_at = before - 61  # a minute went by
    counted = [counts.incr("another", 60), counts.incr("another", 60)]

    assert counted == [1, 2]
    assert list(counts.storage) == list(counts.expirations) == ["another"]
    assert not counts.timer.is_alive()


def test_another_address_is_not_held_up(open_app, publish):
    app = open_app(rate_limit="1 per hour", trusted_proxies=1)
    publish()
    visitor = Visitor(app.test_client())
    token = [visitor.sign(visitor.decision()) for _ in range(3)]

    answers = [
        visitor.post(token, **{"X-Forwarded-For": address}).status_code
        for token, address in zip(token, ["203.0.113.7", "203.0.113.7", "203.0.113.8"], strict=True)
    ]

    assert answers == [201, 429, 201]


def test_a_client_cannot_choose_its_address(open_app, publish):
    visitor = Visitor(open_app(rate_limit="1 per hour").test_client())
    publish()
    tokens = [visitor.sign(visitor.decision()) for _ in range(3)]

    answers = [
        visitor.post(
            token,
            **{
                "X-Forwarded-For": f"203.0.113.{number}",
                "Forwarded": f"for=203.0.113.{number}",
                "X-Real-IP": f"203.0.113.{number}",
            },
        ).status_code
        for number, token in enumerate(tokens)
    ]

    assert answers == [201, 429, 429]


@pytest.mark.clause("8.4.b")
@pytest.mark.parametrize("redis", ["none", "real", "gone"])
def test_a_withdrawal_is_never_held_up(redis, open_app, publish, request):
    url = {
        "none": lambda: "",
        "real": lambda: request.getfixturevalue("redis_url"),
        "gone": lambda: f"redis://127.0.0.1:{free_port()}/0",
    }[redis]()
    guards._daily.clear()  # as a process begins
    visitor = Visitor(open_app(rate_limit="2 per hour", redis_url=url).test_client())
    publish()
    given = visitor.give()
    assert [answer.status_code for answer in flood(visitor, 2)] == [201, 429]

    answers = {visitor.withdraw(given["id"]).status_code for _ in range(80)}

    assert answers == {201, 200}
    assert visitor.status(given["id"]) == "withdrawn"
    assert flood(visitor, 1)[0].status_code == 429
