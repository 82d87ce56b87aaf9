"""What updates and outcomes are called. The keys are stored; the words are made when they are shown.

An outcome's headline is built from its code here, in whole sentences, so that nobody can write "won" over a loss.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from markupsafe import Markup

from app.core.errors import N_
from app.i18n.format import date as date_text
from app.i18n.format import isolate
from app.updates.states import Audience, Code

AUDIENCES: dict[str, LazyString] = {
    Audience.EVERYONE: _l("Everyone"),
    Audience.BACKERS: _l("Backers only"),
}
OUTCOMES: dict[str, LazyString] = {
    Code.WON: _lp("outcome", "Won"),
    Code.PARTLY_WON: _lp("outcome", "Partly won"),
    Code.SETTLED: _lp("outcome", "Settled"),
    Code.WITHDRAWN: _lp("outcome", "Withdrawn"),
    Code.LOST: _lp("outcome", "Lost"),
    Code.PERMISSION_REFUSED: _lp("outcome", "Permission refused"),
    Code.OVERTAKEN: _lp("outcome", "Overtaken by events"),
}
# Colour and icon of the tag, as the `tag` macro takes them.
OUTCOME_TAGS: dict[str, tuple[str, str]] = {
    Code.WON: ("green", "check"),
    Code.PARTLY_WON: ("green", "check"),
    Code.SETTLED: ("green", "check"),
    Code.WITHDRAWN: ("line", "undo-2"),
    Code.LOST: ("amber", "scale"),
    Code.PERMISSION_REFUSED: ("amber", "scale"),
    Code.OVERTAKEN: ("line", "circle-slash"),
}
_HEADLINES: dict[str, str] = {
    Code.WON: N_("Won. %(court)s decided for %(who)s on %(date)s."),
    Code.PARTLY_WON: N_("Partly won. %(court)s decided for %(who)s in part on %(date)s."),
    Code.SETTLED: N_("Settled. The parties reached an agreement on %(date)s."),
    Code.WITHDRAWN: N_("Withdrawn. The claim was withdrawn on %(date)s."),
    Code.LOST: N_("Lost. %(court)s dismissed the claim on %(date)s."),
    Code.PERMISSION_REFUSED: N_("Permission refused. %(court)s did not let the claim go ahead on %(date)s."),
    Code.OVERTAKEN: N_("Overtaken by events. The case ended on %(date)s without a decision."),
}
# Who defends, intervenes or is heard at an inquest has no claim that could be dismissed.
_HEADLINES_WITHOUT_CLAIM: dict[str, str] = {
    Code.WITHDRAWN: N_("Withdrawn. The case was given up on %(date)s."),
    Code.LOST: N_("Lost. %(court)s decided against %(who)s on %(date)s."),
    Code.PERMISSION_REFUSED: N_("Permission refused. %(court)s did not let the case go ahead on %(date)s."),
}


def headline(code: str, kind: str | None, *, court: str, who: str, decided_on: date, markup: bool = True) -> str:
    """The outcome in one sentence, in the present language; `kind` is that of the case. Plain text without `markup`."""
    sentence = _HEADLINES[code]
    if kind not in (None, "", "litigation"):
        sentence = _HEADLINES_WITHOUT_CLAIM.get(code, sentence)
    set_apart: Callable[[str], str] = isolate if markup else str
    values: dict[str, Any] = {"court": set_apart(court), "who": set_apart(who), "date": date_text(decided_on)}
    return (Markup(_(sentence)) if markup else _(sentence)) % values  # noqa: S704 (a sentence of ours)
