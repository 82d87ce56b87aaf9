"""What everybody sees: the gallery of success stories, one story, and all outcomes, losses among them.

What a list is narrowed to stands in its address. Whatever we do not offer counts as not asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from app.cases import queries as cases
from app.cases.models import Area, Case
from app.core.money import Money
from app.i18n.locale import LANGUAGES, alternate_url, direction, get_locale
from app.lawyers.queries import card as lawyer_card
from app.pages import cards, case_page, story_cards
from app.pledges import queries as pledges
from app.stories import access, queries, service
from app.stories.models import Story
from app.stories.queries import Choices, Filter
from app.updates import citations, duties
from app.updates import queries as updates
from app.updates.labels import OUTCOMES
from app.updates.models import Outcome
from app.updates.states import SUCCESSES
from app.web.access import public

blueprint = Blueprint("stories", __name__)
LARGEST_ID = 2**63 - 1


# ---------------------------------------------------------------- lists
@dataclass(frozen=True)
class Chip:
    """One choice among the outcomes: its words, how many there are, its address, and whether it is chosen."""

    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class OutcomeLine:
    """An outcome on the list of all. `citation_url` and `story_url` are empty where there is none."""

    outcome: Outcome
    case: Case
    headline: str
    tag: tuple[LazyString, str, str]
    raised: Money
    backers: int
    citation_url: str
    story_url: str


@blueprint.get("/stories/")
@public
def gallery() -> str:
    areas = cases.areas()
    wanted = _wanted(areas, SUCCESSES, _read_moment)
    found = queries.gallery(wanted, queries.PAGE + 1)
    after = (found[queries.PAGE - 1].published_at, found[queries.PAGE - 1].id) if len(found) > queries.PAGE else None
    return render_template(
        "stories/gallery.html",
        cards=story_cards.of(found[: queries.PAGE], get_locale()),
        **_choosing("stories.gallery", wanted, areas, SUCCESSES, queries.story_choices(wanted), after),
    )


@blueprint.get("/outcomes/")
@public
def outcomes() -> str:
    areas = cases.areas()
    codes = tuple(OUTCOMES)
    wanted = _wanted(areas, codes, _read_day)
    found = queries.outcomes(wanted, queries.PAGE + 1)
    after = (found[queries.PAGE - 1].decided_on, found[queries.PAGE - 1].id) if len(found) > queries.PAGE else None
    return render_template(
        "stories/outcomes.html",
        lines=_lines(found[: queries.PAGE]),
        **_choosing("stories.outcomes", wanted, areas, codes, queries.outcome_choices(wanted), after),
    )


def _wanted(areas: list[Area], codes: tuple[str, ...], read: Callable[[str], Any]) -> Filter:
    """What the address asks for."""
    asked = request.args.get
    area, outcome, year = asked("area", ""), asked("outcome", ""), asked("year", "")
    return Filter(
        area=area if area in {known.slug for known in areas} else "",
        outcome=outcome if outcome in codes else "",
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 and int(year) > 0 else None,
        after=_read_place(asked("after", ""), read),
    )


def _read_place(text: str, read: Callable[[str], Any]) -> tuple[Any, int] | None:
    moment, _tilde, row = text.partition("~")
    id_ = int(row) if row.isascii() and row.isdigit() and len(row) < 20 else 0
    try:
        found = read(moment)
    except (ValueError, OverflowError):
        return None
    return (found, id_) if 0 < id_ <= LARGEST_ID else None


def _read_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _read_day(text: str) -> date:
    return date.fromisoformat(text)


def _url(endpoint: str, wanted: Filter) -> str:
    """The list's address for `wanted`."""
    after = "~".join((wanted.after[0].isoformat(), str(wanted.after[1]))) if wanted.after else None
    return url_for(endpoint, area=wanted.area or None, outcome=wanted.outcome or None, year=wanted.year, after=after)


