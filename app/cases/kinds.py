"""The types of cases as data: what each is asked for, which legal stages it can be at, and a template to begin with.

What a template offers is put into empty boxes when the lawyer asks for it, in the language of the page, and never takes
the place of what is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.labels import FILED_STAGES, LEGAL_STAGES


@dataclass(frozen=True)
class Kind:
    """One type of case.

    `skips` are the parts of "People and court" that it is not asked for; `stages` the legal stages on offer. Where it
    `has_costs`, the losing side may have to pay, and backers must be told. `names` are other names of its fields than
    the usual ones in the form, `facts` on the page. The template: headings of a story (`outline`), what the money
    usually pays for (`lines`), and what it is raised for in turn (`raising`, with reasons). `unfiled` says what it is
    that is never filed at a court; empty for what can be.
    """

    about: LazyString
    stages: tuple[str, ...]
    outline: tuple[LazyString, ...]
    lines: tuple[LazyString, ...]
    raising: tuple[tuple[LazyString, LazyString], ...]
    skips: frozenset[str] = frozenset()
    has_costs: bool = False
    names: Mapping[str, LazyString] = field(default_factory=dict)
    facts: Mapping[str, LazyString] = field(default_factory=dict)
    unfiled: LazyString | None = None

    def needs(self, part: str, legal_stage: str) -> bool:
        """Whether a case must say this part of "People and court"; a claim number only once a claim is filed."""
        return part not in self.skips and (part != "claim_number" or legal_stage in FILED_STAGES)


_HAPPENED = _lp("outline", "What happened")
_DECIDE = _lp("outline", "What we ask the court to decide")
_WHERE = _lp("outline", "Where we are")
_END = _lp("outline", "What changes if we win, and what if we lose")
_BARRISTER = _lp("budget", "Barrister’s fees")
_SOLICITOR = _lp("budget", "Solicitor’s time")
_COURT_FEES = _lp("budget", "Court fees")
_EXPERT = _lp("budget", "Expert report")
_COPIES = _lp("budget", "Copying and translation")
_ADVICE = (
    _lp("raising", "Advice and letter before claim"),
    _lp("raising", "A barrister says in writing whether the case is sound, and we ask the other side to put it right."),
)
_ISSUE = (
    _lp("raising", "Issue the claim"),
    _lp("raising", "The court fee, the claim form, and the evidence that goes with it."),
)
_HEARING = (
    _lp("raising", "The hearing"),
    _lp("raising", "Preparing the papers for the judge, and the barrister’s days in court."),
)
_APPEAL = (
    _lp("raising", "An appeal"),
    _lp("raising", "Only if there is one: asking for permission, and arguing it."),
)

KINDS: dict[str, Kind] = {
    "litigation": Kind(
        about=_l("Your client brings a claim or challenges a decision in court."),
        stages=("pre_action", "issued", "permission", "hearing", "judgment", "appeal"),
        outline=(_HAPPENED, _DECIDE, _WHERE, _END),
        lines=(_BARRISTER, _SOLICITOR, _COURT_FEES, _EXPERT),
        raising=(_ADVICE, _ISSUE, _HEARING, _APPEAL),
        has_costs=True,
    ),
    "advice": Kind(
        about=_l("You find out whether there is a case, or try to settle it without a court."),
        stages=("pre_action",),
        skips=frozenset({"court", "claim_number"}),
        unfiled=_l("Advice or pre-action work: nothing is filed at court"),
        names={
            "respondent": _l("Who would be on the other side?"),
            "cause_of_action": _l("The legal question"),
            "relief_sought": _l("What should the advice settle?"),
        },
        facts={
            "cause_of_action": _l("The legal question"),
            "relief_sought": _l("What the advice should settle"),
        },
        outline=(
            _HAPPENED,
            _lp("outline", "What we want to find out"),
            _lp("outline", "What the advice makes possible"),
        ),
        lines=(_BARRISTER, _SOLICITOR, _EXPERT),
        raising=(_ADVICE, _ISSUE),
    ),
    "intervention": Kind(
        about=_l("Your client asks to be heard in somebody else’s case."),
        stages=("permission", "hearing", "judgment", "appeal"),
        names={
            "respondent": _l("Which case is it, and between whom?"),
            "cause_of_action": _l("The point of law"),
            "relief_sought": _l("What do you ask the court to hold?"),
        },
        facts={"respondent": _l("The case"), "cause_of_action": _l("The point of law")},
        outline=(
            _lp("outline", "What the case is about"),
            _lp("outline", "Why the court should hear us"),
            _WHERE,
            _lp("outline", "What depends on it"),
        ),
        lines=(_BARRISTER, _SOLICITOR, _COURT_FEES, _COPIES),
        raising=(
            (
                _lp("raising", "Permission to intervene"),
                _lp("raising", "Asking the court to hear us, with the evidence that only we have."),
            ),
            _HEARING,
        ),
        has_costs=True,
    ),
    "defence": Kind(
        about=_l("Your client is accused or sued."),
        stages=("pre_action", "issued", "hearing", "judgment", "appeal"),
        names={
            "respondent": _l("Who accuses or sues your client?"),
            "cause_of_action": _l("The charge or claim"),
            "relief_sought": _l("What do you ask the court to do?"),
        },
        facts={"respondent": _l("Accused or sued by"), "cause_of_action": _l("The charge or claim")},
        outline=(_HAPPENED, _lp("outline", "What is said against my client, and our answer"), _WHERE, _END),
        lines=(_BARRISTER, _SOLICITOR, _EXPERT, _COPIES),
        raising=(
            (
                _lp("raising", "Preparing the defence"),
                _lp("raising", "Reading what the other side has, finding witnesses, and asking experts."),
            ),
            _HEARING,
            _APPEAL,
        ),
        has_costs=True,
    ),
    "inquest": Kind(
        about=_l("You act for the family of somebody who died."),
        stages=("opened", "hearing", "judgment"),
        skips=frozenset({"respondent", "claim_number", "cause_of_action"}),
        names={
            "court": _l("Coroner’s court"),
            "relief_sought": _l("What should the inquest find out?"),
        },
        facts={"court": _l("Coroner’s court"), "relief_sought": _l("What the inquest should find out")},
        outline=(
            _lp("outline", "Who died, and how"),
            _lp("outline", "What the family needs to know"),
            _WHERE,
            _lp("outline", "What could change for others"),
        ),
        lines=(_BARRISTER, _SOLICITOR, _EXPERT, _COPIES),
        raising=(
            (
                _lp("raising", "Before the inquest"),
                _lp("raising", "Getting the records, asking an expert, and the hearing that sets its scope."),
            ),
            (
                _lp("raising", "The inquest"),
                _lp("raising", "The family is represented on every day of it."),
            ),
        ),
    ),
    "law_reform": Kind(
        about=_l("You work for a change of the law itself, not for a judgment."),
        stages=("pre_action", "consultation", "parliament"),
        skips=frozenset({"respondent", "claim_number"}),
        unfiled=_l("Law reform: there is no court case"),
        names={
            "court": _l("Who can change it?"),
            "cause_of_action": _l("The law or rule that should change"),
            "relief_sought": _l("What should the law say?"),
        },
        facts={
            "court": _l("Who can change it"),
            "cause_of_action": _l("The law or rule that should change"),
            "relief_sought": _l("What the law should say"),
        },
        outline=(
            _lp("outline", "What the law does today"),
            _lp("outline", "What it should say"),
            _WHERE,
            _lp("outline", "What depends on it"),
        ),
        lines=(_SOLICITOR, _BARRISTER, _lp("budget", "Research"), _COPIES),
        raising=(
            (
                _lp("raising", "Research and drafting"),
                _lp("raising", "Finding out what the law does to people, and writing down what it should say."),
            ),
            (
                _lp("raising", "Consultation and Parliament"),
                _lp("raising", "Putting the draft before those who decide, and answering them."),
            ),
        ),
    ),
}
# As long as no type is chosen, everything is asked for.
_ANY = Kind(
    about=_l("Other"),
    stages=tuple(LEGAL_STAGES),
    outline=KINDS["litigation"].outline,
    lines=KINDS["litigation"].lines,
    raising=KINDS["litigation"].raising,
)


def of(kind: str | None) -> Kind:
    """The type of this name; while none is chosen, one that asks for everything."""
    return KINDS.get(kind or "", _ANY)
