"""How often? Counts for /metrics that hold no person and survive a restart.

Every process has a file of its own in `home/counters/`, mapped into memory, and adds to it without waiting for
anyone; whoever is asked sums them all, so one answer is true for all workers. A file holds 64 records:
120 bytes for the name and labels of a counter, 8 for its count.
"""

import fcntl
import itertools
import mmap
import sys
import threading
from collections import Counter
from pathlib import Path

_RECORD = 128
_NAME = 120
_SIZE = 64 * _RECORD  # more counters than the house has words for; what does not fit is not counted


class Counters:
    """The counts of all processes of one home. A process that ends leaves its file to the next one."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._map = next(filter(None, map(self._take, itertools.count())))
        self._counts = memoryview(self._map).cast("Q")
        self._places = {name: place for name, place, _ in _records(self._map)}

    def add(self, name: str) -> None:
        """One more."""
        with self._lock:
            place = self._places.get(name)
            if place is None:
                place = len(self._places) * _RECORD
                if place == _SIZE:
                    return
                self._map[place : place + _NAME] = name.encode("ascii").ljust(_NAME, b"\0")
                self._places[name] = place
            self._counts[(place + _NAME) // 8] += 1

    def totals(self) -> dict[str, int]:
        """Every counter's sum over all processes, by name."""
        total: Counter[str] = Counter()
        for path in self._folder.iterdir():
            for name, _, count in _records(path.read_bytes()):
                total[name] += count
        return dict(sorted(total.items()))

    def _take(self, number: int) -> mmap.mmap | None:
        """The file of that number, unless another process has it."""
        with (self._folder / str(number)).open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            # Written, not only made longer: a hole in a mapped file ends the process when the disk is full.
            file.write(bytes(_SIZE - file.seek(0, 2)))
            file.flush()
            return mmap.mmap(file.fileno(), _SIZE)  # holds a descriptor of its own, and with it the lock


def count(counters: Counters | None, name: str, **labels: str) -> None:
    """Add one to `wadjet_<name>_total`, where counting is on (`metrics`). Labels: words of the house only."""
    if counters is not None:
        said = ",".join(f'{label}="{value}"' for label, value in labels.items())
        counters.add(f"wadjet_{name}_total{{{said}}}")


def _records(data: bytes | mmap.mmap) -> list[tuple[str, int, int]]:
    """Name, place and count of each record in use."""
    found = []
    for place in range(0, len(data), _RECORD):
        name = bytes(data[place : place + _NAME]).rstrip(b"\0").decode("ascii")
        if not name:
            break
        found.append((name, place, int.from_bytes(data[place + _NAME : place + _RECORD], sys.byteorder)))
    return found
