"""Names of cases hidden by a court's order, as their lawyer does it.

The functions need an application context and leave the commit to the caller.
"""

from typing import Any

from app.cases import restrictions
from app.cases.models import Case, RestrictedName
from app.cases.restrictions import Order
from tests.cases import stages

NAME = "Zohreh Quillon"


def hide(case: Case, words: str = NAME, **said: Any) -> RestrictedName:
    """Hide a name on the page of `case`."""
    known = {"told_en": "A", "told_fa": "الف", "ref": "Family Court, FD26P00123", "on": stages.day(-3)}
    return restrictions.hide(case, Order(words=words, **{**known, **said}), case.lawyer.user)
