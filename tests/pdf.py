"""What a PDF says, as far as its own tables of letters tell; enough for what is made here."""

import re
import zlib


def streams(pdf: bytes) -> list[bytes]:
    """Every stream, unpacked where it is packed; its last byte may look like the end of a line, and is not missed."""
    found = []
    for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(body))
        except zlib.error:
            found.append(body)
    return found


def texts(pdf: bytes) -> list[str]:
    """All letters in the order they are drawn, once for each font's table: what another font drew is left out."""
    unpacked = streams(pdf)
    drawn = [
        bytes.fromhex(piece.decode())
        for stream in unpacked
        if b" Tf" in stream
        for piece in re.findall(rb"<([0-9a-f]+)>", stream)
    ]
    tables = []
    for stream in unpacked:
        if b"beginbfchar" in stream:
            pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", stream)
            tables.append({bytes.fromhex(code.decode()): bytes.fromhex(letter.decode()) for code, letter in pairs})
    return [
        "".join(table.get(run[at : at + 2], b"").decode("utf-16-be") for run in drawn for at in range(0, len(run), 2))
        for table in tables
    ]


def says(pdf: bytes, words: str) -> bool:
    """Whether it says these words; where lines and cells end makes no difference."""
    wanted = "".join(words.split())
    return any(wanted in "".join(text.split()) for text in texts(pdf))


def fonts(pdf: bytes) -> list[bytes]:
    """The fonts that are in it: TrueType or OpenType."""
    return [stream for stream in streams(pdf) if stream[:4] in (b"\0\1\0\0", b"OTTO", b"true")]
