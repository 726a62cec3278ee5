"""How the registers say no. What is missing is told all at once."""

from collections.abc import Sequence

from ..problems import Problem


class RegisterUnknown(Problem):
    """There is no register of that name."""

    slug, status, title = "register-unknown", 404, "There is no such register"


class EntryUnknown(Problem):
    """The register has no entry of that number."""

    slug, status, title = "entry-unknown", 404, "There is no such entry"


class EntryInvalid(Problem):
    """An entry lacks something, or holds what cannot be kept. `errors`: every one of them."""

    slug, status, title = "entry-invalid", 422, "The entry cannot be made"


class EntryMoved(Problem):
    """The entry is past that: what was noted is not noted again."""

    slug, status, title = "entry-moved", 409, "The entry has moved on"


class _Refused(Problem):
    """Refused at a gate. `missing`: a code for everything that is missing, in the order of the gate."""

    def __init__(self, lacks: Sequence[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in lacks), missing=[code for code, _ in lacks])


class TransferRefused(_Refused):
    """Data may not go to that recipient. Source: 94-V art. 7(6), 10(1), 16; policy 8.2, 10.1, 10.2, 11."""

    slug, status, title = "transfer-refused", 409, "The data may not be handed over"


class PublicationRefused(_Refused):
    """Data may not be published. Source: 94-V art. 7(3), 15; policy 2.9, 8.6."""

    slug, status, title = "publication-refused", 409, "The data may not be published"


class NotExported(Problem):
    """The file was not written; nothing is left of it."""

    slug, status, title = "export-failed", 500, "Nothing was exported"
