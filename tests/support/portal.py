"""The portal as the tests run it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

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


class Compiled(BytecodeCache):
    """Templates as they were compiled for an earlier portal: compiling them for each takes half of the tests' time.

    Jinja compares each with its source before it takes it.
    """

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@contextmanager
def portal(data_dir: Path, **overrides: object) -> Iterator[Flask]:
    """A portal whose connections are given back at the end."""
    app = create_app(settings(data_dir, **overrides))
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
