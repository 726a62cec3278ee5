"""On what ground data may go anywhere, and on what they are destroyed. Source: 94-V art. 9, 16, 18; policy 7."""

import re

CONSENT = "consent"
BASES = {  # the clause of the policy that names it
    CONSENT: "7.1",
    "law_or_treaty": "7.2",
    "justice_enforcement": "7.3",
    "contract": "7.4",
    "legitimate_interest": "7.5",
    "made_public_by_subject": "7.6",
    "mandatory_disclosure": "7.7",
}
_DISABLED = ("contract", "legitimate_interest")  # law.md 8: until counsel agrees; art. 9 names neither
_BY_LAW = ("law_or_treaty", "justice_enforcement", "mandatory_disclosure")
_FEDERAL = re.compile(r"\bfederal\b|\bфедеральн", re.IGNORECASE)  # Kazakhstan has no such law: another country's text
_LINK = re.compile(r"https?://[^\s/]+\S*")

# Source: 94-V art. 18, 24(1), 25(2)(4), (8).
DESTRUCTION = (
    "retention-over",
    "relation-ended",
    "court-act",
    "no-consent",
    "withdrawn",
    "subject-demand",
    "unlawful",
    "other",
)


def lacks(basis: str, citation: str) -> list[tuple[str, str]]:
    """What a ground lacks to be relied on: codes and sentences."""
    if basis not in BASES:
        return [("basis-unknown", f"Name one of the grounds {', '.join(BASES)}.")]
    if basis in _DISABLED:
        return [
            (
                "basis-disabled",
                f"Clause {BASES[basis]} ({basis}) is not relied on until counsel agrees: art. 9 has no such case.",
            )
        ]
    if basis == CONSENT:
        return []
    if not citation.strip():
        return [("citation-missing", f"Cite what the ground {basis} rests on.")]
    if _FEDERAL.search(citation):
        return [("citation-foreign", "Kazakhstan has no federal law: cite the act of Kazakhstan.")]
    if basis == "made_public_by_subject" and not _LINK.search(citation):
        return [("source-missing", "Give the link to where the person made the data public.")]
    return []


def allows_abroad(basis: str) -> bool:
    """Whether a ground by itself carries a transfer abroad, without the person's consent. Source: art. 16(3)."""
    return basis in _BY_LAW
