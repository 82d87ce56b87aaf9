import pytest
from flask import Flask, jsonify, redirect, render_template_string, request, url_for

from app.i18n import locale


@pytest.fixture
def app() -> Flask:
    """A small application with the languages and nothing else."""
    app = Flask("small", static_folder=None)
    app.config.update(SECRET_KEY="for tests", SESSION_COOKIE_PATH="/", TESTING=True)
    locale.init_app(app)
    app.wsgi_app = locale.LanguagePrefix(app.wsgi_app)

    @app.get("/")
    def home():
        return render_template_string("{{ lang }} {{ dir }} {{ other_lang }} {{ other_lang_url }}")

    @app.get("/cases/<slug>")
    def case(slug):
        return jsonify(
            lang=locale.get_locale(),
            path=request.path,
            url=url_for("case", slug=slug),
            absolute=url_for("case", slug=slug, _external=True),
            other=render_template_string("{{ other_lang_url }}"),
        )

    @app.post("/go")
    def go():
        return redirect(url_for("home"), 303)

    @app.get("/healthz")
    def healthz():
        return "well"

    @app.errorhandler(404)
    def missing(_error):
        return render_template_string("{{ lang }} {{ other_lang_url }}"), 404

    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def speak(app):
    """`speak("fa")` gives a block that speaks Persian, inside an application context."""
    with app.app_context():
        yield locale.using_language
