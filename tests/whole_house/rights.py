"""Who may do what: the table that `docs/rights.md` shows to staff, and that `test_rights.py` holds against every route.

It says what should be, and is written by hand: nothing here asks the portal. A line has the route, the thing of
`test_rights.World` that fills in its address, who may open it, and who may send its form. Whoever is not named there is
answered as if nothing stood there; not signed in, they are led to signing in where an account is needed at all.
Under `at_the_door` stands whom the route turns away before it looks at any thing.

`python -m tests.whole_house.rights` writes the page anew.
"""

from dataclasses import dataclass

from config import ROOT

PAGE = ROOT / "docs" / "rights.md"
# Everybody whom the matrix tries, and how the page calls them.
PEOPLE = {
    "nobody": "somebody who is not signed in",
    "supporter": "a supporter with an account, who has nothing to do with the case",
    "backer": "a backer of the case, signed in",
    "guest": "a guest with an invitation to the private page",
    "applicant": "a lawyer who is not verified yet",
    "owner": "the lawyer of the case",
    "other lawyer": "another verified lawyer",
    "reviewer": "staff: a reviewer",
    "finance": "staff: finance",
    "editor": "staff: an editor of stories",
    "admin": "staff: an administrator, who may do what any role may but the auditor's",
    "auditor": "staff: an auditor, who reads only",
}
SIGNED_IN = frozenset(PEOPLE) - {"nobody", "guest"}
# The groups that the lines name: who belongs to each, and how the page says it.
GROUPS: dict[str, tuple[frozenset[str], str]] = {
    "everybody": (frozenset(PEOPLE), "everybody"),
    "holder": (frozenset(PEOPLE), "whoever holds the link from the letter"),
    "account": (SIGNED_IN, "everybody with an account, about themselves only"),
    "claimer": (SIGNED_IN, "whoever holds the link from the letter; it acts for the account that asked, and no other"),
    "keyholder": (frozenset({"applicant"}), "the account to which it belongs"),
    "lawyers": (frozenset({"applicant", "owner", "other lawyer"}), "lawyers, verified or not"),
    "owner": (frozenset({"owner"}), "the lawyer of the case"),
    "page": (
        frozenset({"owner", "backer", "guest", "reviewer", "admin"}),
        "whoever may see the page: of a public one everybody; of a private one its lawyer, its backers, holders of its "
        "links and invitations, reviewers",
    ),
    "reviewers": (frozenset({"reviewer", "admin"}), "reviewers"),
    "editors": (frozenset({"editor", "admin"}), "editors"),
    "finance": (frozenset({"finance", "admin"}), "finance"),
    "failures": (frozenset({"finance", "admin", "auditor"}), "finance, administrators and auditors"),
    "records": (frozenset({"admin", "auditor"}), "administrators and auditors"),
    "admins": (frozenset({"admin"}), "administrators"),
    "staff": (frozenset({"reviewer", "finance", "editor", "admin", "auditor"}), "all staff"),
    "provider": (frozenset(PEOPLE), "the payment provider, by its signature"),
    "nobody": (frozenset(), "nobody"),
    "-": (frozenset(), ""),
}

