"""What goes out, for the contract: the forms of offers and receipts, and of what refusals carry."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# 16 bytes are 22 characters; the last one carries two bits, so only four letters can stand there.
ReceiptId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{21}[AQgw]$")]
PurposeKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Signed = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$", description="compact JWS")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OfferedPolicy(_Form):
    """The version that a decision will be about."""

    version: int = Field(ge=1)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of its canonical content")
    url: str
    effective: str = Field(description="a day: 2026-12-01", pattern=r"^\d{4}-\d\d-\d\d$")
    summary: str


class OfferedPurpose(_Form):
    """What a visitor is asked, or, where `required`, told."""

    key: PurposeKey
    asked: Literal["banner", "form"]
    required: bool
    name: str
    description: str


class Offer(_Form):
    """What a site puts before a visitor."""

    site: str
    language: str
    languages: list[str]
    policy: OfferedPolicy
    purposes: list[OfferedPurpose]
    token: str = Field(description="goes into the decision as `offer`")
    expires: str


class Issued(_Form):
    """The receipt of a decision. `proof_url` is null until there is a ledger."""

    id: ReceiptId
    receipt: Signed
    proof_url: None


class Found(_Form):
    """A receipt and whether it still counts."""

    id: ReceiptId
    status: Literal["current", "withdrawn", "superseded"]
    receipt: Signed


class FieldError(_Form):
    """One thing that is wrong with a decision."""

    field: str
    code: str
    message: str
