"""Many at once: what is published, decided, withdrawn and rotated at the same time keeps one order."""

import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crowd import Crowd, check_order, check_store, rows
from tests.faults.figures import Progress, figures, full
from tests.faults.serving import Server, at_home, found, publish, serving
from tests.house import SMALL, on_both_databases
from tests.visitor import Visitor
from wadjet import keys, policy
from wadjet.consent import verification
from wadjet.settings import Settings

ROOT = Path(__file__).parents[2]


def edition(settings: Settings, number: int) -> None:
    """A version that says its number in every text and in a purpose of its own."""
    bundle = policy.read(SMALL, operator=settings.operator)
    texts = {
        language: replace(text, markdown=f"{text.markdown}\n\n8.9. Edition {number}.\n")
        for language, text in bundle.texts.items()
    }
    purpose = replace(bundle.purposes[1], key=f"edition-{number}")
    publish(settings, texts=texts, purposes=(*bundle.purposes, purpose), material=bool(number % 2))


@contextmanager
def meanwhile(*works: Callable[[], None]) -> Iterator[None]:
    """Each again and again in threads of their own, until the block ends; what one raises, the block raises."""
    over = threading.Event()
    raised: list[BaseException] = []

    def repeat(work: Callable[[], None]) -> None:
        try:
            while not over.is_set():
                work()
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the test's own thread
            raised.append(error)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if raised:
        raise raised[0]


class Reader:
    """Reads pages and offers, and holds each to be one version, whole, and none older than the last."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.reads = 0

    def __call__(self) -> None:
        with self.server.wire() as wire:
            for _ in range(20):
                page = wire.get("/privacy/", {"lang": "en"}).text
                offer = wire.get("/api/v1/offer").json
                self.check(page, offer)
                self.reads += 2

    def check(self, page: str, offer: dict[str, Any]) -> None:
        (version,) = set(re.findall(r"Version ([0-9]+),", page))
        assert set(re.findall(r"Edition ([0-9]+)\.", page)) <= {version}
        keys_of = {each["key"] for each in offer["purposes"] if each["key"].startswith("edition-")}
        number, digest = offer["policy"]["version"], offer["policy"]["digest"]
        assert keys_of == ({f"edition-{number}"} if number > 1 else set())
        assert offer["token"].split("~")[1:3] == [str(number), digest]


@on_both_databases
@pytest.mark.parametrize("versions", figures(4, 200))
def test_every_receipt_names_the_version_current_at_its_place(
    versions: int, receipts_database: str, tmp_path: Path, progress: Progress
) -> None:
    home = tmp_path / "home"
    settings = found(home, receipts_database)
    with serving(home, workers=2) as server:
        crowd, reader = Crowd(server, withdrawing=0.3), Reader(server)
        with crowd.at_work(), meanwhile(reader), at_home(settings):
            for number in progress(versions):
                time.sleep(random.uniform(0.05, 0.3))
                edition(settings, number + 2)
            time.sleep(0.5)
        crowd.settle()

        with server.wire() as wire:
            assert wire.get("/api/v1/offer").json["policy"]["version"] == versions + 1
    assert crowd.odd == []
    assert crowd.refused.keys() == {"policy-superseded"}
    assert reader.reads > 10 * versions
    late = crowd.refused.total()
    progress.say(f"{len(crowd.told):,} receipts, {late} decided on an old version, {reader.reads:,} reads")
    check_store(home, receipts_database, crowd)
    check_order(home, receipts_database)


PUBLISHER = """
import sys
from pathlib import Path
from tests.faults.serving import at_home, found, publish
from tests.house import OPERATOR
from wadjet.settings import load
from dataclasses import replace
settings = replace(load(Path(sys.argv[1]), {}), operator=OPERATOR)
with at_home(settings):
    print(*(publish(settings).number for _ in range(int(sys.argv[2]))))
