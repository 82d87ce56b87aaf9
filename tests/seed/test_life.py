"""The demo's contents: made by services, in every state, with books that balance."""

import email.utils
import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, text

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import User
from app.cases.models import Area, Case, ClientConsent
from app.cases.states import PUBLISHED, CaseState
from app.core.clock import now, real_now
from app.database import db as database
from app.jobs.models import Job
from app.lawyers import queries as lawyers
from app.lawyers import service as lawyers_service
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.operations import invariants
from app.pledges.models import CaseDay, Pledge
from app.pledges.states import PledgeState
from app.seed import backers, life
from app.seed.backers import draw
from app.seed.people import PEOPLE
from app.seed.plans import PLANS
from app.storage import files
from app.stories import queries as stories
from app.updates import duties
from app.updates.models import Outcome, Update
from app.updates.states import NEEDS_DOCUMENT, Audience, Code, Kind
from config import Settings
from demo import card_page
from tests.support.databases import KINDS
from tests.support.portal import portal

PASSWORD = "pink-legal-tape"
MOMENTARY = {CaseState.CLOSING}


def thinned(plan):
    """The plan with fewer backers who bring as much: the whole of it is run by `tests/demo/test_run.py`."""
    return replace(
        plan, waves=tuple(replace(wave, count=min(wave.count, max(8, wave.count // 3))) for wave in plan.waves)
    )


FEWER = [thinned(plan) for plan in PLANS]


def pytest_generate_tests(metafunc):
    if "lived" in metafunc.fixturenames:
        kinds = metafunc.config.getoption("database") or KINDS
        metafunc.parametrize("lived", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def lived(request, databases, stripe_server, mail_server, tmp_path_factory):
    """A portal that was seeded, once on each kind of database; with the links and the letters that came of it.

    On PostgreSQL it holds the database of this process: no test here may ask for another portal.
    """
    folder, stripe = tmp_path_factory.mktemp("seeded"), stripe_server.account()
    mail_server.clear()
    with (
        databases.migrated(request.param, folder) as url,
        portal(
            folder,
            env="development",
            database_url=url,
            stripe_api_base=stripe.url,
            stripe_secret_key=stripe.key,
            mail_host=mail_server.host,
            mail_port=mail_server.port,
        ) as app,
    ):
        with app.app_context():
            app.links = life.tell(app, PASSWORD, plans=FEWER, pay=card_page.pay)
        app.letters = list(mail_server.messages)
        yield app


@pytest.fixture
def seeded(lived):
    with lived.app_context():
        yield lived
        database.session.rollback()


# ---------------------------------------------------------------- what is there
def test_every_state_of_a_case_is_there(seeded):
    found = set(database.session.scalars(select(Case.state)))
    assert found == set(CaseState) - MOMENTARY
    raising = select(func.count()).where(Case.state == CaseState.FUNDED, Case.raising_ended_at.is_(None))
    assert database.session.scalar(raising) == 1
    assert database.session.scalar(select(func.count()).select_from(Case)) == len(PLANS) == 24


def test_live_pages_are_public_and_private_in_both_languages_and_of_every_area(seeded):
    live = database.session.scalars(select(Case).where(Case.state.in_(PUBLISHED))).all()
    assert {(case.lang, case.visibility) for case in live} == {("en", "public"), ("fa", "public"), ("fa", "private")}
    areas = set(database.session.scalars(select(Area.slug)))
    assert {case.area.slug for case in live if not case.is_private} == areas


def test_pledges_are_good_and_troubled(seeded):
    found = set(database.session.scalars(select(Pledge.state)))
    S = PledgeState
    assert found == {S.PLEDGED, S.COLLECTED, S.RELEASED, S.WITHDRAWN, S.RETRY, S.ACTION_REQUIRED}


def test_the_books_balance(seeded):
    assert invariants.broken() == []
    database.session.execute(text("UPDATE pledges SET amount_minor = amount_minor + 1 WHERE state = 'collected'"))
    assert invariants.broken() != []
    database.session.rollback()


def test_nothing_was_left_undone(seeded):
    assert database.session.scalar(select(func.count()).where(Job.done_at.is_(None))) == 0
    assert database.session.scalar(select(func.count()).where(Job.last_error.is_not(None))) == 0
    waiting = (OutgoingLetter.sent_at.is_(None), OutgoingLetter.dropped_at.is_(None))
    assert database.session.scalar(select(func.count()).where(*waiting)) == 0


# ---------------------------------------------------------------- what was told
def test_every_outcome_is_listed_and_the_losses_with_them(seeded):
    found = database.session.scalars(select(Outcome)).all()
    assert {outcome.code for outcome in found} == set(Code) and all(outcome.case.is_published for outcome in found)
    assert all(outcome.document for outcome in found if outcome.code in NEEDS_DOCUMENT)
    listed = stories.outcomes(stories.Filter(), 99)
    assert len(listed) == len(found) == 8


def test_stories_are_out_in_both_languages_and_one_waits_for_the_editor(seeded):
    assert {story.lang for story in stories.gallery(stories.Filter(), 99)} == {"en", "fa"}
    (draft,) = stories.drafts()
    assert draft.title == "Three passports in a drawer" and "no consideration" not in draft.body_markdown


def test_updates_are_public_and_for_backers_and_corrected_and_without_change(seeded):
    found = database.session.scalars(select(Update).where(Update.n.is_not(None))).all()
    assert {update.audience for update in found} == set(Audience) and {update.kind for update in found} == set(Kind)
    assert sum(update.corrected_at is not None for update in found) == 2
    assert {update.case.lang for update in found} == {"en", "fa"}


def test_one_update_is_late_and_the_others_are_not(seeded):
    funded = database.session.scalars(select(Case).where(Case.state == CaseState.FUNDED)).all()
    late = [case.title for case in funded if duties.of_many([case])[case.id].is_late]
    assert len(funded) > 1 and late == ["A ramp to the ballot box in Holm"]


def test_one_case_ended_early_and_says_why(seeded):
    (case,) = database.session.scalars(select(Case).where(Case.ended_early_at.is_not(None)))
    assert case.state == CaseState.UNFUNDED and "32 deposits" in case.ended_early_because


def test_clients_agreed_to_whatever_was_approved(seeded):
    approved = select(Case.id).where(Case.state.in_((*PUBLISHED, CaseState.APPROVED)))
    agreed = select(ClientConsent.case_id).where(ClientConsent.answer == "agree", ClientConsent.ended_at.is_(None))
    assert set(database.session.scalars(approved)) <= set(database.session.scalars(agreed))


def test_a_reviewer_commented_on_parts_of_a_page(seeded):
    (case,) = database.session.scalars(select(Case).where(Case.state == CaseState.CHANGES_REQUESTED))
    assert {comment.field for comment in case.reviews[-1].comments} == {"lines", "relief_sought", "story"}


# ---------------------------------------------------------------- when it happened
def test_it_happened_over_weeks_and_nothing_is_still_to_come(seeded):
    moments = database.session.scalars(select(Pledge.pledged_at)).all()
    assert min(moments) < now() - timedelta(days=20) and max(moments) < now()
    pledges = database.session.scalars(select(Pledge)).all()
    assert all(pledge.case.opened_at < pledge.started_at <= pledge.pledged_at for pledge in pledges)
    assert database.session.scalar(select(func.count()).select_from(CaseDay)) > 20


def test_open_cases_have_days_left_and_ended_ones_none(seeded):
    for case in database.session.scalars(select(Case).where(Case.state.in_(PUBLISHED))):
        is_open = case.deadline_at > now() and case.ended_early_at is None
        assert is_open == case.takes_pledges(now())
        assert case.deadline_at - case.opened_at < timedelta(days=61)


def test_cards_were_charged_when_the_target_was_met_or_later_when_they_came_later(seeded):
    for pledge in database.session.scalars(select(Pledge).where(Pledge.state == PledgeState.COLLECTED)):
        wanted = max(pledge.case.funded_at, pledge.pledged_at)
        assert timedelta() <= pledge.collected_at - wanted < timedelta(minutes=5)


def test_letters_bear_the_date_of_what_they_tell(seeded):
    dates = [email.utils.parsedate_to_datetime(letter["Date"]) for letter in seeded.letters]
    assert len(dates) > 60 and dates == sorted(dates)
    assert dates[0] < now() - timedelta(days=40) and dates[-1] <= now()


def test_letters_ask_for_approval_and_for_another_card(seeded):
    names = set(database.session.scalars(select(OutgoingLetter.name).where(OutgoingLetter.sent_at.is_not(None))))
    assert {"pledges.approve_payment", "pledges.card_failed", "pledges.receipt", "pledges.target_missed"} <= names
    assert {"cases.changes_requested", "cases.declined", "cases.published", "cases.target_met"} <= names
    assert {"cases.client_asked", "cases.client_agreed", "cases.ended_early", "pledges.ended_early"} <= names
    assert {"updates.posted", "updates.concluded", "stories.published", "lawyers.declined"} <= names


def test_letters_are_written_in_the_language_of_their_reader(seeded):
    langs = {letter["Content-Language"]: letter for letter in seeded.letters}
    assert set(langs) == {"en", "fa"}
    assert re.search("[آ-ی]", langs["fa"].get_body(("plain",)).get_content())
    assert not re.search("[آ-ی]", str(langs["en"]["Subject"]))


def test_every_letter_that_is_still_true_can_be_written_again(seeded):
    rows = database.session.execute(select(OutgoingLetter.name, OutgoingLetter.lang, OutgoingLetter.facts)).all()
    written = [render(*row) for row in rows]
    assert sum(letter is not None for letter in written) > 60
    assert all(letter is None or (letter.subject and letter.text and "<html" in letter.html) for letter in written)


# ---------------------------------------------------------------- the people
def test_everybody_can_sign_in_and_those_who_must_have_codes_do(seeded):
    for person in PEOPLE.values():
        user = accounts.by_email(person.email)
        assert accounts_service.password_matches(user.password_hash, PASSWORD)
        assert bool(user.totp_secret) == bool(person.roles or person.practice)


def test_codes_are_good(seeded):
    mina = accounts.by_email("mina@example.org")
    accounts_service.use_code(mina, pyotp.TOTP(mina.totp_secret).at(real_now()))
    database.session.rollback()


def test_lawyers_stand_where_lawyers_can_stand(seeded):
    states = {lawyer.user.name.split()[0]: lawyer.state for lawyer in lawyers.everyone()}
    assert states == dict.fromkeys(("Leila", "Priya", "Tom", "Ngozi"), "verified") | {
        "Kian": "applied",
        "Hania": "applied",
        "Owen": "declined",
    }
    waiting = {lawyer.user.name.split()[0]: lawyer for lawyer in lawyers.waiting()}
    assert {name: len(lawyers_service.standing(lawyer)) for name, lawyer in waiting.items()} == {"Kian": 1, "Hania": 0}
    assert all(files.path_of(lawyer.evidence).is_file() for lawyer in waiting.values())


def test_every_address_stands_on_a_domain_for_examples(seeded):
    everybody = database.session.scalars(select(User.email).union(select(Pledge.email))).all()
    assert len(everybody) > 40
    assert {address.rsplit("@")[1] for address in everybody} <= {"example.org", "example.net", "example.com"}


def test_the_link_to_the_private_page_is_handed_back_once(seeded):
    ((title, token),) = seeded.links.items()
    case = database.session.scalars(select(Case).where(Case.title == title)).one()
    database.session.rollback()
    answer = seeded.test_client().get(f"/p/{token}")
    assert case.is_private and answer.status_code == 303


def test_the_pages_of_public_cases_open(seeded):
    found = database.session.execute(select(Case.slug).where(Case.state.in_(PUBLISHED), Case.visibility == "public"))
    slugs = found.scalars().all()
    database.session.rollback()
    client = seeded.test_client()
    assert {client.get(f"/cases/{slug}").status_code for slug in slugs} == {200}


# ---------------------------------------------------------------- what is drawn
def test_somebody_there_already_is_left_alone(seeded):
    before = database.session.scalar(select(func.count()).select_from(User))
    database.session.rollback()
    with pytest.raises(life.Refused, match="account here already"):
        life.tell(seeded, PASSWORD)
    assert database.session.scalar(select(func.count()).select_from(User)) == before


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.page.title)
def test_the_same_is_drawn_each_time(plan):
    moment = now()
    first = life.backings(plan, moment)
    assert first == life.backings(plan, moment)
    later = life.backings(plan, moment + timedelta(hours=7))
    assert [backing for _at, backing in later] == [backing for _at, backing in first]
    assert len({backing.email for _at, backing in first}) == len(first) == sum(wave.count for wave in plan.waves)
    said = [backing.message for _at, backing in first if backing.message]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("thin", [False, True], ids=["whole", "thinned"])
def test_cards_that_fail_have_days_left_whatever_hour_the_demo_opens(seeded, thin):
    plan = next(plan for plan in PLANS if backers.LATER_DECLINED in plan.waves[0].cards and len(plan.waves) > 1)
    target = database.session.scalars(select(Case).where(Case.title == plan.page.title)).one().target.minor
    last_retry = Settings.model_fields["retry_days"].default[-1]
    for hour in range(48):
        moment, brought, seen = now() + timedelta(hours=hour), 0, []
        for at, backing in life.backings(thinned(plan) if thin else plan, moment):
            brought += backing.amount.minor
            seen.append(backing.card)
            if brought >= target:
                met = moment - at
                break
        assert backers.LATER_DECLINED in seen
        assert timedelta(days=0.5) < met < timedelta(days=last_retry - 0.5)


def test_two_generators_draw_different_backers():
    first, second = (life._generator(PLANS[0], purpose) for purpose in ("one", "two"))
    assert draw(first, "en", 9, 500, taken=set(), said=[]) != draw(second, "en", 9, 500, taken=set(), said=[])


@pytest.mark.parametrize("plan", [plan for plan in [*PLANS, *FEWER] if plan.waves], ids=lambda plan: plan.page.title)
def test_backers_bring_what_the_plan_says(plan):
    brought = sum(backing.amount.minor for _at, backing in life.backings(plan, now()))
    assert abs(brought - sum(wave.pounds for wave in plan.waves) * 100) <= 1000
