"""Whether anything slows down as receipts accumulate: posts, look-ups and lists at 10³, 10⁵ and 10⁶ stored receipts."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from functools import cache
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from benchmarks import load
from benchmarks.receipts import ORIGIN, decisions
from benchmarks.served import Served, founded, serving
from tests.faults.serving import Wire, at_home
from tests.visitor import Visitor, new_id
from wadjet import jose, keys
from wadjet.consent import models, verification
from wadjet.settings import load as load_settings

SIZES = tuple(map(int, os.environ.get("SIZES", "1000 100000 1000000").split()))
CLIENTS, SECONDS, ROUNDS = 16, 2.0, 5  # the best round counts: what else the machine does only ever slows
STORED = models.Row._fields
INSERT = f"INSERT INTO receipt ({', '.join(STORED)}) VALUES ({', '.join('?' * len(STORED))})"
READ = f"SELECT {', '.join(STORED)}, entry FROM receipt JOIN journal_entry ON about = id WHERE id = ?"
COLUMNS = (
    "posts/s",
    "look-ups/s",
    "look-ups of withdrawn/s",
    "`receipt list`, first page, ms",
    "`--version 2` (the last rows), first page, ms",
)
CHUNK = 200

Story = list[tuple[models.Row, bytes]]  # what one visitor left: receipts as stored, each with its journal entry


def tell_stories(real: Served, visitor: Visitor) -> list[Story]:
    """What ten visitors leave, as the server records it: all accept, but one refuses and one withdraws again."""
    given = [visitor.give()["id"] for _ in range(9)]
    ids = [[each] for each in given] + [[visitor.post(visitor.decision("refused")).json["id"]]]
    ids[0].append(visitor.withdraw(given[0]).json["id"])
    with closing(sqlite3.connect(real.home / "receipts.sqlite3")) as database:
        return [[_stored(database.execute(READ, (each,)).fetchone()) for each in story] for story in ids]


def _stored(columns: tuple[Any, ...]) -> tuple[models.Row, bytes]:
    return models.Row(*columns[:-1]), columns[-1]


def retell(home: Path, pem: bytes, stories: list[Story]) -> Story:
    """The same by others: new ids, and everything signed anew, by the visitor's key and by the operator's."""
    ring = keys.ring(load_settings(home, {}))
    retold = []
    for story in stories:
        names = {row.id.encode(): new_id().encode() for row, _ in story}
        retold += [_retell(row, entry, names, pem, ring) for row, entry in story]
    return retold


def _retell(
    row: models.Row, entry: bytes, names: dict[bytes, bytes], pem: bytes, ring: keys.Keyring
) -> tuple[models.Row, bytes]:
    def renamed(text: bytes) -> bytes:
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    payload = jose.read_compact(row.token).payload
    decision = json.loads(payload)["decision"]
    if isinstance(decision, str):
        head, said, _ = decision.split(".")
        signed = f"{head}.{jose.b64url(renamed(jose.unb64url(said)))}"
        r, s = decode_dss_signature(_key(pem).sign(signed.encode(), ECDSA(SHA256())))
        signature = jose.b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        payload = payload.replace(decision.encode(), f"{signed}.{signature}".encode())
    token = ring.sign(renamed(payload))
    own = {
        name: value and renamed(value.encode()).decode()
        for name, value in (("id", row.id), ("chain", row.chain), ("previous", row.previous))
    }
    return row._replace(**own, token=token), entry.replace(_digest(row.token), _digest(token))


@cache
def _key(pem: bytes) -> Any:
    return ECKey.import_key(pem).private_key


def _digest(token: str) -> bytes:
    return sha256(token.encode()).hexdigest().encode()


def fill(home: Path, size: int, visitor: Visitor, stories: list[Story]) -> None:
    """Add receipts until there are `size`: real in all but their times; a sample of them is verified."""
    pem = bytes(visitor.key.as_pem(private=True))
    many = list(islice(cycle(stories), size * len(stories) // sum(map(len, stories)) - len(stories)))
    work = [many[at : at + CHUNK] for at in range(0, len(many), CHUNK)]
    with (
        closing(sqlite3.connect(home / "receipts.sqlite3", isolation_level=None)) as database,
        ProcessPoolExecutor(os.cpu_count()) as pool,
    ):
        database.execute("PRAGMA synchronous = OFF")
        for rows in pool.map(retell, [home] * len(work), [pem] * len(work), work):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(INSERT, [row for row, _ in rows])
            entries = [(row.id, entry) for row, entry in rows]
            database.executemany("INSERT INTO journal_entry (about, entry) VALUES (?, ?)", entries)
            database.execute("COMMIT")
    jwks = keys.ring(load_settings(home, {})).jwks()
    assert all(verification.verify(row.token, jwks).is_genuine for row, _ in rows[:20])


def page_ms(version: int | None) -> float:
    """How long the first 1,000 rows of `wadjet receipt list` take."""
    started = time.perf_counter()
    assert next(models.listing(version))
    return (time.perf_counter() - started) * 1000


class Home:
    """A server on so many receipts of version 1, and what is asked of it on version 2."""

    def __init__(self, size: int, real: Served) -> None:
        self.size, self.real = size, real
        with Wire(real.port) as wire:
            visitor = Visitor(wire, ORIGIN)
            fill(real.home, size, visitor, tell_stories(real, visitor))
        command = [Path(sys.executable).with_name("wadjet"), "policy", "publish", "starter", "--incomplete"]
        told = os.environ | {"WADJET_HOME": str(real.home)}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=told)
        self.posts = iter(decisions(real, int(ROUNDS * SECONDS * 2000)))
        self.found: list[list[float]] = []

    def measure(self) -> None:
        """Every column once."""
        found = [self._rate(self.posts)]
        with closing(sqlite3.connect(self.real.home / "receipts.sqlite3")) as database:
            for where in ("", "WHERE previous IS NOT NULL"):
                asked = f"SELECT chain FROM receipt {where} ORDER BY random() LIMIT 5000"
                found.append(self._rate(load.get(f"/api/v1/receipts/{each}") for (each,) in database.execute(asked)))
        with at_home(load_settings(self.real.home, {})):
            self.found.append([*found, page_ms(None), page_ms(2)])

    def _rate(self, requests: Iterable[bytes]) -> float:
        result = load.run(self.real.port, requests, CLIENTS, SECONDS)
        assert result.statuses.keys() <= {200, 201}, result
        return result.rate

    def best(self) -> list[float]:
        *rates, all_ms, version_ms = zip(*self.found, strict=True)
        return [*map(max, rates), min(all_ms), min(version_ms)]


def run() -> None:
    with ExitStack() as stack:
        homes = []
        for size in SIZES:
            home = stack.enter_context(founded())
            told = {"WADJET_RATE_LIMIT": "900000 per second"}
            homes.append(Home(size, stack.enter_context(serving("wadjet.app:create_app", home, **told))))
        for _ in range(ROUNDS):  # by turns, so that what else the machine does falls on all of them
            for each in homes:
                each.measure()
    print("|", " | ".join(["stored", *COLUMNS]), "|")
    print("|", " | ".join(["---"] * (len(COLUMNS) + 1)), "|")
    for each in homes:
        ratios = [
            f"{found:,.0f} (×{found / first:.2f})" for found, first in zip(each.best(), homes[0].best(), strict=True)
        ]
        print("|", " | ".join([f"{each.size:,d}", *ratios]), "|")


if __name__ == "__main__":
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    run()