# route                       thing         at the door  opens      sends
TABLE = """
pages.home                    -             everybody    everybody  -
pages.contact                 -             everybody    everybody  -
pages.fees                    -             everybody    everybody  -
pages.figures                 -             everybody    everybody  -
pages.how_it_works            -             everybody    everybody  -
pages.policy                  -             everybody    everybody  -
pages.privacy                 -             everybody    everybody  -
pages.terms                   -             everybody    everybody  -
pages.robots                  -             everybody    everybody  -
pages.appearance              -             everybody    everybody  everybody
areas.home                    -             everybody    everybody  -
areas.show                    area          everybody    everybody  -
directory.home                -             everybody    everybody  -
directory.profile             lawyer_page   everybody    everybody  -
search.results                -             everybody    everybody  -
stories.gallery               -             everybody    everybody  -
stories.outcomes              -             everybody    everybody  -
stories.show                  story_page    everybody    everybody  -
reports.log                   -             everybody    everybody  -
reports.sent                  -             everybody    everybody  -
privacy.done                  -             everybody    everybody  -
operations.healthz            -             everybody    everybody  -
operations.readyz             -             everybody    everybody  -

accounts.sign_in              -             everybody    everybody  everybody
accounts.sign_in_with_passkey -             everybody    -          everybody
accounts.second_factor        -             everybody    everybody  everybody
accounts.second_passkey       -             everybody    -          everybody
accounts.recovery_code        -             everybody    everybody  everybody
accounts.sign_out             -             everybody    -          everybody
joining.sign_up               -             everybody    everybody  everybody
joining.letter_sent           -             everybody    everybody  -
joining.ask_reset             -             everybody    everybody  everybody
joining.reset_sent            -             everybody    everybody  -
joining.reset                 reset         everybody    holder     holder
joining.confirm               moved         everybody    holder     holder
joining.resend                -             account      account    account
accounts.home                 -             account      account    -
settings.details              -             account      account    account
settings.email                -             account      account    account
settings.password             -             account      account    account
settings.set_up               -             account      account    account
settings.scan                 -             account      account    account
settings.renew                -             account      account    account
settings.turn_off             -             account      account    account
settings.sign_ins             -             account      account    account
proving.prove                 -             account      account    account
proving.with_passkey          -             account      -          account
keyring.home                  -             account      account    -
keyring.new                   -             account      account    account
keyring.remove                passkey       account      keyholder  keyholder

members.home                  -             account      account    -
members.emails                -             account      account    -
members.payments              -             account      account    -
members.find_pledges          -             account      account    account
members.claim_own             -             account      -          account
members.claim                 claim         account      claimer    claimer
my_privacy.home               -             account      account    -
my_privacy.copy               -             account      account    account
my_privacy.erase              -             account      account    account
privacy.ask                   -             everybody    everybody  everybody
privacy.sent                  -             everybody    everybody  -
privacy.show                  data          everybody    holder     -
privacy.copy                  data          everybody    -          holder
privacy.erase                 data          everybody    holder     holder

lawyers.start                 -             everybody    everybody  -
lawyers.apply                 -             account      account    account
lawyers.application           -             account      account    -

cases.explore                 -             everybody    everybody  -
cases.detail                  page          everybody    page       -
cases.backers                 page          everybody    page       -
changes.told                  page          everybody    page       -
filing.show                   page_file     everybody    page       -
updates.all_of                page          everybody    page       -
updates.show                  page_update   everybody    page       -
updates.order                 ended_page    everybody    page       -
pledges.back                  page          everybody    page       page
pledges.returned              returned      everybody    holder     -
reports.case                  page          everybody    page       page
reports.update                page_update   everybody    page       page
reports.outcome               ended_page    everybody    page       page
reports.lawyer                lawyer_page   everybody    everybody  everybody
reports.story                 story_page    everybody    everybody  everybody
links.open                    link          everybody    holder     holder
links.invited                 invitation    everybody    holder     holder
consent.answer                client        everybody    holder     holder
filing.asked                  client_file   everybody    holder     -
manage.show                   pledge        everybody    holder     -
manage.thanks                 pledge        everybody    holder     -
manage.amount                 pledge        everybody    holder     holder
manage.appearance             pledge        everybody    holder     holder
manage.approve                pledge        everybody    holder     holder
manage.approved               pledge        everybody    holder     -
manage.card                   pledge        everybody    -          holder
manage.withdraw               pledge        everybody    holder     holder
unsubscribe.show              reader        everybody    holder     holder
unsubscribe.undo              reader        everybody    holder     holder
webhooks.stripe               -             everybody    -          provider

dashboard.home                -             lawyers      lawyers    -
wizard.new                    -             lawyers      lawyers    lawyers
dashboard.case                own           lawyers      owner      -
wizard.step                   step          lawyers      owner      owner
wizard.check                  draft         lawyers      owner      owner
consent.ask                   draft         lawyers      owner      owner
consent.end                   draft         lawyers      owner      owner
filing.desk                   own           lawyers      owner      owner
filing.own                    file          lawyers      owner      -
filing.remove                 file          lawyers      owner      owner
timing.plan                   approved      lawyers      owner      owner
dashboard.publish             approved      lawyers      owner      owner
appeals.make                  declined      lawyers      owner      owner
dashboard.change_stages       own           lawyers      owner      owner
changes.desk                  own           lawyers      owner      owner
dashboard.links               own           lawyers      owner      owner
dashboard.revoke              grant         lawyers      owner      owner
guests.invite                 own           lawyers      owner      owner
guests.revoke                 invited       lawyers      owner      owner
guests.ask_for                own           lawyers      owner      owner
openness.change               own           lawyers      owner      owner
restricting.own               own           lawyers      owner      owner
proofs.desk                   own           lawyers      owner      owner
updates_desk.new              own           lawyers      owner      owner
updates_desk.no_change        own           lawyers      owner      owner
updates_desk.edit             drafted       lawyers      owner      owner
updates_desk.discard          drafted       lawyers      owner      owner
updates_desk.correct          posted        lawyers      owner      owner
updates_desk.outcome          own           lawyers      owner      owner
updates_desk.story            ended         lawyers      owner      owner
ending.own                    own           lawyers      owner      owner
timing.again                  unfunded      lawyers      owner      owner

staff.home                    -             staff        staff      -
cases_admin.queue             -             reviewers    reviewers  -
cases_admin.review            waiting       reviewers    reviewers  reviewers
filing.submitted              waiting_file  reviewers    reviewers  -
proofs.decide                 waiting       reviewers    reviewers  reviewers
proofs.filing_paper           waiting       reviewers    -          reviewers
proofs.instruction_paper      waiting       reviewers    -          reviewers
proofs.accept                 waiting       reviewers    -          reviewers
appeals.answer                appealed      reviewers    reviewers  reviewers
ending.as_staff               own           reviewers    reviewers  reviewers
openness.hide                 public        reviewers    reviewers  reviewers
openness.decide               wanting       reviewers    reviewers  reviewers
restricting.as_staff          own           reviewers    reviewers  reviewers
restricting.lift              restricted    reviewers    reviewers  reviewers
staff.live                    -             reviewers    reviewers  -
staff.overdue                 -             reviewers    reviewers  -
reports_admin.queue           -             reviewers    reviewers  -
reports_admin.show            report        reviewers    reviewers  reviewers
lawyers_admin.queue           -             reviewers    reviewers  -
lawyers_admin.review          applicant     reviewers    reviewers  reviewers
lawyers_admin.evidence        applicant     reviewers    -          reviewers
lawyers_admin.suspend         applicant     reviewers    -          reviewers
lawyers_admin.lift            applicant     reviewers    -          reviewers
lawyers_admin.settle          applicant     reviewers    -          reviewers
lawyers_admin.imports         -             reviewers    reviewers  reviewers
stories_admin.home            -             editors      editors    -
stories_admin.edit            story         editors      editors    editors
stories_admin.take_down       story         editors      editors    editors
staff.failed                  -             failures     failures   -
staff.again                   -             finance      -          finance
settings_admin.home           -             admins       admins     -
settings_admin.show           setting       admins       admins     admins
settings_admin.answer         setting_change admins      -          admins
audit.entries                 -             records      records    -
privacy_admin.home            -             records      records    -
privacy_admin.case            waiting       records      records    -
"""
# Routes that may be used only with a proof of who one is that is not old.
ASKED_AGAIN = {
    *("settings.email", "settings.password", "settings.set_up", "settings.scan", "settings.renew"),
    *("settings.turn_off", "keyring.new", "keyring.remove", "my_privacy.copy", "my_privacy.erase"),
    *("restricting.as_staff", "restricting.lift"),
    *("ending.as_staff", "lawyers_admin.review", "settings_admin.show", "settings_admin.answer"),
}


