"""The requests' tables and their questions. What a person asked stands here sealed, and nothing else of them.

Plain statements, called inside `vault.read` or `write`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .. import database


class Row(NamedTuple):
    """A request as stored.

    person    who wrote: their card holds the address alone (`vault`); what they said is sealed under their key
    state     new → [taken →] [begun →] fulfilled | new → [taken →] refused
    deadline  D1 … D17; due_on: the local day by whose end it is due
    ground    why it was refused, a code of GROUNDS; told: what staff were warned of, "" | `soon` | `late`
    said, answer  None once the person's words are gone; what happened when stays on record (94-V art. 25(2)(6))
    """

    id: str
    person: str
    kind: str
    state: str
    channel: str
    received_at: str
    deadline: str
    due_on: str
    language: str
    is_automatic: int
    taken_by: str
    ground: str
    ended_at: str
    told: str
    said: bytes | None
    answer: bytes | None


class Subject(NamedTuple):
    """Somebody whose data a request may be about: known by the address it came from.

    link      of the letter by which they prove that it is they who asked; "" where an earlier letter serves for it
    proof     `link`, `receipt` or `staff`, with proven_at; done_at: when it was carried out for them
    """

    request: str
    person: str
    link: str
    mailed_at: str
    proof: str
    proven_at: str
    done_at: str


# The names in these statements are our own columns', never anybody's input.
_COLUMNS, _SUBJECT = ", ".join(Row._fields), ", ".join(Subject._fields)
_INSERT = f"INSERT INTO rights_request ({_COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))})"  # noqa: S608
_SELECT = f"SELECT {_COLUMNS} FROM rights_request"  # noqa: S608
_INSERT_SUBJECT = f"INSERT INTO request_subject ({_SUBJECT}) VALUES (?, ?, ?, ?, '', '', '') ON CONFLICT DO NOTHING"  # noqa: S608
_SUBJECTS = f"SELECT {_SUBJECT} FROM request_subject"  # noqa: S608
_LISTED = _SELECT.replace("said, answer", "NULL, NULL")  # a list shows no words, so it reads none
# What R6 shows, and nothing else: `rights_request_register` holds it all in the order of time, so that a page of it
# fetches no rows, which lie scattered by their random ids among what people said.
_SHOWN = "id, kind, channel, received_at, deadline, due_on, state, ended_at, ground, taken_by"
_PAGE = 500
_STATES = ("new", "taken", "begun")
_OPEN = f"state IN {_STATES}"


def insert(row: Row) -> None:
    database.vault.execute(_INSERT, *row)


def find(request_id: str) -> Row | None:
    if "\0" in request_id:  # PostgreSQL fails on the question
        return None
    return next(_rows("WHERE id = ?", request_id), None)


def of_person(person: str) -> list[Row]:
    """What somebody asked, in the order in which it came."""
    return list(_rows("WHERE person = ? ORDER BY received_at, id", person))


def about(person: str, limit: int) -> list[Row]:
    """What somebody asked, or what is about their data, the newest first."""
    where = "WHERE person = ? OR id IN (SELECT request FROM request_subject WHERE person = ?)"
    return list(_rows(f"{where} ORDER BY received_at DESC, id DESC LIMIT ?", person, person, limit))


def open_ends(person: str) -> list[Row]:
    """Open requests to end what somebody allowed, or to destroy them, that may be theirs."""
    theirs = "id IN (SELECT request FROM request_subject WHERE person = ?)"
    return list(_rows(f"WHERE ended_at = '' AND kind IN ('withdraw', 'stop', 'destroy') AND {theirs}", person))


def open_until(due_on: str) -> list[Row]:
    """Open requests that are due on a day or before it, the most pressing first."""
    return list(_rows(f"WHERE {_OPEN} AND due_on <= ? ORDER BY due_on, received_at, id", due_on))


def unmatched(after: str) -> list[str]:
    """The ids of the next open requests of which nobody has asked yet whose they are."""
    statement = f"""
    SELECT id FROM rights_request WHERE {_OPEN} AND said IS NOT NULL AND id > ?
    AND NOT EXISTS (SELECT 1 FROM request_subject WHERE request = rights_request.id) ORDER BY id LIMIT {_PAGE}"""  # noqa: S608
    return [row[0] for row in database.vault.execute(statement, after).fetchall()]


def page(*, after: tuple[str, str] = ("", ""), is_open: bool = False) -> list[Row]:
    """The next rows in the order in which they came. `after`: (received_at, id) of the last one seen."""
    only = f"AND {_OPEN}" if is_open else ""
    return list(_rows(f"WHERE (received_at, id) > (?, ?) {only} ORDER BY received_at, id LIMIT {_PAGE}", *after))


def open_page(after: tuple[str, str, str], *, before: str, only: Mapping[str, str], limit: int) -> list[Row]:
    """The next open ones, the most pressing first.

    after  (due_on, received_at, id); before: a day that is too late
    only   what some columns hold; each is an index's first, so where there is one nothing else is read
    """
    where = f"WHERE ended_at = '' {_narrowed(only)} AND (due_on, received_at, id) > (?, ?, ?) AND due_on < ?"
    order = f"{where} ORDER BY due_on, received_at, id LIMIT ?"
    return list(_rows(order, *only.values(), *after, before, limit, columns=_LISTED))


def ended_page(after: tuple[str, str], *, only: Mapping[str, str], limit: int) -> list[Row]:
    """The next ended ones, the latest first. `after`: (ended_at, id)."""
    where = f"WHERE ended_at <> '' {_narrowed(only)} AND (ended_at, id) < (?, ?)"
    order = f"{where} ORDER BY ended_at DESC, id DESC LIMIT ?"
    return list(_rows(order, *only.values(), *after, limit, columns=_LISTED))


def newest_untaken(limit: int) -> list[Row]:
    """Those that nobody has taken up, the newest first."""
    return list(_rows("WHERE state = 'new' ORDER BY received_at DESC, id DESC LIMIT ?", limit, columns=_LISTED))


def about_any(people: Sequence[str], limit: int) -> list[Row]:
    """What some people asked, or may have asked, the newest first."""
    marks = ", ".join("?" * len(people))
    where = f"""
    WHERE id IN (SELECT id FROM rights_request WHERE person IN ({marks})
                 UNION SELECT request FROM request_subject WHERE person IN ({marks}))
    ORDER BY received_at DESC, id DESC LIMIT ?"""  # noqa: S608
    return list(_rows(where, *people, *people, limit, columns=_LISTED))


def register(after: tuple[str, str]) -> list[tuple[str, ...]]:
    """The next rows of R6 in the order in which they came. `after`: (received_at, id) of the last one seen."""
    which = f"(received_at, id) > (?, ?) ORDER BY received_at, id LIMIT {_PAGE}"
    return list(database.vault.execute(f"SELECT {_SHOWN} FROM rights_request WHERE {which}", *after).fetchall())  # noqa: S608


def register_before(before: tuple[str, str] | None, limit: int) -> list[tuple[str, ...]]:
    """The newest rows of R6, or those that came before one."""
    which = "(received_at, id) < (?, ?) ORDER BY received_at DESC, id DESC LIMIT ?"
    statement = f"SELECT {_SHOWN} FROM rights_request WHERE {which}"  # noqa: S608
    return list(database.vault.execute(statement, *(before or ("9999", "")), limit).fetchall())


def proofs(requests: Sequence[str]) -> dict[str, str]:
    """How some requests, a page at most, were proven: words of Subject.proof, with spaces between."""
    marks = ", ".join("?" * len(requests))
    where = f"proof <> '' AND request IN ({marks})"
    found: dict[str, str] = {}
    if requests:
        rows = database.vault.execute(f"SELECT DISTINCT request, proof FROM request_subject WHERE {where}", *requests)  # noqa: S608
        for request, proof in sorted(map(tuple, rows.fetchall())):
            found[request] = f"{found[request]} {proof}" if request in found else proof
    return found


def waiting(today: str, most: int) -> tuple[int, int, str]:
    """How many are open, how many of them are late, both counted to `most`; the first day on which one is due."""
    some = f"(SELECT 1 FROM rights_request WHERE {_OPEN}"  # noqa: S608
    first = ", ".join(f"(SELECT min(due_on) FROM rights_request WHERE state = '{each}')" for each in _STATES)  # noqa: S608
    statement = f"""
    SELECT (SELECT count(*) FROM {some} LIMIT ?) AS few), (SELECT count(*) FROM {some} AND due_on < ? LIMIT ?) AS late),
    {first}"""  # noqa: S608
    row = database.vault.execute(statement, most, today, most).fetchone()
    return row[0], row[1], min((day for day in row[2:] if day), default="")


def change(request_id: str, states: Sequence[str], **columns: Any) -> bool:
    """Compare and swap: write these columns if it still is in one of these states; whether it was."""
    named = ", ".join(f"{name} = ?" for name in columns)
    marks = ", ".join("?" * len(states))
    statement = f"UPDATE rights_request SET {named} WHERE id = ? AND state IN ({marks})"  # noqa: S608
    return bool(database.vault.execute(statement, *columns.values(), request_id, *states).rowcount)


def bring_forward(request_id: str, before: str, due_on: str) -> bool:
    """Compare and swap; whether it was open and due on that day before."""
    statement = f"UPDATE rights_request SET due_on = ? WHERE id = ? AND due_on = ? AND {_OPEN}"  # noqa: S608
    return bool(database.vault.execute(statement, due_on, request_id, before).rowcount)


def mark_told(request_id: str, before: str, after: str) -> bool:
    """Compare and swap; whether it was `before`."""
    statement = "UPDATE rights_request SET told = ? WHERE id = ? AND told = ?"
    return bool(database.vault.execute(statement, after, request_id, before).rowcount)


def forget_words(person: str) -> None:
    """Leave nothing of what somebody said or was told."""
    database.vault.execute("UPDATE rights_request SET said = NULL, answer = NULL WHERE person = ?", person)


def forget_words_of(request_id: str) -> bool:
    """The same of one request that ended; whether it still said something."""
    statement = """
    UPDATE rights_request SET said = NULL, answer = NULL WHERE id = ? AND said IS NOT NULL AND ended_at <> ''"""
    return bool(database.vault.execute(statement, request_id).rowcount)


def words_ended(before: str, after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """A page of (ended_at, id, person) of requests that ended before a time and still say something."""
    statement = """
    SELECT ended_at, id, person FROM rights_request
    WHERE said IS NOT NULL AND ended_at <> '' AND ended_at < ? AND (ended_at, id) > (?, ?)
    ORDER BY ended_at, id LIMIT ?"""
    rows = database.vault.execute(statement, before, *after, limit).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def words_of(person: str) -> list[tuple[str, str]]:
    """(id, ended_at) of somebody's requests that still say something."""
    statement = "SELECT id, ended_at FROM rights_request WHERE person = ? AND said IS NOT NULL"
    return [(row[0], row[1]) for row in database.vault.execute(statement, person).fetchall()]


