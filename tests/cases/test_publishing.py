"""Going live, and the links to private pages."""

import pytest

from app.cases import drafting, moves, publishing, queries
from app.cases.models import CaseGrant
from app.cases.states import CaseState
from app.core import ids
from app.lawyers.states import LawyerState
from tests.cases import stages
from tests.cases.stages import day

S = CaseState


def test_a_public_page_goes_live_under_its_title_without_a_link(db, audited, told):
    case = stages.approved()
    assert publishing.publish(case) is None
    assert (case.state, case.slug) == (S.OPEN, "keep-thornley-library-open") and case.opened_at
    assert queries.links(case) == []
    assert audited(case)[-1] == "case.published" and told(case)[-1] == "cases.published"


def test_a_private_page_keeps_an_address_that_tells_nothing_and_gets_a_link(db, audited):
    case, token = stages.live_private()
    assert case.slug == case.public_id and "thornley" not in case.slug
    (link,) = queries.links(case)
    assert link.token_hash == ids.hash_token(token) and token not in repr(vars(link))
    assert audited(case)[-2:] == ["case.published", "case.link_made"]


def test_publishing_again_is_quiet_and_shows_no_link(db, audited):
    case, _token = stages.live_private()
    assert publishing.publish(case) is None
    assert len(queries.links(case)) == 1 and audited(case).count("case.published") == 1


def test_two_pages_of_one_title_have_two_addresses(db):
    assert [stages.live().slug for _ in range(3)] == [
        "keep-thornley-library-open",
        "keep-thornley-library-open-2",
        "keep-thornley-library-open-3",
    ]


@pytest.mark.parametrize(("title", "slug"), [("New", "new-2"), ("!!!", "case"), ("کتابخانهٔ شهر", "کتابخانه-شهر")])
def test_no_title_makes_an_address_that_leads_elsewhere(db, title, slug):
    assert stages.live(title=title).slug == slug


@pytest.mark.parametrize("state", [S.DRAFT, S.IN_REVIEW, S.CHANGES_REQUESTED, S.DECLINED, S.UNFUNDED])
def test_only_an_approved_page_goes_live(case, state):
    case.state = state
    with pytest.raises(moves.IllegalMove):
        publishing.publish(case)
    assert case.opened_at is None


def test_a_lawyer_who_lost_the_badge_does_not_publish(db):
    case = stages.approved()
    case.lawyer.state = LawyerState.SUSPENDED
    with pytest.raises(moves.NotVerified):
        publishing.publish(case)


def test_a_day_that_no_page_asks_for_is_not_taken(db):
    case = stages.approved()
    approved = case.deadline_at
    publishing.publish(case, day(50))
    assert case.deadline_at == approved


def test_a_deadline_that_came_too_near_is_chosen_anew_when_publishing(db, clock):
    case = stages.approved()
    clock.move(25 * 86_400)
    with pytest.raises(drafting.BadDeadline):
        publishing.publish(case)
    with pytest.raises(drafting.BadDeadline):
        publishing.publish(case, day(3))
    publishing.publish(case, day(14))
    assert case.deadline_at == drafting.deadline_on(day(14), "Europe/London")


# ---------------------------------------------------------------- links
def test_every_further_link_is_another_and_none_is_stored(db, audited):
    case, first = stages.live_private()
    second = publishing.make_link(case, "For the choir")
    assert first != second and all(len(token) == 32 for token in (first, second))
    assert [link.label for link in queries.links(case)] == ["", "For the choir"]
    assert audited(case).count("case.link_made") == 2


def test_revoking_ends_one_link_and_no_other(db, audited):
    case, _token = stages.live_private()
    publishing.make_link(case)
    first, second = queries.links(case)
    publishing.revoke_link(case, first.id)
    publishing.revoke_link(case, first.id)
    db.session.refresh(first)
    assert first.revoked_at is not None and second.revoked_at is None
    assert audited(case).count("case.link_revoked") == 1


def test_a_lawyer_revokes_neither_anothers_link_nor_a_backers_right(db):
    case, _token = stages.live_private()
    other, _token = stages.live_private(title="Another")
    backers = CaseGrant(case_id=case.id, kind="pledge", label="pledge1")
    db.session.add(backers)
    db.session.flush()
    for grant in (backers, *queries.links(other)):
        publishing.revoke_link(case, grant.id)
        db.session.refresh(grant)
        assert grant.revoked_at is None
