"""How a draft's forms are filled in and read: what was typed in, a part of a manuscript out.

What cannot be taken comes back as it was typed, each sentence beside its field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from .. import policy
from ..settings import WORDED as WORDED_FACTS
from ..settings import Operator

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

WORDED = ("name", "description", "data", "legal_ground", "term_text")
RULES = {  # what holds for a field: its hint, and what is said where it was not kept
    "key": N_("Small Latin letters, digits and hyphens, a letter first, 32 at most. Receipts and your pages use it."),
    "asked": N_("Where people find the choice."),
    "name": N_("40 characters at most, in one language at least."),
    "description": N_("One line of 500 characters at most, in one language at least."),
    "data": N_("One line of 500 characters at most, in one language at least."),
    "legal_ground": N_("One line of 500 characters at most, in one language at least."),
    "operations": N_("Choose at least one."),
    "term": N_("A duration as ISO 8601 writes it: P1Y for a year, P6M for six months, P30D for thirty days."),
    "term_text": N_("The same in words, one line of 500 characters at most."),
    "recipients": N_("Each on a line of its own, 200 characters at most. Empty: nobody else gets the data."),
    "countries": N_("Two-letter codes such as DE or US, never KZ. Empty: nothing goes abroad."),
    "publication": N_("Where the data are made public, on one line of 200 characters at most. Empty: nowhere."),
    "dpv": N_("For programs: the nearest purpose of the Data Privacy Vocabulary, such as Marketing. May stay empty."),
    "summary": N_("What changed, in a sentence or two: 2,000 characters at most. Visitors read it."),
    "effective": N_("In force from this day, midnight in Almaty. Empty: from the day it is published."),
    "bin": N_("12 digits."),
}


@dataclass(frozen=True)
class Filled:
    """A form as it stands on a page. `values`: by field, of several choices a list; `wrong`: a sentence by field."""

    values: Mapping[str, str | list[str]]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str | list[str]:
        return self.values.get(name, "")


def lack(code: str) -> str:
    """What a version lacks, in words."""
    return str(gettext(policy.LACKS[code])) if code in policy.LACKS else code


def remark(message: str) -> str:
    """What a check tells, in the page's language."""
    if not isinstance(message, policy.Wording):
        return message
    words = {
        name: word if isinstance(word, str) else "; ".join(map(gettext, word)) for name, word in message.words.items()
    }
    return str(gettext(message.sentence)).format(**words)


def capitalize_first(words: str) -> str:
    """A phrase as a label begins."""
    return words[:1].upper() + words[1:]


def texts(form: MultiDict[str, str], languages: Iterable[str]) -> dict[str, str]:
    """Each language's text. Browsers end lines with CR LF."""
    return {language: form.get(f"text-{language}", "").replace("\r\n", "\n") for language in languages}


def purpose_shown(purpose: policy.Purpose | None) -> Filled:
    """A purpose's form before anything is typed; None: an empty one."""
    if purpose is None:
        return Filled({"asked": "banner", "operations": []})
    values: dict[str, str | list[str]] = {
        "key": purpose.key,
        "asked": purpose.asked,
        "required": "yes" if purpose.required else "",
        "operations": list(purpose.operations),
        "term": purpose.term,
        "recipients": "\n".join(purpose.recipients),
        "countries": " ".join(purpose.countries),
        "publication": purpose.publication or "",
        "dpv": purpose.dpv,
    }
    for name in WORDED:
        values |= {f"{name}-{language}": words for language, words in getattr(purpose, name).items()}
    return Filled(values)


def purpose_typed(
    form: MultiDict[str, str], languages: Sequence[str], taken: Iterable[str]
) -> tuple[Filled, policy.Purpose | None]:
    """What was typed, and the purpose it makes, if it makes one. `taken`: the keys of others."""
    values: dict[str, str | list[str]] = {name: form.get(name, "").strip() for name in form}
    values["operations"] = form.getlist("operations")
    facts: dict[str, object] = {
        "key": values.get("key", ""),
        "asked": values.get("asked", ""),
        "required": form.get("required") == "yes",
        "operations": tuple(each for each in policy.OPERATIONS if each in form.getlist("operations")),
        "term": values.get("term", ""),
        "recipients": tuple(filter(None, map(str.strip, form.get("recipients", "").splitlines()))),
        "countries": tuple(form.get("countries", "").replace(",", " ").upper().split()),
        "publication": values.get("publication") or False,
        "dpv": values.get("dpv", ""),
    }
    for name in WORDED:
        words = _words(form, name, languages)
        facts |= {name: words} if words or name != "term_text" else {}
    wrong = {"key": gettext("Another purpose has this key.")} if form.get("key", "").strip() in taken else {}
    try:
        made = policy.purpose_of(facts)
    except policy.Unfit as unfit:
        return Filled(values, {name: _rule(name) for name in RULES if name in unfit.fields} | wrong), None
    return Filled(values, wrong), None if wrong else made


