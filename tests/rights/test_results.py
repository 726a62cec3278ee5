"""What people are told in the end, and what lies behind the link."""

import json
from datetime import date

import pytest

from tests import pdf
from tests.house import on_both_databases
from tests.rights.desk import STAFF, links, people_of, text_of, to
from tests.writer import AIGERIM, BOLAT
from wadjet import consent, database, ledger, rights, vault
from wadjet.rights import results, told

MAIL = AIGERIM["email"]


def ends(desk):
    """The letters to people, but for those that ask for a proof."""
    found = [each for each in desk.post() if to(each) != "desk@wadjet.kz"]
    return [each for each in found if "/confirm/" not in text_of(each)]


def informed(desk, **said):
    """A copy was asked for and is ready: the letter's path, the request."""
    desk.write(AIGERIM, marketing=True)
    request = desk.asked("information", MAIL, **said)
    desk.post()
    desk.fulfil(request)
    (letter,) = ends(desk)
    (path,) = links(letter, "/result/")
    return path, request


def opened(client, path, form):
    return client.post(path, data={"as": form}, headers={"Accept-Language": "en"})


def receipt_of(copy):
    return copy["messages"][0]["receipts"][0]["id"]


@on_both_databases
@pytest.mark.clause("3.2.a", "4.1.a", "D10")
def test_a_copy_of_one_s_own_data_as_page_pdf_and_json(client, desk):
    desk.write(BOLAT)
    path, request = informed(desk)

    page, printed, plain = (opened(client, path, form) for form in ("page", "pdf", "json"))

    copy = plain.json
    assert copy["person"]["first_name"] == AIGERIM["first_name"]
    assert [each["written"]["message"] for each in copy["messages"]] == [AIGERIM["message"]]
    assert {each["key"] for each in copy["purposes"]} == {"feedback", "marketing"}
    assert copy["requests"][0]["id"] == request
    assert {"collect", "record", "use"} <= {each["act"] for each in copy["actions"]}
    assert (copy["transfers"], copy["publications"], copy["left_out"]) == ([], [], 0)
    assert AIGERIM["message"] in page.text
    for words in (AIGERIM["last_name"], AIGERIM["message"], receipt_of(copy)):
        assert pdf.says(printed.data, words)
    assert not pdf.says(printed.data, BOLAT["last_name"])
    for answer in (page, printed, plain):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert BOLAT["last_name"] not in page.text + plain.text


@pytest.mark.clause("4.1.a", "5.2")
def test_it_tells_what_was_allowed_and_of_no_purpose_that_was_refused(client, desk):
    receipt = desk.write(AIGERIM).id
    request = desk.asked("information", MAIL)
    desk.post()
    desk.fulfil(request)
    (letter,) = ends(desk)
    (path,) = links(letter, "/result/")
    before = opened(client, path, "json").json
    consent.withdraw_by_id(receipt, language="kk", settings=desk.settings, now=desk.now)
    after, page = opened(client, path, "json").json, opened(client, path, "page").text

    assert [each["allowed"]["feedback"] for each in after["messages"][0]["receipts"]] == [True, False]
    assert [each["key"] for each in before["purposes"]] == [each["key"] for each in after["purposes"]] == ["feedback"]
    name = next(iter(after["purposes"][0]["said"].values()))
    assert page.count(f"<dd>{name}</dd>") == 2  # what was allowed, and what for
    assert "<dt>Allowed</dt><dd>no</dd>" in page


@pytest.mark.clause("4.1.a", "9.1")
def test_opening_the_link_shows_nothing_and_seeing_the_copy_is_on_record(client, desk):
    path, _ = informed(desk)
    (person,) = people_of(MAIL)

    shown = client.get(path)  # a mail scanner, as often as it likes
    assert shown.status_code == 200
    assert AIGERIM["message"] not in shown.text
    assert "access" not in [each["act"] for each in ledger.history([person], database.vault)]
    opened(client, path, "page")

    assert [each["act"] for each in ledger.history([person], database.vault)][-1] == "access"


def test_the_letter_itself_says_nothing_of_what_is_held(desk):
    desk.write(AIGERIM)
    request = desk.asked("information", MAIL)
    desk.post()
    desk.fulfil(request, answer="Анықтама.")

    (letter,) = ends(desk)

    for value in (AIGERIM["last_name"], AIGERIM["message"], "701"):
        assert value not in text_of(letter)
        assert value not in letter["Subject"]
    assert "Анықтама." in text_of(letter)
    assert request in text_of(letter)


def test_a_link_ends_after_a_week_and_another_s_never_opens(client, desk):
    path, request = informed(desk)
    desk.write(BOLAT)
    (bolat,) = people_of(BOLAT["email"])
    forged = f"/privacy/requests/result/{results.token(request, bolat, desk.settings)}/"

    assert client.get(forged).status_code == 404
    assert opened(client, path.replace("result/", "result/x"), "json").status_code == 404
    desk.watch.advance(days=6, hours=23)
    assert opened(client, path, "json").status_code == 200
    desk.watch.advance(hours=2)
    for answer in (client.get(path), opened(client, path, "json")):
        assert answer.status_code == 404
        assert AIGERIM["last_name"] not in answer.text


