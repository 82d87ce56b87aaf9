"""What stands between the views and everybody: only the names of what was read are taken out."""

import pytest
from flask import jsonify
from sqlalchemy import select

from app.cases import veiling
from app.cases.models import Case
from app.core.veil import Name, Veil
from app.database import db as database
from app.web.access import public
from tests.cases import stages
from tests.cases.restricting import hide
from tests.people import babak


@pytest.fixture
def slug(app):
    """The address of a page whose name is hidden, beside another lawyer's with the same name."""
    with app.app_context():
        case = stages.live(title="Zohreh Quillon v Borough", summary="Ms Quillon asks")
        stages.live(babak(), title="Quillon Street stays open", summary="Quillon Street")
        hide(case)
        database.session.commit()
        return case.slug


def test_a_list_hides_the_name_and_leaves_the_cards_of_others(client, slug):
    page = client.get("/cases/?status=any").text
    assert "A v Borough" in page and "Zohreh" not in page and "Ms Quillon" not in page
    assert "Quillon Street stays open" in page


def test_the_page_of_another_case_is_left_alone(client, slug):
    page = client.get("/cases/quillon-street-stays-open").text
    assert page.count("Quillon Street") > 2


def test_each_language_has_its_own_words_in_the_names_place(client, slug):
    assert "<title>A v Borough" in client.get(f"/cases/{slug}").text
    assert "<title>الف v Borough" in client.get(f"/fa/cases/{slug}").text


@pytest.mark.parametrize("kind", ["json", "text/plain", "text/csv", "application/atom+xml", "image/svg+xml"])
def test_answers_of_every_kind_are_looked_through(app, client, slug, kind, monkeypatch):
    def answer(**_values):
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        return jsonify(case.title) if kind == "json" else app.response_class(f"<t>{case.title}</t>", mimetype=kind)

    monkeypatch.setitem(app.view_functions, "cases.detail", public(answer))
    told = client.get(f"/cases/{slug}").text
    assert "A v Borough" in told and "Quillon" not in told


def test_a_row_that_belongs_to_a_case_is_enough(app, slug):
    """Whoever reads a budget line or an update without its case still tells of that case."""
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        line = case.budget[0].id
        kind = type(case.budget[0])
    with app.app_context(), veiling.watching() as seen:
        database.session.get_one(kind, line)
        assert [one.slug for one in seen.cases()] == [slug]


def test_a_page_that_reads_no_such_case_asks_nothing_more(app, slug):
    with app.app_context(), veiling.watching() as seen:
        database.session.scalars(select(Case).where(Case.restricted_at.is_(None))).all()
        assert seen.cases() == [] and not seen.restricted


def test_a_card_is_left_only_if_it_leads_to_other_cases_alone():
    case = Case(slug="mine", public_id="0123")
    hidden = Veil([Name("Quillon", "A")])

    def card(links):
        return f'<article class="card">{links}<p>Quillon</p></article>'

    for links, stays in (
        ('<a href="/cases/other">', True),
        ('<a href="/cases/mine">', False),
        ('<a href="/fa/cases/other"><a href="/fa/cases/mine">', False),
        ('<a href="/stories/other">', False),
        ("", False),
    ):
        assert ("Quillon" in veiling.page(card(links), case, hidden)) is stays, links
    assert "Quillon" not in veiling.page('<article><a href="/cases/other">Quillon</a></article>', case, hidden)
