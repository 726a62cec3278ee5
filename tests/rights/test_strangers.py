"""What somebody can do, or learn, who types another's address: nothing to them, and nothing of them."""

import re
from collections import Counter
from functools import partial

import pytest

from tests.house import on_both_databases
from tests.rights.desk import people_of
from tests.writer import AIGERIM
from wadjet import clock, database, rights, vault
from wadjet.rights import models

FORM = "/privacy/requests/?lang=en&kind="


@pytest.fixture(autouse=True)
def present(watch):
    watch.moment = clock.now()


class Visitor:
    """A browser of somebody's own."""

    def __init__(self, app, watch):
        self.client, self.watch = app.test_client(), watch

    def page(self, kind):
        """The hidden fields of a page that was read for ten seconds."""
        text = self.client.get(FORM + kind).text
        self.watch.advance(seconds=10)
        return dict(re.findall(r'<input[^>]*name="(csrf_token|started)"[^>]*value="([^"]*)"', text))

    def send(self, kind, hidden=None, *, email=AIGERIM["email"], **typed):
        """The number of the request."""
        data = (hidden or self.page(kind)) | {"email": email} | typed
        answer = self.client.post(FORM + kind, data=data, content_type="multipart/form-data")
        assert answer.status_code == 200, answer.text
        return re.findall(r"requests/status/([\w-]{22})/", answer.text)[0]


@pytest.fixture
def visitor(app, watch):
    return lambda: Visitor(app, watch)


@on_both_databases
@pytest.mark.clause("8.4.b")
def test_the_same_demand_under_anothers_address_is_answered_with_a_number_of_its_own(visitor):
    hers = {kind: visitor().send(kind) for kind in ("destroy", "information", "withdraw")}

    assert not {visitor().send(kind) for kind in hers} & set(hers.values())


@on_both_databases
@pytest.mark.clause("8.4.b", "12.1")
def test_nobodys_demand_is_lost_among_those_that_strangers_made_in_their_name(visitor, now):
    stranger = visitor()
    theirs = {stranger.send("question", details=f"{number}?") for number in range(25)}

    hers = {visitor().send(kind) for kind in ("withdraw", "destroy")}

    assert len(theirs | hers) == 27
    assert len(list(rights.listing(now=now))) == 27


@on_both_databases
def test_the_same_page_sent_twice_is_one_request_and_with_other_words_another(visitor, now):
    her = visitor()
    page = her.page("question")

    numbers = [her.send("question", page, details=words) for words in ("Кімде?", "Кімде?", "Қайда?")]

    assert numbers[0] == numbers[1] != numbers[2]
    assert len(list(rights.listing(now=now))) == 2


@pytest.mark.clause("8.4.b")
def test_in_a_flood_no_end_of_a_consent_is_refused_and_one_source_buries_nobody(open_app, publish, watch, now):
    app = open_app(rate_limit="5 per hour")
    publish()
    her = Visitor(app, watch)
    watch.moment = watch.moment.replace(minute=0)

    flood = [her.send("withdraw", details=f"{number}") for number in range(20)]
    other = her.send("withdraw", email="bolat@example.kz")
    partly = her.send("withdraw", purpose_marketing="y")

    assert len(set(flood)) == 6
    assert len({*flood, other, partly}) == 8
    rows = database.vault.read(lambda: [models.find(each) for each in {*flood, other, partly}])
    assert all(rows)


@pytest.fixture
def steps(monkeypatch):
    """`steps(work)`: how often `work` waited for each disk, and asked each store. Counts what is really done."""
    counted = Counter()
    for name in ("read", "write"):
        real = getattr(database.Store, name)

        def counting(store, work, name=name, real=real):
            counted[store.name, name] += 1
            return real(store, work)

        monkeypatch.setattr(database.Store, name, counting)

    def count(work):
        counted.clear()
        work()
        return dict(counted)

    return count


@on_both_databases
@pytest.mark.clause("3.1.a", "8.7")
def test_the_blocked_the_known_and_strangers_take_the_same_steps(desk, steps):
    """Whoever types somebody's name and address learns nothing from the time it takes."""
    bolat = AIGERIM | {"email": "bolat@example.kz", "first_name": "Болат"}
    for card in (AIGERIM, bolat):
        desk.write(card)
    (person,) = people_of(bolat["email"])
    database.vault.write(lambda: vault.block(person, reason="case 7", now=desk.now))
    stranger = AIGERIM | {"email": "stranger@example.kz"}

    messages = [steps(partial(desk.write, card)) for card in (AIGERIM, bolat, stranger)]
    requests = [steps(partial(desk.ask, "destroy", card["email"])) for card in (AIGERIM, bolat, stranger)]

    assert messages[0] == messages[1] == messages[2]
    assert requests[0] == requests[1] == requests[2]
    assert len(people_of(bolat["email"])) == 2
