"""What can happen to an update, and what cannot."""

import pytest
from sqlalchemy import select

from app.jobs.models import Job
from app.updates import access, queries, service
from app.updates.models import Update, UpdateVersion
from app.updates.service import Words
from tests.cases import stages
from tests.updates import making

EMPTY = Words("", "", "everyone")


# ---------------------------------------------------------------- drafts
def test_a_draft_may_lack_everything_and_is_nobody_elses_business(case):
    update = service.draft(case, EMPTY)
    assert not update.is_posted and update.n is None
    assert queries.timeline(case, as_backer=True, limit=9) == [] and queries.count(case) == 0


def test_a_page_that_is_not_live_has_no_updates(db):
    for case in (stages.draft(), stages.in_review(), stages.approved()):
        with pytest.raises(service.NotLive):
            service.draft(case, making.WORDS)


def test_a_form_that_is_sent_twice_makes_one_draft(case):
    key = "0" * 32
    first = service.draft(case, EMPTY, form_key=key)
    assert service.draft(case, EMPTY, form_key=key) is first
    assert service.draft(case, making.WORDS, form_key=key).title == making.WORDS.title


def test_a_draft_is_rendered_when_it_is_saved_and_never_trusted(case):
    update = service.draft(case, Words("T", "A **bold** <script>alert(1)</script> [x](javascript:1)", "everyone"))
    assert "<strong>bold</strong>" in update.body_html and "<script" not in update.body_html
    assert "href" not in update.body_html and update.body_policy > 0


def test_one_tab_does_not_undo_what_another_saved(case):
    update = service.draft(case, EMPTY)
    service.change(update, making.WORDS, seen=1)
    with pytest.raises(service.Overtaken):
        service.change(update, making.SECRET, seen=1)
    service.change(update, making.WORDS, seen=1)  # the same words again are no quarrel
    assert update.version == 2


@pytest.mark.parametrize("words", [Words("T", "B", "friends"), Words("T", "B", "everyone", "verdict")])
def test_an_answer_that_was_not_offered_is_refused(case, words):
    with pytest.raises(service.BadChoice):
        service.draft(case, words)


def test_a_discarded_draft_is_gone(case, db):
    update = service.draft(case, making.WORDS)
    service.discard(update)
    db.session.flush()
    assert db.session.scalar(select(Update)) is None


# ---------------------------------------------------------------- posting
def test_a_posted_update_has_a_number_a_moment_and_readers_to_tell(case, db, audited):
    update = making.post(case)
    assert update.n == 1 and update.posted_at and audited(update) == ["update.drafted", "update.posted"]
    (job,) = db.session.scalars(select(Job).where(Job.name == "updates.tell_backers"))
    assert job.args == {"update_id": update.id}


def test_numbers_follow_each_other_whatever_was_discarded(case):
    first = service.draft(case, making.WORDS)
    second = making.post(case)
    service.discard(service.draft(case, EMPTY))
    service.publish(first)
    assert (second.n, first.n) == (1, 2)


def test_posting_twice_is_quiet(case, db):
    update = making.post(case)
    assert not service.publish(update)
    assert len(db.session.scalars(select(Job).where(Job.name == "updates.tell_backers")).all()) == 1


@pytest.mark.parametrize(
    ("words", "field"), [(Words("", "B", "everyone"), "title"), (Words("T", " ", "everyone"), "body")]
)
def test_an_empty_update_is_not_posted(case, words, field):
    update = service.draft(case, words)
    with pytest.raises(service.NothingWritten) as refused:
        service.publish(update)
    assert refused.value.field == field and not update.is_posted


def test_an_update_moves_the_case_to_the_stage_it_names_and_its_page_to_a_new_version(case):
    before = case.version
    making.post(case, Words("T", "B", "everyone", "hearing"))
    assert case.legal_stage == "hearing" and case.version > before
    making.post(case)
    assert case.legal_stage == "hearing"


def test_what_was_posted_is_neither_changed_nor_discarded(case):
    update = making.post(case)
    with pytest.raises(service.AlreadyPosted):
        service.change(update, making.SECRET, seen=update.version)
    with pytest.raises(service.AlreadyPosted):
        service.discard(update)
    service.change(update, making.WORDS, seen=update.version)


