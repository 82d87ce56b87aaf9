"""The areas of law: all of them, and what there is in each. Only public cases are shown and counted."""

from flask import Blueprint, render_template

from app.cases import queries as cases
from app.cases.queries import Filter
from app.core.errors import NotFound
from app.i18n.locale import get_locale
from app.lawyers.queries import card as lawyer_card
from app.pages import cards, story_cards
from app.stories import queries as stories
from app.stories.queries import Filter as StoryFilter
from app.updates import queries as updates
from app.web.access import public
from app.web.visitor import NOBODY

blueprint = Blueprint("areas", __name__)
CASES, STORIES, OUTCOMES, LAWYERS = 6, 3, 4, 6


@blueprint.get("/")
@public
def home() -> str:
    return render_template("areas/home.html", areas=cases.areas(), numbers=cases.open_by_area())


@blueprint.get("/<slug>")
@public
def show(slug: str) -> str:
    """One area: its open cases, how others ended, and who works in it."""
    area = cases.area_of(slug)
    if area is None:
        raise NotFound()
    found = cases.listed(NOBODY, wanted=Filter(area=slug, status="open"), limit=CASES)
    ended = stories.outcomes(StoryFilter(area=slug), OUTCOMES)
    return render_template(
        "areas/show.html",
        area=area,
        number=cases.open_by_area().get(area.id, 0),
        cards=cards.of(found, get_locale()),
        stories=story_cards.of(stories.gallery(StoryFilter(area=slug), STORIES), get_locale()),
        outcomes=[
            (outcome.case, updates.headline(outcome, outcome.case), story_cards.tag_of(outcome.code))
            for outcome in ended
        ],
        lawyers=[lawyer_card(lawyer) for lawyer in cases.lawyers_in(area, LAWYERS)],
    )
