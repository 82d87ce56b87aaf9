"""Letters to the lawyer who runs a case, and to the client who is asked about it.

Each reads the case as it is when the letter is sent; what is no longer true is not sent.

A letter about a private case names neither its title nor anything that was written about it: whoever reads the
lawyer's mail learns only that there is a page. The button leads to where one must sign in.
"""

from typing import Any

from flask import current_app

from app.cases import appeals, client, invitations
from app.cases.labels import REASONS, REFUSALS
from app.cases.models import Case, CaseFiling, CaseGrant, ClientConsent, RestrictedName
from app.cases.queries import page_url, remarks
from app.cases.states import CaseState, Consent
from app.core import clock
from app.core.text import safe_line
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter


def _letter(template: str, case: Case, **values: Any) -> Letter:
    lang = get_locale()
    base = str(current_app.config["AMICUS"].base_url)
    return Letter(
        f"cases/{template}",
        {
            "title": None if case.is_private else safe_line(case.title),
            "is_private": case.is_private,
            "case_url": page_url(case, lang) if case.is_published and not case.is_private else None,
            "dashboard_url": base + alternate_url(f"dashboard/cases/{case.public_id}", lang),
            "target": case.target,
            "deadline_at": case.deadline_at,
            "time_zone": case.time_zone,
            **values,
        },
    )


def _in(case_id: int, state: CaseState) -> Case | None:
    """The case, if it is in `state`."""
    case = db.session.get_one(Case, case_id)
    return case if case.state == state else None


def _decided(template: str, case_id: int, state: CaseState) -> Letter | None:
    """A letter about a reviewer's decision, with what they wrote to the lawyer unless the case is private."""
    case = _in(case_id, state)
    if case is None:
        return None
    review = case.reviews[-1] if case.reviews else None
    if review is None or case.is_private:
        has_comment = bool(review and (review.comment or review.comments))
        can_appeal = appeals.of_case(case) is None
        return _letter(template, case, has_comment=has_comment, remarks=(), can_appeal=can_appeal)
    return _letter(
        template,
        case,
        comment=review.comment,
        remarks=remarks(case, review),
        reason_label=REFUSALS[review.code][0] if review.code else "",
        can_appeal=appeals.of_case(case) is None,
        policy_url=_policy_url(review.code),
    )


def _policy_url(code: str) -> str:
    """Where the published rules say what a refusal's code means."""
    return _site_url("policy") + f"#refusal-{code}"


def _site_url(path: str) -> str:
    return str(current_app.config["AMICUS"].base_url) + alternate_url(path, get_locale())


@letter("cases.submitted")
def submitted(case: int) -> Letter | None:
    found = _in(case, CaseState.IN_REVIEW)
    return _letter("submitted", found) if found else None


@letter("cases.changes_requested")
def changes_requested(case: int) -> Letter | None:
    return _decided("changes_requested", case, CaseState.CHANGES_REQUESTED)


@letter("cases.approved")
def approved(case: int) -> Letter | None:
    return _decided("approved", case, CaseState.APPROVED)


@letter("cases.declined")
def declined(case: int) -> Letter | None:
    return _decided("declined", case, CaseState.DECLINED)


