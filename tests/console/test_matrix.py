"""Who may do what, asked of every address there is: each route, by each method, for each role and for nobody.

What is asked for stands in `visits.py`: a route that it does not know fails here.
"""

import io
import re
import zipfile

import pytest

from tests.console.conftest import TOKEN, Desk
from tests.console.town import WORDS, Stores, Town
from tests.console.visits import Knocker, Visits, fill, kind
from tests.house import OPERATOR, SMALL, Watch
from tests.visitor import ORIGIN
from wadjet import clock, database, keys, policy
from wadjet.app import create_app
from wadjet.console import PERMISSIONS, ROLES
from wadjet.console.application import create_console
from wadjet.console.guard import needed
from wadjet.settings import Settings, Site, complete

NOBODY = ""
SAFE = {"GET", "HEAD", "OPTIONS"}
LOOKING = {"read", "open", "export"}  # acts of permissions that leave a row in the journal at most
MATCHED = {"request_subject"}  # whose a request may be is looked up when somebody first opens it
KEEPS_NOTHING = {"policy.preview"}  # asks for the right to write, and shows how it would look
# Pages that are not there for everything that their address may name: answers that say so.
NOT_FOR_ALL = {("messages.ask_closing", 409), ("receipts.key", 404), ("registers.add", 404), ("requests.admit", 409)}
# Registers that a role does not open though it reads others.
CLOSED = {("staff", "R10")}
UNKNOWN = ["A" * 22, "0", "999999999"]
ODD = [
    "\0",
    "a" * 10_000,
    "1" * 10,
    "1" * 400,
    "1" * 5_000,
    "-1",
    "1.5",
    "..",
    "../../etc/passwd",
    "қызыл ✓",
    "%",
    "' OR 1=1 --",
    "٩٩٩٩",
    " ",
]
# Forms in which somebody or something is named by id, beside the address.
NAMED = {
    "retention.hold": "person",
    "retention.propose": "person",
    "retention.release": "person",
    "requests.admit": "person",
    "receipts.find": "id",
    "health.rotate": "seen",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """One for all of it; every test finds it as it was founded."""
    watch = Watch(clock.now())  # the true time: the library of the entrance goes by it
    settings = complete(
        Settings(tmp_path_factory.mktemp("town"), sites={"wadjet.kz": Site("wadjet.kz", (ORIGIN,))}, operator=OPERATOR)
    )
    keys.create(settings, now=watch())
    app = create_app(settings, now=watch)
    app.testing = False
    policy.publish(policy.read(SMALL, operator=OPERATOR), settings=settings, now=watch())
    yield Town(create_console(settings, watch), app.test_client(), watch)
    database.close_stores()


@pytest.fixture(scope="module")
def knockers(town):
    """Somebody of each role, and nobody."""
    made = {NOBODY: Knocker(Desk(town.console))}
    for role, account in town.staff.items():
        work = Desk(town.console)
        work.sign_in(account, town.watch())
        made[role] = Knocker(work, role)
    return made


@pytest.fixture(scope="module")
def kept(town, knockers):
    stores = Stores(town.settings)
    yield stores
    stores.close()


@pytest.fixture(autouse=True)
def stores(kept):
    before = kept.mark()
    yield kept
    kept.put_back(before)


@pytest.fixture(scope="module")
def visits(town):
    return Visits(town)


@pytest.fixture(scope="module")
def console(town):
    return town.console


@pytest.fixture(scope="module")
def rules(console):
    return sorted(console.url_map.iter_rules(), key=str)


def may(console, role, endpoint):
    asked = needed(console, endpoint)
    return asked is None or (role != NOBODY and asked <= ROLES[role].permissions)


def is_refused(answer):
    """By the role, or for want of one."""
    return answer.status_code == 403 or (answer.location or "").startswith("/console/login?next=")


def told(answer, *ids):
    """What is read on a page, whatever it is about."""
    text = TOKEN.sub("", answer.text)
    for each in ids:
        text = re.sub(rf"/{re.escape(each)}(?=[/?\"])", "/…", text)
    return text


def canaries(answer):
    """The words of people in an answer, or in a file of the archive that it is."""
    data = answer.data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(each) for each in archive.namelist())
    return {each for each in WORDS if each in data.decode("utf-8", "replace")}


