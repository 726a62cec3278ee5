"""What may be demanded, and how it stands, as a person says it. English here; the catalogues say it in the others."""

N_ = str  # marks a sentence for the catalogues; it is translated where a page or a letter is written

# What one asks for, and what that means. The first ones are asked for most.
KINDS = {
    "information": (
        N_("A copy of my data"),
        N_("You learn which data of yours we hold, why, since when, and who received them."),
    ),
    "rectify": (N_("Correct my data"), N_("We put right what is wrong, out of date or incomplete.")),
    "withdraw": (
        N_("Withdraw my consent"),
        N_("At any time and without a reason, for everything or for some purposes."),
    ),
    "destroy": (N_("Destroy my data"), N_("We destroy them for good, in backup copies too.")),
    "block": (
        N_("Block my data"),
        N_("If they are used unlawfully: nobody reads, changes, passes on or destroys them until that is settled."),
    ),
    "question": (N_("Ask a question"), N_("Anything about your data or this policy.")),
    "complaint": (N_("Complain"), N_("You get an answer in writing.")),
    "other": (N_("Something else"), N_("Any other right that the law gives you.")),
    "stop": (N_("Stop using my data"), N_("We stop all use of your data; every consent that you gave us ends.")),
    "object": (
        N_("Object to an automated decision"),
        N_("A person looks at it again and tells you what came of it."),
    ),
    "unblock": (N_("Unblock my data"), N_("The reason for which they were blocked is gone.")),
    "depersonalise": (
        N_("Make my data anonymous"),
        N_("What is kept can no longer be connected with you."),
    ),
    "unpublish": (
        N_("Take my data out of public sources"),
        N_("If they were made public against the law: they are taken out."),
    ),
    "restrict": (
        N_("Restrict the use of my data"),
        N_("You forbid that they are passed on or published, or set conditions."),
    ),
    "triage": (N_("Not sorted yet"), N_("Somebody will read it and sort it.")),
}
OFTEN = ("information", "rectify", "withdraw", "destroy", "block", "question", "complaint", "other")
RARELY = ("stop", "object", "unblock", "depersonalise", "unpublish", "restrict")
FORM = (*OFTEN, *RARELY)  # what the form takes: everything but what staff have to sort first

STATES = {
    "new": N_("Received; nobody has taken it up yet"),
    "taken": N_("Somebody is working on it"),
    "begun": N_("It is being carried out"),
    "fulfilled": N_("Done"),
    "refused": N_("Refused; the letter with the answer says why"),
}
