"""The people are who they are said to be."""

import pytest

from app.lawyers.states import LawyerState
from tests import people


def test_everybody_is_made_once(db):
    assert people.omid() == people.omid() and people.sara() != people.omid()
    assert people.leila() == people.leila() and people.kian() == people.kian()


def test_roles_and_verification_are_as_said(db):
    assert people.mina().role_names == people.dara().role_names == {"reviewer"}
    assert people.omid().role_names == people.sara().role_names == frozenset()
    assert people.leila().is_verified and people.kian().state == LawyerState.APPLIED


def test_lawyers_and_staff_have_a_second_factor(db):
    guarded = [people.mina(), people.dara(), people.leila().user, people.kian().user]
    assert all(user.totp_secret for user in guarded) and not people.omid().totp_secret


@pytest.mark.parametrize("who", [people.omid, people.mina, people.leila])
def test_everybody_can_sign_in_as_often_as_a_test_likes(app, who):
    for _ in range(3):
        assert people.browser_of(app, who).get("/account/").status_code == 200