def _choosing(
    endpoint: str,
    wanted: Filter,
    areas: list[Area],
    codes: tuple[str, ...],
    choices: Choices,
    after: tuple[Any, int] | None,
) -> dict[str, Any]:
    """What both lists need to be narrowed and to go on."""
    anew = replace(wanted, after=None)
    chips = [
        Chip(str(OUTCOMES[code]), choices.codes.get(code, 0), _url(endpoint, replace(anew, outcome=code)), True)
        for code in codes
    ]
    chips = [replace(chip, is_chosen=wanted.outcome == code) for chip, code in zip(chips, codes, strict=True)]
    years = choices.years if wanted.year in (None, *choices.years) else [wanted.year, *choices.years]
    return {
        "wanted": wanted,
        "areas": areas,
        "years": years,
        "total": choices.total,
        "all_url": _url(endpoint, replace(anew, outcome="")),
        "chips": chips,
        "list_url": url_for(endpoint),
        "next_url": _url(endpoint, replace(wanted, after=after)) if after else "",
        "first_url": _url(endpoint, anew) if wanted.after else "",
        "codes": {code: OUTCOMES[code] for code in codes},
    }


def _lines(found: list[Outcome]) -> list[OutcomeLine]:
    totals = pledges.totals_of([outcome.case_id for outcome in found])
    slugs = queries.of_outcomes([outcome.id for outcome in found])
    return [
        OutcomeLine(
            outcome=outcome,
            case=outcome.case,
            headline=updates.headline(outcome, outcome.case),
            tag=story_cards.tag_of(outcome.code),
            raised=totals[outcome.case_id].collected,
            backers=totals[outcome.case_id].collections,
            citation_url=citations.url_of(outcome.citation),
            story_url=url_for("stories.show", slug=slugs[outcome.id]) if outcome.id in slugs else "",
        )
        for outcome in found
    ]


# ---------------------------------------------------------------- one story
@dataclass(frozen=True)
class Brief:
    """The case behind a story in figures. `on_time` is (in time, due); the days are whole."""

    raised: Money
    backers: int
    days_to_target: int
    days_to_decision: int
    on_time: tuple[int, int]


@blueprint.get("/stories/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    """One story; where one stood that was taken back, a page that says so and nothing of what it told."""
    story, stands = access.find(slug)
    if not stands:
        return render_template("stories/gone.html"), 410
    outcome, case = story.outcome, story.outcome.case
    assert case.area is not None
    return render_template(
        "stories/show.html",
        story=story,
        case=case,
        outcome=outcome,
        tag=story_cards.tag_of(outcome.code),
        lawyer=lawyer_card(case.lawyer),
        minutes=service.minutes_to_read(story),
        direction=direction(story.lang),
        headline=updates.headline(outcome, case),
        citation_url=citations.url_of(outcome.citation),
        brief=brief_of(outcome),
        budget=case_page.budget_of(case),
        like_it=cards.of(queries.like_it(story), get_locale()),
        area_url=url_for("cases.explore", area=case.area.slug),
        urls=_urls(story),
    )


def _urls(story: Story) -> dict[str, str]:
    """The absolute addresses of a story by language."""
    base = str(current_app.config["AMICUS"].base_url)
    return {lang: base + alternate_url(f"stories/{story.slug}", lang) for lang in LANGUAGES}


def brief_of(outcome: Outcome) -> Brief:
    """The figures of the case behind `outcome`."""
    case = outcome.case
    totals = pledges.totals(case)
    assert case.opened_at is not None and case.funded_at is not None
    opened, funded = (at.astimezone(ZoneInfo(case.time_zone)).date() for at in (case.opened_at, case.funded_at))
    return Brief(
        raised=totals.collected,
        backers=totals.collections,
        days_to_target=max(1, (funded - opened).days),
        days_to_decision=(outcome.decided_on - opened).days,
        on_time=duties.punctuality(case.id),
    )
