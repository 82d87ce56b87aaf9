"""Hiding a name: by the lawyer at once, told again by a reviewer only, and what is refused at its field."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cases import publishing, relaunch, restrictions, service
from app.cases.models import Case, RestrictedName, Tombstone
from app.core.errors import DomainError
from app.database import db as database
from app.pages import freshness
from tests.cases import stages
from tests.cases.restricting import hide
from tests.people import babak, browser_of, leila, mina
from tests.support.forms import send

FORM = {
    "words": "Zohreh Quillon",
    "kind": "person",
    "spellings": "Zo Quill\n\n",
    "told_en": "the mother",
    "told_fa": "مادر",
    "order_ref": "Family Court, FD26P00123",
    "ordered_on": ["3", "3", "2026"],
    "until_on": ["", "", ""],
    "reason": "",
}


def live(**words):
    return stages.live(title="Zohreh Quillon v Borough", **words)


# ---------------------------------------------------------------- hiding
def test_a_hidden_name_is_told_in_neither_language(db):
    case = live()
    assert restrictions.told(case, case.title, "en") == case.title
    hide(case)
    assert restrictions.told(case, case.title, "en") == "A v Borough"
    assert restrictions.told(case, case.title, "fa") == "الف v Borough"
    assert restrictions.told_html(case, "<b>Zoh</b>reh") == "<b>A</b>"
    assert case.title == "Zohreh Quillon v Borough"


def test_the_same_name_twice_is_quiet(db, audited, told):
    case = live()
    assert hide(case) is hide(case, words="zohreh  QUILLON")
    assert audited(case).count("case.name_hidden") == 1


def test_the_log_tells_the_row_and_not_the_name(db):
    case = live()
    row = hide(case)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.name_hidden")).one()
    assert entry.details == {"restriction": row.id}


def test_the_page_has_another_version(db):
    case = live()
    before = freshness.case_version(case.id)
    row = hide(case)
    hidden = freshness.case_version(case.id)
    restrictions.lift(row, mina(), "Lifted.")
    assert len({before, hidden, freshness.case_version(case.id)}) == 3


def test_an_address_with_the_name_is_given_up_and_leaves_no_tombstone(db):
    case = live()
    db.session.add_all([Tombstone(slug="quillon-of-old", case_id=case.id), Tombstone(slug="river", case_id=case.id)])
    hide(case)
    assert case.slug == case.public_id
    assert list(db.session.scalars(select(Tombstone.slug))) == ["river"]


def test_a_page_that_goes_live_later_gets_an_address_without_the_name(db):
    case = stages.approved(title="Zohreh Quillon v Borough")
    hide(case)
    publishing.publish(case)
    assert case.slug == "a-v-borough"


def test_the_next_try_and_the_one_before_hide_it_too(db):
    first = live()
    service.start_closing(first)
    service.end_unfunded(first)
    hide(first)
    again = relaunch.start_again(first)
    assert restrictions.told(again, again.title, "en") == "A v Borough"
    hide(again, "Other Person")
    assert restrictions.told(first, "Other Person", "en") == "A"
    other = stages.live(babak(), title="Zohreh Quillon sings")
    assert restrictions.told(other, other.title, "en") == other.title


def test_the_lawyer_is_named_though_a_client_shares_the_name(db):
    case = live()
    hide(case, words="Omid Farahani")
    assert restrictions.told(case, "Leila Farahani acts for Mr Farahani", "en") == "Leila Farahani acts for A"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "A."}, "words"),
        ({"words": "the"}, "words"),
        ({"words": "Amicus"}, "words"),
        ({"words": "Leila Farahani"}, "words"),
        ({"words": "Fenmoor Legal", "is_person": False}, "words"),
        ({"spellings": ("Zo",)}, "spellings"),
        ({"told_en": " "}, "told_en"),
        ({"told_en": "Ms Quillon"}, "told_en"),
        ({"told_fa": "zohreh"}, "told_fa"),
        ({"ref": " "}, "order_ref"),
        ({"on": stages.day(2)}, "ordered_on"),
        ({"until": stages.day(-2)}, "until_on"),
    ],
)
def test_what_cannot_be_hidden_is_refused_at_its_field(db, changed, field):
    case = live()
    with pytest.raises(DomainError) as refused:
        hide(case, **changed)
    assert refused.value.field == field and case.restricted_at is None


def test_there_is_an_end_to_names(db, monkeypatch):
    monkeypatch.setattr(restrictions, "MOST", 1)
    case = live()
    hide(case)
    with pytest.raises(restrictions.TooMany):
        hide(case, words="Somebody Else")


# ---------------------------------------------------------------- telling again
def test_a_lifted_name_is_told_again_and_the_others_stay(db, audited):
    case = live()
    first, second = hide(case), hide(case, words="Borough", is_person=False, told_en="the authority")
    assert restrictions.lift(first, mina(), "The order was discharged.")
    assert not restrictions.lift(first, mina(), "Again.")
    assert restrictions.told(case, case.title, "en") == "Zohreh Quillon v the authority"
    assert restrictions.lift(second, mina(), "That too.")
    assert case.restricted_at is None and restrictions.told(case, case.title, "en") == case.title
    assert audited(case).count("case.name_told_again") == 2


def test_nobody_lifts_it_without_a_reason(db):
    row = hide(live())
    with pytest.raises(restrictions.NoReason):
        restrictions.lift(row, mina(), " ")


def test_an_order_for_a_time_ends_by_itself_after_its_last_day(db, clock):
    case = live()
    row = hide(case, until=stages.day(1))
    for ahead, ended in ((86_400, 0), (86_400, 1), (0, 0)):
        clock.move(ahead)
        assert restrictions.end_due() == ended
    assert row.lifted_at is not None and row.lifted_by is None and case.restricted_at is None


# ---------------------------------------------------------------- the doors
def of(app, public_id):
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.public_id == public_id)).one()
        return [(row.words, row.kind, row.spellings, row.told_en) for row in restrictions.names_of(case)]


def test_the_lawyer_hides_a_name(app, made):
    case, browser = made(live), browser_of(app, leila)
    assert "Names that may not be told" in browser.get(f"/dashboard/cases/{case}").text
    url = f"/dashboard/cases/{case}/restrictions"
    assert send(browser, url, **FORM).location == url
    assert of(app, case) == [("Zohreh Quillon", "person", "Zo Quill", "the mother")]
    page = browser.get(url).text
    assert "Zohreh Quillon" in page and "the mother" in page and "/lift" not in page
    assert "Names on this page are hidden." in browser.get(f"/dashboard/cases/{case}").text
    assert browser.get("/fa" + url).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("words", ""), ("words", "Q"), ("words", "a =? b"), ("kind", "town"), ("told_en", "Quillon")),
        *(("told_fa", "x" * 61), ("order_ref", ""), ("ordered_on", ["31", "2", "2026"]), ("ordered_on", ["", "", ""])),
        ("spellings", "\n".join(f"spelling {n}" for n in range(21))),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(app, made, field, value):
    case, browser = made(live), browser_of(app, leila)
    answer = send(browser, f"/dashboard/cases/{case}/restrictions", **{**FORM, field: value})
    assert answer.status_code == 400 and f'id="{field}-error"' in answer.text
    assert ("Zohreh Quillon" in answer.text or field == "words") and of(app, case) == []


def test_only_a_reviewer_with_a_fresh_proof_lets_it_be_told_again(app, made, clock):
    case, browser = made(live), browser_of(app, mina)
    url = f"/staff/cases/{case}/restrictions"
    assert url in browser.get(f"/staff/cases/{case}").text
    assert send(browser, url, **FORM).status_code == 303
    with app.app_context():
        n = database.session.scalar(select(RestrictedName.id))
    assert f"{url}/{n}/lift" in browser.get(url).text
    assert send(browser, f"{url}/{n}/lift", reason="").status_code == 400
    assert of(app, case) != []
    for who in (leila, babak):
        assert browser_of(app, who).get(f"{url}/{n}/lift").status_code == 404
    assert send(browser, f"{url}/{n}/lift", reason="The order is over.").status_code == 303
    assert of(app, case) == [] and "The order is over." in browser.get(url).text
    assert browser.get(f"{url}/999999/lift").status_code == 404


def test_another_lawyer_sees_nothing(app, made):
    case = made(live)
    assert browser_of(app, babak).get(f"/dashboard/cases/{case}/restrictions").status_code == 404
