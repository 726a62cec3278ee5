"""Five years of a site, day by day, against the plain model: nothing kept late, nothing gone early, all explained."""

import random
from datetime import date, timedelta

import pytest

from tests.faults.figures import figures
from tests.house import on_both_databases
from tests.retention import site
from tests.retention.model import Asked, Choice, Letter, Model
from wadjet import clock

YEARS = 5
ACTS = 120


class Life:
    """What visitors and staff happen to do, to the site and to the model alike."""

    def __init__(self, place, acts: int) -> None:
        self.place, self.chance, self.model = place, random.Random(acts), Model()
        self.crowd = max(40, acts // 4)  # how many addresses are written from
        self.doings = (
            [self.write] * 8
            + [self.close] * 5
            + [self.withdraw, self.withdraw_news, self.withdraw_elsewhere] * 2
            + [self.ask, self.end_request] * 2
            + [self.choose, self.choose_again, self.stop_choosing, self.refuse_all]
            + [self.block, self.unblock, self.hold, self.release]
        )

    def today(self) -> date:
        return clock.local_date(self.place.now)

    def live(self) -> None:
        """One act of somebody's."""
        self.place.watch.advance(seconds=61)
        self.chance.choice(self.doings)()

    def letter(self, is_fit=lambda _: True) -> str | None:
        fit = [id for id, each in self.model.letters.items() if each.is_there and is_fit(each)]
        return self.chance.choice(fit) if fit else None

    def chain(self) -> Choice | None:
        """A choice in the banner that was made and stands on record."""
        forms = {each.receipt for each in self.model.letters.values()}
        fit = [each for each in self.model.choices if each.is_there and each.receipts[0] not in forms]
        return self.chance.choice(fit) if fit else None

    def write(self) -> None:
        number, has_news = self.chance.randrange(self.crowd), self.chance.random() < 0.4
        message, person, receipt = self.place.write(f"a{number}@example.kz", marketing=has_news)
        self.model.letters[message] = Letter(person, receipt, self.today(), has_news)
        self.keep(Choice([receipt], self.today()))

    def keep(self, choice: Choice) -> None:
        self.model.choices.append(choice)
        self.model.order.append(choice.receipts[0])

    def close(self) -> None:
        message = self.letter(lambda it: it.is_whole and not it.closed and it.person not in self.model.blocked)
        if message:
            self.place.close(message)
            self.model.letters[message].closed = self.today()

    def withdraw(self) -> None:
        if message := self.letter():
            self.end(message, lambda: self.place.withdraw(message), {"feedback", "marketing"})

    def withdraw_news(self) -> None:
        if message := self.letter(lambda it: it.has_news):
            self.end(message, lambda: self.place.withdraw(message, "marketing"), {"marketing"})

    def withdraw_elsewhere(self) -> None:
        """With the receipt's number, where nobody knows whose it is."""
        if message := self.letter():
            receipt = self.model.letters[message].receipt
            what = self.chance.choice([(), ("feedback",), ("marketing",)])
            ended = set(what) or {"feedback", "marketing"}
            self.end(message, lambda: self.place.withdraw_receipt(receipt, *what), ended)

    def end(self, message: str, act, purposes: set[str]) -> None:
        """Some purposes of a message end; a receipt more is given where that changed anything."""
        before = site.receipts()
        act()
        letter, fresh = self.model.letters[message], site.receipts() - before
        standing = {"feedback"} | ({"marketing"} if letter.has_news else set()) - set()
        for purpose in purposes & standing:
            letter.stopped.setdefault(purpose, self.today())
        choice = next(each for each in self.model.choices if each.receipts[0] == letter.receipt)
        choice.receipts += fresh
        self.model.order += fresh
        if fresh and standing <= letter.stopped.keys():
            choice.ended = self.today()

    def ask(self) -> None:
        request = self.place.ask(f"q{self.chance.randrange(self.crowd // 3)}@example.kz")
        ((person,),) = site.sql("SELECT person FROM rights_request WHERE id = ?", request)
        self.model.asked.setdefault(request, Asked(person))

    def end_request(self) -> None:
        open_ones = [id for id, each in self.model.asked.items() if not each.ended]
        if open_ones:
            request = self.chance.choice(open_ones)
            self.place.refuse(request)
            self.model.asked[request].ended = self.today()

    def choose(self) -> None:
        self.keep(Choice([self.place.choose()], self.today()))

    def refuse_all(self) -> None:
        self.keep(Choice([self.place.choose(allowed=False)], self.today(), ended=self.today()))

    def choose_again(self) -> None:
        if choice := self.chain():
            choice.receipts.append(self.place.choose(previous=choice.receipts[-1]))
            self.model.order.append(choice.receipts[-1])
            choice.given, choice.ended = self.today(), None

    def stop_choosing(self) -> None:
        choice = self.chain()
        if choice and not choice.ended:
            before = site.receipts()
            self.place.withdraw_receipt(choice.receipts[0])
            choice.receipts += (fresh := site.receipts() - before)
            self.model.order += fresh
            choice.ended = self.today()

    def person(self, is_fit) -> str | None:
        known = [it.person for it in self.model.letters.values()] + [it.person for it in self.model.asked.values()]
        there = self.model.people()  # by chance, but the same in each run: so not in the order of ids
        fit = [each for each in dict.fromkeys(known) if each in there and is_fit(each)]
        return self.chance.choice(fit) if fit else None

    def block(self) -> None:
        if person := self.person(lambda it: it not in self.model.blocked):
            self.place.block(person)
            self.model.blocked[person] = self.today()

    def unblock(self) -> None:
        if self.model.blocked:
            person = self.chance.choice(list(self.model.blocked))
            self.place.unblock(person)
            del self.model.blocked[person]

    def hold(self) -> None:
        if person := self.person(lambda it: it not in self.model.held):
            until = self.today() + timedelta(days=self.chance.randrange(900))
            self.place.hold(person, until)
            self.model.held[person] = until

    def release(self) -> None:
        fit = [person for person, until in self.model.held.items() if until >= self.today()]
        if fit and (person := self.chance.choice(fit)) in self.model.people():
            self.place.release(person)
            del self.model.held[person]


def stored() -> tuple[set[str], ...]:
    """Whole messages, reduced ones, people, words of requests, receipts: their ids, at one look."""
    kinds = ("whole", "reduced", "person", "words")
    rows = site.sql("""
        SELECT CASE state WHEN 'reduced' THEN 'reduced' ELSE 'whole' END, id FROM contact_message
        UNION ALL SELECT 'person', id FROM person
        UNION ALL SELECT 'words', id FROM rights_request WHERE said IS NOT NULL""")
    return *({id for kind, id in rows if kind == each} for each in kinds), site.receipts()


def expected(model: Model) -> tuple[set[str], ...]:
    return model.whole(), model.reduced(), model.people(), model.words(), model.receipts()


@pytest.mark.clause("5.7", "8.4", "8.8", "8.9", "D13", "2.14")
@on_both_databases
@pytest.mark.parametrize("acts", figures(ACTS, 6000))  # of everybody's
def test_five_years_keep_nothing_late_and_lose_nothing_early(place, acts, progress):
    life, first = Life(place, acts), clock.local_date(place.now)
    whole_days = YEARS * 365 + 1
    step = 3 if place.settings.vault_database.startswith("postgresql") and acts == ACTS else 1  # a look takes longer

    for number in filter(lambda each: each % step == 0, progress(whole_days)):
        today = first + timedelta(days=number)
        before, dry = expected(life.model), []
        place.at(today, hour=3)
        life.model.clean(today)
        if is_dry := number % 30 == 0:
            dry = place.run(is_applying=False)
            assert stored() == before
        lines = place.run()
        assert stored() == expected(life.model), today
        told = [(line.what, line.id, line.count, line.ground) for line in lines if line.what != "review"]
        if is_dry:
            assert sorted(told) == sorted((it.what, it.id, it.count, it.ground) for it in dry if it.what != "review")
        explained(before, stored(), lines)
        place.at(today)
        for _ in range(acts * (number + step) // whole_days - acts * number // whole_days):
            life.live()
    assert len(life.model.gone) > acts / 20


def explained(before, after, lines) -> None:
    """Whatever is not there any more was told, with its reason and its day."""
    done = {line.id: line for line in lines if line.status == "done"}
    for kind in (0, 2, 3):
        for id in before[kind] - after[kind]:
            line = done.get(id) or next((it for it in lines if it.status == "done" and it.what == "person"), None)
            assert line
            assert line.clause
            assert line.article
            assert line.due_on <= line.by
    gone = len(before[4] - after[4])
    assert gone == 0 or any(line.what == "receipts" and line.count <= gone for line in lines)
