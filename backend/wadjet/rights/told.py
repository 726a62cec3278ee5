"""What a person is told, in sentences: what was done, why it was not, what stands in a copy. English here; the
catalogues say it in the others."""

N_ = str  # marks a sentence for the catalogues; it is translated where a page or a letter is written

# What was done; to somebody who has proven that the request is theirs, and of whom something was held.
DONE = {
    "rectify": N_("Your data were corrected. What was wrong is not kept."),
    "block": N_("Your data are blocked: until that ends nobody reads, changes, uses, passes on or destroys them."),
    "unblock": N_("Your data are no longer blocked."),
    "destroy": N_(
        "Your data were destroyed, in backup copies too; nobody can restore them. Only the request and this answer are "
        "kept, for as long as we must be able to show them."
    ),
    "depersonalise": N_("Your data were made anonymous. What is left is a number that nobody can connect with you."),
    "withdraw": N_("Your consent has ended, and what rested on it is no longer used."),
    "stop": N_("Your consent has ended, and your data are no longer used."),
    "unpublish": N_("Your data were taken out of public sources."),
    "restrict": N_("What you forbade is on record, and we keep to it."),
}
NOTHING_HELD = N_("Apart from this request we hold nothing about you.")
BY_ADDRESS = N_("It was done for everything that is held here under this address.")
FOR_ANOTHER = N_("It was done for the person whose data it is about.")
COPY_FOR_ANOTHER = N_("The copy goes to the address on record of the person whose data it is about, and nowhere else.")


def done(kind: str, *, has_data: bool, is_proven: bool = True, is_for_another: bool = False) -> str:
    """The sentence for a demand that was met; "" where the answer says it all.

    has_data        it was done for somebody; is_proven: not so, and nobody is told even whether anything is held
    is_for_another  who is told has asked for somebody whom staff have named: that it was done, nothing more
    """
    if is_for_another and kind == "information":
        return COPY_FOR_ANOTHER
    if is_for_another and kind in DONE:
        return FOR_ANOTHER
    if kind not in DONE:
        return ""
    return (DONE[kind] if has_data else NOTHING_HELD) if is_proven else BY_ADDRESS


# Why a demand is refused, beside the citation of its ground.
GROUNDS = {
    "law-forbids": N_("A law does not allow it."),
    "obligation-outstanding": N_("You still owe us something that cannot be settled without these data."),
    "storage-required": N_("A law obliges us to keep these data. They are kept for that and used for nothing else."),
    "not-proven": N_("It was not confirmed that the request comes from the person whose data it is about."),
    "authority-not-proven": N_("It was not shown that whoever asked may do so for somebody else."),
    "data-blocked": N_(
        "These data are blocked while we look into whether they are processed lawfully: until that ends nobody reads, "
        "changes, passes on or destroys them. After that you can ask once more."
    ),
    "documents-missing": N_("The documents that show what is right were not sent."),
    "violation-not-confirmed": N_("We looked into it: the data are processed lawfully."),
    "violation-confirmed": N_("We looked into it: the data were processed unlawfully, and stay blocked."),
    "rights-of-others": N_("It would violate the rights of other people."),
    "justice": N_("The data are needed for the course of justice."),
    "public-interest": N_("A state or public interest that the law names goes before it."),
    "not-automated": N_("No decision about you is made here by a program alone."),
    "nothing-demanded": N_("We did not find in it what you demand of us. Please write it once more in other words."),
}

FIELDS = {
    "last_name": N_("Last name"),
    "first_name": N_("First name"),
    "patronymic": N_("Patronymic"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "message": N_("Message"),
}
MESSAGES = {
    "unconfirmed": N_("waits for your confirmation"),
    "received": N_("received"),
    "answered": N_("answered"),
    "closed": N_("settled"),
    "reduced": N_("only what the news need is left"),
}
EVENTS = {"given": N_("consent given"), "refused": N_("consent refused"), "withdrawn": N_("consent withdrawn")}
STATUSES = {
    "current": N_("in force"),
    "withdrawn": N_("withdrawn"),
    "superseded": N_("replaced by a later one"),
}
CHANNELS = {
    "form": N_("by the form"),
    "email": N_("by e-mail"),
    "paper": N_("on paper"),
    "telephone": N_("by telephone"),
}
# Source: policy 9.1.
ACTS = {
    "collect": N_("collected"),
    "record": N_("recorded"),
    "classify": N_("sorted"),
    "accumulate": N_("accumulated"),
    "store": N_("stored"),
    "rectify": N_("corrected"),
    "extract": N_("read"),
    "use": N_("used"),
    "distribute": N_("published"),
    "provide": N_("handed over"),
    "access": N_("shown to you"),
    "depersonalise": N_("made anonymous"),
    "block": N_("blocked"),
    "unblock": N_("unblocked"),
    "delete": N_("deleted"),
    "destroy": N_("destroyed"),
}
ABOUT = {
    "card": N_("name and contacts"),
    "message": N_("message"),
    "request": N_("request"),
    "consent": N_("consent"),
}
