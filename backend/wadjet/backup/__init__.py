"""How is everything taken into a copy, and put back? Both databases as of one moment; never a key.

A backup is a folder: a manifest, and a file for each of the databases `receipts` and `vault`. The people's keys are in
none, so that whoever is destroyed is destroyed in every copy too (docs/decisions/007). Nor are the operator's: whoever
holds a backup can sign nothing and read nobody. The digests in the manifest find damage, not malice: whoever can write
to a backup can write them as well, so keep it where few can.
"""

from .manifest import Manifest
from .problems import NotRestored, NotTaken
from .restoring import Restored, restore
from .taking import last_taken, take

__all__ = ["Manifest", "NotRestored", "NotTaken", "Restored", "last_taken", "restore", "take"]
