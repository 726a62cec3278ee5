"""A draft becomes a version: by two people, as it was approved, with what it means told before."""

import io
import zipfile
from datetime import date

import pytest

from tests.console.drafts import DRAFT, facts, publish_as, texts, words, written
from tests.reader import Page
from wadjet import policy
from wadjet.console import service


def test_two_people_publish_what_the_command_line_would(writer, second, settings, tmp_path, now):
    writer.post(DRAFT, texts(en="# Policy\n\nVersion {version}.\n\n{purposes}\n"))
    archive = writer.get(DRAFT + "bundle.zip")
    zipfile.ZipFile(io.BytesIO(archive.data)).extractall(tmp_path / "unpacked")

    assert publish_as(writer, second).status_code == 303
    bundle = policy.read(tmp_path / "unpacked" / "policy", operator=settings.operator)
    commanded = policy.publish(bundle, settings=settings, now=now)

    drafted = policy.version(2)
    assert drafted.texts["en"].startswith("# Policy\n\nVersion 2.")
    assert drafted.published_by == second.account.handle
    assert drafted.canonical == commanded.canonical.replace(b'"version":3', b'"version":2').replace(
        b"Version 3.", b"Version 2."
    ).replace("3-редакция".encode(), "2-редакция".encode()).replace("Редакция 3,".encode(), "Редакция 2,".encode())


def test_whose_place_it_takes_is_told_before(writer, second, publish):
    publish(effective=date(2026, 12, 5))

    told = words(second.get(DRAFT + "approval/"))
    publish_as(writer, second)

    assert "Version 2, announced from 5 December 2026, will then never be in force" in told
    assert "will then never be in force" not in words(second.get(DRAFT + "approval/"))
    listed = words(second.get("policy/"))
    assert "2 never in force" in listed
    assert "announced" not in listed


def test_who_wrote_it_cannot_approve_it(writer):
    writer.post(DRAFT + "propose/", {"revision": "1"})

    answer = writer.post(DRAFT + "approve/", {"revision": "1"})

    assert answer.status_code == 403
    assert "Somebody else has to read and approve it." in words(answer)
    assert "Approve revision" not in words(writer.get(DRAFT + "approval/"))


def test_who_wrote_it_cannot_approve_it_by_an_account_that_they_let_in(writer, desk, settings, watch):
    service.hire(
        "c@wadjet.kz", "C", "responsible", language="en", by=writer.account.handle, settings=settings, now=watch()
    )
    writer.post(DRAFT + "propose/", {"revision": "1"})

    answer = desk("responsible", "c@wadjet.kz").post(DRAFT + "approve/", {"revision": "1"})

    assert answer.status_code == 403
    assert "Let a third person do it, or wait." in words(answer)
    assert written().draft.state == "proposed"
    assert desk("responsible").post(DRAFT + "approve/", {"revision": "1"}).status_code == 303


def test_what_was_changed_meanwhile_is_not_approved(writer, second):
    writer.post(DRAFT + "propose/", {"revision": "1"})
    writer.post(DRAFT, texts(en="# Slipped in\n"))
    writer.post(DRAFT + "propose/", {"revision": "2"})

    answer = second.post(DRAFT + "approve/", {"revision": "1"})

    assert answer.status_code == 409
    assert "was quicker" in words(answer)
    assert written().draft.state == "proposed"


def test_it_is_given_back_with_a_remark(writer, second):
    writer.post(DRAFT + "propose/", {"revision": "1"})
    second.post(DRAFT + "decline/", {"revision": "1", "remark": "The <b>term</b> is missing."})

    assert "The <b>term</b> is missing." in words(writer.get(DRAFT + "approval/"))


def test_a_remark_that_came_second_is_still_there(writer, second):
    writer.post(DRAFT + "propose/", {"revision": "1"})
    second.post(DRAFT + "decline/", {"revision": "1", "remark": "The term is missing."})

    late = second.post(DRAFT + "decline/", {"revision": "1", "remark": "Also the <b>address</b>."})

    assert late.status_code == 409
    assert "Also the &lt;b&gt;address&lt;/b&gt;.</textarea>" in late.text


def test_publishing_asks_for_the_password_once_more(writer, second, watch):
    writer.post(DRAFT + "propose/", {"revision": "1"})
    second.post(DRAFT + "approve/", {"revision": "1"})
    watch.advance(minutes=11)

    answer = second.post(DRAFT + "publish/", {"revision": "1"})

    assert answer.status_code == 302
    assert answer.location.startswith("/console/verify")
    assert len(policy.versions()) == 1


def test_what_lacks_what_the_law_asks_says_what_to_set(writer, second):
    writer.post(DRAFT, texts(kk=""))
    revision = {"revision": "2"}
    writer.post(DRAFT + "propose/", revision)
    second.post(DRAFT + "approve/", revision)

    answer = second.post(DRAFT + "publish/", revision)

    assert answer.status_code == 422
    assert "The law also asks for: the Kazakh text." in words(answer)
    assert "Without that it is not published." in words(answer)
    assert "[operator] in wadjet.toml" in words(answer)
    assert len(policy.versions()) == 1


def test_a_single_approver_is_told_to_invite_another(writer, desk):
    assert "Only one person here may approve a policy" in words(writer.get(DRAFT + "approval/"))

    desk("responsible")

    assert "Only one person here may approve a policy" not in words(writer.get(DRAFT + "approval/"))


@pytest.mark.parametrize(("material", "doubt"), [("yes", False), ("no", True)])
def test_what_a_purpose_that_goes_means_for_people_is_said(writer, material, doubt):
    writer.post(DRAFT + "purposes/marketing/remove/", {"revision": "1"})
    writer.post(DRAFT + "facts/", facts(2, material=material))

    said = words(writer.get(DRAFT + "purposes/"))

    assert "is no longer asked for. Consents to it count for nothing from that day" in said
    assert ("so nobody who chose before is asked again" in said) is doubt


def test_differences_are_shown_word_by_word(writer):
    writer.post(
        DRAFT, texts(en=written().manuscript.texts["en"].replace("refusing is as easy", "refusing is just as easy"))
    )

    read = Page(writer.get(DRAFT + "changes/").text)

    assert "just" in read.words
    assert read.all("ins")
