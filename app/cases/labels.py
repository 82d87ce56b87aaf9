"""What the choices of a case page are called. The keys are stored; the words are translated when they are shown."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.states import CaseState, Visibility

VISIBILITIES: dict[str, LazyString] = {
    Visibility.PUBLIC: _l("Public"),
    Visibility.PRIVATE: _l("Private"),
}
KINDS: dict[str, LazyString] = {
    "litigation": _l("Litigation"),
    "advice": _l("Advice or pre-action work"),
    "intervention": _l("Intervention"),
    "defence": _l("Defence"),
    "inquest": _l("Inquest"),
    "law_reform": _l("Law reform"),
}
# What a court may make the losing side pay for.
KINDS_WITH_COSTS_RISK = frozenset({"litigation", "intervention", "defence"})
LEGAL_STAGES: dict[str, LazyString] = {
    "pre_action": _lp("legal stage", "Pre-action"),
    "issued": _lp("legal stage", "Claim issued"),
    "permission": _lp("legal stage", "Permission"),
    "hearing": _lp("legal stage", "Hearing"),
    "judgment": _lp("legal stage", "Judgment"),
    "appeal": _lp("legal stage", "Appeal"),
}
FILED_STAGES = frozenset(LEGAL_STAGES) - {"pre_action"}
COSTS_RISKS: dict[str, LazyString] = {
    "capped": _l("Yes, and a cap is agreed"),
    "uncapped": _l("Yes, with no cap"),
    "none": _l("No"),
}
STATES: dict[CaseState, LazyString] = {
    CaseState.DRAFT: _lp("case", "Draft"),
    CaseState.IN_REVIEW: _lp("case", "In review"),
    CaseState.CHANGES_REQUESTED: _lp("case", "Changes requested"),
    CaseState.APPROVED: _lp("case", "Approved"),
    CaseState.DECLINED: _lp("case", "Declined"),
    CaseState.OPEN: _lp("case", "Open"),
    CaseState.CLOSING: _lp("case", "Closing"),
    CaseState.FUNDED: _lp("case", "Funded"),
    CaseState.UNFUNDED: _lp("case", "Target not met"),
    CaseState.CONCLUDED: _lp("case", "Concluded"),
}
DECISIONS: dict[str, LazyString] = {
    "approve": _lp("decision", "Approved"),
    "request_changes": _lp("decision", "Changes requested"),
    "decline": _lp("decision", "Declined"),
}
# Colour of the tag, as the `tag` macro takes it.
STATE_KINDS: dict[CaseState, str] = {
    CaseState.DRAFT: "line",
    CaseState.IN_REVIEW: "amber",
    CaseState.CHANGES_REQUESTED: "amber",
    CaseState.APPROVED: "blue",
    CaseState.DECLINED: "red",
    CaseState.OPEN: "green",
    CaseState.CLOSING: "amber",
    CaseState.FUNDED: "green",
    CaseState.UNFUNDED: "line",
    CaseState.CONCLUDED: "line",
}
