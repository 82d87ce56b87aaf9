"""Somebody with an account, and somebody whose account wants codes."""

import pytest

from app.accounts import service
from app.database import db as database

PASSWORD = "correct horse"


@pytest.fixture
def nasrin(app):
    """Email of an account with a password only."""
    with app.app_context():
        user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
        database.session.commit()
        return user.email


@pytest.fixture
def guarded(app):
    """Email and TOTP secret of an account with a second factor."""
    with app.app_context():
        user = service.register("guarded@example.org", "Gita", PASSWORD)
        service.turn_on_second_factor(user)
        database.session.commit()
        return user.email, user.totp_secret
