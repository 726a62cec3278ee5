"""Does mail go out, and come in?"""

from collections.abc import Iterator

from .. import mail
from ..settings import Settings
from .findings import Finding, error, warning

_PEER_SECONDS = 2.0


def examine(settings: Settings) -> Iterator[Finding]:
    """Whether the server takes mail and the mailbox opens: asked, nothing is sent or taken."""
    if found := mail.fault(settings, timeout_seconds=_PEER_SECONDS):
        what, remedy = mail.FAULTS[found]
        check = "mail_from" if found.startswith("sender") else "mail_url"
        yield (warning if found == "not-configured" else error)(check, what, remedy)
    elif not settings.mail_to:
        what = "nobody is told what visitors write"
        yield warning("mail_to", what, "set mail_to, or email under [operator]")
    for setting, found in mail.mailbox_faults(settings, timeout_seconds=_PEER_SECONDS):
        yield error(setting, *mail.MAILBOX_FAULTS[found])


def letters() -> Iterator[Finding]:
    """What was given up or put aside; the databases are open."""
    if aside := mail.troubles().get("quarantined", 0):
        what = f"{aside} message{'s were' if aside > 1 else ' was'} put aside, for they could not be taken in"
        yield warning("mail", what, "read them in the mailbox; after an update `wadjet mail ingest imap --again`")
    if dead := mail.counts().get("dead", 0):
        what = f"{dead} letter{'s were' if dead > 1 else ' was'} given up"
        remedy = "see `wadjet mail list`; mend the cause and `wadjet mail send --again`, or `wadjet mail drop`"
        yield warning("mail", what, remedy)
