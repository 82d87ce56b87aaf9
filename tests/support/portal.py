"""The portal as the tests run it.

Each test builds its own. What a process would work out once, and every test anew, is remembered from the first: the
code of templates, of the addresses' rules, and of the statements that were asked of a kind of database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from werkzeug.routing import Rule

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


class KnownRule(Rule):
    """A rule whose builders of addresses are those of the first portal: they follow from what the rule says alone."""

    _builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


Flask.url_rule_class = KnownRule


# Statements are remembered by dialect, and in production one engine has one while it lives. Here all of a kind are one.
STATEMENTS: dict[Any, Any] = {}
for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


@contextmanager
def portal(data_dir: Path, **overrides: object) -> Iterator[Flask]:
    """A portal whose connections are given back at the end."""
    app = create_app(settings(data_dir, **overrides))
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=STATEMENTS)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
