"""That mail came is known for a term: so that nothing is taken twice, and not for ever."""

import io
from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.retention.site import journal, told
from wadjet import clock, database, mail, rights
from wadjet.mail import sources


def arrive(place, number):
    """A message that a mail server pipes in, as it may do again."""
    raw = b"From: a@example.kz\nMessage-ID: <%d@example.kz>\nSubject: Hello\n\nHow are you?\n" % number
    return mail.ingest(sources.Stream(io.BytesIO(raw)).waiting(), place.settings)


def met(days):
    """Every message was last met that many days ago."""
    day = (clock.local_date(clock.now()) - timedelta(days=days)).isoformat()
    database.vault.write(lambda: database.vault.execute("UPDATE incoming SET met_on = ?", day))


@on_both_databases
@pytest.mark.clause("5.7")
def test_what_came_in_is_known_again_for_its_term_and_no_longer(place):
    place.watch.moment = clock.now()
    arrive(place, 1)
    met(366)
    arrive(place, 2)

    dry = told(place.run(is_applying=False), "what", "count", "ground", "status")
    assert dry == [("arrivals", 1, "arrival-over", "due")]
    assert told(place.run(), "what", "count", "status") == [("arrivals", 1, "done")]
    assert journal("mail:arrivals:forgotten") == [""]
    assert place.run() == []
    assert arrive(place, 2) == mail.Taken(duplicates=1)
    assert len(list(rights.listing(now=place.now))) == 2


@on_both_databases
@pytest.mark.parametrize("days", [365, 366])
def test_a_message_that_still_lies_in_a_mailbox_without_marks_makes_no_second_request(place, days):
    """However old: it is met again every day, and its row with it."""
    place.watch.moment = clock.now()
    arrive(place, 1)
    met(days)
    assert arrive(place, 1) == mail.Taken(duplicates=1)

    assert place.run() == []

    assert arrive(place, 1) == mail.Taken(duplicates=1)
    assert len(list(rights.listing(now=place.now))) == 1


def test_a_message_met_on_the_last_day_of_its_term_is_known(place):
    place.watch.moment = clock.now()
    arrive(place, 1)
    met(365)

    assert place.run() == []
    assert arrive(place, 1) == mail.Taken(duplicates=1)


def test_what_our_code_failed_on_stays_told_until_somebody_looks(place):
    database.vault.write(
        lambda: database.vault.execute(
            "INSERT INTO incoming (id, digest, state, failures, error, received_at, met_on) "
            "VALUES ('x', ?, 'quarantined', 3, 'E', '', '2020-01-01')",
            b"x",
        )
    )

    assert place.run() == []
    assert mail.troubles() == {"quarantined": 1}
