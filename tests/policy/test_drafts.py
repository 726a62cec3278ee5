"""A version is written by one, approved by another, and published as it was approved."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.house import on_both_databases
from wadjet import clock, database, ledger, policy
from wadjet.policy import canonical, drafts
from wadjet.policy.manuscript import Manuscript

AIGERIM, BOLAT, DANA = "staff-1", "staff-2", "staff-3"


@pytest.fixture
def draft(app, settings, now):
    """Begun by Aigerim from version 1."""
    return drafts.begin(settings=settings, by=AIGERIM, now=now)


@pytest.fixture
def write(draft, now):
    """`write("# Text", by=BOLAT)`: the English text saved anew; `revision`: written on from that one."""

    def write_one(text, *, by=AIGERIM, revision=None, **facts):
        sheet = drafts.read(draft, revision)
        changed = Manuscript({**sheet.manuscript.texts, "en": text}, replace(sheet.manuscript.manifest, **facts))
        return drafts.save(draft, changed, revision=sheet.revision, by=by, now=now)

    return write_one


@pytest.fixture
def move(draft, settings, watch):
    """`move("approve", by=BOLAT)`, of the last revision or of another."""

    def move_one(verb, *, by, revision=None, **more):
        more |= {"propose": {"operator": settings.operator}, "publish": {"settings": settings}}.get(verb, {})
        revision = drafts.read(draft).revision if revision is None else revision
        return getattr(drafts, verb)(draft, revision=revision, by=by, now=watch(), **more)

    return move_one


def state(draft):
    return drafts.read(draft).draft.state


@on_both_databases
def test_what_two_people_stand_behind_is_published(draft, write, move):
    write("# Policy\n\n1.1. Changed by {operator.name}.\n", material=False, summary={"en": "Shorter."})
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)

    version = move("publish", by=BOLAT)

    assert (version.number, version.published_by, version.material) == (2, BOLAT, False)
    assert version.texts["en"] == "# Policy\n\n1.1. Changed by LLP Wadjet.\n"
    assert (state(draft), drafts.read(draft).draft.version) == ("published", 2)


def test_it_is_what_the_command_line_would_publish(draft, write, move, settings, watch, tmp_path):
    write("# Policy\n\nVersion {version}.\n\n{purposes}\n")
    zipfile.ZipFile(io.BytesIO(drafts.read(draft).manuscript.archive())).extractall(tmp_path / "unpacked")
    bundle = policy.read(tmp_path / "unpacked" / "policy", operator=settings.operator)
    encoded = {"number": 2, "effective": clock.local_date(watch()), "privacy_url": settings.privacy_url}
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)

    version = move("publish", by=BOLAT)

    assert version.digest == policy.digest(canonical.encode(bundle, **encoded))


def test_who_proposed_it_cannot_approve_it(draft, move):
    move("propose", by=BOLAT)

    with pytest.raises(policy.OwnProposal):
        move("approve", by=BOLAT)

    assert state(draft) == "proposed"


def test_who_wrote_last_cannot_approve_it(draft, write, move):
    write("# Bolat's\n", by=BOLAT)
    move("propose", by=AIGERIM)

    with pytest.raises(policy.OwnProposal):
        move("approve", by=BOLAT)

    move("approve", by=DANA)
    assert state(draft) == "approved"


def test_a_change_takes_the_approval_back(draft, write, move):
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)
    write("# Slipped in\n")

    with pytest.raises(policy.DraftMoved):
        move("publish", by=BOLAT)

    assert state(draft) == "writing"
    assert len(policy.versions()) == 1


def test_saving_the_same_changes_nothing(draft, write, move):
    move("propose", by=AIGERIM)

    sheet = write(drafts.read(draft).manuscript.texts["en"], by=BOLAT)

    assert (sheet.revision, sheet.saved_by, state(draft)) == (1, AIGERIM, "proposed")


def test_an_earlier_revision_than_the_last_is_not_approved(draft, write, move):
    write("# Later\n")
    move("propose", by=AIGERIM)

    with pytest.raises(policy.DraftMoved):
        move("approve", by=BOLAT, revision=1)


@pytest.mark.parametrize("verb", ["approve", "publish"])
def test_nothing_is_skipped(draft, move, verb):
    with pytest.raises(policy.DraftMoved):
        move(verb, by=BOLAT)

    assert state(draft) == "writing"


def test_what_is_declined_is_written_on(draft, move):
    move("propose", by=AIGERIM)
    move("decline", by=BOLAT, remark="  The term\x00 is missing. ")

    sheet = drafts.read(draft)

    assert (sheet.draft.state, sheet.draft.remark, sheet.draft.proposed_by) == ("writing", "The term is missing.", "")


def test_what_is_dropped_stays_to_be_read(draft, write, move):
    move("drop", by=AIGERIM)

    with pytest.raises(policy.DraftMoved):
        write("# Still\n")

    assert drafts.read(draft).draft.state == "dropped"


def test_pressing_twice_publishes_once(draft, move):
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)

    assert move("publish", by=BOLAT) is move("publish", by=DANA)
    assert len(policy.versions()) == 2


@on_both_databases
def test_a_crowd_that_presses_publishes_once(draft, move):
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)

    with ThreadPoolExecutor(8) as crowd:
        versions = set(crowd.map(lambda _: move("publish", by=BOLAT), range(16)))

    assert [each.number for each in versions] == [2]
    assert len(policy.versions()) == 2


def test_what_was_approved_before_another_version_is_not_published_over_it(draft, write, move, publish, watch):
    write("# Shorter\n")
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)
    watch.advance(seconds=1)
    publish()

    with pytest.raises(policy.ApprovalOutdated):
        move("publish", by=BOLAT)

    assert (state(draft), len(policy.versions())) == ("approved", 2)
    move("decline", by=BOLAT, remark="Version 2 came between.")
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)
    assert move("publish", by=BOLAT).number == 3


def test_who_is_killed_between_the_databases_publishes_once(draft, move, settings, now):
    """The version stands and the draft does not know of it: pressing again tells it."""
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)
    bundle = drafts.read(draft).manuscript.bundle(settings.operator)
    policy.publish(bundle, settings=settings, now=now, by=BOLAT, draft=f"{draft}.1")

    assert move("publish", by=BOLAT).number == 2
    assert (state(draft), len(policy.versions())) == ("published", 2)


@on_both_databases
def test_of_two_who_save_the_same_text_the_second_is_told(draft, write):
    write("# Aigerim's\n", revision=1)

    with pytest.raises(policy.DraftMoved) as told:
        write("# Bolat's\n", by=BOLAT, revision=1)

    assert told.value.parts == ("text.en",)
    assert told.value.standing.saved_by == AIGERIM
    assert drafts.read(draft).manuscript.texts["en"] == "# Aigerim's\n"


def test_of_two_who_save_different_parts_neither_loses_anything(draft, write):
    write("# Aigerim's\n", revision=1)

    sheet = drafts.read(draft, 1)
    changed = Manuscript(sheet.manuscript.texts, replace(sheet.manuscript.manifest, material=False))
    drafts.save(draft, changed, revision=1, by=BOLAT, now=sheet.saved_at)

    last = drafts.read(draft)
    assert (last.revision, last.manuscript.texts["en"], last.manuscript.manifest.material) == (
        3,
        "# Aigerim's\n",
        False,
    )


@on_both_databases
def test_a_crowd_that_saves_loses_no_revision(draft, write):
    def save(number):
        try:
            return write(f"# Of {number}\n", by=f"staff-{number}", revision=1).manuscript.texts["en"]
        except policy.DraftMoved:
            return None

    with ThreadPoolExecutor(8) as crowd:
        kept = [each for each in crowd.map(save, range(16)) if each]

    assert len(kept) == 1
    assert drafts.read(draft).manuscript.texts["en"] == kept[0]
    assert drafts.read(draft).revision == 2


def test_an_earlier_revision_can_be_read(draft, write):
    first = drafts.read(draft).manuscript.texts["en"]
    write("# Later\n")

    assert drafts.read(draft, 1).manuscript.texts["en"] == first


def test_what_cannot_be_published_is_not_proposed(draft, write, move):
    write("1.1. {operator.shoe_size}\n")

    with pytest.raises(policy.BundleInvalid):
        move("propose", by=AIGERIM)

    assert state(draft) == "writing"


@pytest.mark.clause("12.2")
def test_what_lacks_what_the_law_asks_is_not_published(draft, write, move, settings, now):
    sheet = drafts.read(draft)
    changed = Manuscript({**sheet.manuscript.texts, "kk": ""}, sheet.manuscript.manifest)
    drafts.save(draft, changed, revision=1, by=AIGERIM, now=now)
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)

    with pytest.raises(policy.PolicyIncomplete) as refused:
        move("publish", by=BOLAT)

    assert refused.value.evidence["missing"] == ["text.kk"]
    assert (state(draft), len(policy.versions())) == ("approved", 1)


def test_a_home_that_takes_incomplete_versions_marks_them(draft, settings, now, move):
    sheet = drafts.read(draft)
    drafts.save(
        draft,
        Manuscript({**sheet.manuscript.texts, "kk": ""}, sheet.manuscript.manifest),
        revision=1,
        by=AIGERIM,
        now=now,
    )
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)

    version = drafts.publish(draft, revision=2, settings=replace(settings, incomplete=True), by=BOLAT, now=now)

    assert version.missing == ("text.kk",)


def test_a_version_that_was_a_draft_goes_on_as_it_was_written(draft, write, move, settings, now):
    write("1.1. In force: {effective}; call {operator.phone} <!-- ask Dana -->.\n")
    move("propose", by=AIGERIM)
    move("approve", by=BOLAT)
    move("publish", by=BOLAT)

    again = drafts.begin(settings=settings, by=BOLAT, now=now)

    assert drafts.read(again).manuscript.texts["en"].endswith("{operator.phone} <!-- ask Dana -->.\n")
    assert drafts.read(again).draft.after == 2


def test_the_starter_can_be_begun_from(app, settings, now):
    draft = drafts.begin(starter=True, settings=settings, by=AIGERIM, now=now)

    assert drafts.read(draft).manuscript.bundle(settings.operator) == policy.read(
        policy.STARTER, operator=settings.operator
    )
    assert drafts.read(draft).draft.after == 0


def test_a_home_without_a_policy_begins_from_the_starter(open_app, settings, now):
    open_app()

    draft = drafts.begin(settings=settings, by=AIGERIM, now=now)

    assert drafts.read(draft).draft.after == 0


@pytest.mark.parametrize("number", [0, 999])
def test_a_draft_that_is_none_is_told(app, number):
    with pytest.raises(policy.DraftUnknown):
        drafts.read(number)


@on_both_databases
def test_drafts_are_listed_a_page_at_a_time(app, settings, now):
    made = [drafts.begin(settings=settings, by=AIGERIM, now=now) for _ in range(drafts.PAGE + 2)]

    first = drafts.listing()
    second = drafts.listing(first[-1].id)

    assert [each.id for each in (*first, *second)] == made[::-1]


def test_every_step_is_in_the_journal_with_who_took_it(draft, write, move):
    write("# Policy\n", by=BOLAT)
    move("propose", by=BOLAT)
    move("decline", by=AIGERIM, remark="Aigerim Nurlanova says no")
    move("propose", by=BOLAT)
    move("approve", by=AIGERIM)
    move("publish", by=DANA)

    rows = [row for row in ledger.listing(database.vault) if row["about"] == f"draft-{draft}"]

    assert [(row["event"].rpartition(":")[2], row["by"]) for row in rows] == [
        ("begun", AIGERIM),
        ("saved", BOLAT),
        ("proposed", BOLAT),
        ("declined", AIGERIM),
        ("proposed", BOLAT),
        ("approved", AIGERIM),
        ("published", DANA),
    ]
    assert "Nurlanova" not in json.dumps(rows)
    (published,) = [row for row in ledger.listing(database.receipts) if row["about"] == "2"]
    assert published["by"] == DANA