def test_a_form_that_posted_once_and_comes_again_with_other_words_is_refused(case):
    key = "0" * 32
    service.publish(service.draft(case, making.WORDS, form_key=key))
    with pytest.raises(service.AlreadyPosted):
        service.draft(case, making.SECRET, form_key=key)


# ---------------------------------------------------------------- nothing has changed
def test_nothing_has_changed_can_be_said_twice_running(case):
    assert service.say_unchanged(case, after=0) and service.say_unchanged(case, after=1)
    with pytest.raises(service.StillUnchanged):
        service.say_unchanged(case, after=2)
    making.post(case)
    assert service.say_unchanged(case, after=3)


def test_the_same_click_twice_posts_once(case):
    assert service.say_unchanged(case, after=0) and not service.say_unchanged(case, after=0)
    assert queries.count(case) == 1


def test_only_a_case_that_owes_updates_can_be_unchanged(db):
    with pytest.raises(service.NothingOwed):
        service.say_unchanged(stages.live(), after=0)
    case = making.concluded("lost").case
    with pytest.raises(service.NothingOwed):
        service.say_unchanged(case, after=1)


# ---------------------------------------------------------------- corrections
def test_a_correction_is_a_new_version_and_the_old_words_are_kept(case, audited):
    update = making.post(case)
    assert service.correct(update, "Permission refused", "I was wrong.", seen=update.version)
    assert update.title == "Permission refused" and update.corrected_at and update.n == 1
    (before,) = queries.earlier_versions(update, as_backer=False)
    assert before.title == making.WORDS.title and "both grounds" in before.body_html
    assert audited(update)[-1] == "update.corrected"


def test_a_correction_that_changes_nothing_is_none(case, db):
    update = making.post(case)
    assert not service.correct(update, update.title, update.body_markdown, seen=update.version)
    assert db.session.scalar(select(UpdateVersion)) is None and update.corrected_at is None


def test_what_must_not_be_read_is_hidden_with_everything_before_it(case):
    update = making.post(case, Words("T", "It named the child.", "everyone"))
    service.correct(update, "T", "It named the child, still.", seen=1)
    service.correct(update, "T", "It names nobody.", seen=2, hides_earlier=True)
    assert queries.earlier_versions(update, as_backer=True) == [] and len(update.versions) == 2


def test_a_correction_needs_words_and_something_to_correct(case):
    update = making.post(case)
    for title, body in (("", "B"), ("T", "")):
        with pytest.raises(service.NothingWritten):
            service.correct(update, title, body, seen=update.version)
    with pytest.raises(service.NotPosted):
        service.correct(service.draft(case, making.WORDS), "T", "B", seen=1)
    with pytest.raises(service.Overtaken):
        service.correct(update, "T", "B", seen=99)


def test_earlier_versions_of_what_is_for_backers_are_for_backers(case):
    update = making.post(case, making.SECRET)
    service.correct(update, "For you", "Another offer.", seen=1)
    assert queries.earlier_versions(update, as_backer=False) == []
    assert len(queries.earlier_versions(update, as_backer=True)) == 1


# ---------------------------------------------------------------- who may read
def test_a_stranger_learns_only_that_there_was_an_update_for_backers(case):
    making.post(case, making.SECRET)
    (line,) = queries.timeline(case, as_backer=False, limit=9)
    assert line.is_hidden and (line.title, line.html, line.markdown, line.stage) == ("", "", "", None)
    (line,) = queries.timeline(case, as_backer=True, limit=9)
    assert "zqsecretzq" in line.html and not line.is_hidden


def test_a_draft_is_found_by_its_lawyer_and_not_by_number(case):
    update = service.draft(case, making.WORDS)
    assert access.own(case, update.public_id) is update
    with pytest.raises(access.NotFound):
        access.find(case, 1)
    with pytest.raises(access.NotFound):
        access.own(making.funded(title="Another"), update.public_id)


def test_the_timeline_goes_on_below_a_number(case):
    for n in range(4):
        making.post(case, Words(f"Number {n + 1}", "B", "everyone"))
    assert [line.n for line in queries.timeline(case, as_backer=False, limit=2)] == [4, 3]
    assert [line.n for line in queries.timeline(case, as_backer=False, limit=9, before=3)] == [2, 1]
