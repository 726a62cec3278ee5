"""`make bench`: every benchmark, one after another. Leave the machine alone meanwhile."""

import os

from benchmarks import contact, pages, receipts, volume

# The servers run on the first core, the load on the last.
os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
for title, run in (("Receipts", receipts.run), ("Pages", pages.run), ("Volume", volume.run), ("Contact", contact.run)):
    print(f"\n## {title}\n", flush=True)
    run()
print("\nServers: python benchmarks/servers.py")
