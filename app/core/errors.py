"""Refusals that a person is told about: a translatable sentence and an HTTP status.

Subclasses live beside the service that raises them:

    class BelowMinimum(Invalid):
        message = N_("Enter an amount of %(minimum)s or more.")
        field = "amount"

    raise BelowMinimum(minimum=Money(500, "GBP"))

`app.i18n.errors.render_error` puts sentence and values into the reader's language; `str()` is English, for logs.
"""

import math


def N_(message: str) -> str:
    """`message` itself; marks it for the catalogue where it cannot be translated yet."""
    return message


class DomainError(Exception):
    """Something that may not be done. `field` names the form field to blame; values may be Money, dates or numbers."""

    status: int = 400
    message: str = N_("This cannot be done.")
    field: str | None = None

    def __init__(self, message: str | None = None, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.field = field or self.field
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Invalid(DomainError):
    """What was sent cannot be used."""

    message = N_("Something you entered cannot be used. Check it and try again.")


class NotFound(DomainError):
    """There is nothing, or nothing this visitor may know of."""

    status = 404
    message = N_("Page not found. Check the address, or search for the case.")


class Forbidden(NotFound):
    """It is there, but not for this visitor; answered exactly as NotFound, so that nobody learns the difference."""


class Conflict(DomainError):
    """True a moment ago, no longer now."""

    status = 409
    message = N_("This has changed meanwhile. Look at it again before you go on.")


class TooMany(DomainError):
    """Tried too often; `retry_after` is in seconds."""

    status = 429
    message = N_("There were too many attempts. Try again in %(minutes)s minutes.")

    def __init__(self, retry_after: int) -> None:
        super().__init__(minutes=max(2, math.ceil(retry_after / 60)))
        self.retry_after = retry_after
