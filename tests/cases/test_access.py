"""Who may see which case: every kind of visitor, every state, both visibilities, and one answer however it is asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import access
from app.cases.models import Case, CaseGrant
from app.cases.states import CaseState, Visibility
from app.core import ids
from app.core.clock import now
from app.core.errors import NotFound
from app.web.visitor import NOBODY, Visitor
from tests.cases import stages
from tests.people import kian, leila

S, V = CaseState, Visibility
LIVE = {S.OPEN, S.CLOSING, S.FUNDED, S.UNFUNDED, S.CONCLUDED}
SEE_PRIVATE = {"owner", "owner who reviews", "holder", "backer", "reviewer", "admin"}


@pytest.fixture
def cases(db):
    """Leila's cases by state and visibility, one of each, with two links and a backer's right to every private one."""
    made = {}
    for state in S:
        for visibility in V:
            case = stages.draft(leila(), visibility)
            case.state, case.title = state, f"{state} {visibility}"
            case.submitted_at = None if state == S.DRAFT else now()
            case.opened_at = now() if state in LIVE else None
            made[state, visibility] = case
            for kind, label in (("link", "first"), ("link", "revoked"), ("link", "renewed"), ("pledge", "pledge")):
                db.session.add(CaseGrant(case=case, kind=kind, label=label, token_hash=ids.hash_token(ids.token())))
    db.session.flush()
    for grant in db.session.scalars(select(CaseGrant)):
        if grant.label == "revoked":
            grant.revoked_at = now() - timedelta(seconds=1)
        if grant.label == "renewed":
            grant.version = 2
    db.session.flush()
    return made


@pytest.fixture
def visitor(db, cases):
    """`visitor(kind)` gives a visitor of that kind."""

    def rights(label, version=1):
        grants = db.session.scalars(select(CaseGrant).where(CaseGrant.label == label))
        return {grant.case.public_id: (grant.id, version) for grant in grants}

    def swapped():
        """Rights to each other's cases: no right names the case it was given for."""
        public_ids, held = zip(*rights("first").items(), strict=True)
        return dict(zip(public_ids, held[1:] + held[:1], strict=True))

    owner = leila()

    def make(kind):
        return {
            "nobody": lambda: NOBODY,
            "stranger": lambda: Visitor(user_id=99_001),
            "other lawyer": lambda: Visitor(user_id=kian().user_id, lawyer_id=kian().id),
            "owner": lambda: Visitor(user_id=owner.user_id, lawyer_id=owner.id),
            "owner who reviews": lambda: Visitor(owner.user_id, "", owner.id, frozenset({"reviewer"})),
            "holder": lambda: Visitor(grants=rights("first")),
            "backer": lambda: Visitor(user_id=99_002, grants=rights("pledge")),
            "holder of a revoked link": lambda: Visitor(grants=rights("revoked")),
            "holder of an older version": lambda: Visitor(grants=rights("renewed")),
            "holder of a later version": lambda: Visitor(grants=rights("first", version=2)),
            "holder of other rights": lambda: Visitor(grants=swapped()),
            "holder of made-up rights": lambda: Visitor(grants=dict.fromkeys(rights("first"), (10**6, 1))),
            "reviewer": lambda: Visitor(user_id=99_003, roles=frozenset({"reviewer"})),
            "admin": lambda: Visitor(user_id=99_004, roles=frozenset({"admin"})),
            "finance": lambda: Visitor(user_id=99_005, roles=frozenset({"finance", "editor"})),
            "auditor": lambda: Visitor(user_id=99_006, roles=frozenset({"auditor"})),
        }[kind]()

    return make


KINDS = [
    "nobody",
    "stranger",
    "other lawyer",
    "owner",
    "owner who reviews",
    "holder",
    "backer",
    "holder of a revoked link",
    "holder of an older version",
    "holder of a later version",
    "holder of other rights",
    "holder of made-up rights",
    "reviewer",
    "admin",
    "finance",
    "auditor",
]


def may_see(kind, state, visibility):
    return state in LIVE and (visibility == V.PUBLIC or kind in SEE_PRIVATE)


def opens(ask, *args):
    """Whether `ask` gives a case; anything but NotFound is a mistake."""
    try:
        return ask(*args) is not None
    except NotFound:
        return False


def test_list_page_and_single_answer_agree_for_everybody(db, cases, visitor):
    for kind in KINDS:
        viewer = visitor(kind)
        on_list = set(db.session.scalars(select(Case.id).where(access.visible_to(viewer))))
        for (state, visibility), case in cases.items():
            expected = may_see(kind, state, visibility)
            answers = (case.id in on_list, access.can_see(viewer, case), opens(access.find, case.slug, viewer))
            assert answers == (expected,) * 3, f"{kind} and a {visibility} case that is {state}"


def test_only_the_lawyer_finds_a_case_as_their_own_in_any_state(cases, visitor):
    for kind in KINDS:
        viewer = visitor(kind)
        for case in cases.values():
            assert opens(access.own, case.public_id, viewer) is kind.startswith("owner"), kind