@dataclass(frozen=True)
class Right:
    """A line of the table."""

    endpoint: str
    thing: str
    at_the_door: str
    opens: str
    sends: str

    def passes(self, who: str) -> bool:
        """Whether `who` gets by the route's mark."""
        return who in GROUPS[self.at_the_door][0]

    def may(self, who: str, method: str) -> bool:
        """Whether `who` may use the thing by `method`."""
        return who in GROUPS[self.sends if method == "POST" else self.opens][0]


def read(table: str = TABLE) -> dict[str, Right]:
    """The lines by route."""
    lines = [Right(*line.split()) for line in table.splitlines() if line.strip()]
    found = {line.endpoint: line for line in lines}
    assert len(found) == len(lines), "a route stands in the table twice"
    return found


def page(addresses: dict[str, str]) -> str:
    """The page for people; `addresses` says where each route stands."""
    people = "\n".join(f"- **{name}**: {words}" for name, words in PEOPLE.items())
    groups = "\n".join(f"| {name} | {words} |" for name, (_who, words) in GROUPS.items() if words)
    rows = sorted(read().values(), key=lambda right: (addresses[right.endpoint], right.endpoint))
    lines = "\n".join(
        f"| `{addresses[right.endpoint]}` | {right.opens.strip('-')} | {right.sends.strip('-')} "
        f"| {'yes' if right.endpoint in ASKED_AGAIN else ''} |"
        for right in rows
    )
    return f"""# Who may do what

Written by `python -m tests.whole_house.rights` from the table in `tests/whole_house/rights.py`, against which
`tests/whole_house/test_rights.py` tries every address as everybody, by every method. Change it there.

Whoever is not named finds nothing: the answer is that of an address that never was. Whoever is not signed in is led to
signing in, where an account is needed at all. An administrator may do what any role may, but the auditor's. Nobody
decides about a case or a lawyer that is their own. Lawyers who were verified, and all staff, need a second factor.

## Who is tried

{people}

## Who is meant

| in the table | who |
| --- | --- |
{groups}

## Every address

*Opens* is who may look, *sends* who may send the form that stands there. *Asked again*: only with a proof of who one is
that is not old.

| address | opens | sends | asked again |
| --- | --- | --- | --- |
{lines}
"""


def addresses_of(app) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """Where each route stands."""
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}


if __name__ == "__main__":
    import tempfile
    from pathlib import Path

    from tests.support.portal import portal

    with tempfile.TemporaryDirectory() as folder, portal(Path(folder)) as app:
        PAGE.write_text(page(addresses_of(app)), encoding="utf-8")
