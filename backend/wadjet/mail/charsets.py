"""Bytes of mail as text, whatever they claim to be. Pure.

Only character sets that mail is written in are looked up: Python knows others (`punycode`, `unicode_escape`) that take
squares of time or make letters of escapes.
"""

import binascii
import re

_KNOWN = re.compile(
    r"iso-?8859-\d{1,2}|latin-?1|(windows|cp|x-cp)-?125\d|cp866|ibm866|koi8-?[rut]|"
    r"kz1048|ptcp154|mac-?cyrillic|x-mac-cyrillic|macintosh|utf-16(le|be)?|"
    r"gb2312|gbk|gb18030|big5|euc-(jp|kr)|shift_jis|iso-2022-(jp|kr)|ks_c_5601-1987"
)
# Kazakh's own, by all the names that IANA lists.
_KAZAKH = ("kz-1048", "strk1048", "strk1048-2002", "rk1048", "cskz1048")
_ASIAN = ("ptcp-154", "pt154", "cp154", "csptcp154", "cyrillic-asian")
_PYTHON = dict.fromkeys(_KAZAKH, "kz1048") | dict.fromkeys(_ASIAN, "ptcp154") | {"ks_c_5601-1987": "euc_kr"}
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")


def decode(raw: bytes, charset: str = "") -> str:
    """Text. Without a known `charset`: UTF-8 where it is that, else windows-1251, what old programs here write."""
    name = charset.strip().lower().partition("*")[0]
    if name in _PYTHON or _KNOWN.fullmatch(name):
        try:
            return raw.decode(_PYTHON.get(name, name.removeprefix("x-")), "replace")
        except (UnicodeError, LookupError):  # UTF-16 that ends in the middle of its mark
            pass
    try:
        return raw.decode()
    except UnicodeError:
        spoiled = raw.decode("utf-8", "replace")
    # Cut or damaged in a few places, or not UTF-8 at all?
    return spoiled if 10 * spoiled.count("\ufffd") < len(spoiled) else raw.decode("windows-1251", "replace")


def words(value: bytes) -> str:
    """A header's value with its encoded words read, once: what comes out is not read again. Source: RFC 2047 6.2."""
    said: list[str] = []
    run, charset = b"", ""  # neighbours in one character set may share a letter, though they should not
    place = 0
    for found in _WORD.finditer(value):
        between = value[place : found.start()]
        name = found[1].decode("ascii", "replace")
        if between.strip() or name.lower() != charset.lower():
            said += [decode(run, charset), decode(between) if between.strip() or not place else ""]
            run, charset = b"", name
        run += _word(found[2], found[3])
        place = found.end()
    return "".join([*said, decode(run, charset), decode(value[place:])])


def _word(encoding: bytes, said: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(said, header=True)
    return base64(said)


def base64(said: bytes) -> bytes:
    """What it stands for, whatever stands between its letters and wherever it ends."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", said)
    whole, rest = letters[: len(letters) // 4 * 4], letters[len(letters) // 4 * 4 :]
    return binascii.a2b_base64(whole + (rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""))
