"""What the pages of retention say of acts, grounds and states. Pure data."""

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

GROUNDS = {
    "purpose-achieved": N_("the purpose is achieved"),
    "term-over": N_("the term is over"),
    "withdrawn": N_("the consent was withdrawn"),
    "not-confirmed": N_("nobody confirmed that they wrote it"),
    "request-over": N_("the request ended long ago"),
    "nothing-kept": N_("nothing of theirs is kept"),
    "letter-over": N_("the letter is a month old"),
    "stale": N_("nothing was heard of them for long"),
    "proof-over": N_("the term of the proof is over"),
}
WHAT = {
    "person": N_("Person"),
    "message": N_("Message"),
    "words": N_("Words of a request"),
    "letters": N_("Rows of letters"),
    "receipts": N_("Receipts"),
    "review": N_("Letter that asks"),
}
ACTS = {
    "destroy": N_("is destroyed"),
    "delete": N_("loses what the news do not need"),
    "use": N_("is sent"),
}
STATES = {
    "open": N_("to be decided on"),
    "approved": N_("approved; being carried out"),
    "done": N_("carried out"),
    "declined": N_("declined"),
    "withdrawn": N_("taken back"),
    "expired": N_("expired"),
    "lapsed": N_("lapsed: the person went otherwise"),
}
STATUS = {"suspended": N_("suspended"), "unclear": N_("unclear")}
