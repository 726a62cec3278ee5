"""Does a text name a person? By a name of theirs in another case or script too, or by their telephone. Pure.

What stays for ever is asked this before it is written. It is a net for slips, not a proof: it finds a name that is
spelled out, declined, or written in Latin letters, not a nickname, nor a short name that is declined.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]{2,}")
# Both scripts to one rough Latin, in which Kazakh's and Russian's own ways of writing the same name fall together.
_ROUGH = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхцыэәғқңөұүһіqwxy", "abvgdeziiklmnoprstufhcieagknouuhikuhi", strict=True))
    | {"ё": "e", "ж": "j", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "iu", "я": "ia"}
)
_DIGRAPHS = (("zh", "j"), ("kh", "h"), ("gh", "g"), ("ts", "c"), ("shh", "sh"))
_SHORTEST = 4  # of what a word may begin with; a shorter name counts only as it is written


def names(text: str, own: str, phone: str) -> bool:
    """Whether `text` holds one of the names in `own`, or the number `phone`."""
    said, known = set(_WORD.findall(text.casefold())), set(_WORD.findall(own.casefold()))
    number = re.sub(r"\D", "", phone)[-7:]
    stems = tuple(stem for word in known for stem in _stems(word))
    return bool(
        said & known
        or (stems and any(_rough(word).startswith(stems) for word in said))
        or (number and number in re.sub(r"\D", "", text))
    )


def _stems(name: str) -> list[str]:
    """What a name begins with in every case: itself, and without the vowel that a case puts another in place of."""
    rough = _rough(name)
    return [each for each in (rough, rough.rstrip("aeiou")) if len(each) >= _SHORTEST]


def _rough(word: str) -> str:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", word.translate(_ROUGH)) if not unicodedata.combining(letter)
    )
    for pair, one in _DIGRAPHS:
        plain = plain.replace(pair, one)
    return plain
