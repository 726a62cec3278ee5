"""Who was destroyed is gone from everywhere; who was not is still there. Written through the form, as people do."""

import secrets

import pytest

from tests.faults.figures import figures
from tests.vault.test_destruction import bytes_below, spellings
from tests.writer import Writer
from wadjet import backup, contact, database, policy, vault

SECRET = ("last_name", "first_name", "email", "message", "answer")


def canary():
    """A person whose every word is found nowhere else."""
    word = "".join(secrets.choice("абвгдежзиклмнопрстуфхцчшщэюя") for _ in range(16))
    other = secrets.token_hex(8)
    return {
        "last_name": word.title(),
        "first_name": word[::-1].title(),
        "phone": f"+7701{secrets.randbelow(10**7):07}",
        "email": f"{other}@example.kz",
        "message": f"{other[::-1]} {word}",
        "answer": f"{word} {other}",
    }


def opened_all(now):
    return [contact.read(each["id"], by="tests", now=now) for each in contact.listing()]


def people_of(now):
    return {opened.written["email"]: opened.person for opened in opened_all(now)}


def answers_of(now):
    return {opened.written["email"]: opened.answers[0].text for opened in opened_all(now)}


def answer_all(canaries, now):
    said = {each["email"]: each["answer"] for each in canaries}
    for opened in opened_all(now):
        contact.answer(opened.id, text=said[opened.written["email"]], by="tests", now=now)


@pytest.mark.clause("2.14", "8.7", "3.2.g")
@pytest.mark.parametrize("many", figures(10, 1_000))
def test_of_the_destroyed_no_byte_is_left_and_the_others_stay(
    many, open_app, publish, settings, watch, tmp_path, progress
):
    now, client = watch(), open_app(rate_limit="999999 per minute").test_client()
    publish()
    canaries = [canary() for _ in range(many)]
    for number in progress(many):
        Writer(client).write({name: word for name, word in canaries[number].items() if name != "answer"})
    answer_all(canaries, now)
    people, copy = people_of(now), tmp_path.parent / f"{tmp_path.name}-copy"
    backup.take(settings, copy, now=watch, tell=lambda _: None)
    gone, kept = canaries[: many // 2], canaries[many // 2 :]

    for _ in vault.destroy_all([people[each["email"]] for each in gone], reason="case 1", now=now):
        pass

    files = bytes_below(tmp_path) + bytes_below(copy)
    for each in canaries:
        for name in SECRET:
            assert not any(spelling in files for spelling in spellings(each[name])), name
    assert answers_of(now) == {each["email"]: each["answer"] for each in kept}

    # The old copy, and all of today's keys.
    database.close_stores()
    backup.restore(settings, copy, replace=True, now=now, tell=lambda _: None)
    database.open_stores(settings)
    vault.start(settings, now=now)
    policy.reset()
    assert set(people_of(now)) == {each["email"] for each in kept}
