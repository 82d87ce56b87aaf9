"""``flask seed``, and where it refuses."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.cases.models import Case
from app.cases.states import CaseState
from app.database import db as database
from app.pledges.models import Pledge
from app.seed import life
from app.seed.plans import PLANS

PASSWORD = "pink-legal-tape"


@pytest.fixture
def seed(app):
    """Run ``flask seed`` in an empty database, in production or elsewhere."""

    def run(env):
        app.config["AMICUS"] = app.config["AMICUS"].model_copy(update={"env": env})
        return app.test_cli_runner().invoke(args=["seed", "--password", PASSWORD])

    return run


def test_production_is_left_alone(seed, app):
    refused = seed("production")
    assert refused.exit_code == 1 and "no place in production" in refused.output
    with app.app_context():
        assert database.session.scalar(select(func.count()).select_from(User)) == 0


def test_without_a_hand_for_cards_there_are_people_and_cases_whom_nobody_backs(seed, app):
    done = seed("development")
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert database.session.scalar(select(func.count()).select_from(Pledge)) == 0
        assert database.session.scalar(select(func.count()).select_from(Case)) == len(PLANS) + 1  # one is tried again
    assert seed("development").exit_code == 1


def test_a_case_that_did_not_come_about_is_told(app, monkeypatch):
    with app.app_context():
        app.config["AMICUS"] = app.config["AMICUS"].model_copy(update={"env": "development"})
        wrong = [replace(plan, becomes=CaseState.FUNDED) for plan in PLANS if plan.reaches is CaseState.DRAFT]
        with pytest.raises(RuntimeError, match="is draft, not funded"):
            life.tell(app, PASSWORD, plans=wrong)