def saying(people: Sequence[str]) -> set[str]:
    """Those of some people, 500 at most, whose requests still say something."""
    marks = ", ".join("?" * len(people))
    statement = f"SELECT DISTINCT person FROM rights_request WHERE said IS NOT NULL AND person IN ({marks})"  # noqa: S608
    return {row[0] for row in database.vault.execute(statement, *people).fetchall()}


def awaiting(people: Sequence[str], kinds: Sequence[str], since: str) -> dict[str, str]:
    """The people, 500 at most, who have proven an open request of these kinds, or had their copy since; a request of
    each."""
    marks, named = ", ".join("?" * len(people)), ", ".join("?" * len(kinds))
    statement = f"""
    SELECT person, min(request) FROM (
        SELECT subject.person, subject.request FROM request_subject AS subject
        JOIN rights_request AS request ON request.id = subject.request
        WHERE subject.person IN ({marks}) AND subject.proven_at <> ''
        AND (request.ended_at = '' AND request.kind IN ({named})
             OR request.ended_at >= ? AND request.kind = 'information' AND request.state = 'fulfilled')
    ) AS waiting GROUP BY person"""  # noqa: S608
    return {row[0]: row[1] for row in database.vault.execute(statement, *people, *kinds, since).fetchall()}


def add_subject(request: str, person: str, link: str, mailed_at: str) -> None:
    database.vault.execute(_INSERT_SUBJECT, request, person, link, mailed_at)


