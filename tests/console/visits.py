"""How each page of the console is come to: what stands in its address, what its form holds, who knocks."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.console.conftest import BASE, TOKEN, Desk
from tests.console.newcomer import PASSWORD
from tests.console.town import Town
from wadjet import consent, database, policy, rights, vault

# What stands for what in an address; one that is not named here fails `fill`.
KINDS = {
    ("messages", "message_id"): "message",
    ("requests", "request_id"): "request",
    ("persons", "person"): "person",
    ("policy", "number"): "draft",
    ("policy", "key"): "purpose",
    ("receipts", "seq"): "receipt",
    ("retention", "number"): "proposal",
    ("users", "staff"): "account",
    ("account", "session_id"): "session",
    ("invitation", "token"): "invitation",
    ("registers", "code"): "register",
    ("registers", "number"): "entry",
    ("registers", "which"): "note",
    ("exports", "code"): "register",
    ("journal", "form"): "format",
    ("security", "token"): "token",
    ("static_file", "name"): "file",
}
_VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_FIXED = {"note": ["0"], "format": ["csv", "json"], "token": ["begun"], "file": ["console.css"]}
_ADDRESSES = itertools.count(1)


def kind(rule: Rule, variable: str) -> str:
    return KINDS[rule.endpoint.partition(".")[0], variable]


def fill(rule: Rule, values: Mapping[str, str]) -> str:
    """The address with these values, whatever they are."""
    return _VARIABLE.sub(lambda found: quote(values[found[1]], safe=""), rule.rule)


class Visits:
    """The right way to every page of a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._deeds = deeds(town)

    def of(self, rule: Rule, method: str) -> tuple[dict[str, str], dict[str, Any]]:
        """What stands in the address, and in the form."""
        first = next(self.places(rule))
        if method != "POST" or rule.endpoint.startswith("security."):  # whose forms are the library's
            return first, {}
        values, form = self._deeds[rule.endpoint]
        return {name: values.get(name, first[name]) for name in rule.arguments}, form

    def places(self, rule: Rule) -> Iterator[dict[str, str]]:
        """Whatever may stand in an address and leads to something."""
        variables = {name: kind(rule, name) for name in sorted(rule.arguments)}
        if "entry" in variables.values():
            within = re.match("/registers/(R8|prohibitions)/", rule.rule)
            for code, number in self.town.entries:
                if not within or code == within[1]:
                    told = {"register": code, "entry": number, "note": "0"}
                    yield {name: told[each] for name, each in variables.items()}
            return
        for chosen in itertools.product(*(self.known(each) for each in variables.values())):
            yield dict(zip(variables, chosen, strict=True))

    def unknown(self, rule: Rule, variable: str) -> str:
        """An id of the same form that nothing has."""
        is_number = rule._converters[variable].regex == r"\d+"
        return _FIXED.get(kind(rule, variable), ["999999999" if is_number else "A" * 22])[0]

    def foreign(self, rule: Rule, variable: str) -> set[str]:
        """The ids of everything else: one of each kind."""
        if (own := kind(rule, variable)) in _FIXED:
            return set()
        others = {ids[-1] for ids in self.town.ids.values()}
        return others - set(self.known(own)) - {number for _, number in self.town.entries if own == "entry"}

    def known(self, kind: str) -> list[str]:
        """Every id of a kind."""
        if kind == "register":
            return [*dict.fromkeys(code for code, _ in self.town.entries), "R1", "R2", "R6", "R10", "R11"]
        return _FIXED.get(kind) or self.town.ids.get(kind, [])


def bare(answer: TestResponse, path: str) -> set[str]:
    """What an answer lacks of what keeps it from being framed, guessed at, kept."""
    head = answer.headers
    found = {
        "frame-ancestors": "frame-ancestors 'none'" in head.get("Content-Security-Policy", ""),
        "X-Frame-Options": head.get("X-Frame-Options") == "DENY",
        "nosniff": head.get("X-Content-Type-Options") == "nosniff",
        "no-store": head.get("Cache-Control") == "no-store" or path.startswith("/static/"),
    }
    return {name for name, is_there in found.items() if not is_there}


