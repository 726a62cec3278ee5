"""Nobody comes in who has not signed in; sessions end; a post from elsewhere changes nothing."""

from functools import partial
from urllib.parse import quote

import pytest

from tests.console.conftest import BASE
from tests.console.visits import bare
from tests.house import on_both_databases
from wadjet import database
from wadjet.console import guard, models
from wadjet.console.guard import FRESH, IDLE, LONGEST, needs


def test_nobody_comes_in_without_signing_in(desk):
    answer = desk().get("")

    assert answer.status_code == 302
    assert answer.location == "/console/login?next=/console/"


def test_who_has_signed_in_comes_in(desk):
    answer = desk("staff").get("")

    assert answer.status_code == 200
    assert "Staff" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("language", "word"), [("kk", "Бүгін"), ("ru", "Сегодня"), ("en", "Today")])
def test_it_speaks_the_language_of_who_has_signed_in(desk, language, word):
    answer = desk("staff", language=language).get("", headers={"Accept-Language": "de"})

    assert f"<h1>{word}</h1>" in answer.text
    assert f'lang="{language}"' in answer.text


def test_a_session_ends_when_nobody_works(desk, watch):
    work = desk("staff")
    watch.advance(seconds=IDLE.total_seconds() - 1)
    assert work.get("").status_code == 200

    watch.advance(seconds=IDLE.total_seconds() + 1)

    assert work.get("").status_code == 302


def test_a_session_ends_however_busy(desk, watch):
    work = desk("staff")
    for _ in range(int(LONGEST / IDLE * 2)):
        watch.advance(seconds=IDLE.total_seconds() / 2)
        assert work.get("").status_code == 200

    watch.advance(minutes=1)

    assert work.get("").status_code == 302


def test_a_cookie_is_worth_nothing_once_its_session_was_ended(desk):
    work = desk("staff")
    database.vault.write(lambda: models.end_sessions(work.account.id))

    assert work.get("").status_code == 302


def test_who_signs_out_leaves_a_cookie_that_is_worth_nothing(desk):
    work = desk("staff")
    kept = work.client.get_cookie("wadjet-console").value

    assert work.post("logout").status_code == 302
    work.client.set_cookie("wadjet-console", kept)

    assert work.get("").status_code == 302
    assert sessions() == []


def sessions():
    return database.vault.read(lambda: list(models.Session.select()))


@on_both_databases
def test_a_session_that_is_over_is_not_shown_and_goes_when_somebody_signs_in(desk, watch, console):
    first, work = desk("staff"), desk("responsible")
    page = f"users/{first.account.id}/"
    assert "1 session" in work.get(page).text
    watch.advance(seconds=IDLE.total_seconds() + 1)
    work.sign_in(work.account, watch())

    assert "0 sessions" in work.get(page).text
    assert len(sessions()) == 3
    with console.test_request_context():
        guard._begin(console, work.account)
    assert len(sessions()) == 2


def test_who_was_disabled_is_out_at_once(desk):
    work = desk("staff")
    database.vault.write(lambda: models.Account.update(active=False).execute())

    assert work.get("").status_code == 302


def test_a_role_is_in_force_at_the_next_request(desk):
    work = desk("maintainer")
    seen = []
    for role in ("maintainer", "staff", "auditor", "maintainer"):
        database.vault.write(partial(models.change, work.account.id, role=role))
        seen.append([work.get(path).status_code for path in ("messages/", "keys/", "journal/")])

    assert seen == [[403, 200, 403], [200, 403, 403], [200, 200, 200], [403, 200, 403]]


def test_whoever_is_disabled_is_out_at_the_next_request_and_does_nothing_more(desk):
    work = desk("responsible")
    token = work.token()
    database.vault.write(lambda: models.change(work.account.id, active=False))

    answer = work.client.post("/policy/drafts/", data={"csrf_token": token}, base_url=BASE)

    assert answer.location.startswith("/console/login?next=")
    assert work.get("users/").status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://wadjet.kz"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ],
)
def test_a_post_from_elsewhere_is_not_taken(desk, headers):
    work = desk("staff")

    answer = work.post("logout", headers=headers)

    assert answer.status_code == 403
    assert work.get("").status_code == 200


@pytest.mark.parametrize("base_url", ["http://localhost/console/", "https://localhost/console/"])
def test_a_post_from_our_own_page_is_taken(desk, base_url):
    """As a browser sends a form of a page whose referrer policy is `no-referrer`."""
    work = desk("staff")
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}

    answer = work.client.post("/logout", data={"csrf_token": work.token()}, base_url=base_url, headers=headers)

    assert answer.status_code == 302
    assert work.get("").status_code == 302