def drop_subject(request: str, person: str) -> None:
    database.vault.execute("DELETE FROM request_subject WHERE request = ? AND person = ?", request, person)


def subjects(request: str) -> list[Subject]:
    return list(_subjects("WHERE request = ? ORDER BY person", request))


def subjects_by_link(link: str) -> list[Subject]:
    return list(_subjects("WHERE link = ? ORDER BY person, request", link)) if link else []


def subjects_of(person: str) -> list[Subject]:
    return list(_subjects("WHERE person = ? ORDER BY request", person))


def mailed_since(people: Sequence[str], since: str) -> bool:
    """Whether a letter with a link went to any of these people after that."""
    marks = ", ".join("?" * len(people))
    statement = f"SELECT 1 FROM request_subject WHERE person IN ({marks}) AND mailed_at > ? LIMIT 1"  # noqa: S608
    return database.vault.execute(statement, *people, since).fetchone() is not None


def prove(subject: Subject, proof: str, at: str) -> bool:
    """Compare and swap; whether it says more than before: what staff have seen does, beside a link."""
    statement = """
    UPDATE request_subject SET proof = ?, proven_at = ?
    WHERE request = ? AND person = ? AND proof NOT IN (?, 'staff')"""
    return bool(database.vault.execute(statement, proof, at, subject.request, subject.person, proof).rowcount)