def test_only_reviewers_find_what_was_sent_in(cases, visitor):
    waiting = {cases[S.IN_REVIEW, visibility] for visibility in V}
    for kind in KINDS:
        viewer, reviews = visitor(kind), kind in ("owner who reviews", "reviewer", "admin")
        for (state, _visibility), case in cases.items():
            assert opens(access.submitted, case.public_id, viewer) is (reviews and state != S.DRAFT), (kind, state)
        assert set(access.in_review(viewer)) == (waiting if reviews else set()), kind


def test_lists_hold_what_anybody_may_find(db, cases):
    found = set(db.session.scalars(select(Case).where(access.listed())))
    assert found == {case for (state, visibility), case in cases.items() if state in LIVE and visibility == V.PUBLIC}


def test_what_waits_longest_stands_first(db, cases):
    public, private = (cases[S.IN_REVIEW, visibility] for visibility in (V.PUBLIC, V.PRIVATE))
    private.submitted_at = now() - timedelta(days=2)
    reviewer = Visitor(user_id=99_003, roles=frozenset({"reviewer"}))
    assert access.in_review(reviewer) == [private, public]


# ---------------------------------------------------------------- links and cookies
def grant(db, **values):
    case = stages.live_private()[0]
    made = CaseGrant(case=case, **{"kind": "link", **values})
    db.session.add(made)
    db.session.flush()
    return made


def test_a_token_opens_its_link_and_no_other_text_does(db):
    case, token = stages.live_private()
    assert access.grant_of_link(token).case is case
    for other in (token[:-1], token + "0", token.upper(), ids.hash_token(token), "", " " + token):
        with pytest.raises(NotFound):
            access.grant_of_link(other)


@pytest.mark.parametrize("state", [state for state in S if state not in LIVE])
def test_a_link_to_a_page_that_is_not_live_opens_nothing(db, state):
    case, token = stages.live_private()
    case.state = state
    with pytest.raises(NotFound):
        access.grant_of_link(token)


def test_a_backers_right_is_no_link(db):
    token = ids.token()
    grant(db, kind="pledge", label="p1", token_hash=ids.hash_token(token))
    with pytest.raises(NotFound):
        access.grant_of_link(token)


def test_a_backers_right_is_found_by_its_pledge_until_it_is_revoked(db):
    case = stages.live_private()[0]
    access.grant_for_pledge(case, "p1")
    right = access.grant_of_pledge("p1")
    assert right.case is case and access.grant_of_pledge("p2") is None
    right.revoked_at = now()
    assert access.grant_of_pledge("p1") is None


def test_a_cookie_carries_one_right_to_each_case(db):
    session, first = {}, grant(db)
    second = CaseGrant(case=first.case, kind="link", version=3)
    other = grant(db)
    db.session.add(second)
    db.session.flush()
    for right in (first, other, second):
        access.carry(session, right)
    assert session["grants"] == {first.case.public_id: [second.id, 3], other.case.public_id: [other.id, 1]}


def test_a_right_that_is_carried_already_leaves_the_cookie_as_it_is(db):
    right = grant(db)
    held = {right.case.public_id: (right.id, right.version), "other": (7, 1)}
    session = {"grants": held}
    access.carry(session, right)
    assert session["grants"] is held


def test_a_cookie_never_outgrows_what_browsers_keep(db):
    older = {f"case{n}": [n, 1] for n in range(100, 100 + access.MOST_CARRIED)}
    session, right = {"grants": dict(older)}, grant(db)
    access.carry(session, right)
    assert len(session["grants"]) == access.MOST_CARRIED
    assert right.case.public_id in session["grants"] and "case100" not in session["grants"]


@pytest.mark.parametrize("kind", KINDS)
def test_of_many_cases_those_are_seen_that_are_seen_one_by_one(cases, visitor, kind):
    viewer = visitor(kind)
    one_by_one = {case.id for case in cases.values() if access.can_see(viewer, case)}
    assert access.seen_among([case.id for case in cases.values()], viewer) == one_by_one
    assert access.seen_among([], viewer) == set()


def test_the_rights_of_pledges_are_given_once_a_case_and_never_those_of_links(db, cases):
    open_, funded = cases[S.OPEN, V.PRIVATE], cases[S.FUNDED, V.PRIVATE]
    latest = CaseGrant(case=open_, kind="pledge", label="another")
    ended = CaseGrant(case=funded, kind="pledge", label="ended", revoked_at=now())
    db.session.add_all([latest, ended, CaseGrant(case=funded, kind="link", label="another")])
    db.session.flush()
    assert access.grants_of_pledges(["another", "ended"]) == [latest]
    brought = {grant.case_id: grant for grant in access.grants_of_pledges(["pledge", "another"])}
    assert brought[open_.id] is latest and len(brought) == len(cases)
    assert access.grants_of_pledges([]) == []