def test_nothing_is_shown_of_the_blocked_or_the_destroyed(client, desk):
    path, _ = informed(desk)
    (person,) = people_of(MAIL)
    database.vault.write(lambda: vault.block(person, reason="case 3", now=desk.now))

    blocked = opened(client, path, "json")
    database.vault.write(lambda: vault.unblock(person, reason="case 3", now=desk.now))
    vault.destroy(person, reason="case 3", now=desk.now)
    destroyed = opened(client, path, "page")

    assert "blocked" in blocked.text
    assert destroyed.status_code == 404
    for answer in (blocked, destroyed):
        assert AIGERIM["last_name"] not in answer.text


@on_both_databases
@pytest.mark.clause("3.1.b", "D11", "4.1.e", "2.1")
def test_a_refusal_names_its_ground_and_where_to_complain(client, desk):
    desk.write(AIGERIM)
    request = desk.asked("destroy", MAIL, language="ru")
    desk.post()
    desk.hold(MAIL)

    desk.refuse(request, "storage-required", text="Копия счёта остаётся у нас.")

    (letter,) = ends(desk)
    said = text_of(letter)
    assert to(letter) == MAIL
    for words in (
        "п. 7 ст. 8 Закона РК № 94-V",
        "Копия счёта",
        "Tax Code art. 49",
        "31.12.2031",
        "https://www.gov.kz",
        "в суд",
        "человек, а не программа",
        request,
    ):
        assert words in said
    (person,) = people_of(MAIL)
    page = client.post(f"/privacy/requests/result/{results.token(request, person, desk.settings)}/?lang=ru")
    for words in ("Копия счёта", "Tax Code art. 49", "31.12.2031"):
        assert words in page.text


def test_who_has_not_proven_it_is_told_of_the_refusal_and_nothing_more(desk):
    desk.write(AIGERIM)
    request = desk.ask("information", MAIL)
    desk.post()
    desk.watch.advance(hours=2)

    desk.refuse(request, "not-proven", text="Әйгерім Қасымова")

    (letter,) = ends(desk)
    assert "№ 94-V ҚР Заңының 10-бабының 2-тармағы" in text_of(letter)
    assert "Қасымова" not in text_of(letter)


def test_a_block_without_proof_tells_nobody_whether_anything_is_held(desk):
    desk.write(AIGERIM)
    desk.post()
    said = {}
    for address in (MAIL, "stranger@example.kz"):
        request = desk.ask("block", address)
        desk.fulfil(request, answer="Сейтова")
        (letter,) = ends(desk)
        said[address] = text_of(letter).replace(request, "")
        desk.watch.advance(hours=2)

    assert said[MAIL] == said["stranger@example.kz"]
    assert "Сейтова" not in said[MAIL]


def test_an_answer_goes_to_whoever_asked(desk):
    request = desk.ask("question", "stranger@example.kz")
    desk.fulfil(request, answer="Серверлер Алматыда.")

    (letter,) = ends(desk)

    assert to(letter) == "stranger@example.kz"
    assert "Серверлер Алматыда." in text_of(letter)


def by_a_program(desk, kind, address):
    """What came through a list, say."""
    told = {"settings": desk.settings, "received_at": desk.now, "now": desk.now, "is_automatic": True}
    said = rights.Said(email=address, text="out of office")
    return rights.open_request(kind, said, channel="email", language="ru", **told)


def test_a_program_is_not_answered(desk):
    request = by_a_program(desk, "question", "robot@example.kz")
    desk.fulfil(request, answer="…")

    assert ends(desk) == []


@on_both_databases
@pytest.mark.clause("12.1", "D10")
def test_what_staff_have_read_and_sorted_no_program_wrote(desk):
    desk.write(AIGERIM)
    asked = by_a_program(desk, "triage", MAIL)
    demanded = by_a_program(desk, "triage", BOLAT["email"])
    desk.write(BOLAT)
    desk.post()
    assert not any(each.link for request in (asked, demanded) for each in desk.subjects(request))

    for request, kind in ((asked, "question"), (demanded, "destroy")):
        rights.take(request, by=STAFF, kind=kind, settings=desk.settings, now=desk.now)
    desk.fulfil(asked, answer="Серверлер Алматыда.")
    desk.prove(demanded)
    desk.fulfil(demanded)

    told = {to(each): text_of(each) for each in ends(desk)}
    assert "Серверлер Алматыда." in told[MAIL]
    assert BOLAT["email"] in told
    assert people_of(BOLAT["email"]) == []


@pytest.mark.clause("2.14", "3.2.g")
def test_of_a_destruction_the_address_that_wrote_is_told(desk):
    desk.write(AIGERIM)
    request = desk.asked("destroy", MAIL)
    desk.post()
    desk.fulfil(request)

    (letter,) = ends(desk)

    assert to(letter) == MAIL
    assert links(letter, "/result/") == []


