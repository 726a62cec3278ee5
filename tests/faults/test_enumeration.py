"""Does the time that an answer takes tell who is in the vault? A stranger posts names and addresses and times them."""

import json
import random
import secrets
import statistics
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import Any

import pytest

from tests.faults.figures import Progress, full
from tests.faults.serving import Wire, found, serving
from tests.visitor import ORIGIN, new_id
from tests.writer import Writer, solve_at_once
from wadjet.settings import Settings

HIGHEST = 0.55
KNOWN = 200  # people who wrote before


class Stranger:
    """Posts as anybody, one after another over one connection."""

    def __init__(self, wire: Wire, settings: Settings) -> None:
        self.wire, self.settings = wire, settings
        self.template: dict[str, Any] = Writer(wire).form_decision()

    def seconds(self, card: dict[str, str]) -> float:
        """From the last byte sent to the last one received; whatever the body costs to make is behind it."""
        fresh = Writer(self.wire)
        body = card | {"decision": fresh.sign(self.template | {"id": new_id()})}
        sent = json.dumps(body | {"challenge": solve_at_once(self.settings)}).encode()
        answer = self.wire.post(
            "/api/v1/contact", data=sent, headers={"Origin": ORIGIN}, content_type="application/json"
        )
        assert answer.status_code == 201, answer.text
        return answer.seconds


def somebody() -> dict[str, str]:
    """All of one length."""
    names = {"last_name": "Қасымова", "first_name": "Әйгерім", "phone": "+77011234567", "message": "Сәлем!"}
    return names | {"email": f"{secrets.token_hex(8)}@example.kz"}


def auc(known: list[float], unknown: list[float]) -> float:
    """How often somebody known is answered later than somebody unknown; ties count half. One half tells nothing."""
    ordered = sorted(unknown)
    later = sum((bisect_left(ordered, took) + bisect_right(ordered, took)) / 2 for took in known)
    return later / (len(known) * len(unknown))


def test_the_measure_is_right() -> None:
    assert auc([1, 2, 3], [1, 2, 3]) == 0.5
    assert auc([4, 5], [1, 2]) == 1
    assert auc([1, 2], [4, 5]) == 0
    assert auc([2, 2], [1, 2]) == 0.75


@pytest.mark.parametrize("pairs", [full(3_000)])
def test_time_tells_nobody_who_wrote_before(pairs: int, tmp_path: Path, progress: Progress) -> None:
    settings = found(tmp_path / "home")
    people = [somebody() for _ in range(KNOWN)]
    times: dict[bool, list[float]] = {True: [], False: []}
    with serving(settings.home) as server, server.wire() as wire:
        stranger = Stranger(wire, settings)
        for card in people:
            stranger.seconds(card)
        for _ in progress(pairs):
            for is_known in random.sample((True, False), 2):
                times[is_known].append(stranger.seconds(random.choice(people) if is_known else somebody()))

    found_out = auc(times[True], times[False])
    known_ms, unknown_ms = (statistics.median(times[each]) * 1000 for each in (True, False))
    progress.say(f"{pairs:,} pairs, AUC {found_out:.3f}; known {known_ms:.2f} ms, unknown {unknown_ms:.2f} ms")
    assert 1 - HIGHEST <= found_out <= HIGHEST