def mark_done(subject: Subject, at: str) -> None:
    statement = "UPDATE request_subject SET done_at = ? WHERE request = ? AND person = ? AND done_at = ''"
    database.vault.execute(statement, at, subject.request, subject.person)


def ask(request: str, person: str, link: str, at: str) -> None:
    """A letter with a link goes to somebody who was a subject before."""
    statement = "UPDATE request_subject SET link = ?, mailed_at = ? WHERE request = ? AND person = ?"
    database.vault.execute(statement, link, at, request, person)


def unprove(request: str, person: str) -> None:
    """What was proven is not so any more."""
    statement = "UPDATE request_subject SET proof = '', proven_at = '' WHERE request = ? AND person = ?"
    database.vault.execute(statement, request, person)


def forget_letters(person: str) -> None:
    """They went to a mailbox of before: none is of any use, and none keeps another from going."""
    database.vault.execute("UPDATE request_subject SET link = '', mailed_at = '' WHERE person = ?", person)


def forget_subject(person: str) -> None:
    """No link that was sent is of any use: nobody can prove to be who is destroyed."""
    database.vault.execute("UPDATE request_subject SET link = '' WHERE person = ?", person)


def _narrowed(only: Mapping[str, str]) -> str:
    return "".join(f" AND {name} = ?" for name in only)


def _rows(where: str, *values: Any, columns: str = _SELECT) -> Iterator[Row]:
    for *plain, said, answer in database.vault.execute(f"{columns} {where}", *values).fetchall():
        yield Row(*plain, *(value and bytes(value) for value in (said, answer)))


def _subjects(where: str, *values: Any) -> Iterator[Subject]:
    for row in database.vault.execute(f"{_SUBJECTS} {where}", *values).fetchall():
        yield Subject(*row)