def test_of_two_in_a_mailbox_one_is_destroyed_and_the_mailbox_is_told(desk):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Ерлан"})
    request = desk.asked("destroy", MAIL)
    desk.post()
    gone, kept = people_of(MAIL)
    desk.fulfil(request, only=[gone])

    (letter,) = ends(desk)

    assert to(letter) == MAIL
    assert people_of(MAIL) == [kept]


@on_both_databases
@pytest.mark.clause("3.2.c", "3.2.a")
@pytest.mark.parametrize("kind", ["information", "rectify", "destroy", "withdraw"])
def test_a_representative_hears_that_it_was_done_and_nothing_of_what_is_held(desk, kind):
    desk.write(AIGERIM)
    fields = {"phone": "+77770001122"} if kind == "rectify" else {}
    # She has pressed her button too.
    request = desk.asked(kind, "mother@example.kz", representative="Mother", fields=fields, language="en")
    rights.admit(request, people_of(MAIL), evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.post()

    desk.fulfil(request, answer="Қасымова")

    letters = {to(letter): letter for letter in ends(desk)}
    assert set(letters) == {"mother@example.kz", *([] if kind == "destroy" else [MAIL])}
    hers = text_of(letters["mother@example.kz"])
    sentence = told.COPY_FOR_ANOTHER if kind == "information" else told.FOR_ANOTHER
    assert sentence in " ".join(hers.split())
    assert links(letters["mother@example.kz"], "/result/") == []
    assert "Қасымова" not in hers
    if kind == "information":
        assert len(links(letters[MAIL], "/result/")) == 1


def test_who_proves_it_after_it_was_done_for_another_is_told_nothing(client, desk):
    desk.write(AIGERIM)
    desk.write(BOLAT | {"email": MAIL.capitalize()})
    request = desk.ask("information", MAIL)
    rights.match(request, now=desk.now)
    late = next(each for each in desk.subjects(request) if each.person == bolat_of(MAIL))
    soon = next(each for each in desk.subjects(request) if each.link != late.link)
    rights.prove(soon.link, [request], settings=desk.settings, now=desk.now)
    desk.post()
    desk.fulfil(request)
    rights.prove(late.link, [request], settings=desk.settings, now=desk.now)

    assert [to(each) for each in ends(desk)] == [MAIL]
    token = results.token(request, late.person, desk.settings)
    assert client.get(f"/privacy/requests/result/{token}/").status_code == 404


def bolat_of(address):
    cards = {person: database.vault.read(lambda: vault.card(person)) for person in people_of(address)}  # noqa: B023
    return next(person for person, card in cards.items() if card.last_name == BOLAT["last_name"])


def test_of_two_letters_differing_in_capitals_each_mailbox_gets_its_own(client, desk):
    """Source: RFC 5321 2.4: what stands before the @ may be told apart by the far side."""
    desk.write(AIGERIM)
    desk.write(BOLAT | {"email": MAIL.upper()})
    request = desk.asked("information", MAIL)
    desk.post()
    desk.fulfil(request)

    copies = {}
    for letter in ends(desk):
        (path,) = links(letter, "/result/")
        copies[to(letter)] = opened(client, path, "json").json

    assert {address.lower() for address in copies} == {MAIL}
    assert len(copies) == 2
    assert copies[MAIL]["person"]["last_name"] == AIGERIM["last_name"]
    assert next(copy for address, copy in copies.items() if address != MAIL)["person"]["last_name"] == "Ахметов"


def test_those_who_share_a_mailbox_get_a_copy_each_by_one_letter(client, desk):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Ерлан", "message": "Мен Ерланмын."})
    request = desk.asked("information", MAIL)
    desk.post()
    desk.fulfil(request)

    (letter,) = ends(desk)
    copies = [opened(client, path, "json").json for path in links(letter, "/result/")]

    assert sorted(each["person"]["first_name"] for each in copies) == ["Ерлан", "Әйгерім"]
    for each in copies:
        others = "Мен Ерланмын." if each["person"]["first_name"] == "Әйгерім" else AIGERIM["message"]
        assert others not in json.dumps(each, ensure_ascii=False)


def test_a_stranger_s_copy_holds_what_they_asked(client, desk):
    request = desk.asked("information", "stranger@example.kz", text="Не храните ли вы что-нибудь?")
    desk.post()
    desk.fulfil(request)
    (letter,) = ends(desk)
    (path,) = links(letter, "/result/")

    copy = opened(client, path, "json").json

    assert copy["messages"] == []
    assert copy["requests"][0]["said"]["text"] == "Не храните ли вы что-нибудь?"


def test_a_longer_answer_is_told(desk):
    request = desk.ask("question", "stranger@example.kz")
    desk.post()
    rights.extend(
        request, until=date(2026, 11, 30), reason="counsel is asked", by=STAFF, settings=desk.settings, now=desk.now
    )

    (letter,) = ends(desk)

    assert "30.11.2026" in text_of(letter)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_copy_reads_in_every_language(client, desk, language):
    path, _ = informed(desk)

    page = client.post(f"{path}?lang={language}", data={"as": "page"})

    heading = {"kk": "Деректеріңіздің көшірмесі", "ru": "Копия ваших данных", "en": "A copy of your data"}[language]
    assert heading in page.text
    assert f'lang="{language}"' in page.text
