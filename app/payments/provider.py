"""The gateway of the present application."""

from flask import Flask, current_app

from app.payments.gateway import Gateway
from app.payments.stripe_gateway import StripeGateway


def init_app(app: Flask) -> None:
    app.extensions["amicus_gateway"] = StripeGateway(app.config["AMICUS"])


def gateway() -> Gateway:
    """The one way to the payment provider."""
    found: Gateway = current_app.extensions["amicus_gateway"]
    return found
