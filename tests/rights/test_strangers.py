"""What somebody can do, or learn, who types another's address: nothing to them, and nothing of them."""

import re
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from tests.house import on_both_databases
from tests.rights.desk import links, people_of, to
from tests.writer import AIGERIM
from wadjet import clock, consent, database, rights, vault

BOLAT = "bolat@example.kz"
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


@pytest.fixture
def flooded(desk, open_app, publish, watch):
    """A browser whose network has posted more than others may; two receipts, by their writers' addresses."""
    receipts = {address: desk.write(AIGERIM | {"email": address}).id for address in (AIGERIM["email"], BOLAT)}
    her = Visitor(open_app(rate_limit="1 per hour"), watch)
    watch.moment = watch.moment.replace(minute=0) + timedelta(hours=1)  # whatever ends, was given before
    for _ in range(2):
        her.send("withdraw", email="first@example.kz")
        desk.post()
    return her, receipts


@on_both_databases
@pytest.mark.clause("8.4.b")
def test_in_a_flood_every_consent_still_ends_by_the_button_and_nobody_else_s(desk, flooded):
    her, receipts = flooded

    number = her.send("withdraw")
    assert number == her.send("withdraw") == her.send("withdraw", email="nobody@example.kz")
    letters = [letter for letter in desk.post() if links(letter, "/confirm/")]
    assert [to(letter) for letter in letters] == [AIGERIM["email"]]
    (path,) = links(letters[0], "/confirm/")
    assert number in her.client.get(path).text
    assert her.client.post(path, data={"request": number}).status_code == 200

    assert [consent.standing(receipts[each])["feedback"] for each in (AIGERIM["email"], BOLAT)] == [False, True]
    desk.fulfil(number)
    assert consent.standing(receipts[BOLAT])["feedback"]
    assert her.send("withdraw", email=BOLAT) not in (number, "")


@on_both_databases
@pytest.mark.clause("8.4.b")
def test_in_a_flood_only_those_who_proved_it_are_done_for(desk, flooded):
    her, receipts = flooded
    number = her.send("stop"), her.send("stop"), her.send("stop", email=BOLAT)

    desk.fulfil(number[-1])

    assert all(consent.standing(each)["feedback"] for each in receipts.values())


@on_both_databases
@pytest.mark.clause("8.4.b")
def test_a_flood_leaves_nothing_of_addresses_that_nobody_knows(desk, flooded, steps):
    her, _ = flooded
    her.send("withdraw")
    before = rows()

    numbers = {her.send("withdraw", email=f"nobody{each}@example.kz", details=f"{each}") for each in range(5)}

    assert len(numbers) == 1
    assert rows() == before
    taken = [steps(partial(her.send, "withdraw", her.page("withdraw"), email=each)) for each in (BOLAT, "n@example.kz")]
    assert taken[0] == taken[1]


def rows():
    """How many rows there are, by table."""
    counted: dict[str, tuple[int]] = {}
    for store in (database.vault, database.person_keys):
        for table in store.read(store.proxy.get_tables):
            counted[table] = store.read(lambda: store.execute(f"SELECT count(*) FROM {table}").fetchone())  # noqa: B023
    return counted


@pytest.fixture
def steps(monkeypatch):
    """`steps(work)`: how often `work` waited for each disk, and asked each store. Counts what is really done."""
    monkeypatch.setattr("wadjet.policy.service._LOOK_SECONDS", float("inf"))  # else twice a second, whoever comes
    counted: Counter[tuple[str, str]] = Counter()
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
