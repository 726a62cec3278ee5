"""The pages of a person's requests: no script, nothing typed is lost, and nobody learns who is known here."""

import re
import sqlite3
from html import unescape

import pytest

from tests.house import on_both_databases
from tests.writer import AIGERIM, Writer
from wadjet import clock, consent, database, rights
from wadjet.rights import models, phrases, proof

FORM = "/privacy/requests/?lang=ru&kind="
KINDS = sorted(set(rights.KINDS) - {"triage"})


@pytest.fixture(autouse=True)
def present(watch):
    watch.moment = clock.now()


@pytest.fixture
def writer(client):
    return Writer(client)


@pytest.fixture
def ask(client, watch):
    """`ask("rectify", new_phone="…")`: open the page, read it for ten seconds, send it; the answer."""

    def send(kind, *, seconds=10, email=AIGERIM["email"], **typed):
        page = client.get(FORM + kind).text
        hidden = dict(re.findall(r'<input[^>]*name="(csrf_token|started)"[^>]*value="([^"]*)"', page))
        watch.advance(seconds=seconds)
        return client.post(FORM + kind, data=hidden | {"email": email} | typed, content_type="multipart/form-data")

    return send


def number(answer):
    """Of the request, as the page after sending says it."""
    return re.findall(r"requests/status/([\w-]{22})/", answer.text)[0]


def opened(request_id, now):
    return rights.read(request_id, by="tests", now=now)


def link_of(request_id):
    return next(each.link for each in database.vault.read(lambda: models.subjects(request_id)) if each.link)


@pytest.fixture
def mailed(settings, watch):
    """`mailed(answer)`: the work after an answer is done; the path that its letter leads to."""

    def find(answer):
        rights.match(number(answer), now=watch())
        return f"/privacy/requests/confirm/{proof.token(link_of(number(answer)), settings)}/?lang=ru"

    return find


def bare(page):
    """A page without what differs from one request to the next: its number and the token of the session."""
    return re.sub(r"[\w-]{22}(?=[/<])", "…", page)


@pytest.mark.clause("4.1.a", "4.1.b", "4.1.d", "4.1.e", "4.1.f", "12.1")
def test_whatever_may_be_demanded_has_its_form_and_its_term(client):
    page = unescape(client.get("/privacy/requests/?lang=en").text)

    assert sorted(re.findall(r"\?kind=(\w+)&lang=en", page)) == KINDS == sorted(phrases.FORM)
    assert "within 3 working days" in page
    assert "within 10 days" in page
    for kind in KINDS:
        form = client.get(f"/privacy/requests/?lang=en&kind={kind}")
        assert (form.status_code, form.headers["Cache-Control"]) == (200, "no-store")
        assert 'name="email"' in form.text


@pytest.mark.clause("4.1.a")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_who_asks_for_a_copy_reads_where_a_receipts_number_shows_all_at_once(client, language):
    choices = f'href="../choices/?lang={language}#wadjet-id"'

    pages = {kind: client.get(f"/privacy/requests/?lang={language}&kind={kind}").text for kind in KINDS}

    assert [kind for kind, page in pages.items() if choices in page] == ["information"]
    assert 'id="wadjet-id"' in client.get(f"/privacy/choices/?lang={language}").text


@pytest.mark.clause("3.1.a")
def test_no_identity_document_is_asked_for(client):
    for path in ("/privacy/requests/?lang=en", "/privacy/requests/?lang=en&kind=information"):
        page = client.get(path).text
        assert "dentity document" in page
        assert 'type="file"' not in page


@pytest.mark.clause("1.1")
def test_nothing_is_ticked_beforehand(client):
    assert "checked" not in client.get(FORM + "withdraw").text


@on_both_databases
@pytest.mark.clause("8.3", "4.1.b", "D1")
def test_what_is_to_be_corrected_comes_in_with_its_new_value(ask, watch):
    answer = ask("rectify", new_last_name=" Қасым ", new_phone="8 701 123 45 68", details="Қате: ұя, І")

    request = opened(number(answer), watch())
    assert answer.status_code == 200
    assert (request.row.kind, request.row.channel, request.row.language) == ("rectify", "form", "ru")
    assert request.said.fields == {"last_name": "Қасым", "phone": "+77011234568"}
    assert request.said.text == "Қате: ұя, І"


@pytest.mark.clause("8.3")
def test_a_correction_says_something(ask):
    assert "aria-invalid" in ask("rectify").text


def test_three_thousand_kazakh_letters_are_taken(ask, watch):
    answer = ask("question", details="қ" * 3000, representative="ұ" * 500)

    assert opened(number(answer), watch()).said.text == "қ" * 3000


@pytest.mark.clause("3.2.c")
def test_somebody_may_ask_for_another_and_says_by_what_right(ask, watch):
    request = opened(number(ask("information", representative="Сенімхат № 7, 1.11.2026")), watch())

    assert request.said.representative == "Сенімхат № 7, 1.11.2026"