"""


@pytest.mark.parametrize(
    ("receipts_database", "each"),
    [("sqlite", 5), full(250, "sqlite"), full(250, "postgresql")],
    indirect=["receipts_database"],
)
def test_versions_published_at_once_count_on_without_a_gap(each: int, receipts_database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home, receipts_database)
    command: list[str | Path] = [sys.executable, "-c", PUBLISHER, home, str(each)]

    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=600)[0].split() for process in processes]

    numbers = [int(number) for words in said for number in words]
    assert sorted(numbers) == list(range(2, 2 * each + 2))
    assert all([int(number) for number in words] == sorted(map(int, words)) for words in said)
    stored = rows(home, receipts_database, "SELECT number FROM policy_version ORDER BY number")
    assert stored == [(number,) for number in range(1, 2 * each + 2)]
    check_order(home, receipts_database)


def at_once(*posts: tuple[Visitor, str]) -> list[Any]:
    """What each of them is answered."""
    answers: list[Any] = []

    def post(visitor: Visitor, body: str) -> None:
        answers.append(visitor.post(body))

    threads = [threading.Thread(target=post, args=each) for each in random.sample(posts, len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@on_both_databases
@pytest.mark.parametrize("races", figures(10, 1000))
def test_of_a_change_and_a_withdrawal_the_last_in_order_counts(
    races: int, receipts_database: str, tmp_path: Path, progress: Progress
) -> None:
    home = tmp_path / "home"
    found(home, receipts_database)
    with serving(home, workers=2) as server, server.wire() as one, server.wire() as two:
        standing: dict[str, str] = {}
        for _ in progress(races):
            here, there = Visitor(one), Visitor(two)
            first = here.give()["id"]
            change = here.sign(here.decision(previous=first))
            withdrawal = there.sign(there.decision("withdrawn", previous=first))
            answers = at_once((here, change), (there, withdrawal))
            assert [answer.status_code for answer in answers] == [201, 201]
            ids = {first, *(answer.json["id"] for answer in answers)}
            standing |= {each: here.status(each) for each in ids}

    chains: dict[str, list[tuple[str, str]]] = {}
    for chain, receipt_id, event in rows(home, receipts_database, "SELECT chain, id, event FROM receipt ORDER BY seq"):
        chains.setdefault(chain, []).append((receipt_id, event))
    for chain in chains.values():
        assert [event for _, event in chain[1:]] in (["given", "withdrawn"], ["withdrawn", "given"])
        last = chain[-1]
        assert standing[last[0]] == "current"
        assert standing[chain[0][0]] == "withdrawn"
        counts = [receipt_id for receipt_id, event in chain if event == "given" and standing[receipt_id] == "current"]
        assert counts == ([last[0]] if last[1] == "given" else [])


@pytest.mark.parametrize("seconds", figures(2, 60))
def test_no_writer_hears_that_the_database_is_locked(seconds: int, tmp_path: Path, progress: Progress) -> None:
    home = tmp_path / "home"
    found(home)
    with serving(home, workers=2) as server:
        crowd = Crowd(server, clients=16, withdrawing=0.2)
        with crowd.at_work():
            for _ in progress(seconds):
                time.sleep(1)
        crowd.settle()

    assert (crowd.odd, crowd.refused, crowd.broken) == ([], {}, 0)
    progress.say(f"{len(crowd.told) / seconds:.0f} receipts a second, the slowest after {crowd.slowest:.2f} s")
    check_store(home, "receipts.sqlite3", crowd)


@pytest.mark.parametrize("rotations", figures(4, 50))
def test_keys_are_rotated_without_a_failed_request(rotations: int, tmp_path: Path, progress: Progress) -> None:
    home = tmp_path / "home"
    settings = found(home)
    with serving(home, workers=2) as server:
        crowd = Crowd(server, withdrawing=0.2)
        with crowd.at_work():
            for _ in progress(rotations):
                time.sleep(random.uniform(0.1, 0.5))
                keys.rotate(settings, now=datetime.now(UTC))
            time.sleep(1)
        crowd.settle()
        with server.wire() as wire:
            jwks = verification.read_jwks(wire.get("/.well-known/jwks.json").data)

    assert (crowd.odd, crowd.refused, crowd.broken) == ([], {}, 0)
    assert len(jwks["keys"]) == rotations + 1
    verdicts = {receipt_id: verification.verify(told.receipt, jwks) for receipt_id, told in crowd.told.items()}
    assert {receipt_id: verdict.faults for receipt_id, verdict in verdicts.items() if not verdict.is_genuine} == {}
    assert len({verdict.kid for verdict in verdicts.values()}) > rotations / 2