def test_a_post_without_its_token_is_not_taken(desk):
    work = desk("staff")

    assert work.post("logout", {"csrf_token": ""}).status_code == 400
    assert work.get("").status_code == 200


def test_a_page_cannot_ask_for_a_permission_that_is_none():
    with pytest.raises(LookupError, match="messages:burn"):
        needs("messages:burn")


def test_what_breaks_is_guarded_too(desk, console):
    console.add_url_rule("/broken/", "broken", needs()(lambda: 1 / 0))

    answer = desk("staff").get("broken/")

    assert answer.status_code == 500
    assert bare(answer, "/broken/") == set()


@pytest.fixture
def burn(console):
    """Something that cannot be undone, on the pages /things/7/ and /things/burnt/."""
    done: list[str] = []
    console.add_url_rule("/things/<int:number>/", "thing", needs("today:read")(lambda number: "a thing"))
    pages = {"burnt": ["GET"], "burn": ["POST"]}
    for name, methods in pages.items():

        def act(number: int = 0, name: str = name) -> str:
            done.append(f"{name} {number}")
            return name

        view = needs("today:read", fresh=True)(act)
        console.add_url_rule(
            f"/things/{'' if methods == ['GET'] else '<int:number>/'}{name}/", name, view, methods=methods
        )
    return done


def test_what_cannot_be_undone_is_done_while_the_password_is_fresh(desk, burn):
    assert desk("staff").post("things/7/burn/").text == "burn"


def test_a_page_that_wants_the_password_again_is_come_back_to(desk, watch, burn):
    work = desk("staff")
    watch.advance(seconds=FRESH.total_seconds())

    answer = work.get("things/burnt/?after=3")

    assert answer.location == "/console/verify?next=/console/things/burnt/?after%3D3"
    assert burn == []


def test_an_act_that_wants_the_password_again_is_not_done_and_says_so(desk, watch, burn):
    work = desk("staff")
    watch.advance(seconds=FRESH.total_seconds())

    answer = work.post("things/7/burn/")

    assert answer.location == "/console/verify?next=/console/things/7/"
    assert "Nothing has been done yet." in work.get("").text
    assert burn == []


def test_who_may_not_is_not_asked_for_a_password(desk, watch, console):
    console.add_url_rule("/hidden/", "hidden", needs("users:write", fresh=True)(lambda: "seen"))
    work = desk("staff")
    watch.advance(seconds=FRESH.total_seconds())

    assert work.get("hidden/").status_code == 403


@pytest.mark.parametrize(
    ("path", "status"), [("login", 413), ("logout", 413), ("policy/drafts/", 302), ("nowhere", 413)]
)
def test_who_has_not_signed_in_is_not_read_at_length(desk, path, status):
    """Their token is not looked for either: that would read the form."""
    body = b"a&" * 2**20

    answer = desk().client.post(
        f"/{path}", data=body, base_url="http://localhost/console/", content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == status


def test_who_has_signed_in_sends_a_whole_policy(desk):
    assert desk("maintainer").post("policy/drafts/", {"text": "a" * 2**20}).status_code == 303


@on_both_databases
@pytest.mark.parametrize("path", ["persons/{}/open", "requests/{}/open", "requests/{}/fulfil/", "messages/{}/open"])
@pytest.mark.parametrize("id", ["a\0b", "\0", "x" * 5000])
def test_what_can_be_no_id_leads_nowhere(desk, path, id):
    assert desk("responsible").post(path.format(quote(id)), {"reason": "case 7"}).status_code == 404


@on_both_databases
@pytest.mark.parametrize("number", [10**9, 2**31, 2**63, 10**30])
def test_a_number_that_no_row_has_leads_nowhere(desk, number):
    work = desk("responsible")

    for path in (f"users/{number}/", f"receipts/{number}/", f"retention/early/{number}/", f"registers/R8/{number}/"):
        assert work.get(path).status_code == 404, path
    for path in ("disable", "enable", "reset", "role", "send-out"):
        assert work.post(f"users/{number}/{path}", {"role": "staff"}).status_code == 404, path


def test_every_page_says_whose_times_it_tells(desk):
    assert "Times are those of Almaty (UTC+5)." in desk("staff").get("").text
    assert "Almaty" not in desk().get("login").text
