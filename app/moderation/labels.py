"""What reports, and what is done about them, are called. The keys are stored."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.moderation.states import ReportState

KINDS: dict[str, LazyString] = {
    "case": _lp("report", "Case page"),
    "update": _lp("report", "Update"),
    "outcome": _lp("report", "Outcome"),
    "story": _lp("report", "Success story"),
    "lawyer": _lp("report", "Lawyer’s page"),
}
CONCERNS: dict[str, LazyString] = {
    "danger": _l("It puts somebody in danger, or names somebody who must not be named"),
    "court": _l("It breaks a court order, or could harm a trial"),
    "misleading": _l("It says something that is not true"),
    "money": _l("The money may be used for something else"),
    "identity": _l("Somebody is not who they say they are"),
    "harassment": _l("It attacks somebody"),
    "rights": _l("It uses words or pictures that belong to me"),
    "other": _l("Something else"),
}
STATES: dict[ReportState, LazyString] = {
    ReportState.OPEN: _lp("report", "Open"),
    ReportState.LOOKING: _lp("report", "Being looked at"),
    ReportState.CLOSED: _lp("report", "Closed"),
}
STATE_TAGS: dict[ReportState, tuple[str, str]] = {
    ReportState.OPEN: ("amber", "flag"),
    ReportState.LOOKING: ("blue", "eye"),
    ReportState.CLOSED: ("line", "check"),
}
# What the public log lists, by the names that the audit log has for them.
MEASURES: dict[str, LazyString] = {
    "case.suspended": _l("Case page suspended"),
    "case.taken_down": _l("Case page taken down"),
    "update.taken_down": _l("Update taken down"),
    "story.taken_down": _l("Success story taken down"),
    "lawyer.suspended": _l("Lawyer’s verification suspended"),
}
