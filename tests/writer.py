"""A person at the contact form, as far as the wire sees them: proves work, decides, signs, posts."""

import base64
import json
from datetime import datetime
from typing import Any

import altcha

from tests.visitor import Visitor
from wadjet import clock
from wadjet.contact import challenge, service
from wadjet.settings import Settings

AIGERIM = {
    "last_name": "Қасымова",
    "first_name": "Әйгерім",
    "patronymic": "Болатқызы",
    "phone": "8 701 123 45 67",
    "email": "aigerim@example.kz",
    "message": "Сәлеметсіз бе! Кеңсеңіз қашан ашық?",
}
BOLAT = {"last_name": "Ахметов", "first_name": "Болат", "email": "bolat@example.kz", "message": "Перезвоните мне."}


def solve(work: dict[str, Any]) -> str:
    """What ALTCHA's client posts."""
    asked = altcha.Challenge.from_dict(work)
    solution = altcha.solve_challenge(asked)
    assert solution
    return base64.b64encode(json.dumps(altcha.Payload(asked, solution).to_dict()).encode()).decode()


def solve_at_once(settings: Settings, now: datetime | None = None) -> str:
    """The same of a challenge made with the server's own secret, whose first try is right: no time is lost."""
    easy = altcha.create_challenge(
        challenge.ALGORITHM,
        challenge.COST,
        memory_cost=challenge.BLOCK,
        parallelism=1,
        counter=0,
        expires_at=(now or clock.now()) + challenge.LIFE,
        hmac_secret=service._secret(settings),
    )
    return solve(easy.to_dict())


class Writer(Visitor):
    """One browser; `key` is made anew for each message."""

    def form_decision(self, **changes: Any) -> dict[str, Any]:
        """A good decision on the form's purposes: feedback, no marketing."""
        asked = [each["key"] for each in self.offer()["purposes"] if each["asked"] == "form"]
        return self.decision(purposes={key: key == "feedback" for key in asked}) | changes

    def form(self, written: dict[str, str] = AIGERIM, **changes: Any) -> dict[str, Any]:
        """A good body; the decision signed by a new key."""
        if "decision" not in changes:
            fresh = Writer(self.client, self.origin)
            changes["decision"] = fresh.sign(fresh.form_decision())
        if "challenge" not in changes:
            changes["challenge"] = solve(self.client.get("/api/v1/challenge").json)
        return {**written, **changes}

    def send(self, body: Any, **headers: str) -> Any:
        said = {"Origin": self.origin} if self.origin else {}
        return self.client.post("/api/v1/contact", json=body, headers=said | headers)

    def write(self, written: dict[str, str] = AIGERIM, **changes: Any) -> dict[str, Any]:
        """Write; the backend's answer."""
        answer = self.send(self.form(written, **changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json)