def test_every_route_opens_for_whoever_may_and_refuses_everybody_else(console, knockers, rules, visits, stores):
    for rule in rules:
        for method in sorted(rule.methods):
            values, form = visits.of(rule, method)
            path = fill(rule, values)
            endpoint, _ = console.url_map.bind("localhost").match(path, method)  # of two at one address, for OPTIONS
            for role, somebody in knockers.items():
                case, before = (method, path, role), stores.mark()
                answer = somebody.knock(method, path, form)
                assert answer.status_code < 500, case
                assert is_refused(answer) != may(console, role, endpoint), case
                if not is_refused(answer):
                    stores.put_back(before)
                    continue
                assert (answer.status_code == 302) == (role == NOBODY), case
                assert stores.mark() == before, case


def test_a_refusal_says_nothing_of_what_is_there(console, knockers, rules, visits):
    for rule in rules:
        unknown = {name: visits.unknown(rule, name) for name in rule.arguments}
        for role, method in ((role, method) for role in ROLES for method in rule.methods - {"HEAD", "OPTIONS"}):
            if unknown and not may(console, role, rule.endpoint):
                values, form = visits.of(rule, method)
                there = knockers[role].knock(method, fill(rule, values), form)
                nowhere = knockers[role].knock(method, fill(rule, unknown), form)
                assert told(there, *values.values()) == told(nowhere, *unknown.values()), (rule, role)


def test_every_act_is_done_for_whoever_may_and_whoever_only_looks_leaves_a_row_of_the_journal(
    console, knockers, rules, visits, stores
):
    """So that a refusal that changed nothing says something."""
    for rule in rules:
        if rule.methods <= SAFE or rule.endpoint.startswith("security."):  # tests/console/test_entrance.py
            continue
        values, form = visits.of(rule, "POST")
        asked, before = needed(console, rule.endpoint) or frozenset(), stores.mark()

        answer = knockers["responsible"].knock("POST", fill(rule, values), form)

        assert answer.status_code in (200, 303), (rule, answer.text)
        acts = {each.partition(":")[2] for each in asked}
        if (acts and acts <= LOOKING) or rule.endpoint in KEEPS_NOTHING:
            assert stores.changed() <= {"journal_entry", *MATCHED}, rule
        else:
            assert stores.mark() != before, rule
        stores.put_back(before)


def test_an_id_of_another_kind_leads_nowhere(console, knockers, rules, visits, stores):
    for rule in rules:
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            values, form = visits.of(rule, method)
            wrong = [{**values, name: each} for name in rule.arguments for each in visits.foreign(rule, name)]
            for role in (role for role in ROLES if may(console, role, rule.endpoint)):
                for chosen in wrong:
                    before = stores.mark()
                    answer = knockers[role].knock(method, fill(rule, chosen), form)
                    least = 300 if rule.endpoint.startswith("security.") else 400
                    assert least <= answer.status_code < 500, (role, method, rule, chosen)
                    assert not canaries(answer), (role, method, rule, chosen)
                    assert stores.mark() == before or not stores.changed(), (role, method, rule, chosen)


def test_an_id_that_is_unknown_or_none_is_told_so(console, knockers, rules, visits, stores):
    for rule in rules:
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            values, form = visits.of(rule, method)
            before = stores.mark()
            wrong = [(name, each) for name in rule.arguments for each in (*UNKNOWN, *ODD)]
            for name, each in (pair for pair in wrong if pair[1] not in visits.known(kind(rule, pair[0]))):
                answer = knockers["responsible"].knock(method, fill(rule, {**values, name: each}), form)
                least = 300 if rule.endpoint.startswith("security.") else 400
                assert least <= answer.status_code < 500, (method, rule, each[:30])
                assert not canaries(answer), (method, rule, each[:30])
            assert stores.mark() == before or not stores.changed(), (method, rule)


def test_an_id_of_another_kind_in_a_form_is_refused(knockers, rules, visits, stores, town):
    for rule in (each for each in rules if each.endpoint in NAMED and "POST" in each.methods):
        values, form = visits.of(rule, "POST")
        own = {form[NAMED[rule.endpoint]], *town.ids["person"], *town.ids["receipt"]}
        for wrong in {*UNKNOWN, *ODD, *(ids[-1] for ids in town.ids.values())} - own:
            answer = knockers["responsible"].knock("POST", fill(rule, values), form | {NAMED[rule.endpoint]: wrong})

            assert 400 <= answer.status_code < 500, (rule, wrong[:30])
            assert stores.changed() <= {"journal_entry"}, (rule, wrong[:30])