def facts_shown(manifest: policy.Manifest) -> Filled:
    """The form of what a version says besides its texts and purposes."""
    values: dict[str, str | list[str]] = {
        "effective": manifest.effective.isoformat() if manifest.effective else "",
        "material": "yes" if manifest.material else "no",
    }
    values |= {f"summary-{language}": words for language, words in manifest.summary.items()}
    for name in Operator.__dataclass_fields__:
        fact = getattr(manifest.operator, name)
        if name in WORDED_FACTS:
            values |= {f"{name}-{language}": words for language, words in fact.items()}
        else:
            values[name] = fact
    return Filled(values)


def facts_typed(
    form: MultiDict[str, str], languages: Sequence[str], known: policy.Manifest
) -> tuple[Filled, policy.Manifest | None]:
    """What was typed, and the manifest it makes with the purposes known, if it makes one."""
    filled = Filled({name: form.get(name, "").strip() for name in form})
    wrong = {}
    facts: dict[str, object] = {"material": form.get("material") != "no"}
    if summary := _words(form, "summary", languages):
        facts["summary"] = summary
    if day := form.get("effective", "").strip():
        try:
            facts["effective"] = date.fromisoformat(day)
        except ValueError:
            wrong["effective"] = _rule("effective")
    stated = {name: _fact(form, name, languages) for name in Operator.__dataclass_fields__}
    facts["operator"] = {name: fact for name, fact in stated.items() if fact}
    try:
        made = policy.manifest_of(facts)
    except policy.Unfit as unfit:
        names = {"operator": "bin"}  # the only one of the facts that can be wrong
        wrong |= {name: _rule(name) for name in (names.get(each, each) for each in unfit.fields)}
    return replace(filled, wrong=wrong), None if wrong else replace(made, purposes=known.purposes)


def consequences(before: Sequence[policy.Purpose], told: policy.Manifest, language: str) -> tuple[list[str], str]:
    """What a change means for people who agreed: a sentence for each purpose, and one for all; "" without a doubt."""
    older = {each.key: each for each in before if not each.required}
    newer = {each.key: each for each in told.purposes if not each.required}
    said = []
    for key in (*newer, *(key for key in older if key not in newer)):
        name = policy.pick((newer.get(key) or older[key]).name, language) or key
        if key not in newer:
            said.append(
                gettext(
                    "“%(name)s” is no longer asked for. Consents to it count for nothing from that day: what your "
                    "pages run for it stops, and data kept for it alone have to go. The receipts stay as proof.",
                    name=name,
                )
            )
        elif key not in older:
            said.append(gettext("Nobody has agreed to “%(name)s” yet: each person has to be asked first.", name=name))
        elif older[key] != newer[key]:
            said.append(
                gettext(
                    "“%(name)s” is described otherwise. Who agreed before agreed to what they were told then.",
                    name=name,
                )
            )
    if not said or told.material:
        return said, ""
    return said, gettext(
        "The change is marked as editorial, so nobody who chose before is asked again. With other purposes than those "
        "people agreed to, mark it as material."
    )


def _rule(name: str) -> str:
    return str(gettext(RULES[name]))


def _words(form: MultiDict[str, str], name: str, languages: Sequence[str]) -> dict[str, str]:
    """Words per language, on one line; a language without any is left out."""
    typed = {language: " ".join(form.get(f"{name}-{language}", "").split()) for language in languages}
    return {language: words for language, words in typed.items() if words}


def _fact(form: MultiDict[str, str], name: str, languages: Sequence[str]) -> str | dict[str, str]:
    return _words(form, name, languages) if name in WORDED_FACTS else " ".join(form.get(name, "").split())
