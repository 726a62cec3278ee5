"""Named ways to corrupt a signed decision: all refused, the good one beside them taken."""

import base64
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.visitor import Visitor, new_id
from wadjet import jose
from wadjet.consent.decisions import read_signed, read_unsigned
from wadjet.consent.problems import DecisionInvalid
from wadjet.keys import SignatureInvalid

VISITOR = Visitor(None)
DECISION = {
    "id": new_id(),
    "offer": "token",
    "event": "given",
    "purposes": {"measurement": True},
    "language": "kk",
    "at": "2026-11-23T06:14:48Z",
    "previous": None,
}
GOOD = VISITOR.sign(DECISION)
HEAD, BODY, SIGNATURE = GOOD.split(".")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def signed(payload: bytes | str, head: dict[str, Any] | str | None = None, key: Any = None) -> str:
    """Sign anything at all under any header, as an attacker's own program would."""
    header = head if isinstance(head, str) else json.dumps(head or {"alg": "ES256", "jwk": VISITOR.jwk})
    data = payload if isinstance(payload, bytes) else payload.encode()
    first, second = jose.b64url(header.encode()), jose.b64url(data)
    raw = (key or VISITOR.key).get_op_key("sign")
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    r, s = utils.decode_dss_signature(raw.sign(f"{first}.{second}".encode(), ec.ECDSA(hashes.SHA256())))
    return f"{first}.{second}.{jose.b64url(r.to_bytes(32) + s.to_bytes(32))}"


def head(**changes: Any) -> dict[str, Any]:
    return {"alg": "ES256", "jwk": VISITOR.jwk} | changes


def jwk(**changes: Any) -> dict[str, Any]:
    return head(jwk=VISITOR.jwk | changes)


TEXT = json.dumps(DECISION)
RAW = jose.unb64url(SIGNATURE)
ONES = bytes([255]) * 64
OTHER = ECKey.generate_key("P-256")
P384 = ECKey.generate_key("P-384").as_dict(private=False)

