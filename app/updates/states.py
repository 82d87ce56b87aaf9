"""Kinds of updates, who reads them, and how a case can end."""

from enum import StrEnum


class Audience(StrEnum):
    """Who reads an update."""

    EVERYONE = "everyone"
    BACKERS = "backers"


class Kind(StrEnum):
    """What an update is. The two latter have no title of their own: it is built in the reader's language."""

    WRITTEN = "written"
    NO_CHANGE = "no_change"
    OUTCOME = "outcome"


class Code(StrEnum):
    """How a case ended. The headline is built from this and from nothing else."""

    WON = "won"
    PARTLY_WON = "partly_won"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    PERMISSION_REFUSED = "permission_refused"
    OVERTAKEN = "overtaken"


# What may be told as a success story.
SUCCESSES = (Code.WON, Code.PARTLY_WON, Code.SETTLED)
# What nobody is believed to have reached without the court's order.
NEEDS_DOCUMENT = frozenset({Code.WON})
# A court decided; the others end without a decision.
DECIDED = frozenset({Code.WON, Code.PARTLY_WON, Code.LOST, Code.PERMISSION_REFUSED})
