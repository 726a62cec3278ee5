"""What `wadjet serve` runs beside the requests: one thread in each process that sends what is due."""

import logging
from threading import Event

from .. import clock
from ..problems import Problem
from ..settings import Settings
from .outbox import send_due

LOOK_SECONDS = 1.0
_PAUSE_SECONDS = 4.0  # while nothing can be sent: others too would rather be left alone
_log = logging.getLogger(__name__)


def work(settings: Settings, ended: Event) -> None:
    """Send what is due soon after it is, until `ended` is set; a letter that is under way then is finished."""
    said = ""
    while settings.mail_url and not ended.is_set():
        try:
            done = send_due(settings, clock.now(), is_over=ended.is_set)
            fault, has_more = done.fault, done.has_more
        except Problem as problem:
            fault, has_more = problem.slug, False
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it meets
            fault, has_more = type(error).__name__, False
        if fault != said:
            _log.warning("mail waits: %s", fault) if fault else _log.warning("mail goes out again")
            said = fault
        if fault or not has_more:
            ended.wait(_PAUSE_SECONDS if fault else LOOK_SECONDS)
