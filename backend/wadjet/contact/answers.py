"""What goes out, for the contract."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .. import consent


class Challenge(BaseModel):
    """An ALTCHA challenge, protocol version 2."""

    model_config = ConfigDict(extra="forbid")

    parameters: dict[str, Any]
    signature: str


class Received(BaseModel):
    """The receipt of the consent to what was written."""

    model_config = ConfigDict(extra="forbid")

    id: consent.ReceiptId = Field(description="the receipt's")
    receipt: consent.Signed
    unconfirmed: bool = Field(
        False, description="true: the message counts only once its writer has followed the letter; absent otherwise"
    )
