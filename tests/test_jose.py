"""Signed texts are read strictly: every named corruption is refused, the good form beside it is taken."""

import base64
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet import jose

DEEPEST = "[" * jose.MAX_DEPTH + "]" * jose.MAX_DEPTH

GOOD_JSON = {
    "an object": ('{"a": 1, "b": [true, null, "ә"]}', {"a": 1, "b": [True, None, "ә"]}),
    "the largest numbers": (f"[{2**53}, {-(2**53)}]", [2**53, -(2**53)]),
    "a fraction": ("1.5e3", 1500.0),
    "as deep as allowed": (DEEPEST, json.loads(DEEPEST)),
    "many brackets, none deep": ("[" + "[]," * 20 + "[]]", [[]] * 21),
    "brackets inside text": ('"' + "[" * 99 + '"', "[" * 99),
    "a surrogate pair": ('"\\ud83d\\ude00"', "😀"),
    "one name in two objects": ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
}

BAD_JSON = {
    "nothing": b"",
    "two values": b"{}{}",
    "text after": b"{} x",
    "a comment": b"{} // x",
    "a trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a member twice": b'{"a": 1, "a": 1}',
    "a member twice, one escaped": b'{"a": 1, "\\u0061": 2}',
    "a member twice, deep inside": b'[{"b": {"a": 1, "a": 2}}]',
    "NaN": b"NaN",
    "Infinity": b"[Infinity]",
    "minus Infinity": b'{"a": -Infinity}',
    "an integer beyond 2^53": str(2**53 + 1).encode(),
    "a negative one": str(-(2**53) - 1).encode(),
    "five thousand digits": b"9" * 5000,
    "a fraction that overflows": b"1e999",
    "a negative one that overflows": b"-1e999",
    "a fraction of five thousand digits": b"0." + b"1" * 5000,
    "a leading zero": b"01",
    "a lone high surrogate": b'"\\ud800"',
    "a lone low surrogate": b'"\\udc00x"',
    "a lone surrogate as a name": b'{"\\udbff": 1}',
    "surrogates in the wrong order": b'"\\ude00\\ud83d"',
    "a surrogate as bytes": b'"\xed\xa0\x80"',
    "an overlong slash": b'"\xc0\xaf"',
    "not UTF-8": b'"\xff"',
    "Windows-1251": '"Саясат"'.encode("cp1251"),
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32-le"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a control character": b'"\x01"',
    "one level too deep": f"[{DEEPEST}]".encode(),
    "objects too deep": b'{"a":' * 9 + b"1" + b"}" * 9,
    "a hundred thousand brackets": b"[" * 100_000,
}

BAD_BASE64URL = {
    "padding": "AAA=",
    "double padding": "AA==",
    "the standard alphabet": "ab+/",
    "a length that cannot be": "AAAAA",
    "stray bits after two letters": "AB",
    "stray bits after three letters": "AAB",
    "a space": "AA AA",
    "a line feed": "AAAA\n",
    "a line feed alone": "\n",
    "not ASCII": "AAAé",
    "digits that are not ASCII": "AAA٣",
    "NUL": "AAA\0",
    "a dot": "AA.AA",
}


@pytest.mark.parametrize(("text", "value"), GOOD_JSON.values(), ids=GOOD_JSON)
def test_good_json_is_read(text, value):
    assert jose.read_json(text.encode()) == value


@pytest.mark.parametrize("data", BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json_is_refused(data):
    with pytest.raises(jose.Unreadable):
        jose.read_json(data)


@pytest.mark.parametrize("text", BAD_BASE64URL.values(), ids=BAD_BASE64URL)
def test_bad_base64url_is_refused(text):
    with pytest.raises(jose.Unreadable):
        jose.unb64url(text)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "e30.e30",
        "e30.e30.e30.e30",
        "W10.e30.AA",
        "bnVsbA.e30.AA",
        "e30.e30.A",
        "e30=.e30.AA",
        "e30.e 30.AA",
        "eyJhIjoxLCJhIjoyfQ.e30.AA",
        "é30.e30.AA",
    ],
)
def test_what_is_no_compact_jws_is_refused(token):
    with pytest.raises(jose.Unreadable):
        jose.read_compact(token)


def test_a_compact_jws_is_taken_apart():
    compact = jose.read_compact("eyJhbGciOiJFZERTQSJ9.cGF5bG9hZA.AAEC")

    assert compact == ({"alg": "EdDSA"}, b"payload", b"eyJhbGciOiJFZERTQSJ9.cGF5bG9hZA", b"\0\1\2")


def test_a_refusal_does_not_repeat_what_was_sent():
    with pytest.raises(jose.Unreadable) as refused:
        jose.read_json(b'{"aigerim@example.kz": 1, "aigerim@example.kz": 2}')

    assert "aigerim" not in str(refused.value)


def test_thumbprint_is_the_one_of_rfc_8037():
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    assert jose.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@given(st.binary(max_size=200))
def test_base64url_goes_round(data):
    text = jose.b64url(data)

    assert jose.unb64url(text) == data
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(st.text(alphabet="ABCDabcdwxyz0189-_+/=. \n", max_size=12))
def test_each_content_has_one_base64url(text):
    try:
        data = jose.unb64url(text)
    except jose.Unreadable:
        return
    assert jose.b64url(data) == text


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def depth(value):
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)


@given(VALUES, st.booleans())
def test_json_goes_round(value, ascii_only):
    data = json.dumps(value, ensure_ascii=ascii_only).encode()

    if depth(value) > jose.MAX_DEPTH:
        with pytest.raises(jose.Unreadable):
            jose.read_json(data)
    else:
        assert jose.read_json(data) == value


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data):
    try:
        value = jose.read_json(data)
    except jose.Unreadable:
        return
    assert depth(value) <= jose.MAX_DEPTH
    assert not isinstance(value, float) or math.isfinite(value)