def test_reading_changes_nothing_and_tells_of_nobody(console, knockers, rules, visits, stores):
    """Every page, with whatever can stand in its address."""
    for role, somebody in knockers.items():
        for rule in (each for each in rules if "GET" in each.methods and may(console, role, each.endpoint)):
            for values in visits.places(rule):
                before = stores.mark()
                answer = somebody.knock("GET", fill(rule, values))
                case = (role, fill(rule, values), answer.status_code)
                assert stores.mark() == before, case
                assert not canaries(answer), case
                is_expected = answer.status_code == 200 or (rule.endpoint, answer.status_code) in NOT_FOR_ALL
                is_closed = answer.status_code == 403 and (role, values.get("code")) in CLOSED
                assert is_expected or is_closed or rule.endpoint.startswith("security."), case


@pytest.mark.parametrize("role", [name for name, each in ROLES.items() if "persons:open" not in each.permissions])
def test_whoever_may_not_open_people_gets_no_word_of_theirs(console, knockers, rules, visits, stores, role):
    """By post either, nor in a file."""
    for rule in (each for each in rules if "POST" in each.methods and may(console, role, each.endpoint)):
        values, form = visits.of(rule, "POST")
        before = stores.mark()
        assert not canaries(knockers[role].knock("POST", fill(rule, values), form)), rule
        stores.put_back(before)
    for wanted in WORDS:
        for path, name in (("/messages/search", "wanted"), ("/requests/search", "what"), ("/journal/about", "about")):
            answer = knockers[role].knock("POST", path, {name: wanted})
            assert not canaries(answer) - {wanted}, (path, wanted)
            assert not any(each in answer.text for each in visits.town.ids["person"]), (path, wanted)


def test_whoever_may_open_people_reads_every_word_of_theirs(knockers, town):
    """So that their words were there to be found."""
    message, person, ban = town.ids["message"][0], town.ids["person"][0], town.number("prohibitions")
    paths = [f"/messages/{message}/open", f"/persons/{person}/open", f"/registers/prohibitions/{ban}/condition"]
    paths += [f"/requests/{each}/open" for each in town.ids["request"]]

    read = [canaries(knockers["staff"].knock("POST", path, {"reason": "case 7"})) for path in paths]

    assert set().union(*read) == WORDS


def test_what_changes_something_is_not_taken_from_elsewhere(console, knockers, rules, visits, stores):
    forged = [
        ({"csrf_token": ""}, {}),
        ({"csrf_token": knockers["staff"].token}, {}),  # of another session
        ({}, {"Sec_Fetch_Site": "cross-site"}),
        ({}, {"Sec_Fetch_Site": "same-site"}),
        ({}, {"Origin": "https://wadjet.kz.evil.example"}),
        ({}, {"Origin": "null"}),
    ]
    for rule in rules:
        for method in rule.methods - SAFE:
            values, form = visits.of(rule, method)
            for role in (role for role in ("responsible", NOBODY) if may(console, role, rule.endpoint)):
                for wrong, headers in forged:
                    before = stores.mark()
                    answer = knockers[role].knock(method, fill(rule, values), form | wrong, **headers)
                    assert answer.status_code == (403 if headers else 400), (rule, wrong, headers)
                    assert stores.mark() == before, (rule, wrong, headers)


def test_a_route_takes_no_method_but_its_own(knockers, rules, visits, stores):
    before = stores.mark()
    taken: dict[str, set[str]] = {}
    for rule in rules:
        taken.setdefault(rule.rule, set()).update(rule.methods)
    for rule in rules:
        path = fill(rule, visits.of(rule, "GET" if "GET" in rule.methods else "POST")[0])
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - taken[rule.rule]:
            assert knockers["responsible"].knock(method, path).status_code in (308, 404, 405), (method, rule)
    assert stores.mark() == before


def test_refusals_of_every_kind_are_guarded_too(knockers):
    """As `Knocker.knock` asks of every answer: framed by nobody, kept by nobody."""
    own, nobody = knockers["responsible"], knockers[NOBODY]

    statuses = [
        own.knock("GET", "/nothing/").status_code,
        own.knock("GET", "/users").status_code,
        own.knock("DELETE", "/users/").status_code,
        own.knock("POST", "/logout", {"csrf_token": ""}).status_code,
        own.knock("POST", "/logout", Origin="https://evil.example").status_code,
        own.knock("POST", "/receipts/by-file", {"text": "x" * 2_200_000}).status_code,
        own.knock("GET", "/", Host="evil.example").status_code,
        nobody.knock("GET", "/").status_code,
        nobody.knock("GET", "/static/nothing.css").status_code,
    ]

    assert statuses == [404, 308, 405, 400, 403, 413, 421, 302, 404]


def test_every_permission_opens_something(console, rules):
    asked = [needed(console, each.endpoint) or frozenset() for each in rules]

    assert frozenset().union(*asked) == PERMISSIONS
