"""The portal as the tests run it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app import create_app
from app.database import db
from config import Settings, load

WEBHOOK_SECRET = "whsec_of_the_tests"


def settings(data_dir: Path, **overrides: object) -> Settings:
    """Settings of a portal in `data_dir` that is reached at https://localhost, as in production."""
    known: dict[str, object] = {
        "base_url": "https://localhost",
        "secret_key": "a key that is only good for running the tests",
        "data_dir": data_dir,
        "database_url": "",
        "stripe_api_base": "http://127.0.0.1:9",
        "stripe_secret_key": "sk_test_nobody_key",
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "page_cache": False,  # a page is a second behind; tests/web/test_page_cache.py turns it on
    }
    return load(**{**known, **overrides})


@contextmanager
def portal(data_dir: Path, **overrides: object) -> Iterator[Flask]:
    """A portal whose connections are given back at the end."""
    app = create_app(settings(data_dir, **overrides))
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
