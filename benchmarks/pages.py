"""`/privacy/` and `/wadjet.js` beside a static answer of bare Flask of the same size; the widget's bytes."""

import gzip
import os
import urllib.request

import brotli

from benchmarks import load
from benchmarks.served import founded, serving

CLIENTS = 16
SECONDS = 3.0


def run() -> None:
    with founded() as home, serving("wadjet.app:create_app", home) as real:
        for path in ("/privacy/", "/wadjet.js"):
            request = load.get(path, Accept_Encoding="br", Accept_Language="kk")
            with urllib.request.urlopen(
                urllib.request.Request(
                    f"http://127.0.0.1:{real.port}{path}", headers={"Accept-Encoding": "br", "Accept-Language": "kk"}
                ),
                timeout=30,
            ) as answer:
                size = len(answer.read())
            with serving("benchmarks.served:bare", home, STATIC_BYTES=str(size)) as bare:
                beside = load.run(bare.port, [load.get("/bytes")] * 1_000_000, CLIENTS, SECONDS)
                ours = load.run(real.port, [request] * 1_000_000, CLIENTS, SECONDS)
            print(
                f"{path:12s} bare {beside}   ({size} bytes)\n             ours {ours}   {ours.rate / beside.rate:.0%}"
            )
        first = real.ask("/wadjet.js")
        print(
            f"/wadjet.js in three languages: {len(first)} bytes, gzip {len(gzip.compress(first, 9))}, "
            f"brotli {len(brotli.compress(first))}"
        )


if __name__ == "__main__":
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    run()
