"""A home in which there is one of everything, and who knocks at its console.

Every word of a person's is a canary: it is said nowhere else.
"""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask_security import hash_password

from tests.console.newcomer import PASSWORD
from tests.console.people import CANARIES, People, authority_asks, fail_letters
from tests.registers.office import Office
from tests.vault.people import sql
from tests.visitor import Visitor
from wadjet import clock, contact, database, keys, policy, registers, retention, rights, vault
from wadjet.console import ROLES, accounts, models, service

OTHER = "staff-99"  # who has done what a second person is to go on with
SAID = {
    "request": "The canary demands to be let out.",
    "fields": "Qanarovna",
    "representative": "Perched Lawyers LLP, warrant 77-canary",
    "answer": "Dear canary, your cage is open.",
    "condition": "Only where canaries nest.",
    "remark": "Canary, we cannot hear you from here.",
}
WORDS = frozenset((CANARIES | SAID).values())
BREACH = {"kind": "access", "scope": "a lost laptop", "detected_at": "2026-11-23T09:00"}


class Town:
    """`ids[kind]`: every id of a kind, as text; `entries`: (register, number) of each entry by hand."""

    def __init__(self, console: Flask, client: Any, watch: Any) -> None:
        self.console, self.watch = console, watch
        self.people = People(console.extensions["wadjet.settings"], watch)
        self.settings = self.people.settings
        self.office = Office(self.settings, watch())
        with console.app_context():
            self._hashed = hash_password(PASSWORD)
        self.staff = {role: self._hire(role) for role in ROLES}
        self.by = self.staff["responsible"].handle
        self.ids: dict[str, list[str]] = {}
        self.ids["receipt"] = ["1"] if Visitor(client).give() else []
        self._write()
        self._demand()
        self._enter()
        self._draft()
        self._retain()
        self._engage()
        fail_letters(2, watch())

    def _hire(self, role: str, name: str = "") -> models.Account:
        """Somebody who has taken their invitation."""
        add = partial(accounts.add, f"{name or role}@wadjet.kz", role.title(), role, language="en", now=self.watch())
        made: models.Account = database.vault.write(add)
        database.vault.write(lambda: models.change(made.id, password=self._hashed))
        return made

    def _write(self) -> None:
        """Three who wrote: one has been answered, one is blocked, one has a neighbour's place in every list."""
        written: dict[str, str] = {}
        for name in ("", "blocked", "third", ""):
            changes = {"email": f"{name}.{CANARIES['email']}", "phone": f"+7701999887{len(name)}"} if name else {}
            self.people.send_message(**changes)
            known = dict(sql("SELECT id, person FROM contact_message"))
            written |= {message: known[message] for message in known.keys() - written.keys()}
        self.ids["message"] = list(written)
        self.ids["person"] = list(dict.fromkeys(written.values()))
        self.ids["receipt"] += [str(seq) for (seq,) in sql("SELECT seq FROM receipt", store=database.receipts)][1:]
        contact.answer(self.ids["message"][0], text=SAID["answer"], by=OTHER, now=self.watch())
        now = self.watch()
        database.vault.write(lambda: vault.block(self.ids["person"][1], reason="case 17", now=now))

    def _demand(self) -> None:
        """A request of every kind; whose some of them are is known."""
        told: dict[str, Any] = {"settings": self.settings, "now": self.watch()}
        said = {"text": SAID["request"], "representative": SAID["representative"]}
        self.requests = {}
        for kind in rights.KINDS:
            fields = {"last_name": SAID["fields"]} if kind == "rectify" else {}
            self.requests[kind] = self.people.ask(kind, CANARIES["email"], channel="paper", fields=fields, **said)
        for kind in ("information", "rectify", "destroy"):
            rights.admit(self.requests[kind], self.ids["person"][:1], evidence="letter 12", by=OTHER, **told)
        rights.take(self.requests["block"], by=self.by, **told)
        rights.refuse(self.requests["complaint"], ground="rights-of-others", text=SAID["remark"], by=OTHER, **told)
        self.ids["request"] = list(self.requests.values())

    def _enter(self) -> None:
        """An entry in each register."""
        office, person, now = self.office, self.ids["person"][2], self.watch()
        office.provide(person, office.recipient(), basis="law_or_treaty", citation="Law on Audit, art. 9")
        abroad = office.recipient("Versand GmbH", "DE")
        office.provide(person, abroad, basis="law_or_treaty", citation="Law on Post, art. 9", notify=True)
        by = {"by": OTHER, "now": now}
        registers.allow_publication(person, ["phone"], "wadjet.kz/team", method="paper", evidence="file 3", **by)
        registers.publish(person, ["phone"], "wadjet.kz/team", **by)
        registers.prohibit(person, "email", SAID["condition"], settings=self.settings, **by)
        authority_asks(self.settings, now)
        office.add("R8", **BREACH)
        office.add("R9", act="destroy", object="paper forms", ground="other", method="shredder")
        office.add("systems", name="vault", place="Almaty", owner="LLP Wadjet")
        office.add("measures", kind="technical", measure="locks", evidence="photo", approver="director")
        office.add("services", name="Maps", purpose="way", data="address", policy_url="https://x.kz/p", country="KZ")
        self.entries = [
            (each.code, str(row["id"])) for each in registers.catalogue.shown() if each.find for row in each.read()
        ]

    def _draft(self) -> None:
        """One that is written, one that is proposed, one that is approved."""
        told: dict[str, Any] = {"by": OTHER, "now": self.watch()}
        drafts = [policy.drafts.begin(settings=self.settings, **told) for _ in range(3)]
        for number in drafts[1:]:
            policy.drafts.propose(number, revision=1, operator=self.settings.operator, **told)
        policy.drafts.approve(drafts[2], revision=1, by="staff-98", now=self.watch())
        self.ids["draft"] = list(map(str, drafts))
        self.ids["purpose"] = [each.key for each in policy.drafts.read(drafts[0]).manuscript.manifest.purposes]

    def _retain(self) -> None:
        told: dict[str, Any] = {"by": OTHER, "now": self.watch()}
        until = clock.local_date(self.watch()).replace(year=self.watch().year + 2, day=1)
        retention.hold(self.ids["person"][1], law="Tax Code art. 49", until=until, **told)
        act: dict[str, Any] = {"ground": "court-act", "reason": "court act 2-1234"}
        self.ids["proposal"] = [str(retention.propose(self.ids["person"][0], **act, **told))]

    def _engage(self) -> None:
        """Who is not in any more, who is invited; a passkey, a session elsewhere."""
        now, own = self.watch(), self.staff["responsible"]
        self.colleague, self.left = self._hire("staff", "colleague"), self._hire("staff", "left")
        service.disable(self.left.id, by=OTHER, now=now)
        told: dict[str, Any] = {"by": OTHER, "settings": self.settings, "now": now}
        _, link = service.hire("guest@wadjet.kz", "Guest", "staff", language="en", **told)
        self.ids["invitation"] = [link.rstrip("/").rpartition("/")[2]]
        self.ids["session"] = ["e" * 64]

        def work() -> None:
            models.insert_session("e" * 64, own.id, clock.stamp(now))
            facts = {"name": "key", "usage": "secondary", "device_type": "single", "backup_state": False}
            models.Passkey.create(
                user=own.id, credential_id=b"1", public_key=b"2", lastuse_datetime=now.replace(tzinfo=None), **facts
            )

        database.vault.write(work)
        self.ids["account"] = [str(each.id) for each in database.vault.read(models.accounts)]

    def number(self, code: str) -> str:
        """An entry of a register."""
        return next(number for each, number in self.entries if each == code)

    @property
    def key(self) -> str:
        return keys.ring(self.settings).current.kid


