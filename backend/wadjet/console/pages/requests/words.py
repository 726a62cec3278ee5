"""What requests, their steps and their history are called at the desk. English here; the catalogues say it in the
others."""

from dataclasses import dataclass

from .... import deadlines, rights
from ....rights import ENDING, ERASING, GROUNDS, MOVES

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

KINDS = {
    "information": N_("Copy of the data"),
    "rectify": N_("Correction"),
    "block": N_("Blocking"),
    "unblock": N_("Unblocking"),
    "destroy": N_("Destruction"),
    "depersonalise": N_("Depersonalisation"),
    "withdraw": N_("Withdrawal of consent"),
    "stop": N_("End of all use"),
    "object": N_("Objection to an automated decision"),
    "unpublish": N_("Removal from public sources"),
    "restrict": N_("Restriction of use"),
    "complaint": N_("Complaint"),
    "question": N_("Question"),
    "other": N_("Other demand"),
    "triage": N_("Not sorted yet"),
}
OPEN = {"new": N_("new"), "taken": N_("in work"), "begun": N_("begun")}
ENDED = {"fulfilled": N_("done"), "refused": N_("refused")}
STATES = OPEN | ENDED
CHANNELS = {
    "form": N_("by the form"),
    "email": N_("by e-mail"),
    "paper": N_("on paper"),
    "telephone": N_("by telephone"),
}
PROOFS = {
    "link": N_("proven by the button in their letter"),
    "receipt": N_("proven by the number of their receipt"),
    "staff": N_("proven by what staff have seen"),
    "": N_("not proven"),
}
CARD = {
    "last_name": N_("Last name"),
    "first_name": N_("First name"),
    "patronymic": N_("Patronymic"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "message": N_("Message"),
}
EVENTS = {
    "rights:request:received": N_("came in"),
    "rights:request:read": N_("opened and read"),
    "rights:request:taken": N_("taken up"),
    "rights:request:given-back": N_("given back"),
    "rights:request:proven": N_("proven whose it is"),
    "rights:request:unproven": N_("to be proven once more: an address was corrected"),
    "rights:request:begun": N_("begun to be carried out"),
    "rights:request:extended": N_("given more time"),
    "rights:request:recounted": N_("due sooner: a day off is worked"),
    "rights:request:fulfilled": N_("done"),
    "rights:request:refused": N_("refused"),
    "rights:request:forgotten": N_("words destroyed, their term was over"),
}
QUIET = tuple(f"rights:request:{each}" for each in ("received", "read", "recounted", "forgotten"))  # they move nothing
# What is done, before it is done.
DOES = {
    "information": N_(
        "A letter goes to them with a link to everything that is held about them. The link is good for a week."
    ),
    "rectify": N_("The new values are written over the old ones, which are kept nowhere."),
    "block": N_(
        "From then on nobody reads, changes, uses, passes on or destroys their data, until they are unblocked."
    ),
    "unblock": N_("Their data may be used again."),
    "destroy": N_("Every consent ends. Then their key, card, messages and words go for good, in backup copies too."),
    "depersonalise": N_("Their messages become a number by month and language. Their key, card and words go for good."),
    "withdraw": N_("The consent ends for the purposes they named, or for all, where it has not ended already."),
    "stop": N_("Every consent they gave ends, where it has not ended already."),
    "object": N_("Somebody has looked at the decision again. Your answer tells them what came of it."),
    "unpublish": N_("Take the data down where they stand first. The register then says since when they are gone."),
    "restrict": N_("The register holds what they forbid, and every transfer and publication is checked against it."),
    "complaint": N_("Your answer goes to whoever wrote. Nothing else is done."),
    "question": N_("Your answer goes to whoever wrote. Nothing else is done."),
    "other": N_("Your answer goes to whoever wrote. Nothing else is done."),
}
UNFIT = {
    "unread": N_("Read it first and say what it asks for."),
    "answer": N_("Write the answer: there is nothing to do but to answer."),
    "people": N_("Several people share this mailbox: tick whose data."),
    "blocked": N_("Their data are blocked, so nothing of theirs is touched. Unblock them first, or refuse."),
    "values": N_("Give at least one new value."),
    "no-values": N_("This takes no values."),
}
GROUND_UNFIT = {
    "ground": N_("Choose a ground that holds against this demand."),
    "text": N_("Write which law it is, or what is outstanding: they are told it."),
    "hold": N_("No law is on record that keeps these data. Enter it under “Retention”, “Holds”, then refuse."),
    "gone": N_("Nothing of theirs is kept any more: carry it out."),
    "free": N_("Nobody who has proven that it is theirs is blocked."),
}
# The articles behind the terms of demands and behind steps; those not here are said with the grounds of refusals.
ARTICLES = (
    N_("94-V art. 25(2)(8)"),
    N_("94-V art. 25(2)(8), 24(1)(3)"),
    N_("94-V art. 24(1)(1), 25(2)(6), 25(2)(9); Rules 395/НҚ p. 16"),
    N_("Digital Code art. 41(2); 94-V art. 25(2)(8), 8(7)"),
    N_("Consumer Protection Law art. 42-4"),
    N_("94-V art. 8(7)"),
    N_("94-V art. 19-1(3)"),
    N_("94-V art. 6"),
)
REFUSING, ADMITTING = N_("94-V art. 8(7), 25(2)(7)"), N_("94-V art. 24(1)")
SORTED = ("triage", "other", "question")  # what somebody has read and may give another kind


@dataclass(frozen=True)
class Step:
    """What may be done next. `ground`: the policy's clause and the law's article that ask for it."""

    name: str
    clause: str = ""
    article: str = ""


def way(kind: str) -> str:
    """By which step a demand is carried out: of what nobody undoes each has its own, which asks for the password."""
    return "destroy" if kind in ERASING else "end" if kind in ENDING else "fulfil"


def steps(row: rights.Row, by: str) -> list[Step]:
    """What may be done next with a request, the likeliest first."""
    article = deadlines.deadline(row.deadline).article
    found = []
    if row.state == "new" or (row.state == "begun" and row.taken_by != by):
        found.append(Step("take"))
    if row.kind in SORTED and row.state in MOVES["refuse"][0]:
        found.append(Step("sort", "12.1"))
    if row.state in MOVES["fulfil"][0] and row.kind != "triage":
        found.append(Step(way(row.kind), rights.KINDS[row.kind].clause, article))
    if row.state in MOVES["refuse"][0] and any(row.kind in each.kinds for each in GROUNDS.values()):
        found.append(Step("refuse", "", REFUSING))
    if row.state in MOVES["fulfil"][0]:
        found.append(Step("admit", "3.2.c", ADMITTING))
    if row.state in MOVES["fulfil"][0] and row.kind in ("question", "other"):
        found.append(Step("extend"))
    if row.state in MOVES["give-back"][0] and row.taken_by == by:
        found.append(Step("give-back"))
    return found
