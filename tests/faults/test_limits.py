"""Too many posts from one address: what is counted, what never is, and what is kept of who it was (nothing)."""

import time
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.faults.crowd import rows
from tests.faults.engines import Redis
from tests.faults.serving import Answer, Server, found, serving
from tests.visitor import Visitor

CANARIES = [*(f"203.0.113.{number}" for number in range(1, 41)), "2001:db8:c0ff:ee00::7", "::ffff:198.51.100.77"]
RECOVERY_SECONDS = 5
ANSWER_SECONDS = 3  # while Redis is silent: its second for connecting and its second for answering


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Redis]:
    folder = tmp_path / "redis"
    folder.mkdir()
    engine = Redis(folder)
    engine.start()
    yield engine
    engine.remove()


def flood(visitor: Visitor, posts: int, **headers: str) -> list[Answer]:
    return [visitor.post(visitor.sign(visitor.decision()), **headers) for _ in range(posts)]


def statuses(answers: list[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


@pytest.mark.clause("8.4.b")
@pytest.mark.parametrize("with_redis", [False, True])
def test_withdrawals_are_stored_however_many_posts_are_refused(
    with_redis: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    home = tmp_path / "home"
    url = request.getfixturevalue("redis_url") if with_redis else ""
    found(home, redis_url=url, rate_limit="60 per hour")
    with serving(home, workers=2 if with_redis else 1) as server, server.wire() as wire:
        visitor = Visitor(wire)
        given = [visitor.give()["id"] for _ in range(40)]

        counted = flood(visitor, 25)
        withdrawn = [visitor.withdraw(receipt_id) for receipt_id in given]

        assert statuses(counted) == {201: 20, 429: 5}
        assert all(answer.slug == "rate-limited" for answer in counted[20:])
        assert all(0 < int(answer.headers["Retry-After"]) <= 3600 for answer in counted[20:])
        assert statuses(withdrawn) == {201: 40}
        assert {visitor.status(receipt_id) for receipt_id in given} == {"withdrawn"}
    ended = rows(home, "receipts.sqlite3", "SELECT previous FROM receipt WHERE event = 'withdrawn'")
    assert sorted(ended) == sorted((receipt_id,) for receipt_id in given)


@pytest.mark.clause("8.4.b")
@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_without_redis_each_process_counts_for_itself(fault: str, counting: Redis, tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home, redis_url=counting.url, rate_limit="10 per hour")
    with serving(home) as server, server.wire() as wire:
        visitor = Visitor(wire)
        given = visitor.give()["id"]
        getattr(counting, fault)()

        answers = flood(visitor, 14)
        withdrawn = visitor.withdraw(given)

        assert statuses(answers) == {201: 10, 429: 4}
        assert withdrawn.status_code == 201
        took = [answer.seconds for answer in (*answers, withdrawn)]
        assert max(took) < ANSWER_SECONDS
        assert sum(took) < 2 * ANSWER_SECONDS  # not everybody waits for its silence


def test_processes_that_start_without_redis_count_all_the_same(counting: Redis, tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home, redis_url=counting.url, rate_limit="3 per hour")
    counting.kill()
    with serving(home) as server, server.wire() as wire:
        visitor = Visitor(wire)

        assert statuses(flood(visitor, 5)) == {201: 3, 429: 2}

        counting.start()
        until = time.monotonic() + RECOVERY_SECONDS
        while statuses(flood(visitor, 1)) == {429: 1}:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert statuses(flood(visitor, 5)) == {201: 2, 429: 3}


def everything_kept(server: Server, home: Path, engine: Redis, folder: Path) -> bytes:
    """All that is left anywhere: every file of the home, the log, and what Redis holds in memory."""
    with redis.Redis.from_url(engine.url) as client:
        client.save()
        held = b"".join(name + (client.get(name) or b"") for name in client.keys("*"))
    files = [path for path in (*home.rglob("*"), *folder.rglob("*")) if path.is_file()]
    return b"".join(path.read_bytes() for path in files) + held + server.said().encode()


@pytest.mark.clause("1.2", "5.4")
def test_no_address_is_left_anywhere(counting: Redis, tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home, redis_url=counting.url, rate_limit="2 per hour", trusted_proxies=1, access_log=True, metrics=True)
    with serving(home, workers=2) as server, server.wire() as wire:
        visitor = Visitor(wire)
        for address in CANARIES:
            assert statuses(flood(visitor, 3, **{"X-Forwarded-For": address})) == {201: 2, 429: 1}
            wire.get(f"/nowhere?from={address}", X_Forwarded_For=address)
            visitor.post("garbage", **{"X-Forwarded-For": address})

        left = everything_kept(server, home, counting, tmp_path / "redis")

    for address in CANARIES:
        assert address.encode() not in left
        packed = ip_address(address).packed
        assert packed not in left
        assert packed.hex().encode() not in left
    assert b"answered" in left  # the log was looked at
    assert b"LIMITS:" in left  # and what Redis holds
