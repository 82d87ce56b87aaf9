"""The side page: a guided tour, mailbox, people, test cards and clock.

All of it works without script, and it keeps no cookie.
"""

import signal
import sys

from flask import Flask, abort, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from app.i18n import catalog
from app.seed import PASSPHRASE
from demo import clock, tour
from demo.cards import CARDS
from demo.mailbox import PAGE, Mailbox, opening_links_beside
from demo.people import people, seconds_left
from demo.place import PASSWORD, Place

HOUR, DAY = 3600, 86400
STEPS = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
CHAPTERS = (
    ("tour_lawyer", "A lawyer opens a case"),
    ("tour_backer", "A supporter backs a case"),
    ("tour_public", "The public reads what came of it"),
    ("tour_private", "A private page that never leaks"),
    ("tour_verification", "A badge comes down and stands again"),
)
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A letter brings its own styles and nothing else: no script, no frame, no form.
LETTER_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src http: https: data:; frame-ancestors 'self'"
)


def create_side_page(place: Place, mailbox: Mailbox) -> Flask:
    """The side page of the demo at `place`, showing `mailbox`."""
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]
    app.jinja_env.filters["duration"] = duration

    @app.before_request
    def refuse_other_sites() -> None:
        """No other page in the same browser may press the buttons here."""
        if request.method == "POST" and request.headers.get("Origin", request.host_url.rstrip("/")) != (
            request.host_url.rstrip("/")
        ):
            raise Forbidden

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.context_processor
    def everywhere() -> dict[str, object]:
        return {
            "place": place,
            "now": clock.now(place.clock_file),
            "ahead": clock.ahead(place.clock_file),
            "password": PASSWORD,
            "passphrase": PASSPHRASE,
            "label": tour.label,
            "samples": tour,
            "chapters": CHAPTERS,
        }

    @app.get("/")
    def start() -> str:
        return render_template("start.html", private_links=place.private_links())

    @app.get("/tour/lawyer")
    def tour_lawyer() -> str:
        return render_template("tour_lawyer.html")

    @app.get("/tour/backer")
    def tour_backer() -> str:
        return render_template("tour_backer.html")

    @app.get("/tour/public")
    def tour_public() -> str:
        return render_template("tour_public.html")

    @app.get("/tour/private")
    def tour_private() -> str:
        return render_template("tour_private.html", private_links=place.private_links())

    @app.get("/tour/verification")
    def tour_verification() -> str:
        return render_template("tour_verification.html")

    @app.get("/papers/<name>")
    def papers(name: str) -> Response:
        """A file to send to the portal."""
        mimetype = "text/csv" if name == tour.REGISTER else "application/pdf"
        paper = Response(tour.paper(name) or abort(404), mimetype=mimetype)
        paper.headers["Content-Disposition"] = f"attachment; filename={name}"
        return paper

    @app.get("/mail")
    def letters() -> str:
        recipient = request.args.get("to", "")
        found = mailbox.lines(recipient, request.args.get("before", type=int))
        older = found[PAGE - 1].id if len(found) > PAGE else None
        return render_template("mailbox.html", lines=found[:PAGE], older=older, recipient=recipient)

    @app.get("/mail/<int:id>")
    def letter(id: int) -> str:
        return render_template("letter.html", letter=mailbox.letter(id) or abort(404))

    @app.get("/mail/<int:id>/html")
    def letter_html(id: int) -> Response:
        found = mailbox.letter(id) or abort(404)
        page = Response(opening_links_beside(found.html), mimetype="text/html")
        page.headers["Content-Security-Policy"] = LETTER_CSP
        return page

    @app.get("/people")
    def everybody() -> str:
        return render_template("people.html", people=people(place), seconds_left=seconds_left())

    @app.get("/cards")
    def cards() -> str:
        return render_template("cards.html", cards=CARDS)

    @app.route("/clock", methods=["GET", "POST"])
    def the_clock() -> Response | str | tuple[str, int]:
        if request.method == "GET":
            return render_template("clock.html", steps=STEPS)
        try:
            clock.move(place.clock_file, STEPS.get(request.form.get("step", "")) or abort(400))
        except clock.BadMove as error:
            return render_template("clock.html", steps=STEPS, problem=error), 409
        return redirect(url_for("the_clock"), 303)

    return app


def duration(seconds: int) -> str:
    """`seconds` in days and hours, such as “30 days 1 hour”."""
    parts = [(seconds // DAY, "day"), (seconds % DAY // HOUR, "hour")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count) or "0 hours"


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing about requests that went well."""


def serve(place: Place) -> None:
    """Take mail and show the side page until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    catalog.ensure_compiled()
    mailbox = Mailbox(place.mail_file, lambda: clock.now(place.clock_file))
    with mailbox.receiving(place.mail_port):
        server = make_server(
            "127.0.0.1", place.side_port, create_side_page(place, mailbox), threaded=True, request_handler=_Quiet
        )
        print("ready", flush=True)
        server.serve_forever()
