"""What the server of processes imports before it forks: the portal, built once, so that the next one is quick."""

import tempfile
from pathlib import Path

from app import create_app
from tests.faults import work  # noqa: F401
from tests.support.portal import settings

with tempfile.TemporaryDirectory() as folder:
    create_app(settings(Path(folder)))
