"""How an answer begins: what is usually written, in the language of whom it goes to; staff write the rest."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import force_locale, gettext

from .. import contact, mail, vault
from ..settings import LANGUAGES, Settings

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

GAP = "[…]"  # where staff write
_MOST_NAME = 200


@dataclass(frozen=True)
class Draft:
    """A way to answer. `title` is staff's; `says` comes between greeting and name of the operator."""

    title: str
    says: tuple[str, ...]


DRAFTS: Mapping[str, Draft] = {
    "answer": Draft(N_("Answer"), (N_("Thank you for writing to us."), GAP)),
    "facts": Draft(
        N_("Ask for more"),
        (
            N_("Thank you for writing to us. To answer you we need to know a little more:"),
            GAP,
            N_("Please reply to this letter."),
        ),
    ),
    "passed": Draft(
        N_("Say that it was passed on"),
        (
            N_("Thank you for writing to us. We have passed your message on to those of us who deal with this:"),
            GAP,
            N_("They will answer you. There is no need to write again."),
        ),
    ),
}


def begin(card: vault.Card, language: str, settings: Settings) -> dict[str, str]:
    """Each draft's text, for that person."""
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    name = " ".join(filter(None, (card.first_name, card.patronymic)))[:_MOST_NAME]
    with force_locale(tongue):
        greeting = gettext("Hello, %(name)s!", name=name)
        bye = "\n".join(filter(None, (gettext("Kind regards,"), mail.pick(settings.operator.name, tongue))))
        return {
            key: "\n\n".join([greeting, *(each if each == GAP else gettext(each) for each in draft.says), bye])
            for key, draft in DRAFTS.items()
        }


def finish(typed: str) -> str:
    """What is sent. Raises contact.Wrong: `unfinished` where the gap is still there."""
    text = contact.clean(contact.TEXT, typed) or ""
    if GAP in text:
        raise contact.Wrong("unfinished")
    return text
