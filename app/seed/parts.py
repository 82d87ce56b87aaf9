"""What a case is made of, as the files of texts write it down: its page, what was told afterwards, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass

from app.cases.drafting import CostsRisk, Line, Parties, Prospects, Stage
from app.cases.labels import FILED_STAGES
from app.cases.states import Visibility
from app.core.money import Money
from app.seed.papers import river
from app.updates.states import Audience, Code


def pounds(amount: int) -> Money:
    """Whole pounds."""
    return Money(amount * 100, "GBP")


def line(amount: int, label: str, detail: str) -> Line:
    """A line of a budget, in whole pounds."""
    return Line(label, detail, pounds(amount))


def stage(title: str, reason: str, amount: int | None = None) -> Stage:
    """A stage of the money, in whole pounds; the first has no amount."""
    return Stage(title, reason, pounds(amount) if amount else None)


UNTOLD = Prospects("", "")


@dataclass(frozen=True)
class Paper:
    """A document of one page (Latin letters only), what it is called, and how many days ago it was made."""

    title: str
    kind: str
    days: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sight:
    """The picture at the top of a page: what it shows, what stands below it, and who draws it, see `papers`."""

    alt: str
    caption: str
    draw: Callable[[], bytes] = river


@dataclass(frozen=True)
class Page:
    """Everything that a lawyer writes on a case's page. `area` is a slug; in the claim number, `{year}` is the year."""

    title: str
    summary: str
    area: str
    kind: str
    parties: Parties
    story: str
    lines: tuple[Line, ...]
    costs: CostsRisk
    raising: tuple[Stage, ...] = ()
    prospects: Prospects = UNTOLD
    lang: str = "en"
    visibility: Visibility = Visibility.PUBLIC
    paper: Paper | None = None
    sight: Sight | None = None

    @property
    def is_filed(self) -> bool:
        """Whether there is a claim, whose filing the lawyer proves."""
        return bool(self.parties.claim_number) and self.parties.legal_stage in FILED_STAGES


@dataclass(frozen=True)
class News:
    """An update that was posted `days` ago. One without a title says that nothing has changed.

    `corrected` is the text that took the place of `body` a day later.
    """

    days: float
    title: str = ""
    body: str = ""
    audience: Audience = Audience.EVERYONE
    stage: str = ""
    corrected: str = ""


@dataclass(frozen=True)
class Told:
    """A success story as an editor published it, `days` ago."""

    days: float
    title: str
    lede: str
    body: str


@dataclass(frozen=True)
class Ending:
    """How a case ended, `days` ago; `order` has the lines of the court's order, if one was sent (Latin letters only).

    In the citation, `{year}` is the year. `told` is what became of the draft that an agreed story (`tells_story`) has:
    nothing yet, if it is None.
    """

    days: float
    code: Code
    court: str
    effect: str
    account: str
    citation: str = ""
    quote: str = ""
    order: tuple[str, ...] = ()
    tells_story: bool = False
    told: Told | None = None
