"""What must be stored on which day, said once more: plainly, day by day, of everything that was ever put in.

Knows the law's words and the small policy's terms, and nothing of how the house does it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

TERM = timedelta(days=365)  # of both purposes of the form, and of those of the banner
PROOF = timedelta(days=3 * 365)
WORDS = timedelta(days=365)


@dataclass
class Letter:
    """A message. `stopped`: when each purpose was withdrawn."""

    person: str
    receipt: str
    came: date
    has_news: bool
    closed: date | None = None
    stopped: dict[str, date] = field(default_factory=dict)
    is_there: bool = True
    is_whole: bool = True


@dataclass
class Asked:
    person: str
    ended: date | None = None
    is_there: bool = True


@dataclass
class Choice:
    """A chain of decisions: their days, what they were, and the receipts."""

    receipts: list[str]
    given: date  # the last that gave anything
    ended: date | None = None  # by a withdrawal or a refusal
    is_there: bool = True


@dataclass
class Model:
    """Everything that was put in."""

    letters: dict[str, Letter] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    blocked: dict[str, date] = field(default_factory=dict)
    held: dict[str, date] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)  # every receipt that was ever given

    def clean(self, today: date) -> None:
        """What the run of a day must have done."""
        for letter in self.letters.values():
            if letter.is_there and not self.is_kept_back(letter.person, today):
                self._letter(letter, today)
        for asked in self.asked.values():
            over = asked.ended is not None and today > asked.ended + WORDS
            if over and not self.is_kept_back(asked.person, today):
                asked.is_there = False
        self.gone |= self._people(everybody=True) - self.people()
        newest = next((each for each in reversed(self.choices) if self.order[-1] in each.receipts), None)
        for choice in self.choices:
            end = choice.ended or choice.given + TERM
            outlived = any(each.receipt == choice.receipts[0] and each.is_there for each in self.letters.values())
            if today > end + PROOF and choice is not newest and not outlived:
                choice.is_there = False

    def is_kept_back(self, person: str, today: date) -> bool:
        return person in self.blocked or (person in self.held and today <= self.held[person])

    def _letter(self, letter: Letter, today: date) -> None:
        in_term = today <= letter.came + TERM
        answers = in_term and not (letter.closed and letter.closed < today)
        answers = answers and not ("feedback" in letter.stopped and letter.stopped["feedback"] < today)
        news = (
            in_term and letter.has_news and not ("marketing" in letter.stopped and letter.stopped["marketing"] < today)
        )
        if not answers and not news:
            letter.is_there = False
        elif not answers:
            letter.is_whole = False

    def people(self) -> set[str]:
        return self._people(everybody=False)

    def _people(self, *, everybody: bool) -> set[str]:
        wrote = {each.person for each in self.letters.values() if each.is_there or everybody}
        return wrote | {each.person for each in self.asked.values() if each.is_there or everybody}

    def whole(self) -> set[str]:
        return {id for id, each in self.letters.items() if each.is_there and each.is_whole}

    def reduced(self) -> set[str]:
        return {id for id, each in self.letters.items() if each.is_there and not each.is_whole}

    def words(self) -> set[str]:
        return {id for id, each in self.asked.items() if each.is_there}

    def receipts(self) -> set[str]:
        return {receipt for each in self.choices if each.is_there for receipt in each.receipts}
