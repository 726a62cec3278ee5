"""What must the operator be able to show?

Tables, in the vault: `recipient`, `notice`, `transfer`, `dissemination_consent`, `prohibition`, `publication`,
`authority_request`, `incident`, `act`, `approval`, `data_system`, `measure`, `service`. The registers R1 to R12 of the
law are read from them, from the journals, the policy's versions, and from what other rooms show (`shown_by`).
Of a person an entry holds the id and codes of fields, never a value; which receipt a transfer rests on and the words of
a prohibition are sealed under the person's key. Entries stay: what becomes of one is written beside it, once. Whoever
holds this storage sees which ids' data went where and when; writing there, they could alter it, and the journal's
digest in a log that others keep is what would show it.

- outside any transaction, for they have their own: `provide`, `publish`, `unpublish`, `allow_publication`,
  `end_publication_consent`, `end_publication_consents`, `prohibit`, `end_prohibition`, `read_condition`,
  `receive_request`, `answer_request`, `detect`, `transfers_of`, `publications_of`, `entries_of`, `receivers`, `clocks`
- inside `vault.write`: `record_act`, `recall`, `warn`; inside `vault.read` or `write`: `prohibitions`, `is_suspended`
- at import: `shown_by`, `allowed_by`, `suspended_by`
- for pages, each reading and writing by itself: `catalogue` (which there are, their rows), `forms` (what each takes by
  hand), `glance` and `missing` (what waits, what lacks), `lacking` and `recipient_lacking` (what the gate would say),
  `breach_notice`, `export`, `tables` (words and values as people write them), `readers`

Clauses: policy 2.4, 2.9, 2.11–2.13, 3.1.c, 3.2.d, 7, 8.0, 8.2, 8.5, 8.6, 9.2, 10.1, 10.2, 11.0; D5, D8, D12, D17;
94-V art. 7(3), 7(6), 10(1), 16, 18, 19(1), 22(1)(5), 25(2).
"""

from .. import vault
from . import catalogue, forms, models, readers, tables
from .acts import record_act
from .authority import Attachment, answer_request, receive_request
from .catalogue import shown_by
from .clocks import Waiting, clocks, warn
from .exports import FORMATS, Wanted, export
from .gaps import Gap, missing
from .gate import FIELDS, Allowance, Transfer, allowed_by, lacking, provide, recipient_lacking
from .glance import MOST, Glance, glance
from .grounds import BASES, DESTRUCTION
from .incidents import NOTICE_LANGUAGES, detect
from .incidents import notice as breach_notice
from .of_person import entries_of, publications_of, receivers, transfers_of
from .problems import (
    EntryInvalid,
    EntryMoved,
    EntryUnknown,
    NotExported,
    PublicationRefused,
    RegisterUnknown,
    TransferRefused,
)
from .publications import (
    Override,
    Prohibition,
    end_prohibition,
    prohibit,
    prohibitions,
    publish,
    read_condition,
    unpublish,
)
from .publications import allow as allow_publication
from .publications import end_consent as end_publication_consent
from .publications import end_consents as end_publication_consents
from .recalls import recall
from .suspension import is_suspended, suspended_by
from .tables import csv_lines

# Nothing here keeps a person from being destroyed, or counts as something they wrote.
vault.held_by(count=lambda _person: 0, forget=models.forget)

__all__ = [
    "BASES",
    "DESTRUCTION",
    "FIELDS",
    "FORMATS",
    "MOST",
    "NOTICE_LANGUAGES",
    "Allowance",
    "Attachment",
    "EntryInvalid",
    "EntryMoved",
    "EntryUnknown",
    "Gap",
    "Glance",
    "NotExported",
    "Override",
    "Prohibition",
    "PublicationRefused",
    "RegisterUnknown",
    "Transfer",
    "TransferRefused",
    "Waiting",
    "Wanted",
    "allow_publication",
    "allowed_by",
    "answer_request",
    "breach_notice",
    "catalogue",
    "clocks",
    "csv_lines",
    "detect",
    "end_prohibition",
    "end_publication_consent",
    "end_publication_consents",
    "entries_of",
    "export",
    "forms",
    "glance",
    "is_suspended",
    "lacking",
    "missing",
    "prohibit",
    "prohibitions",
    "provide",
    "publications_of",
    "publish",
    "read_condition",
    "readers",
    "recall",
    "receive_request",
    "receivers",
    "recipient_lacking",
    "record_act",
    "shown_by",
    "suspended_by",
    "tables",
    "transfers_of",
    "unpublish",
    "warn",
]
