"""What the benchmarks look at, made by the services on a database of their own."""

from datetime import timedelta

from flask_migrate import upgrade

from app import create_app
from app.core import clock
from app.core.money import Money
from app.database import db
from app.pledges import totals
from app.updates.service import Words
from tests.cases import stages
from tests.cases.backed import pledge
from tests.updates import making

STORY = "The council closed the library without asking those who read there, and gave no reason. " * 60
UPDATE = "The judge let **both grounds** go to a hearing, which is listed for two days in spring. " * 4


def one_case(*, backers: int, updates: int, days: timedelta) -> str:
    """A public case that raises for `days` already, with so many backers and updates; the path of its page."""
    app = create_app()
    with app.app_context():
        upgrade()
        begun = clock.now()
        case = stages.live(story=STORY, closes_in=days.days + 30)
        assert case.target is not None and case.target > Money(backers * 25_00, "GBP")
        case.opened_at = begun - days
        for n in range(backers):
            made = pledge(case, 25, email=f"backer{n}@example.org", name=f"Backer {n}", message="Good luck to you all.")
            made.pledged_at = begun - days * n / backers
        for n in range(updates):
            making.post(case, Words(f"Update {n + 1}", UPDATE, "everyone"))
        db.session.commit()
        totals.roll_up()
        return f"/cases/{case.slug}"
