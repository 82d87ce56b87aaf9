"""Amicus, a portal for crowdfunding legal cases. `create_app` is the only thing to import from here."""

from flask import Flask

from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """A ready Flask application, from `settings` or from the environment. Raises config.ConfigError."""
    from app.factory import build_app  # noqa: PLC0415  the one import inside a function: models must not load early

    return build_app(settings)
