"""`python -m demo.seeding`, in the demo's environment: people, cases and backers, the first time the demo starts.

A process of its own, because the runner should not load the portal.
"""

import json
import sys
from typing import Any

from sqlalchemy import event

from app import create_app
from app.database import db
from app.seed import life
from demo import card_page
from demo.place import PASSWORD, links_file


def main() -> int:
    """Fill the portal; lines of progress begin with two spaces."""
    app = create_app()
    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", _hurry)
        try:
            links = life.tell(app, PASSWORD, pay=card_page.pay, say=lambda words: print(f"  {words}", flush=True))
        except life.Refused as refused:
            print(refused, file=sys.stderr)
            return 1
    settings = app.config["AMICUS"]
    addresses = {title: f"{settings.base_url}/p/{token}" for title, token in links.items()}
    links_file(settings.data_dir).write_text(json.dumps(addresses, ensure_ascii=False))
    return 0


def _hurry(connection: Any, _record: Any) -> None:
    """Do not wait for the disk: a seed that does not come to its end is begun anew."""
    connection.execute("PRAGMA synchronous = OFF")


if __name__ == "__main__":
    sys.exit(main())