@pytest.mark.clause("4.1.e")
def test_who_complains_reads_where_else(client, settings):
    page = unescape(client.get(FORM + "complaint").text)

    assert settings.operator.authority["ru"] in page
    assert settings.operator.authority_url in page
    assert "В суд" in page


def test_a_field_that_is_not_asked_there_is_refused(ask, now):
    for name in ("iin", "purpose_feedback", "new_phone", "receipt"):
        assert ask("information", **{name: "x"}).status_code == 422
    assert list(rights.listing(now=now)) == []


WRONG = [
    ("information", {"email": "nobody"}, "email"),
    ("information", {"email": ""}, "email"),
    ("information", {"email": "әсел@example.kz"}, "email"),
    ("question", {"details": " "}, "details"),
    ("question", {"details": "x" * 3001}, "details"),
    ("rectify", {"new_phone": "12"}, "new_phone"),
    ("rectify", {"new_email": "x@"}, "new_email"),
    ("rectify", {"new_email": "әсел@example.kz"}, "new_email"),
    ("rectify", {"new_last_name": "<b>"}, "new_last_name"),
    ("withdraw", {"receipt": "12"}, "receipt"),
    ("withdraw", {"receipt": "A" * 22}, "receipt"),
    ("other", {"details": "\x07"}, "details"),
]


def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(ask, now):
    for kind, typed, wrong in WRONG:
        kept = {"representative": "Ана"} | typed
        answer = ask(kind, **kept)

        page = unescape(answer.text)
        assert answer.status_code == 422, wrong
        assert re.search(rf'id="{wrong}-error"', page)
        assert f'href="#{wrong}"' in page
        assert "autofocus" in page
        assert all(value.strip("\x07 ") in page for value in kept.values())
    assert list(rights.listing(now=now)) == []


def test_what_does_not_look_like_a_reader_is_asked_again(ask, now):
    for spoilt in ({"website": "x"}, {"started": "x"}, {"csrf_token": "x"}, {"seconds": 1}, {"seconds": 90000}):
        answer = ask("information", details="Ұзақ сөз", **spoilt)

        assert answer.status_code == 422, spoilt
        assert "Ұзақ сөз" in answer.text
    assert list(rights.listing(now=now)) == []


def test_a_vault_that_does_not_answer_costs_no_word(ask, settings, now):
    with sqlite3.connect(settings.home / "vault.sqlite3", isolation_level=None) as held:
        held.execute("BEGIN EXCLUSIVE")
        answer = ask("stop", details="Ұзақ сөз")
        held.execute("ROLLBACK")
    held.close()

    assert answer.status_code == 503
    assert "Ұзақ сөз" in answer.text
    assert list(rights.listing(now=now)) == []


def test_what_is_no_kind_shows_what_there_is(client):
    for kind in ("", "triage", "x", "Rectify", "%00"):
        assert client.get(f"/privacy/requests/?kind={kind}").status_code == 200
        assert client.post(f"/privacy/requests/?kind={kind}", data={"email": "a@example.kz"}).status_code == 422


@pytest.mark.clause("8.4.b", "4.1.d")
def test_a_receipts_number_ends_its_consent_at_once(ask, writer, watch):
    receipt = writer.write()["id"]

    answer = ask("withdraw", receipt=receipt)

    assert consent.find(receipt).status == "withdrawn"
    assert opened(number(answer), watch()).said.receipt == receipt


@on_both_databases
@pytest.mark.clause("8.4.b", "5.4", "D6")
@pytest.mark.parametrize("is_flood", [False, True])
def test_who_has_a_receipts_number_need_tell_nothing_else(is_flood, ask, client, writer, settings, watch):
    receipt = writer.write()["id"]
    for _ in range(60 if is_flood else 0):
        client.post(FORM + "withdraw")

    answer = ask("withdraw", receipt=receipt, email="")

    assert answer.status_code == 200
    assert consent.find(receipt).status == "withdrawn"
    assert "письмо не придёт" in answer.text
    assert "Письмо придёт" not in answer.text
    rights.match(number(answer), now=watch())
    assert not [each for each in database.vault.read(lambda: models.subjects(number(answer))) if each.link]
    assert not database.vault.read(
        lambda: database.vault.execute("SELECT 1 FROM outgoing WHERE kind = ?", proof.CONFIRM).fetchone()
    )
    rights.fulfil(number(answer), by="tests", settings=settings, now=watch())
    assert [each["state"] for each in rights.listing(now=watch())] == ["fulfilled"]


@pytest.mark.clause("8.4.b")
def test_without_a_receipts_number_an_address_is_needed(ask, now):
    answer = ask("withdraw", email="")

    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert list(rights.listing(now=now)) == []


@pytest.mark.clause("8.4.b")
def test_of_a_receipt_only_what_is_ticked_ends(ask, writer):
    decision = writer.form_decision(purposes={"feedback": True, "marketing": True})
    receipt = writer.write(decision=Writer(writer.client, writer.origin).sign(decision))["id"]

    ask("withdraw", receipt=receipt, purpose_marketing="y")

    assert consent.standing(receipt) == {"feedback": True, "marketing": False}


