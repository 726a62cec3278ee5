"""What may come in: the decision, exactly (design: the contract's section on offers and receipts)."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from .. import clock, jose
from .answers import PurposeKey, ReceiptId
from .problems import DecisionInvalid


def _is_time(text: str) -> str:
    clock.parse(text)
    return text


class Decision(BaseModel):
    """What a visitor decided. Unknown members are refused, not ignored (policy 5.5)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: ReceiptId = Field(description="16 random bytes as base64url, chosen by the visitor; the receipt's id")
    offer: str | None = Field(None, max_length=1024, description="the offer token; may be absent when withdrawing")
    event: Literal["given", "refused", "withdrawn"]
    purposes: Annotated[dict[PurposeKey, StrictBool], Field(max_length=64)]
    language: str = Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$", description="the language shown")
    at: Annotated[
        str,
        AfterValidator(_is_time),
        Field(
            pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$",
            description="the visitor's clock; kept as a claim",
        ),
    ]
    previous: ReceiptId | None = Field(None, description="the receipt that this one changes or ends")

    @model_validator(mode="after")
    def _means_what_its_event_says(self) -> "Decision":
        allows = any(self.purposes.values())
        if self.event == "given" and self.purposes and not allows:
            raise ValueError("given needs at least one purpose that is true")
        if self.event != "given" and allows:
            raise ValueError(f"{self.event} needs every purpose to be false")
        if self.event == "refused" and self.previous:
            raise ValueError("refused has no previous; to end a consent send withdrawn")
        if self.event == "withdrawn" and not self.previous:
            raise ValueError("withdrawn needs previous: the receipt that it ends")
        if self.event != "withdrawn" and not self.offer:
            raise ValueError("offer is missing")
        return self


def parse(data: bytes) -> tuple[Decision, dict[str, Any]]:
    """The decision in these JSON bytes, and the object as it was sent. Raises DecisionInvalid."""
    try:
        sent = jose.read_json(data)
    except jose.Unreadable as error:
        raise DecisionInvalid(f"The body must be one JSON object: {error}.", errors=[]) from error
    return check(sent), sent


def check(sent: Any) -> Decision:
    """The decision in what was sent as JSON. Raises DecisionInvalid."""
    try:
        return Decision.model_validate(sent)
    except ValidationError as error:
        errors = [
            {
                "field": re.sub(r"[^\w.-]", "", ".".join(map(str, item["loc"])))[:64],
                "code": item["type"],
                "message": item["msg"].removeprefix("Value error, "),
            }
            for item in error.errors(include_input=False, include_url=False, include_context=False)[:8]
        ]
        first = errors[0]
        raise DecisionInvalid(f"{first['field']}: {first['message']}".removeprefix(": "), errors=errors) from error
