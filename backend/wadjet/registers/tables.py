"""A register as CSV that no spreadsheet runs, as JSON, and as the values of a page.

A spreadsheet takes a cell for a formula by its first letter, also in full width; and one that expects semicolons splits
quoted cells at them. So every place in a text where a cell could begin gets an apostrophe before such a letter, and
before an apostrophe: taking those away again (`content`) answers the text that was. A byte order mark tells Excel that
it is UTF-8. Source: OWASP, CSV injection; threats: ASVS 1.2.10.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from .. import clock
from .models import Row

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
BOM = "\ufeff"

_BEGINS = r"(?<![^,;\t\r\n\"|])"  # the text's first letter, or the first after what some program splits at
_FORMULA = r"[\s\ufeff\u200b]*[=+\-@|\t\r\n＝＋－﹣−＠﹫﹢﹦]"
_DANGER = re.compile(f"{_BEGINS}(?='|{_FORMULA})")
_STAMP, _DAY = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), re.compile(r"\d{4}-\d\d-\d\d")
_GUARD = re.compile(f"{_BEGINS}'")

# What a column is called on paper.
COLUMNS = {
    "about": N_("About"),
    "act": N_("Action"),
    "allowed": N_("Allowed"),
    "answer": N_("Answer"),
    "answered_at": N_("Answered"),
    "approved_on": N_("Approved on"),
    "approver": N_("Approved by"),
    "asks": N_("What is asked"),
    "at": N_("Time"),
    "attachments": N_("Attachments"),
    "authority": N_("Authorised body"),
    "backups_until": N_("Last backup goes on"),
    "basis": N_("Ground"),
    "by": N_("Entered by"),
    "channel": N_("Channel"),
    "citation": N_("Citation"),
    "closed_at": N_("Closed"),
    "condition": N_("Condition"),
    "conditional": N_("With a condition"),
    "conditions": N_("Conditions met"),
    "consent": N_("Consent"),
    "consents": N_("Consents"),
    "country": N_("Country"),
    "country_facts": N_("What is known of the country"),
    "country_facts_on": N_("Known of the country since"),
    "data": N_("Data"),
    "database": N_("Database"),
    "deadline": N_("Deadline"),
    "decision": N_("Decision"),
    "detected_at": N_("Detected"),
    "digest": N_("Digest"),
    "due_on": N_("Due on"),
    "duties_evidence": N_("Evidence of the undertaking"),
    "duties_on": N_("Duties accepted on"),
    "effective_on": N_("In force from"),
    "end_reason": N_("What ends it"),
    "ended_at": N_("Ended"),
    "ends_on": N_("Ends on"),
    "event": N_("Event"),
    "evidence": N_("Evidence"),
    "facts": N_("Facts"),
    "field": N_("Field"),
    "fields": N_("Fields"),
    "follow_up": N_("Follow-up"),
    "from_version": N_("From version"),
    "ground": N_("Ground"),
    "holds": N_("What it holds"),
    "id": N_("No."),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "languages": N_("Languages"),
    "material": N_("Material change"),
    "measure": N_("Measure"),
    "measures": N_("Measures taken"),
    "messages": N_("Messages"),
    "method": N_("Method"),
    "month": N_("Month"),
    "name": N_("Name"),
    "network": N_("Over a network"),
    "notice": N_("Notice"),
    "notified_at": N_("Authorised body notified"),
    "number": N_("Number"),
    "object": N_("Object"),
    "override": N_("Overriding interest"),
    "owner": N_("Owner"),
    "passed_on": N_("Recipient told on"),
    "people": N_("People"),
    "person": N_("Person"),
    "place": N_("Place"),
    "policy_url": N_("Its privacy policy"),
    "proof": N_("Proof"),
    "published_at": N_("Published"),
    "purpose": N_("Purpose"),
    "receipt": N_("Receipt"),
    "received_at": N_("Received"),
    "recipient": N_("Recipient"),
    "recorded_at": N_("Recorded"),
    "reference": N_("Reference"),
    "refused": N_("Refused"),
    "removal": N_("Why it was taken down"),
    "remove_by": N_("To be taken down by"),
    "removed_at": N_("Taken down"),
    "scope": N_("Scope"),
    "sent_on": N_("Sent on"),
    "seq": N_("No."),
    "sha256": N_("SHA-256"),
    "since": N_("Since"),
    "site": N_("Site"),
    "software": N_("Software"),
    "state": N_("State"),
    "status": N_("Status"),
    "tell_by": N_("Tell the person by"),
    "term": N_("Term"),
    "text": N_("Words shown"),
    "to_version": N_("To version"),
    "told_on": N_("Person told on"),
    "transfers": N_("Transfers"),
    "until": N_("Until"),
    "version": N_("Version"),
}


# What the words in these columns are on paper.
_WORDED = frozenset(
    [
        "act",
        "basis",
        "channel",
        "end_reason",
        "event",
        "field",
        "fields",
        "ground",
        "kind",
        "method",
        "proof",
        "state",
        "status",
    ]
)
WORDS = {
    # fields
    "last_name": N_("last name"),
    "first_name": N_("first name"),
    "patronymic": N_("patronymic"),
    "phone": N_("telephone"),
    "email": N_("e-mail address"),
    "message": N_("message text"),
    # grounds
    "consent": N_("consent"),
    "law_or_treaty": N_("law or treaty"),
    "justice_enforcement": N_("justice or enforcement"),
    "contract": N_("contract"),
    "legitimate_interest": N_("legitimate interest"),
    "made_public_by_subject": N_("made public by the data subject"),
    "mandatory_disclosure": N_("compulsory disclosure"),
    "retention-over": N_("storage period over"),
    "relation-ended": N_("relation ended"),
    "court-act": N_("act of a court"),
    "no-consent": N_("processed without consent"),
    "withdrawn": N_("withdrawn"),
    "subject-demand": N_("demand of the data subject"),
    "unlawful": N_("unlawful processing"),
    "other": N_("other"),
    # kinds
    "recipient": N_("recipient"),
    "staff": N_("staff"),
    "cross-border": N_("transfer abroad"),
    "start": N_("start of processing"),
    "legal": N_("legal"),
    "organisational": N_("organisational"),
    "technical": N_("technical"),
    "dissemination": N_("dissemination"),
    "change": N_("change"),
    "destruction": N_("destruction"),
    # what people demand, how it stands
    "information": N_("information"),
    "withdraw": N_("withdrawal of consent"),
    "stop": N_("end of processing"),
    "object": N_("objection"),
    "unpublish": N_("removal from where it is published"),
    "restrict": N_("restriction"),
    "complaint": N_("complaint"),
    "question": N_("question"),
    "triage": N_("to be sorted"),
    "form": N_("form"),
    "telephone": N_("telephone"),
    "new": N_("new"),
    "taken": N_("taken up"),
    "begun": N_("being carried out"),
    "fulfilled": N_("fulfilled"),
    # whose interest goes before a prohibition
    "state": N_("of the state"),
    "public": N_("public"),
    # acts of clause 9.1
    "collect": N_("collection"),
    "record": N_("recording"),
    "classify": N_("classification"),
    "accumulate": N_("accumulation"),
    "store": N_("storage"),
    "rectify": N_("rectification"),
    "extract": N_("extraction"),
    "use": N_("use"),
    "distribute": N_("distribution"),
    "provide": N_("provision"),
    "access": N_("access"),
    "depersonalise": N_("depersonalisation"),
    "block": N_("blocking"),
    "unblock": N_("unblocking"),
    "delete": N_("deletion"),
    "destroy": N_("destruction"),
    # how a consent was given, and what it is worth
    "given": N_("given"),
    "refused": N_("refused"),
    "current": N_("in force"),
    "superseded": N_("replaced"),
    "term": N_("end of the term"),
    "key": N_("signed with the visitor’s key"),
    "offer": N_("unsigned"),
    "possession": N_("by whoever holds the receipt"),
    "link": N_("button in the letter"),
    "receipt": N_("number of the receipt"),
    "web_checkbox": N_("tick on the site"),
    "email_otp": N_("one-time code by e-mail"),
    "sms_otp": N_("one-time code by SMS"),
    "eds": N_("electronic digital signature"),
    "paper": N_("on paper"),
    "private_service": N_("private consent service"),
    "state_service": N_("state service of access control"),
}


def csv_lines(rows: Iterable[Row], columns: Sequence[str] = ()) -> Iterator[str]:
    """Lines with a heading, every cell in quotes. Without rows the heading is of `columns`, if they are named."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    is_begun = False
    for row in rows:
        if not is_begun:
            writer.writerow(row)
            is_begun = True
        writer.writerow([harmless(_text(value)) for value in row.values()])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if columns and not is_begun:
        writer.writerow(columns)
        yield buffer.getvalue()


def harmless(text: str) -> str:
    """The text as a cell that is no formula in any spreadsheet."""
    return _DANGER.sub("'", text)


def content(cell: str) -> str:
    """The text that `harmless` was given."""
    return _GUARD.sub("", cell)


def on_paper(name: str, value: Any) -> Any:
    """A value as people in Kazakhstan write it: local time, days as 24.11.2026; a tuple of words to be translated."""
    if isinstance(value, str) and name in _WORDED and (words := value.split()) and set(words) <= WORDS.keys():
        return tuple(WORDS[word] for word in words)
    if isinstance(value, str) and name.rpartition("_")[2] in ("at", "by", "on", "since", "until"):
        if _STAMP.fullmatch(value):
            return clock.parse(value).astimezone(clock.LOCAL).strftime("%d.%m.%Y %H:%M")
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).strftime("%d.%m.%Y")
    return "" if value is None else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
