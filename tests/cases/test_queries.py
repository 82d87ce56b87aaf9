"""What is asked about cases."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select

from app.cases import publishing, queries, review
from app.cases.models import Area, Case
from app.cases.queries import Filter
from app.cases.states import CaseState, Visibility
from app.core.clock import now
from app.web.visitor import NOBODY, Visitor
from tests.cases import stages
from tests.people import dara, kian, leila, mina

S = CaseState


def row(title, *, area="government", state=S.OPEN, opened=0, closes=10, **values):
    """A live public case, opened `opened` hours from now, closing `closes` days from now."""
    case = stages.draft(title=title, area_slug=area)
    case.state, case.slug = state, title
    case.opened_at, case.deadline_at = now() + timedelta(hours=opened), now() + timedelta(days=closes)
    case.funded_at = now() if state in (S.FUNDED, S.CONCLUDED) else None
    for name, value in values.items():
        setattr(case, name, value)
    return case


@pytest.fixture
def shelf(db):
    """Cases of every sort on a list."""
    made = [
        row("river", area="environment", opened=-5, closes=3),
        row("library", opened=-4, closes=9),
        row("school", opened=-3, closes=1),
        row("funded", state=S.FUNDED, opened=-9, closes=5),
        row("overdue", opened=-50, closes=-1),
        row("paused", opened=-2, suspended_at=now()),
        row("ended", state=S.FUNDED, opened=-6, raising_ended_at=now()),
        row("counting", state=S.CLOSING, opened=-60, closes=-1),
        row("missed", state=S.UNFUNDED, opened=-70, closes=-2, closed_at=now()),
        row("concluded", state=S.CONCLUDED, opened=-80, closes=-3),
        row("hidden", opened=-1, visibility=Visibility.PRIVATE),
        row("waiting", state=S.IN_REVIEW, opened=-1),
    ]
    stages.empty_draft()
    db.session.flush()
    return made


def titles(found):
    return [case.title for case in found]


def listed(viewer=NOBODY, limit=queries.PAGE, **wanted):
    return titles(queries.listed(viewer, wanted=Filter(**wanted) if wanted else None, limit=limit))


def test_by_default_a_list_shows_what_takes_pledges(shelf):
    assert sorted(listed()) == ["funded", "library", "river", "school"]
    assert listed(status="open", sort="newest") == ["school", "library", "river", "funded"]


def test_each_day_the_ring_of_cases_is_entered_elsewhere(db, shelf, clock):
    begun, seen = clock.now(), set()
    ring = [case for case in shelf if case.title in listed()]
    for case, letter in zip(ring, "08gr", strict=True):
        case.public_id, case.deadline_at = letter * 20, begun + timedelta(days=90)
    db.session.flush()
    for day in range(60):
        clock.set(begun + timedelta(days=day))
        order = listed()
        start = [case.title for case in ring].index(order[0])
        assert order == [case.title for case in (*ring[start:], *ring[:start])]
        seen.add(order[0])
    assert seen == set(order), "each of four should have been first in sixty days"


def test_a_ring_is_gone_around_as_it_was_entered_though_the_day_ends(shelf, clock):
    wanted = Filter(status="")
    whole = listed(status="")
    first = queries.listed(NOBODY, wanted=wanted, limit=4)
    after = queries.place_of(first[-1], wanted)
    clock.move(24 * 3600)
    rest = queries.listed(NOBODY, wanted=Filter(status="", after=after))
    assert [case.title for case in (*first, *rest)] == whole


@pytest.mark.parametrize(
    "junk", ["", "~", "2026-01-01", "x~y", "2026-13-01~abc", "9999-01-01~abc", "2026-01-01~AB", "~é"]
)
def test_a_place_that_is_none_begins_anew(shelf, junk):
    assert listed(status="", after=junk) == listed(status="")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("open", {"school", "library", "river", "funded"}),
        ("met", {"funded", "ended", "concluded"}),
        ("ended", {"overdue", "ended", "counting", "missed", "concluded"}),
        ("", {"river", "library", "school", "funded", "overdue", "paused", "ended", "counting", "missed", "concluded"}),
    ],
)
def test_what_a_status_shows(shelf, status, expected):
    assert set(listed(status=status)) == expected


def test_an_area_shows_its_own(shelf):
    assert listed(area="environment", status="open") == ["river"]
    assert listed(area="environment", status="met") == [] == listed(area="nowhere")


def test_ending_puts_the_nearest_deadline_first(shelf):
    assert listed(status="open", sort="ending") == ["school", "river", "funded", "library"]


def test_nobody_sees_more_on_a_list_than_anybody_else(shelf):
    lawyer, staff = Visitor(lawyer_id=leila().id), Visitor(roles=frozenset({"admin"}))
    assert listed(lawyer, status="") == listed(staff, status="") == listed(status="")
    assert "hidden" not in listed(status="") and "waiting" not in listed(status="")


@pytest.mark.parametrize("sort", queries.SORTS)
@pytest.mark.parametrize("status", ["", "open"])
def test_pages_follow_each_other_without_a_gap_or_a_double(db, shelf, sort, status):
    twin = shelf[1]
    for n in range(3):  # the same moment: the row's id decides
        case = row(f"twin{n}")
        case.opened_at, case.deadline_at = twin.opened_at, twin.deadline_at
    db.session.flush()
    whole, pages, after = listed(status=status, sort=sort), [], ""
    while True:
        page = queries.listed(NOBODY, wanted=Filter(status=status, sort=sort, after=after), limit=2)
        if not page:
            break
        pages += titles(page)
        after = queries.place_of(page[-1], Filter(sort=sort, after=after))
    assert pages == whole and len(whole) == (7 if status else 13)


def test_a_list_asks_twice_at_most_however_long_it_is(db, shelf, queries_asked):
    db.session.expire_all()
    with queries_asked() as asked:
        for case in queries.listed(NOBODY):
            assert case.lawyer.user.name and case.area.slug
    assert len(asked) == 2  # the two arcs of the ring
    with queries_asked() as asked:
        queries.listed(NOBODY, wanted=Filter(status="open", sort="newest"))
    assert len(asked) == 1


@pytest.mark.parametrize("state", S)
def test_the_database_and_the_row_agree_on_what_takes_pledges(db, state):
    case = row("case", state=state)
    for closes, paused, over in product((-1, 0, 10), (None, now()), (None, now())):
        case.deadline_at, case.suspended_at, case.raising_ended_at = now() + timedelta(days=closes), paused, over
        db.session.flush()
        said = db.session.scalar(select(func.count()).select_from(Case).where(queries.takes_pledges()))
        assert bool(said) is case.takes_pledges(now()), (closes, paused, over)


def test_what_has_no_deadline_takes_no_pledges(db):
    case = row("case", closes=1)
    case.deadline_at = None
    db.session.flush()
    assert not case.takes_pledges(now())
    assert db.session.scalar(select(func.count()).select_from(Case).where(queries.takes_pledges())) == 0


def test_areas_stand_in_their_order(db):
    known = queries.areas()
    assert [area.slug for area in known][::6] == ["government", "other"] and len(known) == 7
    assert isinstance(known[0], Area) and known[0].name("fa") != known[0].name("en")


def test_an_address_has_the_language_in_front(db):
    case = stages.live(title="کتابخانه")
    assert queries.page_url(case, "en") == "https://localhost/cases/%DA%A9%D8%AA%D8%A7%D8%A8%D8%AE%D8%A7%D9%86%D9%87"
    assert queries.page_url(case, "fa").startswith("https://localhost/fa/cases/%DA%A9")


def test_a_lawyers_own_cases_are_listed_in_every_state_the_latest_first(db, shelf):
    stages.draft(kian(), title="of another")
    mine = titles(queries.of_lawyer(leila().id))
    assert len(mine) == 13 and mine[0] == "" and mine[-1] == "river" and "of another" not in mine


def test_links_are_listed_in_the_order_in_which_they_were_made_with_the_revoked(db):
    case, _token = stages.live_private()
    publishing.make_link(case, "second")
    publishing.revoke_link(case, queries.links(case)[0].id)
    other, _token = stages.live_private(title="Other")
    assert [link.label for link in queries.links(case)] == ["", "second"] and len(queries.links(other)) == 1


def test_decisions_name_who_made_them_the_latest_first(db):
    case = stages.in_review()
    review.request_changes(case, mina(), "Say who benefits.")
    review.submit(case)
    stages.approve(case, dara())
    db.session.flush()
    found = [(review.decision, name) for review, name in queries.decisions(case)]
    assert found == [("approve", "Dara Lindqvist"), ("request_changes", "Mina Sohrabi")]


# ---------------------------------------------------------------- areas, and what is like a case
def test_like_a_case_are_open_ones_of_its_area_first_and_never_itself(shelf):
    river = next(case for case in shelf if case.title == "river")
    other = row("stream", area="environment")
    assert titles(queries.like(river, 3))[0] == "stream" and len(queries.like(river, 3)) == 3
    assert "river" not in titles(queries.like(river, 20)) and titles(queries.like(other, 1)) == ["river"]
    assert set(titles(queries.like(river, 20))) == {"stream", "library", "school", "funded"}


def test_open_cases_are_counted_by_area_without_the_private(shelf):
    by_slug = {area.slug: queries.open_by_area().get(area.id, 0) for area in queries.areas()}
    assert by_slug["environment"] == 1 and by_slug["government"] == 3 and by_slug["immigration"] == 0


def test_an_area_has_the_verified_lawyers_who_work_in_it(shelf):
    row("dismissed", area="employment", visibility=Visibility.PRIVATE)
    area = {area.slug: area for area in queries.areas()}
    assert queries.lawyers_in(area["environment"], 5) == [leila()]
    assert queries.lawyers_in(area["employment"], 5) == [] == queries.lawyers_in(area["immigration"], 5)


def test_an_area_is_known_by_its_slug(db):
    assert queries.area_of("environment").name("en") == "Environment" and queries.area_of("nowhere") is None
