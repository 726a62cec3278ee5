"""`make bench`: every benchmark, one after another. Leave the machine alone meanwhile."""

import os

from benchmarks import console, contact, pages, receipts, retention, rights, volume

# The servers run on the first core, the load on the last.
os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
ROOMS = {
    "Receipts": receipts,
    "Pages": pages,
    "Volume": volume,
    "Contact": contact,
    "Retention": retention,
    "Rights": rights,
    "Console": console,
}
for title, room in ROOMS.items():
    print(f"\n## {title}\n", flush=True)
    room.run()
print("\nServers: python benchmarks/servers.py")
