"""What may be demanded, by when, and on which grounds it may be refused: the law's and the policy's tables, as data."""

from dataclasses import dataclass

N_ = str  # marks a citation for the catalogues; it is translated where a page or a letter is written

CHANNELS = ("form", "email", "paper", "telephone")
FREE: tuple[str, ...] = ("new", "taken")
OPEN: tuple[str, ...] = (*FREE, "begun")
# Which act leads from where to where; there is no other way. What has begun to be carried out can only be finished.
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "take": (("new",), "taken"),
    "give-back": (("taken",), "new"),
    "begin": (FREE, "begun"),
    "fulfil": (OPEN, "fulfilled"),
    "refuse": (FREE, "refused"),
}


@dataclass(frozen=True)
class Kind:
    """One thing that a person may demand.

    clause    of the policy that promises it; deadline: which of D1 … D17 runs (`wadjet.deadlines`)
    is_bound  it tells or changes what is held of somebody, so only who has proven to be that person gets it. The others
              answer a question, or stop something and tell nothing: staff may do them before any proof.
    """

    name: str
    clause: str
    deadline: str
    is_bound: bool = True


# Source: policy 4.1, 8.3, 8.4, 8.6, 12.1; 94-V art. 6, 8(7), 19-1, 24(1), 25(2); docs/law.md.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("information", "4.1.a", "D10"),
        Kind("rectify", "4.1.b", "D1"),
        Kind("block", "4.1.b", "D2", is_bound=False),
        Kind("unblock", "4.1.b", "D4"),
        Kind("destroy", "4.1.b", "D3"),
        Kind("depersonalise", "4.1.b", "D14"),
        Kind("withdraw", "8.4.b", "D6", is_bound=False),
        Kind("stop", "4.1.d", "D6", is_bound=False),
        Kind("object", "2.1", "D7", is_bound=False),
        Kind("unpublish", "4.1.b", "D9"),
        Kind("restrict", "8.6", "D14"),
        Kind("complaint", "4.1.e", "D16", is_bound=False),
        Kind("question", "12.1", "D10", is_bound=False),
        Kind("other", "4.1.f", "D10", is_bound=False),
        # What nobody has read yet may be anything: the shortest clock runs.
        Kind("triage", "12.1", "D1", is_bound=False),
    )
}
# Nothing is done but to answer, so the answer goes to whoever asked.
ANSWERED = ("object", "question", "complaint", "other", "triage")
ENDING = ("withdraw", "stop")  # a consent ends as soon as the person is known, before anybody has read the request
ERASING = ("destroy", "depersonalise")  # nobody undoes it

_TELLING = ("information", "question", "complaint", "other", "object")
_PUBLISHED = ("unpublish", "restrict")
_EVERY = tuple(KINDS)


@dataclass(frozen=True)
class Ground:
    """Why a demand may be refused: `citation` is told to the person with it; `kinds`: the demands it holds against."""

    code: str
    citation: str
    kinds: tuple[str, ...]


OBLIGING = ("law-forbids", "obligation-outstanding")  # told together with the law, or with what is outstanding
BLOCKED = "data-blocked"  # while it lasts; whoever has not proven who they are is not told it
STORAGE = "storage-required"  # then use ends, and what a law keeps is kept for that alone

# A closed list. Source: 94-V art. 8(2), 8(7), 10(2), 24(1)(2), 25(2)(7), 25(2)(8); Digital Code art. 41.
GROUNDS = {
    ground.code: ground
    for ground in (
        Ground("law-forbids", N_("94-V art. 8(2), 8(7)"), (*ENDING, *ERASING)),
        Ground("obligation-outstanding", N_("94-V art. 8(2)"), (*ENDING, *ERASING)),
        Ground(STORAGE, N_("94-V art. 8(7); Digital Code art. 41(3)"), (*ENDING, *ERASING)),
        Ground("not-proven", N_("94-V art. 10(2)"), tuple(kind.name for kind in KINDS.values() if kind.is_bound)),
        Ground("authority-not-proven", N_("94-V art. 24(1); policy 3.2.c"), _EVERY),
        Ground(BLOCKED, N_("94-V art. 1(3), 25(2)(8)"), ("information", "rectify", *ERASING)),
        Ground("documents-missing", N_("94-V art. 24(1)(2), 25(2)(8)"), ("rectify",)),
        Ground("violation-not-confirmed", N_("94-V art. 25(2)(8)"), ("block", *ERASING, "unpublish")),
        Ground("violation-confirmed", N_("94-V art. 25(2)(8)"), ("unblock",)),
        Ground("rights-of-others", N_("Digital Code art. 41(4)"), (*_TELLING, *ERASING, *_PUBLISHED)),
        Ground("justice", N_("Digital Code art. 41(4); 94-V art. 9"), (*_TELLING, *ERASING, *_PUBLISHED, "block")),
        Ground("public-interest", N_("Digital Code art. 41(4); policy 8.6"), (*ERASING, *_PUBLISHED)),
        Ground("not-automated", N_("94-V art. 19-1"), ("object",)),
        Ground("nothing-demanded", N_("94-V art. 24(1)"), ("triage", "other", "question")),
    )
}
