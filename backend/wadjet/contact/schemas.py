"""What may come in: the form as JSON, exactly."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from .. import consent, jose
from . import fields
from .problems import ContactInvalid

_Text = Annotated[str, Field(max_length=4000)]


class Form(BaseModel):
    """The body of `POST /api/v1/contact`. Unknown members are refused (policy 5.4, 5.5)."""

    model_config = ConfigDict(extra="forbid")

    decision: consent.Signed | consent.Decision = Field(
        description="over the form's purposes: the JWS, or the JSON object over plain http"
    )
    last_name: _Text
    first_name: _Text
    patronymic: _Text | None = None
    phone: _Text | None = Field(None, description="as people in Kazakhstan write them; kept as E.164")
    email: _Text
    message: _Text
    challenge: str = Field(description="base64 of the solved ALTCHA challenge")


class Posted(BaseModel):
    """A form that was read: what was decided, what was written (cleaned), and the proof of work."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    decision: consent.Posted
    written: dict[str, str]
    challenge: str


def parse(data: bytes) -> Posted:
    """Raises ContactInvalid with every mistake at once; consent's DecisionInvalid and SignatureInvalid."""
    try:
        sent = jose.read_json(data)
    except jose.Unreadable as error:
        raise ContactInvalid(f"The body must be one JSON object: {error}.", errors=[]) from error
    if not isinstance(sent, dict):
        raise ContactInvalid("The body must be one JSON object.", errors=[])
    mistakes = [(name[:64], "unknown") for name in sent.keys() - Form.model_fields.keys()]
    written, wrong = clean(sent)
    mistakes += wrong
    for name, kinds in (("decision", str | dict), ("challenge", str)):
        if not isinstance(sent.get(name), kinds):
            mistakes.append((name, "missing"))
    if mistakes:
        raise refusal(mistakes)
    decision = sent["decision"]
    posted = consent.read_signed(decision.encode()) if isinstance(decision, str) else consent.read_sent(decision)
    return Posted(decision=posted, written=written, challenge=sent["challenge"])


def clean(sent: dict[str, Any]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What was written, cleaned, and what is wrong with it: field and code."""
    written, mistakes = {}, []
    for field in fields.FIELDS:
        try:
            if (value := fields.clean(field, sent.get(field.name))) is not None:
                written[field.name] = value
        except fields.Wrong as wrong:
            mistakes.append((field.name, str(wrong)))
    return written, mistakes


def refusal(mistakes: list[tuple[str, str]]) -> ContactInvalid:
    """Codes here; the view adds the sentences in the person's language."""
    errors = [{"field": name, "code": code, "message": ""} for name, code in mistakes]
    return ContactInvalid(f"Look at {', '.join(sorted({name for name, _ in mistakes}))}.", errors=errors)
