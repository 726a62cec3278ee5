"""A visitor's browser, as far as the wire sees it: makes a key, decides, signs, posts."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from wadjet import jose

ORIGIN = "https://wadjet.kz"


def new_id() -> str:
    return jose.b64url(secrets.token_bytes(16))


class Visitor:
    """One browser. `client` is anything with `get` and `post` like Flask's test client."""

    def __init__(self, client: Any, origin: str | None = ORIGIN) -> None:
        self.client = client
        self.origin = origin
        self.key = ECKey.generate_key("P-256")

    @property
    def jwk(self) -> dict[str, str]:
        public = self.key.as_dict(private=False)
        return {name: str(public[name]) for name in ("kty", "crv", "x", "y")}

    def offer(self, **query: str) -> dict[str, Any]:
        with self.client.get("/api/v1/offer", query_string=query) as answer:
            assert answer.status_code == 200, answer.text
            return dict(answer.json)

    def decision(self, event: str = "given", **changes: Any) -> dict[str, Any]:
        """A good decision on the current offer: everything allowed, or nothing."""
        offer = self.offer()
        asked = [each["key"] for each in offer["purposes"] if each["asked"] == "banner" and not each["required"]]
        decision = {
            "id": new_id(),
            "offer": offer["token"],
            "event": event,
            "purposes": dict.fromkeys(asked, event == "given"),
            "language": offer["language"],
            "at": datetime.now(UTC).isoformat(),
            "previous": None,
        }
        return decision | changes

    def sign(self, decision: dict[str, Any], **header: Any) -> str:
        head = {"alg": "ES256", "jwk": self.jwk} | header
        return str(jws.serialize_compact(head, json.dumps(decision), self.key, ["ES256"]))

    def post(self, body: str | dict[str, Any], **headers: str) -> Any:
        """A signed token goes as JOSE, a decision as JSON."""
        signed = isinstance(body, str)
        sent = body if isinstance(body, str) else json.dumps(body)
        said = {"Origin": self.origin} if self.origin else {}
        return self.client.post(
            "/api/v1/receipts",
            data=sent.encode(),
            headers=said | headers,
            content_type="application/jose" if signed else "application/json",
        )

    def give(self, **changes: Any) -> dict[str, Any]:
        """Accept; the answer of the backend."""
        answer = self.post(self.sign(self.decision("given", **changes)))
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def withdraw(self, receipt_id: str, **changes: Any) -> Any:
        return self.post(self.sign(self.decision("withdrawn", previous=receipt_id, **changes)))

    def status(self, receipt_id: str) -> str:
        return str(self.client.get(f"/api/v1/receipts/{receipt_id}").json["status"])


def payload(receipt: str) -> dict[str, Any]:
    """What a receipt says, unverified."""
    return dict(json.loads(jose.read_compact(receipt).payload))
