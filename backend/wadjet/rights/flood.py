"""When more ends of consent come from one network than people write, all of an hour are one request.

Nothing may refuse a withdrawal, and each that comes by the form leaves a person, a key and a request: so whoever can
post could fill the disk, and bury staff. Beyond the rate that every other post has to keep, those of one network, one
hour and the same purposes share a request that says nothing. Whoever is known under an address that was given is sent
the same letter with the same button as ever, which ends their consent; under any other address there is nothing to
end, and nothing is kept of it. So what grows is bounded by the people there are, not by the posts. What is lost is what
the writer said beside it.
"""

import json
from datetime import datetime
from itertools import count

from .. import clock, database, mail, vault
from ..settings import Settings
from . import models, proof
from .intake import Said, open_request
from .kinds import OPEN

_NOTES = "Many at once from one network: only those who have confirmed it are meant."


def join(kind: str, said: Said, *, network: str, language: str, settings: Settings, now: datetime) -> str:
    """The number of the request that this end of a consent is part of, durably. Raises VaultLocked, Unavailable.

    network  whose posts they are, as they are counted
    """
    hour, shared = clock.stamp(now)[: len("2026-11-23T06")], Said(purposes=said.purposes, notes=_NOTES)
    for number in count():  # another one where staff have settled it within the hour
        request = open_request(
            kind,
            shared,
            channel="form",
            language=language,
            received_at=now,
            settings=settings,
            now=now,
            once=json.dumps([network, hour, sorted(said.purposes), number]),
        )
        if database.vault.write(lambda: _ask(request, said.email, now)):  # noqa: B023 - called here
            break
    return request


def _ask(request: str, address: str, now: datetime) -> bool:
    """Have the people of an address asked whether it is theirs; for one of nobody's the same steps are taken."""
    row = models.find(request)
    if row is None or row.state not in OPEN:
        return False
    nobody = vault.new_id()
    people = vault.find(email=address) or [nobody]
    for mailbox in proof.by_mailbox(people, {nobody: row.person}).values():
        link = vault.new_id() if not models.mailed_since(mailbox, clock.stamp(now - proof.QUIET)) else ""
        for person in mailbox:
            models.add_subject(request, person, link, clock.stamp(now) if link else "")
        if link and models.subjects_by_link(link):  # else each of them was asked before
            mail.enqueue(proof.CONFIRM, link, now=now)
    if nobody in people:
        mail.forget(models.subjects_by_link(link)[0].link)
        models.drop_subject(request, nobody)
    return True
