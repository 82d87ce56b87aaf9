"""What the choices of a case page are called. The keys are stored; the words are translated when they are shown."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.states import CaseState, Consent, Visibility

VISIBILITIES: dict[str, LazyString] = {
    Visibility.PUBLIC: _l("Public"),
    Visibility.PRIVATE: _l("Private"),
}
DOCUMENTS: dict[str, LazyString] = {
    "order": _lp("document", "Order"),
    "claim": _lp("document", "Claim form or statement of case"),
    "judgment": _lp("document", "Judgment"),
    "letter": _lp("document", "Letter"),
    "other": _lp("document", "Other document"),
}
# What a client signs to instruct a lawyer.
INSTRUCTIONS: dict[str, LazyString] = {
    "client_care": _lp("instruction", "Client care letter"),
    "engagement": _lp("instruction", "Engagement letter or retainer"),
    "authority": _lp("instruction", "Signed authority to act"),
}
# The steps of the wizard, by the names of `service.STEPS`.
STEPS: dict[str, LazyString] = {
    "visibility": _l("Who can see it"),
    "about": _lp("step", "The case"),
    "parties": _l("People and court"),
    "story": _l("Your story"),
    "budget": _l("Costs and target"),
    "stages": _l("Stages of the money"),
    "deadline": _l("Deadline and risk"),
}
KINDS: dict[str, LazyString] = {
    "litigation": _l("Litigation"),
    "advice": _l("Advice or pre-action work"),
    "intervention": _l("Intervention"),
    "defence": _l("Defence"),
    "inquest": _l("Inquest"),
    "law_reform": _l("Law reform"),
}
LEGAL_STAGES: dict[str, LazyString] = {
    "pre_action": _lp("legal stage", "Pre-action"),
    "issued": _lp("legal stage", "Claim issued"),
    "permission": _lp("legal stage", "Permission"),
    "hearing": _lp("legal stage", "Hearing"),
    "judgment": _lp("legal stage", "Judgment"),
    "appeal": _lp("legal stage", "Appeal"),
    "opened": _lp("legal stage", "Inquest opened"),
    "consultation": _lp("legal stage", "Consultation"),
    "parliament": _lp("legal stage", "Before Parliament"),
    "settled": _lp("legal stage", "Settled"),
}
FILED_STAGES = frozenset({"issued", "permission", "hearing", "judgment", "appeal"})
# Whatever a reviewer can comment on: the steps, and the page for files.
PARTS: dict[str, LazyString] = STEPS | {"files": _l("Documents and pictures")}
# By time zone: the places whose courts keep it.
COURT_ZONES: dict[str, LazyString] = {
    "Europe/London": _l("London, Edinburgh and Belfast"),
    "Europe/Dublin": _l("Dublin"),
    "Europe/Paris": _l("Strasbourg, Luxembourg and The Hague"),
    "America/New_York": _l("New York and Washington"),
    "America/Chicago": _l("Chicago"),
    "America/Denver": _l("Denver"),
    "America/Los_Angeles": _l("Los Angeles"),
    "Asia/Tehran": _l("Tehran"),
}
COSTS_RISKS: dict[str, LazyString] = {
    "capped": _l("Yes, and a cap is agreed"),
    "uncapped": _l("Yes, with no cap"),
    "none": _l("No"),
}
INSURANCE: dict[str, LazyString] = {
    "held": _l("Yes, there is insurance"),
    "applied": _l("It has been applied for"),
    "none": _l("No insurance"),
}
# The lawyer's own view of the case, on a scale that is the same for all; the last is no view.
PROSPECTS: dict[str, LazyString] = {
    "strong": _l("Strong: more likely to succeed than not"),
    "reasonable": _l("Reasonable: about as likely to succeed as to fail"),
    "uncertain": _l("Uncertain: too early to say"),
    "test": _l("Test case: the odds are low, the question matters"),
    "withheld": _l("Withheld: privilege"),
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
    "keep_private": _lp("decision", "Kept private"),
    "make_public": _lp("decision", "May become public"),
}
# Why a page may be turned down: what the lawyer is told, and what the published policy says it means.
REFUSALS: dict[str, tuple[LazyString, LazyString]] = {
    "outside": (
        _l("It is not what pages are for"),
        _l("It does not raise money for legal work in one of our areas of law."),
    ),
    "no_instruction": (
        _l("It is not shown that the client has instructed the lawyer"),
        _l("We must be sure that there is a client, and that the lawyer acts for them."),
    ),
    "facts": (
        _l("There are too few facts to judge it by"),
        _l("Backers must be able to see who asks whom for what, why, and what the money pays for."),
    ),
    "use": (
        _l("The money would be used for something that we do not allow"),
        _l("Fines, damages, debts, living costs and anything beside the legal work itself."),
    ),
    "privacy": (
        _l("It would put somebody’s privacy or safety at risk"),
        _l("It names or describes somebody, such as a child or a witness, who could come to harm by it."),
    ),
    "restriction": (
        _l("It could be contempt of court or break a reporting restriction"),
        _l("It tells what a court has ordered not to be told, or could influence a trial."),
    ),
    "misleading": (
        _l("It is misleading"),
        _l("It leaves out what matters, says what is not so, or makes a result look certain."),
    ),
    "harassment": (
        _l("It attacks or silences somebody"),
        _l("The claim, or the page, is meant to intimidate a person rather than to settle a question of law."),
    ),
    "duplicate": (
        _l("The same case has a page already"),
        _l("A case has one page. The lawyers of a case run it together."),
    ),
    "other": (
        _l("Another reason, which the reviewer explains"),
        _l("Rare. The reviewer says in full what stands in the way."),
    ),
}
# What a reviewer has looked at before they approve a page; every one must be ticked.
CHECKS: dict[str, LazyString] = {
    "instruction": _l("There is a client, and the proof of instruction says that this lawyer acts for them"),
    "facts": _l("It is clear who asks whom for what, in which court, and who benefits"),
    "money": _l("The budget says what the money pays for, and only for what we allow"),
    "risk": _l("The deadline and what losing could cost are told"),
    "people": _l("Nobody is put at risk: no child, witness or address can be made out"),
    "court": _l("No order of a court and no reporting restriction is broken"),
    "fair": _l("Nothing misleads, and nobody is attacked"),
}
# Why a live page is suspended or taken down. The public log counts them.
REASONS: dict[str, LazyString] = {
    "order": _l("a court order or the law"),
    "restriction": _l("a reporting restriction, or a risk to a trial"),
    "privacy": _l("somebody’s privacy or safety"),
    "misleading": _l("something on the page that is not so"),
    "money": _l("a question about what the money is for"),
    "harassment": _l("an attack on somebody"),
    "rights": _l("somebody else’s rights in words or pictures"),
    "lawyer": _l("the lawyer’s verification"),
    "other": _l("another reason"),
}
FILINGS: dict[str, LazyString] = {
    "sent": _lp("filing", "Waits to be checked"),
    "checked": _lp("filing", "Checked"),
    "refused": _lp("filing", "Not accepted"),
    "replaced": _lp("filing", "Replaced by a later one"),
}
APPEALS: dict[str, LazyString] = {
    "uphold": _l("The refusal stands"),
    "changes": _l("Back to the lawyer for changes"),
    "review": _l("Back to the reviewers"),
}
CONSENTS: dict[Consent, LazyString] = {
    Consent.NONE: _lp("consent", "Not asked yet"),
    Consent.WAITING: _lp("consent", "Asked, no answer yet"),
    Consent.EXPIRED: _lp("consent", "The link is too old"),
    Consent.GIVEN: _lp("consent", "Given"),
    Consent.STALE: _lp("consent", "Given to an earlier text"),
    Consent.CHANGE: _lp("consent", "Changes wanted"),
}
CONSENT_TAGS: dict[Consent, tuple[str, str]] = {
    Consent.NONE: ("line", "circle"),
    Consent.WAITING: ("amber", "hourglass"),
    Consent.EXPIRED: ("amber", "clock"),
    Consent.GIVEN: ("green", "check"),
    Consent.STALE: ("amber", "triangle-alert"),
    Consent.CHANGE: ("amber", "pen-line"),
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
STATE_ICONS: dict[CaseState, str] = {
    CaseState.DRAFT: "pen-line",
    CaseState.IN_REVIEW: "hourglass",
    CaseState.CHANGES_REQUESTED: "pen-line",
    CaseState.APPROVED: "circle-check",
    CaseState.DECLINED: "circle-x",
    CaseState.OPEN: "circle-dot",
    CaseState.CLOSING: "clock",
    CaseState.FUNDED: "check",
    CaseState.UNFUNDED: "circle-slash",
    CaseState.CONCLUDED: "flag",
}

# How an invitation to a private page stands: words, colour, icon.
INVITATIONS = {
    "sent": (_l("Sent"), "blue", "mail"),
    "opened": (_l("Opened"), "green", "check"),
    "expired": (_l("Has run out"), "line", "clock"),
    "revoked": (_l("Ended"), "line", "ban"),
}
