"""Whether anything slows down as receipts accumulate: posts and look-ups at 10³, 10⁵ and 10⁶ stored receipts."""

import os
import secrets
import sqlite3

from benchmarks import load
from benchmarks.receipts import decisions
from benchmarks.served import founded, serving
from wadjet import jose

SIZES = (1_000, 100_000, 1_000_000)
CLIENTS, SECONDS = 16, 3.0


def fill(path: str, upto: int) -> list[str]:
    """Add filler receipts of a real one's size until there are that many; some of their ids."""
    with sqlite3.connect(path) as database:
        have = database.execute("SELECT count(*) FROM receipt").fetchone()[0]
        ids = (jose.b64url(secrets.token_bytes(16)) for _ in range(upto - have))
        token = "x" * 2000
        database.executemany(
            "INSERT INTO receipt (id, chain, site, event, version, language, proof, recorded_at, token) VALUES "
            "(?1, ?1, 'wadjet.kz', 'given', 1, 'kk', 'key', '2026-01-01T00:00:00.000Z', ?2)",
            ((each, token) for each in ids),
        )
        database.commit()
        return [row[0] for row in database.execute("SELECT id FROM receipt ORDER BY random() LIMIT 5000")]


def run() -> None:
    with founded() as home, serving("wadjet.app:create_app", home, WADJET_RATE_LIMIT="900000 per second") as real:
        for size in SIZES:
            ids = fill(str(home / "receipts.sqlite3"), size)
            posts = load.run(real.port, decisions(real, int(SECONDS * 2500)), CLIENTS, SECONDS)
            reads = load.run(real.port, [load.get(f"/api/v1/receipts/{each}") for each in ids], CLIENTS, SECONDS)
            print(f"{size:9,d} receipts   posts {posts}\n                     reads {reads}")


if __name__ == "__main__":
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    run()
