"""The console over ever more of everything: the day, lists, items, beside a page of bare Flask with as many bytes."""

import os
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import cycle
from pathlib import Path

from benchmarks import load
from benchmarks.filled import Filled, fill
from benchmarks.served import Served, founded, serving
from wadjet import clock, database, policy, vault
from wadjet.console import accounts, models
from wadjet.console.application import create_console
from wadjet.settings import Settings
from wadjet.settings import load as load_settings

SIZES = tuple(map(int, os.environ.get("SIZES", "1000 100000 1000000").split()))
SECONDS = float(os.environ.get("SECONDS", "1"))
CLIENTS, ROUNDS = (1, 4), 3  # the best round counts: what else the machine does only ever slows


def _deep(rows: list[tuple[str, str]]) -> list[str]:
    """Places far from either end of a list."""
    third = len(rows) // 3
    return ["~".join(each) for each in rows[third : 2 * third]]


PAGES: dict[str, Callable[[Filled], list[str]]] = {
    "Today": lambda _: [""],
    "messages that wait": lambda _: ["messages/"],
    "all messages": lambda _: ["messages/?state=all"],
    "all messages, deep inside": lambda it: [f"messages/?state=all&after={each}" for each in _deep(it.messages)],
    "closed messages": lambda _: ["messages/?state=closed"],
    "the few not confirmed": lambda _: ["messages/?state=unconfirmed"],
    "a message": lambda it: [f"messages/{id}/" for _, id in it.messages],
    "open requests": lambda _: ["requests/"],
    "overdue requests": lambda _: ["requests/?overdue=1"],
    "open requests of a kind": lambda _: ["requests/?kind=rectify"],
    "ended requests": lambda _: ["requests/?show=ended"],
    "ended requests, deep inside": lambda it: [f"requests/?show=ended&after={each}" for each in _deep(it.requests)],
    "ended requests of a kind": lambda _: ["requests/?show=ended&kind=rectify"],
    "ended requests by two things": lambda _: ["requests/?show=ended&kind=rectify&channel=email"],
    "a request": lambda it: [f"requests/{id}/" for _, id in it.requests],
    "a person": lambda it: [f"persons/{each}/" for each in it.people],
    "R6": lambda _: ["registers/R6/"],
    "the journal": lambda _: ["journal/"],
    "the journal, one of the staff": lambda _: ["journal/?by=staff-7"],
    "receipts of a day": lambda it: [f"receipts/day/?day={it.receipt_day}"],
}


class Home:
    """A console over so many of everything, and somebody who has signed in at it."""

    def __init__(self, size: int, home: Path, stack: ExitStack) -> None:
        settings = load_settings(home, environ={})
        database.open_stores(settings)
        vault.start(settings, now=clock.now())
        policy.reset()
        self.size, self.cookie, started = size, sign_in(settings), time.perf_counter()
        self.filled = fill(settings, size, clock.now())
        print(f"{size:9,} filled in {time.perf_counter() - started:.0f} s", flush=True)
        told = {"WADJET_RATE_LIMIT": "900000 per second"}
        self.served: Served = stack.enter_context(serving("wadjet.app:create_app", home, **told))

    def requests(self, page: str) -> list[bytes]:
        return [load.get(f"/console/{path}", Cookie=self.cookie) for path in PAGES[page](self.filled)]


def sign_in(settings: Settings) -> str:
    """The cookie of somebody who sees everything, as after both factors."""
    console, now = create_console(settings, clock.now), clock.now()
    add = partial(accounts.add, "dana@wadjet.kz", "Дана", "responsible", language="kk", now=now)
    account = database.vault.write(add)
    secret = secrets.token_urlsafe(32)
    digest = sha256(secret.encode()).hexdigest()
    database.vault.write(lambda: models.insert_session(digest, account.id, clock.stamp(now)))
    session = {"_user_id": account.fs_uniquifier, "_fresh": True, "fs_cc": "set", "fs_paa": now.timestamp()}
    serializer = console.session_interface.get_signing_serializer(console)  # type: ignore[attr-defined]
    return f"{console.config['SESSION_COOKIE_NAME']}={serializer.dumps(session | {'sid': secret})}"


@dataclass(frozen=True)
class Told:
    """Milliseconds of a page: of the best round, but `processor`, which is of all of them."""

    p50: float
    p99: float
    processor: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p99:.1f} / {self.processor:.1f}"


def measure(asked: list[tuple[Served, list[bytes]]], clients: int) -> list[Told]:
    """The same page of each server, by turns, so that what else the machine does falls on all of them."""
    found: list[list[load.Result]] = [[] for _ in asked]
    used = [-served.processor_seconds for served, _ in asked]
    for _ in range(ROUNDS):
        for results, (served, requests) in zip(found, asked, strict=True):
            results.append(load.run(served.port, cycle(requests), clients, SECONDS))
            assert results[-1].statuses.keys() <= {200}, results[-1]
    told = []
    for results, before, (served, _) in zip(found, used, asked, strict=True):
        count, rounds = sum(each.statuses[200] for each in results), [each for each in results if each.rate]
        processor = (before + served.processor_seconds) * 1000 / count
        told.append(Told(min(each.p50 for each in rounds), min(each.p99 for each in rounds), processor))
    return told


def run() -> None:
    with ExitStack() as stack:
        homes = [Home(size, stack.enter_context(founded()), stack) for size in SIZES]
        bare = stack.enter_context(serving("benchmarks.served:bare", homes[0].served.home))
        print("| page | clients | bytes | bare |", " | ".join(f"{size:,}" for size in SIZES), "|")
        print("| --- " * (4 + len(SIZES)) + "|")
        for page in PAGES:
            told = [home.requests(page) for home in homes]
            size = [load.length(home.served.port, asks[0]) for home, asks in zip(homes, told, strict=True)][-1]
            asked = [(bare, [load.get(f"/page/{size}")])]
            asked += [(home.served, requests) for home, requests in zip(homes, told, strict=True)]
            for clients in CLIENTS:
                beside, first, *others = measure(asked, clients)
                cells = [str(beside), str(first)]
                cells += [f"{each} (×{each.processor / first.processor:.2f})" for each in others]
                print(f"| {page} | {clients} | {size:,} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    run()