def test_a_receipt_of_something_else_than_what_is_ticked_is_told(ask, client):
    banner = Writer(client).give()["id"]

    answer = ask("withdraw", receipt=banner, purpose_feedback="y")

    assert answer.status_code == 422
    assert 'id="receipt-error"' in answer.text
    assert consent.find(banner).status == "current"


@on_both_databases
def test_known_and_unknown_people_see_the_same(ask, writer, now):
    writer.write()

    known, unknown = ask("information"), ask("information", email="stranger@example.kz")

    assert (known.status_code, bare(known.text)) == (unknown.status_code, bare(unknown.text))
    assert len(list(rights.listing(now=now))) == 2
    first, second = (bare(open_status(writer.client, answer)) for answer in (known, unknown))
    assert first == second


def open_status(client, answer):
    return client.get(f"/privacy/requests/status/{number(answer)}/?lang=ru").text


@on_both_databases
def test_one_address_is_written_to_once_an_hour(ask, watch):
    for kind in KINDS:
        answer = ask(kind, details="Кімде?", seconds=60)
        rights.match(number(answer), now=watch())

    asked = "SELECT count(*) FROM outgoing WHERE kind = ?"
    assert database.vault.read(lambda: database.vault.execute(asked, proof.CONFIRM).fetchone()) == (1,)


@pytest.mark.clause("8.4.b")
def test_load_stands_before_no_end_of_a_consent(open_app, publish, watch):
    client = open_app(rate_limit="1 per minute").test_client()
    publish()
    statuses = {
        kind: [client.post(FORM + kind, data={"email": "a@example.kz"}).status_code for _ in range(3)]
        for kind in ("stop", "withdraw", "information")
    }

    assert statuses == {"stop": [422] * 3, "withdraw": [422] * 3, "information": [422, 429, 429]}


@on_both_databases
@pytest.mark.clause("8.4.b", "4.1.d")
def test_opening_the_link_only_shows_and_the_button_proves(ask, writer, client, mailed):
    receipt = writer.write()["id"]
    answer = ask("withdraw", details="Енді керек емес <b>")
    path = mailed(answer)

    for method in ("GET", "HEAD", "GET"):
        assert client.open(path, method=method).status_code == 200
    assert consent.standing(receipt)["feedback"]
    page = client.get(path)
    assert "Енді керек емес &lt;b&gt;" in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    done = client.post(path, data={"request": number(answer)})

    assert done.status_code == 200
    assert number(answer) in done.text
    assert consent.find(receipt).status == "withdrawn"
    assert client.post(path, data={"request": number(answer)}).status_code == 200


def test_of_several_only_what_is_ticked_is_proven(ask, client, mailed, watch):
    first, second = ask("information"), ask("destroy", details="Барлығын")
    path = mailed(first)
    rights.match(number(second), now=watch())
    page = client.get(path).text
    assert page.count('type="checkbox"') == 2
    assert "checked" not in page

    none = client.post(path)
    client.post(path, data={"request": number(first)})

    assert none.status_code == 422
    assert "autofocus" in none.text
    assert opened(number(first), watch()).proven
    assert not opened(number(second), watch()).proven


def test_another_letters_request_cannot_be_proven(ask, client, mailed, watch):
    mine, hers = ask("information", email="bolat@example.kz"), ask("information")
    mailed(hers)

    client.post(mailed(mine), data={"request": number(hers)})

    assert not opened(number(hers), watch()).proven


def test_a_link_that_is_none_of_ours_or_too_old_says_what_to_do(ask, client, mailed, watch):
    path = mailed(ask("information"))
    watch.advance(days=15)

    for each in (path, "/privacy/requests/confirm/x/", f"/privacy/requests/status/{'A' * 22}/"):
        answer = client.get(each, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "requests/" in answer.text


def test_the_number_shows_how_it_stands_and_nothing_that_was_said(ask, client, settings, watch):
    answer = ask("question", details="Құпия сұрақ")
    rights.take(number(answer), by="tests", settings=settings, now=watch())

    page = open_status(client, answer)

    assert "На рассмотрении" in page
    assert "Құпия" not in page
    assert AIGERIM["email"] not in page


@pytest.mark.clause("8.7")
def test_neither_number_nor_token_is_written_down(open_app, publish, caplog, watch):
    client = open_app(access_log=True).test_client()
    publish()
    with caplog.at_level("DEBUG"):
        client.get("/privacy/requests/confirm/CAPABILITY/")
        client.get("/privacy/requests/status/CAPABILITY/")

    written = str([record.__dict__ for record in caplog.records if record.name.startswith("wadjet")])
    assert "/privacy/requests/status/<request_id>/" in written
    assert "CAPABILITY" not in written


@pytest.mark.clause("4.1.a")
def test_every_page_leads_to_the_rights(client):
    for path in ("", "choices/", "v/1/", "requests/?kind=stop"):
        with client.get(f"/privacy/{path}") as answer:
            assert 'requests/"' in answer.text
