"""What happens to a case when many do the same, or the opposite, at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.cases import client, fields, invitations, moves, publishing, queries, review
from app.cases.models import Case, CaseGrant, CaseReview
from app.cases.states import CaseState, Visibility
from app.core.errors import DomainError, NotFound
from app.database import db as database
from app.mail.models import OutgoingLetter
from tests.cases import stages

S = CaseState


def at_once(app, acts):
    """Run each of `acts` (session-bound functions of no argument) in a transaction of its own, eight at a time."""

    def run(act):
        with app.app_context():
            try:
                result = act()
                database.session.commit()
                return result
            except DomainError as error:
                database.session.rollback()
                return error

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, acts))


def found(public_id):
    return database.session.scalars(select(Case).where(Case.public_id == public_id)).one()


def person(email):
    return database.session.scalars(select(User).where(User.email == email)).one()


def count(app, model, *conditions):
    with app.app_context():
        return database.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_twenty_approvals_at_once_are_one(app, made):
    public_id = made(stages.in_review)
    answers = at_once(app, [lambda: stages.approve(found(public_id), person("mina@example.org"))] * 20)
    assert sorted(answers) == [False] * 19 + [True]
    assert count(app, CaseReview) == 1
    assert count(app, AuditEntry, AuditEntry.action == "case.approve") == 1
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.approved") == 1


def test_of_opposite_decisions_at_once_one_holds_and_the_others_are_told(app, made):
    public_id = made(stages.in_review)

    def approve():
        return stages.approve(found(public_id), person("mina@example.org"))

    def decline():
        return review.decline(found(public_id), person("dara@example.org"), "No.")

    answers = at_once(app, [approve, decline] * 10)
    assert answers.count(True) == 1 and answers.count(False) == 9
    assert sum(isinstance(answer, moves.IllegalMove) for answer in answers) == 10
    assert count(app, CaseReview) == 1


def test_twenty_times_publish_at_once_shows_one_link(app, made):
    public_id = made(stages.approved, None, Visibility.PRIVATE)
    answers = at_once(app, [lambda: publishing.publish(found(public_id))] * 20)
    assert len([token for token in answers if token]) == 1 and answers.count(None) == 19
    assert count(app, CaseGrant) == 1
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.published") == 1


def test_pages_of_one_title_that_go_live_at_once_have_addresses_of_their_own(app, made):
    ids_ = [made(stages.approved) for _ in range(8)]
    answers = at_once(app, [lambda public_id=public_id: publishing.publish(found(public_id)) for public_id in ids_])
    assert answers == [None] * 8
    with app.app_context():
        assert len(set(database.session.scalars(select(Case.slug)))) == 8


def test_twenty_times_sent_in_at_once_is_once(app, made):
    public_id = made(stages.draft)
    assert at_once(app, [lambda: review.submit(found(public_id))] * 20) == [None] * 20
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.submitted") == 1


def test_a_link_revoked_twenty_times_at_once_is_revoked_once(app, made):
    public_id = made(stages.live_private)
    with app.app_context():
        grant_id = queries.links(found(public_id))[0].id
    at_once(app, [lambda: publishing.revoke_link(found(public_id), grant_id)] * 20)
    assert count(app, AuditEntry, AuditEntry.action == "case.link_revoked") == 1


def test_twenty_equal_invitations_at_once_are_one_letter_to_each(app, made):
    public_id, whom = made(stages.live_private), ["ada@example.org", "omid@example.org"]
    answers = at_once(app, [lambda: len(invitations.invite(found(public_id), whom, "en"))] * 20)
    assert sorted(answers) == [0] * 19 + [2]
    assert count(app, CaseGrant, CaseGrant.kind == "invitation") == 2
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.invited") == 2
    assert count(app, AuditEntry, AuditEntry.action == "case.invited") == 1


def test_an_invitation_used_and_ended_twenty_times_at_once_is_ended_once(app, made):
    """Whoever came in by it before it ended is out with it: its row says both."""
    public_id = made(stages.live_private)
    with app.app_context():
        (grant,) = invitations.invite(found(public_id), ["ada@example.org"], "en")
        token, grant_id = invitations.token_of(grant), grant.id
        database.session.commit()
    use, end = (
        (lambda: invitations.accept(token, "ada@example.org").id),
        (lambda: invitations.revoke(found(public_id), grant_id)),
    )
    answers = at_once(app, [use, end] * 10)
    assert len([answer for answer in answers[1::2] if answer is True]) == 1
    assert all(answer == grant_id or isinstance(answer, NotFound) for answer in answers[::2])
    assert count(app, AuditEntry, AuditEntry.action == "case.invitation_revoked") == 1
    assert count(app, CaseGrant, CaseGrant.id == grant_id, CaseGrant.revoked_at.is_not(None)) == 1


def test_twenty_answers_of_a_client_at_once_count_as_one(app, made):
    public_id = made(stages.in_review)
    with app.app_context():
        token = client.token_of(stages.asked(found(public_id)))
        seen = fields.fingerprint(found(public_id))
        database.session.commit()
    yes, no = (lambda: client.agree(token, seen=seen)), (lambda: client.wish_changes(token, "Less."))
    answers = at_once(app, [yes, no] * 10)
    assert sorted(map(str, answers)) == ["False"] * 19 + ["True"]
    assert count(app, AuditEntry, AuditEntry.action.in_(("case.client_agreed", "case.client_wants_changes"))) == 2


def test_a_consent_that_is_taken_back_while_the_page_is_published_is_never_missing_to_a_live_page(app, made):
    public_id = made(stages.approved)
    at_once(app, [lambda: publishing.publish(found(public_id)), lambda: client.take_back(found(public_id))] * 8)
    with app.app_context():
        case = found(public_id)
        assert (case.state == S.OPEN) == client.standing(case).is_given
