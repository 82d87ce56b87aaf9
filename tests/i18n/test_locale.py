import pytest
from flask import session
from flask_babel import gettext

from app.i18n import locale
from app.i18n.locale import alternate_url, direction, get_locale, using_language


def test_english_has_no_prefix(client):
    assert client.get("/").text == "en ltr fa /fa/"
    assert client.get("/cases/wenlow").json["url"] == "/cases/wenlow"


@pytest.mark.parametrize("address", ["/fa", "/fa/"])
def test_persian_stands_under_its_prefix(client, address):
    assert client.get(address).text == "fa rtl en /"


def test_one_route_serves_both_languages_and_stays_in_its_own(client):
    page = client.get("/fa/cases/wenlow").json
    assert page["lang"] == "fa"
    assert page["path"] == "/cases/wenlow"
    assert page["url"] == "/fa/cases/wenlow"
    assert page["absolute"] == "http://localhost/fa/cases/wenlow"


def test_a_form_leads_on_in_its_own_language(client):
    assert client.post("/fa/go").location == "/fa/"
    assert client.post("/go").location == "/"


def test_the_other_language_is_one_link_away_with_its_query(client):
    assert client.get("/cases/wenlow?page=2&q=%D8%A2").json["other"] == "/fa/cases/wenlow?page=2&amp;q=%D8%A2"
    assert client.get("/fa/cases/wenlow").json["other"] == "/cases/wenlow"


@pytest.mark.parametrize("address", ["/en/", "/en/cases/wenlow", "/fa/fa/", "/family", "/FA/"])
def test_there_are_no_other_prefixes(client, address):
    assert client.get(address).status_code == 404


def test_what_machines_call_has_no_language(client):
    assert client.get("/healthz").text == "well"
    assert client.get("/fa/healthz").status_code == 404


def test_the_language_link_never_leaves_the_site(client):
    assert client.get("/fa//evil.example/x").text == "fa /evil.example/x"


def test_a_page_not_found_speaks_the_language_of_its_address(client):
    assert client.get("/fa/nothing").text == "fa /nothing"


def test_cookies_hold_for_both_languages(app):
    @app.get("/remember")
    def remember():
        session["x"] = 1
        return ""

    cookie = app.test_client().get("/fa/remember").headers["Set-Cookie"]
    assert "Path=/" in cookie.split("; ")


def test_a_persian_path_is_escaped():
    assert alternate_url("/cases/آب پاک?", "fa") == "/fa/cases/%D8%A2%D8%A8%20%D9%BE%D8%A7%DA%A9%3F"
    assert alternate_url("/cases/", "en") == "/cases/"


def test_without_a_request_english_is_spoken_unless_told(app):
    with app.app_context():
        assert get_locale() == "en"
        with using_language("fa"):
            assert (get_locale(), direction()) == ("fa", "rtl")
        assert (get_locale(), direction()) == ("en", "ltr")


def test_a_letter_may_speak_another_language_than_the_visitor(app):
    with app.test_request_context("/", environ_overrides={"amicus.language": "fa"}):
        assert get_locale() == "fa"
        with using_language("en"):
            assert get_locale() == "en"
            with using_language("fa"):
                assert get_locale() == "fa"
            assert get_locale() == "en"
        assert get_locale() == "fa"


def test_an_error_inside_gives_the_language_back(app):
    with app.app_context(), pytest.raises(ZeroDivisionError), using_language("fa"):
        raise ZeroDivisionError
    assert get_locale() == "en"


def test_a_language_we_do_not_have_is_refused():
    with pytest.raises(ValueError, match="de"), using_language("de"):
        pass


def test_sentences_are_translated_in_python_and_in_templates(app, tmp_path):
    folder = tmp_path / "fa" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    (folder / "messages.po").write_text(header + '\nmsgid "Hello %(name)s"\nmsgstr "درود %(name)s"\n')
    locale.catalog.compile_catalogs(tmp_path)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    locale.init_app(app)
    with app.test_request_context(), using_language("fa"):
        assert gettext("Hello %(name)s", name="Omid") == "درود Omid"
        template = app.jinja_env.from_string("{{ _('Hello %(name)s', name='<b>') }}")
        assert template.render() == "درود &lt;b&gt;"
