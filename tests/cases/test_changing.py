"""The words of a live page: its versions, a change beside it, and how that takes its place."""

import json

import pytest
from sqlalchemy import select

from app.cases import changing, client, history, publishing, review
from app.cases.drafting import Line, NotEditable, set_visibility
from app.cases.models import Case, CaseReview
from app.cases.moves import IllegalMove
from app.cases.states import CaseState, Visibility
from app.core.money import Money
from tests.cases import rewriting, stages
from tests.people import mina


@pytest.fixture
def case(db):
    return stages.live()


# ---------------------------------------------------------------- versions
def test_the_first_version_is_kept_when_the_page_goes_live(case):
    (first,) = history.versions(case)
    assert first.n == 1 and json.loads(first.words)["title"] == case.title


def test_a_page_from_before_versions_gets_one_when_a_change_begins(db, case):
    db.session.delete(history.latest(case))
    db.session.flush()
    assert changing.begin(case).change_base == 1 and len(history.versions(case)) == 1


def test_pieces_tell_what_went_and_what_came():
    assert history.pieces("One two three.\nSame.", "One four three.\nSame.") == [
        ("same", "One "),
        ("del", "two"),
        ("ins", "four"),
        ("same", " three.\n"),
        ("same", "Same."),
    ]


def test_pieces_lose_nothing_of_either_text():
    old, new = "a b c\n\nd e" * 300, "a c b\n\ne x d" * 310
    found = history.pieces(old, new)
    assert "".join(words for kind, words in found if kind != "ins") == old
    assert "".join(words for kind, words in found if kind != "del") == new


# ---------------------------------------------------------------- beginning
def test_a_change_begins_as_the_page_is_and_is_begun_once(case):
    draft = changing.begin(case)
    assert changing.differences(draft) == [] and not changing.is_material(draft)
    assert changing.begin(case).id == draft.id


def test_what_is_not_live_has_no_change(db):
    with pytest.raises(changing.CannotChange):
        changing.begin(stages.draft())


def test_a_change_never_goes_live_itself_and_keeps_who_sees_the_page(db, case):
    draft = rewriting.approved(case, relief_sought="A declaration")
    with pytest.raises(IllegalMove):
        publishing.publish(draft)
    other = changing.begin(stages.live(title="Another"))
    with pytest.raises(NotEditable):
        set_visibility(other, Visibility.PRIVATE, "en")


# ---------------------------------------------------------------- small and material
def test_a_small_change_takes_its_place_at_once(db, case):
    was = case.version
    draft = rewriting.begun(case, title="Keep Thornley library open now")
    version = changing.correct(draft)
    assert case.title == "Keep Thornley library open now" and case.version > was and case.changed_at
    assert (version.n, version.is_material, case.withdraw_until) == (2, False, None)
    assert db.session.scalar(select(Case.id).where(Case.change_of_id == case.id)) is None
    (only,) = history.between(case, history.versions(case)[1], version)
    assert only.field == "title" and ("ins", " now") in only.pieces


@pytest.mark.parametrize(
    "words",
    [
        {"relief_sought": "A declaration"},
        {"respondent": "Leeds City Council"},
        {"legal_stage": "issued"},
        {"acting_for": "the writers of Thornley"},
        {"story": "Something else altogether happened here, and nobody had heard of it before. " * 9},
        {"title": "A title", "marked": True},
        {"lines": [Line("Counsel’s fee", "two days in court", Money(400_000, "GBP"))]},
    ],
    ids=lambda words: next(iter(words)),
)
def test_what_matters_is_no_small_change(case, words):
    draft = rewriting.begun(case, **words)
    assert changing.is_material(draft)
    with pytest.raises(changing.NeedsReview):
        changing.correct(draft)


def test_a_change_of_nothing_goes_nowhere(case):
    with pytest.raises(changing.NothingChanged):
        changing.correct(rewriting.begun(case))


def test_a_change_from_an_older_version_is_refused(case):
    draft = rewriting.begun(case, title="Another title")
    history.keep(case, by_id=None)
    with pytest.raises(changing.Overtaken):
        changing.correct(draft)


def test_an_approval_needs_the_clients_consent(case):
    draft = rewriting.begun(case, relief_sought="A declaration")
    review.submit(draft)
    with pytest.raises(client.NoConsent):
        stages.approve(draft)


def test_after_the_target_is_met_only_words_are_corrected(case):
    case.state = CaseState.FUNDED
    with pytest.raises(changing.IsCollected):
        changing.check(rewriting.begun(case, relief_sought="A declaration"))
    changing.discard(changing.draft_of(case))
    changing.check(rewriting.begun(case, title="Another title"))


def test_who_agreed_stays_on_record_with_the_page(db, case):
    rewriting.applied(case, relief_sought="A declaration")
    assert case.relief_sought == "A declaration" and client.standing(case).is_given
    theirs = db.session.scalars(select(CaseReview.reviewer_id).where(CaseReview.case_id == case.id)).all()
    assert theirs.count(mina().id) == 2


def test_another_client_brings_their_own_instruction(db, case):
    rewriting.applied(case, acting_for="the writers of Thornley")
    assert case.is_instructed and case.instruction.stated_for == case.client_key


def test_the_budget_changes_to_the_penny(db, case):
    rewriting.applied(case, lines=[Line("Counsel’s fee", "one day", Money(300_000, "GBP"))])
    assert [line.amount for line in case.budget] == [Money(300_000, "GBP")]
    old, new = history.versions(case)[1], history.versions(case)[0]
    (lines,) = [one for one in history.between(case, old, new) if one.field == "lines"]
    assert [(row.before, row.after) for row in lines.rows] == [
        (Money(450_000, "GBP"), None),
        (None, Money(300_000, "GBP")),
    ]
