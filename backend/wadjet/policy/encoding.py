"""Bytes of a text file in whatever encoding it was saved → text, or what to do about it."""

import codecs
import re
import unicodedata

from .findings import N_, Wording

_KNOWN_BY_FIRST_BYTES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a Word document or another archive",
    b"\xd0\xcf\x11\xe0": "an old Word document",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"SQLite format 3": "a database",
}
_MARKS = (  # the longer first: UTF-32's mark begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<(?:meta[^>]{0,200}charset|\?xml[^>]{0,200}encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE
)
_CODECS_OF_PAGES = re.compile(r"cp125[0-8]|koi8-[ru]|kz1048|iso8859-\d+|utf-8|gbk|gb18030|big5|shift_jis|euc_(?:jp|kr)")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_CYRILLIC_WORD = re.compile("[А-Яа-яЁё]{2,}")


def decode(data: bytes) -> str:
    """The text, in NFC, its lines ended by \\n, without control characters.

    Raises ValueError with a remedy for what is empty, binary or in no encoding that can be told.
    """
    for start, kind in _KNOWN_BY_FIRST_BYTES.items():
        if data.startswith(start):
            raise ValueError(f"is {kind}; save its text as .txt, .md or .html")
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise ValueError("is in an encoding that cannot be told; save it as UTF-8") from None
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    invisible = len(_INVISIBLE.findall(text))
    if "\x00" in text or invisible * 100 > len(text):
        raise ValueError(Wording(N_("is binary, not text; save its text as .txt, .md or .html")))
    text = visible(text)
    if not text.strip():
        raise ValueError("is empty")
    return text


def visible(text: str) -> str:
    """The text without control characters, which a page may also spell as `&#1;`."""
    return _INVISIBLE.sub("", text)


def _encoding(data: bytes) -> str:
    """Mark, then the shape of UTF-16, then UTF-8, then what a page declares, then the alphabet of the words."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    zeros = data[::2].count(0), data[1::2].count(0)  # spaces and digits have one, on the side of the high byte
    if len(data) % 2 == 0 and sum(zeros) * 40 > len(data) and 0 in zeros:
        return "utf-16-le" if zeros[1] else "utf-16-be"
    try:
        data.decode()
        return "utf-8"
    except UnicodeDecodeError:
        return _declared(data) or _guessed(data)


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        return None
    return name if _CODECS_OF_PAGES.fullmatch(name) else None


def _guessed(data: bytes) -> str:
    """Windows-1251 and KOI8-R hold the same letters with the cases swapped; Western text has lone high bytes."""
    high = sum(byte > 127 for byte in data)
    words = "".join(_CYRILLIC_WORD.findall(data.decode("cp1251", "replace")))
    if len(words) * 2 < high:
        return "cp1252"
    return "cp1251" if sum(letter.islower() for letter in words) * 2 >= len(words) else "koi8-r"
