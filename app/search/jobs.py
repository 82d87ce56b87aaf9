"""What the worker does for the search."""

from app.jobs.worker import each_second
from app.search import index

each_second(index.refresh)
