"""Which passwords are taken: long ones that nobody would try first.

Any character counts as it was typed: nothing is cut off, folded or normalised (ASVS 6.2.8), so whoever chose a letter
that can be written in two ways has to type it in the same one.
"""

import functools
import itertools
import re
from collections.abc import Iterable
from pathlib import Path

LEAST, MOST = 12, 256
_LIST = Path(__file__).with_name("common.txt")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_VARIED = 5  # different characters at least
_OWN = 8  # letters and figures beside what a stranger would try first


def objection(password: str, about: Iterable[str] = ()) -> str:
    """What is against a password: short, long, common, or guessed from what is known; "" for nothing.

    about  words that a stranger knows of whoever it belongs to: their address, their name, the site
    """
    if len(password) < LEAST:
        return "short"
    if len(password) > MOST:
        return "long"
    word = password.lower()
    if len(set(word)) < _VARIED or _is_row(word) or _is_common(word):
        return "common"
    own = word
    for known in _words(about):
        own = own.replace(known, "")
    return "guessed" if own != word and sum(map(str.isalnum, own)) < _OWN else ""


def _is_common(word: str) -> bool:
    """On the list, or made of what is on it: with figures around it, said twice, two in a row."""
    known = _common()
    if word in known or _AROUND.sub("", word) in known:
        return True
    if any(word == word[:size] * (len(word) // size) for size in range(1, len(word) // 2 + 1)):
        return True
    return any(word[:cut] in known and word[cut:] in known for cut in range(4, len(word) - 3))


def _is_row(word: str) -> bool:
    """abcdefghijkl, 987654321…"""
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(word)}
    return len(steps) == 1


def _words(about: Iterable[str]) -> list[str]:
    """The longest first, so that what they have in common is taken out whole."""
    found = {each for text in about for each in re.split(r"[\W\d_]+", text.lower()) if len(each) >= 4}
    return sorted(found, key=len, reverse=True)


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(_LIST.read_text("utf-8").splitlines()[1:])
