"""Success stories as cards on a list: story, case and totals brought together."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString

from app.core.money import Money
from app.pledges import queries as pledges
from app.stories.models import Story
from app.updates.labels import OUTCOME_TAGS, OUTCOMES


@dataclass(frozen=True)
class StoryCard:
    """What the card of a story shows. `tag`: words, colour and icon of the outcome; `raised`: what was collected."""

    url: str
    title: str
    lede: str
    lang: str
    area_name: str
    area_art: str
    tag: tuple[LazyString, str, str]
    raised: Money
    backers: int
    year: int


def tag_of(code: str) -> tuple[LazyString, str, str]:
    """Words, colour and icon of an outcome's tag."""
    return OUTCOMES[code], *OUTCOME_TAGS[code]


def of(stories: Sequence[Story], lang: str) -> list[StoryCard]:
    """Cards of stories that are out, in their order."""
    totals = pledges.totals_of([story.outcome.case_id for story in stories])
    found = []
    for story in stories:
        outcome = story.outcome
        case, sums = outcome.case, totals[outcome.case_id]
        assert case.area is not None
        found.append(
            StoryCard(
                url=url_for("stories.show", slug=story.slug),
                title=story.title,
                lede=story.lede,
                lang=story.lang,
                area_name=case.area.name(lang),
                area_art=case.area.art,
                tag=tag_of(outcome.code),
                raised=sums.collected,
                backers=sums.collections,
                year=outcome.decided_on.year,
            )
        )
    return found
