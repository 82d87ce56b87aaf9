"""What the clock does for the pages."""

from app.jobs.queue import job
from app.pages import figures


@job("pages.figures", every_minutes=1)
def count_figures() -> None:
    figures.refresh()
