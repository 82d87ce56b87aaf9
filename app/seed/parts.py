"""What a page is made of, as the files of texts write it down."""

from dataclasses import dataclass

from app.cases.service import CostsRisk, Line, Parties
from app.cases.states import Visibility
from app.core.money import Money


def pounds(amount: int) -> Money:
    """Whole pounds."""
    return Money(amount * 100, "GBP")


def line(amount: int, label: str, detail: str) -> Line:
    """A line of a budget, in whole pounds."""
    return Line(label, detail, pounds(amount))


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
    lang: str = "en"
    visibility: Visibility = Visibility.PUBLIC