class Stores:
    """What lies in the home: looked at, and put back as it was."""

    def __init__(self, settings: Any) -> None:
        paths = [settings.home / each for each in database.addresses(settings)]
        self._files = [sqlite3.connect(path, isolation_level=None) for path in paths]
        self._home: Path = settings.home
        self._kept = [sqlite3.connect(":memory:") for _ in paths]
        for file, kept in zip(self._files, self._kept, strict=True):
            file.backup(kept)
        self._small = self._beside()
        self.at_first = self.rows()

    def close(self) -> None:
        for each in (*self._files, *self._kept):
            each.close()

    def mark(self) -> list[int]:
        """Another one once anybody has written anything."""
        return [file.execute("PRAGMA data_version").fetchone()[0] for file in self._files]

    def rows(self) -> dict[str, list[Any]]:
        """Every table; and the files beside the databases."""
        found: dict[str, list[Any]] = {}
        for name, file in zip(("receipts", "vault", "person_keys"), self._files, strict=True):
            for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
                found[f"{name}.{table}"] = file.execute(f"SELECT * FROM {table}").fetchall()
        return found | {path.name: [data] for path, data in self._beside().items()}

    def _beside(self) -> dict[Path, bytes]:
        """The small files of the home: the keys that sign."""
        return {each: each.read_bytes() for each in self._home.rglob("*.json")}

    def changed(self) -> set[str]:
        """The tables that are not as they were, but for sessions and counted guesses."""
        rows = self.rows()
        names = {each for each in rows.keys() | self.at_first.keys() if rows.get(each) != self.at_first.get(each)}
        return {each.partition(".")[2] or each for each in names} - {"staff_session", "staff_try"}

    def put_back(self, mark: list[int]) -> None:
        """Undo what was written since a mark."""
        if self.mark() == mark:
            return
        for file, kept in zip(self._files, self._kept, strict=True):
            kept.backup(file)
        for path, data in self._small.items():
            path.write_bytes(data)
        keys._rings.clear()