@letter("cases.appeal_decided")
def appeal_decided(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    row = appeals.of_case(found)
    if row is None or not row.decision:
        return None
    comment = "" if found.is_private else row.comment
    return _letter("appeal_decided", found, decision=row.decision, comment=comment, has_comment=True, remarks=())


def _measure(what: str, case: Case, is_true: bool, code: str = "", line: str = "") -> Letter | None:
    """A letter that staff stepped in; what was undone meanwhile is not told."""
    if not is_true:
        return None
    reason, log_url = (REASONS[code] if code else ""), _site_url("takedowns")
    return _letter(
        "measure", case, what=what, reason_said=reason, line="" if case.is_private else line, log_url=log_url
    )


@letter("cases.suspended")
def suspended(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    is_true = found.suspended_because != "" and found.taken_down_at is None
    return _measure("suspended", found, is_true, found.suspended_because, found.suspended_line)


@letter("cases.lifted")
def lifted(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _measure("lifted", found, found.suspended_because == "")


@letter("cases.taken_down")
def taken_down(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _measure("taken_down", found, found.taken_down_at is not None, found.taken_down_because)


@letter("cases.put_back")
def put_back(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _measure("put_back", found, found.taken_down_at is None)


@letter("cases.published")
def published(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _letter("published", found) if found.takes_pledges(clock.now()) else None


@letter("cases.target_met")
def target_met(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    if found.funded_at is None:
        return None
    return _letter("target_met", found, goes_on=found.takes_pledges(clock.now()))


@letter("cases.target_missed")
def target_missed(case: int) -> Letter | None:
    found = _in(case, CaseState.UNFUNDED)
    return _letter("target_missed", found) if found else None


@letter("cases.ended_early")
def ended_early(case: int) -> Letter | None:
    found = _in(case, CaseState.UNFUNDED)
    if found is None or found.ended_early_at is None:
        return None
    reason = "" if found.is_private else found.ended_early_because
    return _letter("ended_early", found, by=found.ended_early_by, reason=reason)


# ---------------------------------------------------------------- the filing in court
@letter("cases.filing_checked")
def filing_checked(filing: int) -> Letter | None:
    row = db.session.get_one(CaseFiling, filing)
    if row.state != "checked":
        return None
    url = _site_url(f"dashboard/cases/{row.case.public_id}/updates/new")
    return _letter("filing_checked", row.case, can_update=row.case.is_published, update_url=url)


@letter("cases.filing_refused")
def filing_refused(filing: int) -> Letter | None:
    """What the reviewer wrote may tell of the case: about a private one it waits behind the sign-in."""
    row = db.session.get_one(CaseFiling, filing)
    if row.state != "refused":
        return None
    comment = "" if row.case.is_private else row.reason
    url = _site_url(f"dashboard/cases/{row.case.public_id}/proofs")
    return _letter("filing_refused", row.case, comment=comment, has_comment=True, remarks=(), proofs_url=url)


# ---------------------------------------------------------------- the client's consent
def _consent(consent: int, state: Consent) -> ClientConsent | None:
    """What a client was asked, if it still stands like this."""
    row = db.session.get_one(ClientConsent, consent)
    found = client.standing(row.case)
    return row if found.row is row and found.state is state and row.case.can_ask_client else None


@letter("cases.client_asked")
def client_asked(consent: int) -> Letter | None:
    """To the client. Of a private case it tells only that there is a page to read."""
    row = _consent(consent, Consent.WAITING)
    if row is None:
        return None
    case = row.case
    return Letter(
        "cases/client_asked",
        {
            "title": None if case.is_private else safe_line(case.title),
            "lawyer": case.lawyer.user.name,
            "firm": case.lawyer.firm,
            "answer_url": client.link_of(row),
            "until": row.expires_at,
        },
    )


@letter("cases.client_agreed")
def client_agreed(consent: int) -> Letter | None:
    row = _consent(consent, Consent.GIVEN)
    return _letter("client_agreed", row.case, is_approved=row.case.state == CaseState.APPROVED) if row else None


@letter("cases.client_wants_changes")
def client_wants_changes(consent: int) -> Letter | None:
    row = _consent(consent, Consent.CHANGE)
    return _letter("client_wants_changes", row.case, message=_unless_private(row)) if row else None


def _unless_private(row: ClientConsent) -> str:
    return "" if row.case.is_private else row.message


# ---------------------------------------------------------------- who sees the page, and when
@letter("cases.invited")
def invited(grant: int) -> Letter | None:
    """To whom the lawyer invites to a private page. It tells that there is one, and from whom the invitation comes."""
    found = db.session.get_one(CaseGrant, grant)
    if not invitations.is_working(found) or not found.case.is_published:
        return None
    lawyer = found.case.lawyer
    values = {"lawyer": lawyer.user.name, "firm": lawyer.firm, "url": invitations.link_of(found)}
    return Letter("cases/invited", {**values, "until": found.expires_at})


@letter("cases.made_public")
def made_public(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return None if found.is_private else _letter("made_public", found)


@letter("cases.kept_private")
def kept_private(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _letter("kept_private", found) if found.is_private else None


@letter("cases.page_changed")
def page_changed(case: int) -> Letter | None:
    """To the lawyer: an approved change stands on the page, and until when its backers decide again."""
    found = db.session.get_one(Case, case)
    return _letter("page_changed", found, until=found.withdraw_until) if found.changed_at else None


@letter("cases.change_refused")
def change_refused(case: int) -> Letter | None:
    """To the lawyer: an approved change came too late for its page. `case` is the change, which may be gone."""
    draft = db.session.get(Case, case)
    return _letter("change_refused", draft) if draft is not None and draft.is_editable else None


@letter("cases.made_private")
def made_private(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _letter("made_private", found) if found.is_private else None


@letter("cases.not_published")
def not_published(case: int) -> Letter | None:
    found = _in(case, CaseState.APPROVED)
    return _letter("not_published", found) if found and found.publish_at is None else None


# ---------------------------------------------------------------- reporting restrictions
@letter("cases.name_hidden")
def name_hidden(case: int, name: int) -> Letter | None:
    return _restriction("name_hidden", case, name, is_lifted=False)


@letter("cases.name_told_again")
def name_told_again(case: int, name: int) -> Letter | None:
    return _restriction("name_told_again", case, name, is_lifted=True)


def _restriction(template: str, case_id: int, name_id: int, *, is_lifted: bool) -> Letter | None:
    """A letter about a hidden name, which it does not tell: it names the order."""
    case, row = db.session.get_one(Case, case_id), db.session.get_one(RestrictedName, name_id)
    if (row.lifted_at is not None) is not is_lifted:
        return None
    return _letter(
        template,
        case,
        order="" if case.is_private else row.order_ref,
        has_files=case.has_files,
        names_url=_site_url(f"dashboard/cases/{case.public_id}/restrictions"),
    )