class Knocker:
    """Somebody of a role, or nobody, who comes to every page with the same cookie, as if from the same screen."""

    def __init__(self, work: Desk, role: str = "") -> None:
        self.role = role
        found = TOKEN.search(work.get("" if role else "login").text)
        assert found
        self.token = found[1]
        cookie = work.client.get_cookie("wadjet-console")
        assert cookie
        self._head = {"Cookie": f"wadjet-console={cookie.value}", "Accept": "text/html"}
        self._client = work.client.application.test_client(use_cookies=False)

    def knock(self, method: str, path: str, form: Any = None, **headers: str) -> TestResponse:
        """With the token of their pages, unless `form` names another."""
        number = next(_ADDRESSES)
        answer = self._client.open(
            path,
            method=method,
            base_url=BASE,
            data=({"csrf_token": self.token} | (form or {})) if method == "POST" else None,
            headers=self._head | {name.replace("_", "-"): value for name, value in headers.items()},
            environ_overrides={"REMOTE_ADDR": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"},
        )
        answer.get_data()
        answer.close()
        assert bare(answer, path) == set(), (method, path)
        return answer


def deeds(town: Town) -> dict[str, tuple[dict[str, str], dict[str, Any]]]:
    """What the responsible person posts where, in the address and in the form, so that it is done."""
    return _words(town) | _demands(town) | _acts(town) | _drafts(town) | _registers(town) | _own(town)


def _words(town: Town) -> dict[str, Any]:
    person, blocked, third = town.ids["person"]
    message = {"message_id": town.ids["message"][2]}  # of nobody who has asked to end anything
    card = {f"was_{name}": "" for name in ("last_name", "first_name", "patronymic", "phone", "email")}
    demanded = {"channel": "paper", "words": "Destroy it.", "evidence": "letter 12", "once": "o" * 22}
    return {
        "messages.search": ({}, {"wanted": message["message_id"]}),
        "messages.open_it": (message, {}),
        "messages.answer": (message, {"text": "We are open.", "draft": "answer", "after": ""}),
        "messages.note": (message, {"after": ""}),
        "messages.close": (message, {"after": ""}),
        "persons.open_it": ({"person": person}, {"reason": "case 7"}),
        "persons.rectify": ({"person": person}, card | _card(person) | {"first_name": "Corrected"}),
        "persons.block": ({"person": person}, {"reason": "case 7"}),
        "persons.unblock": ({"person": blocked}, {"reason": "case 7"}),
        "persons.demand": ({"person": third}, demanded),
    }


def _card(person: str) -> dict[str, str]:
    """A card's form as it is begun."""
    card = database.vault.read(lambda: vault.card(person))
    named = ("last_name", "first_name", "patronymic", "phone", "email")
    return {f"{was}{name}": getattr(card, name) for name in named for was in ("", "was_")}


def _demands(town: Town) -> dict[str, Any]:
    def of(demand: str, **form: str) -> tuple[dict[str, str], dict[str, str]]:
        number = town.requests[demand]
        row = rights.outline(number).row
        return {"request_id": number}, {"seen": "/".join((row.state, row.taken_by, row.kind, row.due_on))} | form

    question = rights.outline(town.requests["question"]).row
    until = rights.longer(question, settings=town.settings, now=town.watch())[1].isoformat()
    today = town.watch().date().isoformat()
    paper = {"channel": "paper", "kind": "question", "tongue": "ru", "day": "2026-11-20", "details": today}
    known = {"what": "aisulu.canary@example.kz", "person": town.ids["person"][0], "evidence": "letter 7", "step": "do"}
    return {
        "requests.search": ({}, {"what": town.requests["question"]}),
        "requests.open_one": of("question"),
        "requests.take": of("question"),
        "requests.give_back": of("block"),
        "requests.extend": of("question", until=until, reason="many of them"),
        "requests.enter": ({}, paper | {"once": "p" * 22}),
        "requests.admit": of("question", **known),
        "requests.sort": of("question", kind="withdraw"),
        "requests.fulfil": of("question", step="do", answer="We are open."),
        "requests.end": of("stop", step="do"),
        "requests.destroy": of("destroy", step="do"),
        "requests.refuse": of("question", step="do", ground="nothing-demanded"),
    }


def _acts(town: Town) -> dict[str, Any]:
    third, proposal = {"person": town.ids["person"][2]}, {"number": town.ids["proposal"][0]}
    law = {"law": "Tax Code art. 49", "until": f"{town.watch().year + 1}-06-01"}
    colleague = {"staff": str(town.colleague.id)}
    guest = {"name": "New", "email": "new@wadjet.kz", "role": "staff", "language": "ru"}
    return {
        "retention.run": ({}, {}),
        "retention.hold": ({}, third | law),
        "retention.release": ({}, {"person": town.ids["person"][1]}),
        "retention.propose": ({}, third | {"ground": "court-act", "reason": "court act 7"}),
        "retention.approve": (proposal, {}),
        "retention.decline": (proposal, {}),
        "users.add": ({}, guest),
        "users.appoint": (colleague, {"role": "auditor", "was": "staff"}),
        "users.disable": (colleague, {}),
        "users.enable": ({"staff": str(town.left.id)}, {}),
        "users.send_out": (colleague, {}),
        "users.reset": (colleague, {}),
        "health.send_again": ({}, {}),
        "health.put_aside": ({}, {}),
        "health.rotate": ({}, {"seen": town.key}),
    }


def _drafts(town: Town) -> dict[str, Any]:
    (writing, proposed, approved), revision = ({"number": each} for each in town.ids["draft"]), {"revision": "1"}
    known = policy.drafts.read(int(writing["number"])).manuscript
    texts = {f"text-{tag}": text + "\n\nOne word more." for tag, text in known.texts.items()}
    worded = ("name", "description", "data", "legal_ground")
    purpose: dict[str, Any] = {f"{name}-{tag}": f"{name} {tag}" for name in worded for tag in known.languages}
    purpose |= {"key": "letters", "asked": "form", "operations": ["collect", "store"], "term": "P6M"}
    facts = {f"summary-{tag}": "A word more." for tag in known.languages} | {"material": "yes"}
    optional = next(each.key for each in known.manifest.purposes if not each.required)
    return {
        "policy.begin": ({}, {}),
        "policy.save_texts": (writing, revision | texts),
        "policy.preview": (writing, {"language": "kk", "text-kk": "# Word"}),
        "policy.save_purpose": (writing, revision | purpose),
        "policy.remove_purpose": (writing | {"key": optional}, revision),
        "policy.save_facts": (writing, revision | facts),
        "policy.propose": (writing, revision),
        "policy.approve": (proposed, revision),
        "policy.decline": (proposed, revision | {"remark": "too long"}),
        "policy.drop": (writing, revision),
        "policy.publish": (approved, revision),
    }


def _registers(town: Town) -> dict[str, Any]:
    recipient = {"kind": "recipient", "name": "Post LLP", "scope": "name, phone", "country": "KZ"}
    day = town.watch().date().isoformat()
    return {
        "registers.add": ({"code": "R12"}, recipient),
        "registers.note": ({"code": "R8", "number": "1", "which": "0"}, {"reference": "out 7"}),
        "registers.condition": ({"number": town.number("prohibitions")}, {}),
        "exports.export": ({"code": "R3"}, {"format": "json"}),
        "exports.export_all": ({}, {"format": "csv"}),
        "evidence.export": ({}, {"since": day, "until": day}),
        "journal.about": ({}, {"about": town.ids["person"][0]}),
        "receipts.find": ({}, {"id": "1"}),
        "receipts.read": ({}, {"text": consent.numbered(1).receipt}),
    }


def _own(town: Town) -> dict[str, Any]:
    new = "сары ала қаз көлде жүр"
    return {
        "account.language": ({}, {"language": "kk"}),
        "account.password": ({}, {"old": PASSWORD, "new": new, "again": new}),
        "account.end_session": ({"session_id": town.ids["session"][0]}, {}),
        "notifications.choose": ({}, {}),
        "invitation.take": ({"token": town.ids["invitation"][0]}, {"new": new, "again": new}),
    }
