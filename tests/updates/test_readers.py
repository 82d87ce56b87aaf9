"""Who gets letters, one a person, and the link that ends them."""

import pytest
from sqlalchemy import select

from app.pledges import links
from app.pledges.states import PledgeState
from app.updates import readers
from app.updates.models import UpdateOptout
from tests.cases.backed import pledge
from tests.updates import making

S = PledgeState


def addresses(case, after=0, limit=99):
    return [reader.email for reader in readers.slice_of(case.id, after, limit)]


def test_a_person_who_pledged_twice_is_one_reader_by_their_latest_pledge(db):
    case = making.funded(backers=("omid@example.org", "sara@example.org"))
    latest = pledge(case, 10, S.COLLECTED, email="omid@example.org", lang="fa")
    omid, sara = readers.slice_of(case.id, 0)
    assert (omid.email, omid.pledge_id, omid.lang) == ("omid@example.org", latest.id, "fa")
    assert sara.email == "sara@example.org" and readers.count(case.id) == 2


@pytest.mark.parametrize("state", [S.STARTED, S.ABANDONED, S.WITHDRAWN, S.RELEASED, S.LAPSED, S.CANCELLED])
def test_whose_pledge_does_not_stand_is_no_backer(case, state):
    made = pledge(case, 10, email="gone@example.org")
    made.state = state
    assert addresses(case) == ["omid@example.org"] and not readers.is_backer(made)


@pytest.mark.parametrize("state", [S.PLEDGED, S.DUE, S.CHARGING, S.RETRY, S.ACTION_REQUIRED, S.COLLECTED])
def test_whose_pledge_stands_is_one(case, state):
    made = pledge(case, 10, email="there@example.org")
    made.state = state
    assert addresses(case)[-1] == "there@example.org" and readers.is_backer(made)


def test_slices_follow_each_other_and_miss_nobody(db):
    case = making.funded(backers=tuple(f"backer{n}@example.org" for n in range(7)))
    found, after = [], 0
    while people := readers.slice_of(case.id, after, 3):
        found += [reader.email for reader in people]
        after = people[-1].first_id
    assert found == [f"backer{n}@example.org" for n in range(7)]


def test_backers_of_other_cases_are_left_alone(case):
    making.funded(title="Another", backers=("sara@example.org",))
    assert addresses(case) == ["omid@example.org"]


def test_whoever_wants_none_gets_none_about_this_case_and_can_have_them_again(case, db):
    mine = pledge(case, 10, S.COLLECTED, email="sara@example.org")
    other = making.funded(title="Another", backers=("sara@example.org",))
    readers.unsubscribe(mine)
    readers.unsubscribe(mine)
    assert addresses(case) == ["omid@example.org"] and addresses(other) == ["sara@example.org"]
    assert readers.count(case.id) == 1 and len(db.session.scalars(select(UpdateOptout)).all()) == 1
    readers.subscribe(mine)
    readers.subscribe(mine)
    assert "sara@example.org" in addresses(case) and not readers.wants_none(mine)


def test_the_link_opens_one_pledge_and_an_altered_one_none(case):
    mine = pledge(case, 10, S.COLLECTED)
    token = readers.token_of(mine)
    assert readers.read(token) is mine
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), token.replace(".1.", ".2."), "", "x.1." + "a" * 32):
        assert readers.read(wrong) is None
    mine.link_version += 1
    assert readers.read(token) is None


def test_the_link_that_ends_letters_does_not_open_the_pledge(case):
    mine = pledge(case, 10, S.COLLECTED)
    assert links.read(readers.token_of(mine)) is None and readers.read(links.token_of(mine)) is None


def test_somebody_who_withdrew_one_pledge_and_keeps_another_still_reads(case):
    first = pledge(case, 10, S.COLLECTED, email="sara@example.org")
    second = pledge(case, 10, S.PLEDGED, email="sara@example.org")
    update = making.post(case)
    second.state = S.WITHDRAWN
    assert readers.still_reads(update, second) is first
    first.state = S.LAPSED
    assert readers.still_reads(update, second) is None


def test_the_key_of_a_letter_names_the_update_and_the_person_and_tells_neither(case):
    key = readers.letter_key(7, "omid@example.org")
    assert key.startswith("update:7:") and "omid" not in key and len(key) < 160
    assert key == readers.letter_key(7, "omid@example.org") != readers.letter_key(7, "sara@example.org")