CORRUPTIONS: dict[str, str] = {
    "empty": "",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.AAAA",
    "five parts, a JWE": f"{GOOD}.AAAA.AAAA",
    "JSON serialization": json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}),
    "leading space": " " + GOOD,
    "trailing line feed": GOOD + "\n",
    "line feed inside": f"{HEAD}.\n{BODY}.{SIGNATURE}",
    "header padded": f"{HEAD}==.{BODY}.{SIGNATURE}",
    "signature padded": GOOD + "==",
    "standard alphabet": f"{HEAD}.{BODY}.{base64.b64encode(RAW).decode().rstrip('=')}+/",
    "stray bits in the signature": GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "not ASCII": GOOD + "é",
    "NUL at the end": GOOD + "\0",
    "signature missing": f"{HEAD}.{BODY}.",
    "signature zero": f"{HEAD}.{BODY}.{jose.b64url(bytes(64))}",
    "signature r zero": f"{HEAD}.{BODY}.{jose.b64url(bytes(32) + RAW[32:])}",
    "signature s zero": f"{HEAD}.{BODY}.{jose.b64url(RAW[:32] + bytes(32))}",
    "signature r the order": f"{HEAD}.{BODY}.{jose.b64url(ORDER.to_bytes(32) + RAW[32:])}",
    "signature all ones": f"{HEAD}.{BODY}.{jose.b64url(ONES)}",
    "signature short": f"{HEAD}.{BODY}.{jose.b64url(RAW[:63])}",
    "signature long": f"{HEAD}.{BODY}.{jose.b64url(RAW + bytes(1))}",
    "signature halves swapped": f"{HEAD}.{BODY}.{jose.b64url(RAW[32:] + RAW[:32])}",
    "signature one bit off": f"{HEAD}.{BODY}.{jose.b64url(bytes([RAW[0] ^ 1]) + RAW[1:])}",
    "signature of another text": signed(TEXT.replace("true", "false")).rsplit(".", 1)[0] + "." + SIGNATURE,
    "signature in DER": f"{HEAD}.{BODY}.{jose.b64url(b'0E' + RAW)}",
    "another's key in the header": signed(TEXT, head(), OTHER),
    "payload changed": f"{HEAD}.{jose.b64url(TEXT.replace('kk', 'ru').encode())}.{SIGNATURE}",
    "header changed": f"{jose.b64url(json.dumps(head(typ='x')).encode())}.{BODY}.{SIGNATURE}",
    "alg none": signed(TEXT, head(alg="none")),
    "alg None": signed(TEXT, head(alg="None")),
    "alg none, no signature": signed(TEXT, head(alg="none")).rsplit(".", 1)[0] + ".",
    "alg HS256": signed(TEXT, head(alg="HS256")),
    "alg HS256 over the public key": jws.serialize_compact(
        {"alg": "HS256", "jwk": VISITOR.jwk}, TEXT, OctKey.import_key(json.dumps(VISITOR.jwk)), ["HS256"]
    ),
    "alg ES384": signed(TEXT, head(alg="ES384")),
    "alg ES256K": signed(TEXT, head(alg="ES256K")),
    "alg lower case": signed(TEXT, head(alg="es256")),
    "alg missing": signed(TEXT, {"jwk": VISITOR.jwk}),
    "alg a list": signed(TEXT, head(alg=["ES256"])),
    "alg null": signed(TEXT, head(alg=None)),
    "alg twice": signed(TEXT, '{"alg":"none","alg":"ES256","jwk":' + json.dumps(VISITOR.jwk) + "}"),
    "jwk missing": signed(TEXT, {"alg": "ES256"}),
    "jwk null": signed(TEXT, head(jwk=None)),
    "jwk text": signed(TEXT, head(jwk=json.dumps(VISITOR.jwk))),
    "jwk empty": signed(TEXT, head(jwk={})),
    "jwk with its private part": signed(TEXT, jwk(d=str(VISITOR.key.as_dict(private=True)["d"]))),
    "jwk with kid": signed(TEXT, jwk(kid="1")),
    "jwk with alg": signed(TEXT, jwk(alg="ES256")),
    "jwk with use": signed(TEXT, jwk(use="sig")),
    "jwk kty OKP": signed(TEXT, jwk(kty="OKP")),
    "jwk kty oct": signed(TEXT, head(jwk={"kty": "oct", "k": "AAAA"})),
    "jwk crv P-384": signed(TEXT, jwk(crv="P-384")),
    "jwk crv secp256k1": signed(TEXT, jwk(crv="secp256k1")),
    "jwk of P-384": signed(TEXT, head(jwk={name: str(P384[name]) for name in ("kty", "crv", "x", "y")})),
    "jwk RSA": signed(TEXT, head(jwk={n: str(v) for n, v in RSAKey.generate_key(2048).as_dict(private=False).items()})),
    "jwk Ed25519": signed(TEXT, head(jwk={n: str(v) for n, v in OKPKey.generate_key().as_dict(private=False).items()})),
    "jwk x zero": signed(TEXT, jwk(x=jose.b64url(bytes(32)))),
    "jwk point off the curve": signed(TEXT, jwk(y=jose.b64url(bytes(31) + b"\1"))),
    "jwk x and y swapped": signed(TEXT, jwk(x=VISITOR.jwk["y"], y=VISITOR.jwk["x"])),
    "jwk x short": signed(TEXT, jwk(x=VISITOR.jwk["x"][:-2])),
    "jwk x padded": signed(TEXT, jwk(x=VISITOR.jwk["x"] + "=")),
    "jwk x with a leading zero byte": signed(TEXT, jwk(x=jose.b64url(bytes(1) + jose.unb64url(VISITOR.jwk["x"])))),
    "jwk x a number": signed(TEXT, jwk(x=1)),
    "jwk crv missing": signed(TEXT, head(jwk={k: v for k, v in VISITOR.jwk.items() if k != "crv"})),
    "kid beside": signed(TEXT, head(kid="1")),
    "jku": signed(TEXT, head(jku="https://evil.example/jwks.json")),
    "x5u": signed(TEXT, head(x5u="https://evil.example/cert")),
    "x5c": signed(TEXT, head(x5c=["AAAA"])),
    "x5t": signed(TEXT, head(x5t="AAAA")),
    "crit empty": signed(TEXT, head(crit=[])),
    "crit exp": signed(TEXT, head(crit=["exp"], exp=1)),
    "b64 false": signed(TEXT, head(b64=False, crit=["b64"])),
    "zip": signed(TEXT, head(zip="DEF")),
    "cty": signed(TEXT, head(cty="JWT")),
    "unknown header member": signed(TEXT, head(note="hello")),
    "header a list": signed(TEXT, "[]"),
    "header not JSON": signed(TEXT, "{"),
    "header with a byte order mark": signed(TEXT, "\ufeff" + json.dumps(head())),
    "payload empty": signed(""),
    "payload not JSON": signed("{"),
    "payload a list": signed("[]"),
    "payload null": signed("null"),
    "payload member twice": signed(TEXT.replace('"event"', '"event": "refused", "event"')),
    "payload purpose twice": signed(TEXT.replace('"measurement": true', '"measurement": false, "measurement": true')),
    "payload NaN": signed(TEXT.replace("true", "NaN")),
    "payload Infinity": signed(TEXT.replace("true", "-Infinity")),
    "payload huge number": signed(TEXT.replace("true", "9" * 400)),
    "payload lone surrogate": signed(TEXT.replace('"kk"', '"\\ud800"')),
    "payload not UTF-8": signed(TEXT.encode().replace(b"kk", b"\xff\xfe")),
    "payload UTF-16": signed(TEXT.encode("utf-16")),
    "payload nested deeply": signed('{"id":' * 2000 + "1" + "}" * 2000),
    "payload trailing text": signed(TEXT + "{}"),
}


def test_good_decision_is_taken():
    posted = read_signed(GOOD.encode())

    assert posted.decision.model_dump() == DECISION
    assert posted.thumbprint == VISITOR.key.thumbprint()


def test_typ_is_ignored():
    values: tuple[object, ...] = ("anything", "", None, 5, {})
    for typ in values:
        assert read_signed(signed(TEXT, head(typ=typ)).encode()).decision.event == "given"


@pytest.mark.parametrize("token", CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_corrupted_decision_is_refused(token):
    with pytest.raises((DecisionInvalid, SignatureInvalid)):
        read_signed(token.encode())


def test_second_valid_signature_is_the_same_decision():
    r, s = RAW[:32], int.from_bytes(RAW[32:])
    twin = f"{HEAD}.{BODY}.{jose.b64url(r + (ORDER - s).to_bytes(32))}"

    assert read_signed(twin.encode()).same_as(read_signed(GOOD.encode()))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"text"', b"{}", TEXT.encode("utf-16")])
def test_unsigned_rubbish_is_refused(body):
    with pytest.raises(DecisionInvalid):
        read_unsigned(body)
