"""Receipts acknowledged durably per second, beside a bare Flask endpoint and the disk's own sync rate."""

import json
import os
import tempfile
import time

from benchmarks import load
from benchmarks.served import Served, founded, serving
from tests.visitor import Visitor, new_id

CLIENTS = (1, 16, 64)
SECONDS = 4.0
ORIGIN = "https://wadjet.kz"


def decisions(served: Served, count: int) -> list[bytes]:
    """That many signed decisions, ready to be sent: signing is the visitors' work, not the server's."""
    offer = json.loads(served.ask("/api/v1/offer"))
    asked = [each["key"] for each in offer["purposes"] if each["asked"] == "banner" and not each["required"]]
    visitor = Visitor(None)
    decision = {
        "offer": offer["token"],
        "event": "given",
        "purposes": dict.fromkeys(asked, True),
        "language": offer["language"],
        "at": "2026-11-23T06:14:48Z",
        "previous": None,
    }
    return [
        load.post(
            "/api/v1/receipts", visitor.sign(decision | {"id": new_id()}).encode(), "application/jose", Origin=ORIGIN
        )
        for _ in range(count)
    ]


def syncs() -> float:
    """fdatasync calls per second of the folder that the databases lie in."""
    with tempfile.TemporaryFile() as file:
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < 2:
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            count += 1
        return count / 2


def run(database: str = "") -> None:
    """Print the table. `database`: a PostgreSQL URL instead of SQLite."""
    print(f"disk: {syncs():.0f} fdatasync/s")
    changed = {"WADJET_RATE_LIMIT": "900000 per second"} | ({"WADJET_RECEIPTS_DATABASE": database} if database else {})
    with (
        founded() as home,
        serving("benchmarks.served:bare", home) as bare,
        serving("wadjet.app:create_app", home, **changed) as real,
    ):
        idle = real.resident_mb - bare.resident_mb
        plain = load.post("/json", json.dumps({"id": new_id()}).encode(), "application/json")
        for clients in CLIENTS:
            sent = decisions(real, int(SECONDS * 2500))
            beside = load.run(bare.port, [plain] * 100_000, clients, SECONDS)
            ours = load.run(real.port, sent, clients, SECONDS)
            print(f"{clients:3d} clients   bare {beside}")
            print(f"              ours {ours}   {ours.rate / beside.rate:.0%}")
        print(f"memory: bare {bare.resident_mb:.0f} MB, ours {real.resident_mb:.0f} MB, at the start +{idle:.0f} MB")


if __name__ == "__main__":
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    run()
