"""Pledges as they stand on a case's page, without the way there."""

from itertools import count
from typing import Any

from app.cases.models import Case
from app.core import clock
from app.core.money import Money
from app.database import db
from app.pledges import totals
from app.pledges.models import Pledge
from app.pledges.states import PledgeState, Shown

_numbers = count(1)
_ON_THE_WAY = {
    PledgeState.COLLECTED: (PledgeState.DUE, PledgeState.CHARGING),
    PledgeState.RETRY: (PledgeState.DUE, PledgeState.CHARGING),
    PledgeState.RELEASED: (PledgeState.PLEDGED,),
}


def pledge(case: Case, pounds: int, state: PledgeState = PledgeState.PLEDGED, **values: Any) -> Pledge:
    """A pledge in `state`, counted in the totals. `values` are set on the row. The caller commits."""
    made = Pledge(
        **{
            "form_key": f"form {next(_numbers)} of {case.public_id}",
            "case_id": case.id,
            "name": "Omid Rahimi",
            "email": "omid@example.org",
            "lang": "en",
            "amount": Money(pounds * 100, "GBP"),
            "tip": Money.zero("GBP"),
            "shown": Shown.NAME_AND_AMOUNT,
            "state": PledgeState.STARTED,
            "consent_text": "I agree",
            "consent_hash": "0",
            "terms_version": "1",
            "consented_at": clock.now(),
            "pledged_at": clock.now(),
            **values,
        }
    )
    db.session.add(made)
    db.session.flush()
    for step in (*_ON_THE_WAY.get(state, ()), state):
        totals.change(made, state=step)
    return made
