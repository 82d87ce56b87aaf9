"""The page that looks through everything: public cases, success stories and lawyers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.cases.queries import read_id, shown_on_lists
from app.core.text import clean_text
from app.database import db
from app.i18n.locale import get_locale
from app.lawyers.models import Lawyer
from app.lawyers.queries import PROFESSIONS
from app.lawyers.states import LawyerState
from app.pages.cards import state_tag
from app.pages.story_cards import tag_of
from app.pledges.queries import totals_of
from app.search.queries import KINDS, Found, Hit, find
from app.search.snippets import plain, snippet
from app.search.words import LONGEST_QUESTION
from app.stories import access as stories
from app.stories.models import Story
from app.updates.models import Outcome
from app.web.access import public

blueprint = Blueprint("search", __name__)
PAGE = 20
LABELS: dict[str, LazyString] = {"case": _l("Cases"), "story": _l("Success stories"), "lawyer": _l("Lawyers")}
_ICONS = {"green": "check", "amber": "clock", "red": "circle-pause"}  # as on the cards
Tag = tuple[str | LazyString, str, str]


@dataclass(frozen=True)
class Row:
    """One match as it is shown: what it is, where it stands, its words, and its tags (words, colour, icon)."""

    what: str
    url: str
    title: str
    lang: str
    snippet: Markup
    tags: list[Tag]


@blueprint.get("/search")
@public
def results() -> str:
    """Whatever holds the words `q`; `kind` narrows it, `after` is the document behind which the page begins."""
    given = request.args.get
    question = " ".join(clean_text(given("q", "")[:LONGEST_QUESTION]).split())
    kind = given("kind", "") if given("kind", "") in KINDS else ""
    found = find(question, [kind] if kind else KINDS) if question else Found()
    start = _start(found.hits, read_id(given("after", "")))
    hits = found.hits[start : start + PAGE]
    more = len(found.hits) > start + PAGE
    here: dict[str, Any] = {"q": question or None, "kind": kind or None}
    return render_template(
        "search/results.html",
        question=question,
        kind=kind,
        kinds=[("", _("Everything")), *LABELS.items()],
        found=found,
        rows=_rows(hits, found.words),
        next_url=url_for("search.results", **here, after=hits[-1].document_id) if more else "",
        first_url=url_for("search.results", **here) if start else "",
    )


def _start(hits: Sequence[Hit], after: int | None) -> int:
    places = {hit.document_id: place for place, hit in enumerate(hits, 1)}
    return places.get(after, 0) if after is not None else 0


def _rows(hits: list[Hit], words: list[str]) -> list[Row]:
    """The matches in their order, each read by the rules of its own room: what is gone meanwhile is left out."""
    ids = {kind: [hit.of_id for hit in hits if hit.kind == kind] for kind in KINDS}
    rows: dict[tuple[str, int], Row] = {}
    if ids["case"]:
        rows |= {("case", id_): row for id_, row in _cases(ids["case"], words)}
    if ids["story"]:
        rows |= {("story", id_): row for id_, row in _stories(ids["story"], words)}
    if ids["lawyer"]:
        rows |= {("lawyer", id_): row for id_, row in _lawyers(ids["lawyer"])}
    return [rows[hit.kind, hit.of_id] for hit in hits if (hit.kind, hit.of_id) in rows]


def _cases(ids: list[int], words: list[str]) -> list[tuple[int, Row]]:
    totals = totals_of(ids)
    found = []
    for case in db.session.scalars(shown_on_lists(Case.id.in_(ids))):
        assert case.area is not None
        state, colour = state_tag(case, totals[case.id].is_met)
        tags: list[Tag] = [(case.area.name(get_locale()), "", "")]
        if state:
            tags.append((state, colour, _ICONS.get(colour, "circle-slash")))
        text = _best_of([case.summary, plain(case.story_markdown), case.relief_sought, case.who_benefits], words)
        url = url_for("cases.detail", slug=case.slug)
        found.append((case.id, Row(_("Case"), url, case.title, case.lang, text, tags)))
    return found


def _stories(ids: list[int], words: list[str]) -> list[tuple[int, Row]]:
    query = select(Story).join(Story.outcome).join(Outcome.case).where(Story.id.in_(ids), stories.out())
    found = []
    for story in db.session.scalars(query.options(stories.LOADED.joinedload(Case.area))):
        case = story.outcome.case
        assert case.area is not None
        tags: list[Tag] = [(case.area.name(get_locale()), "", ""), tag_of(story.outcome.code)]
        text = _best_of([story.lede, plain(story.body_markdown)], words)
        url = url_for("stories.show", slug=story.slug)
        found.append((story.id, Row(_("Success story"), url, story.title, story.lang, text, tags)))
    return found


def _lawyers(ids: list[int]) -> list[tuple[int, Row]]:
    query = select(Lawyer).where(Lawyer.id.in_(ids), Lawyer.state == LawyerState.VERIFIED)
    found = []
    for lawyer in db.session.scalars(query.options(joinedload(Lawyer.user))):
        said = ", ".join(part for part in (lawyer.firm, lawyer.town) if part)
        tags: list[Tag] = [(PROFESSIONS[lawyer.profession], "", ""), (_("Lawyer checked"), "green", "badge-check")]
        url = url_for("directory.profile", slug=lawyer.slug)
        found.append((lawyer.id, Row(_("Lawyer"), url, lawyer.user.name, "", snippet(said, []), tags)))
    return found


def _best_of(texts: list[str], words: list[str]) -> Markup:
    """The part of the first text that holds one of the words; else the beginning of the first."""
    shown = [snippet(text, words) for text in texts if text]
    return next((text for text in shown if "<mark>" in text), shown[0] if shown else Markup(""))
