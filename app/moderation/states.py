"""The life of a report."""

from enum import StrEnum


class ReportState(StrEnum):
    """Open, looked at by somebody, closed with a reason. A closed one is never opened again."""

    OPEN = "open"
    LOOKING = "looking"
    CLOSED = "closed"
