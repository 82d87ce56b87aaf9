import re
import time

import bleach
import html5lib
import pytest

from app.core.richtext import POLICY_VERSION, REL, SCHEMES, TAGS, is_our_link, render, sanitise
from tests.support.corpora import rows
from tests.support.oracle_html import violations

HTML = rows("xss-html")
HARMLESS = [row for row in HTML if row["src"] == "own/benign-control"]
URLS = rows("xss-url")
ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}


def problems(html: str) -> list[str]:
    return violations(html, TAGS, ATTRIBUTES, SCHEMES)


@pytest.mark.parametrize("row", HTML, ids=[row["id"] for row in HTML])
def test_no_attack_survives_in_markdown(row):
    for markdown in (row["text"], f"a paragraph\n\n> - {row['text']}\n", f"[x]({row['text']})"):
        assert problems(render(markdown).html) == []


@pytest.mark.parametrize("row", HTML, ids=[row["id"] for row in HTML])
def test_no_attack_survives_the_second_guard_alone(row):
    assert problems(sanitise(row["text"])) == []


@pytest.mark.parametrize("row", HARMLESS, ids=[row["id"] for row in HARMLESS])
def test_harmless_words_survive_both_guards(row):
    assert html5lib.parseFragment(sanitise(row["text"])).find("*") is not None
    for guarded in (sanitise(row["text"]), render(row["text"]).html):
        for word in re.findall(r"[^\s<>/]+(?![^<]*>)", row["text"]):
            assert word in guarded


@pytest.mark.parametrize("pattern", ["[x](<{}>)", "<{}>", "[x]\n\n[x]: <{}>", "![x](<{}>)", "[x]({})"])
@pytest.mark.parametrize("row", URLS, ids=[row["id"] for row in URLS])
def test_no_link_leads_to_a_strange_scheme(row, pattern):
    html = render(pattern.format(row["text"])).html
    assert "<a " not in html
    assert problems(html) == []


STRANGE = [
    "javascript:123",
    "JaVaScRiPt:alert(1)",
    "javascript&colon;alert(1)",
    "java&Tab;script:alert(1)",
    "\x01javascript:1",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "tel:123",
    "//evil.example",
    "/cases/",
    "cases",
    "#x",
    "?x=1",
    "https:evil",
    "https:///evil",
    "https:\\\\evil.example",
    "https://bank.example@evil.example",
    "https://u:p@evil.example/",
    "mailto:",
    "mailto:a@b.example?bcc=c@d.example",
    "mailto:a@b.example,c@d.example",
]


@pytest.mark.parametrize("url", STRANGE)
def test_a_link_elsewhere_becomes_plain_words(url):
    for markdown in (f"[words](<{url}>)", f"[words]({url})"):
        html = render(markdown).html
        assert "<a" not in html
        assert "words" in html


@pytest.mark.parametrize(
    "url", ["https://www.gov.uk/a_b?c=d&e=f#g", "HTTP://X.ORG", "https://x.org/R_v_O'Brien", "mailto:a.b@c.example"]
)
def test_a_link_by_our_schemes_stays_and_vouches_for_nothing(url):
    html = render(f'[words](<{url}> "title")').html
    assert html.count("<a href=") == 1
    assert html.endswith(f'rel="{REL}">words</a></p>')
    assert problems(html) == []


def test_the_guard_of_bleach_is_not_enough_alone():
    assert "javascript" in bleach.clean('<a href="javascript:123">x</a>', ["a"], {"a": ["href"]})
    assert not is_our_link("javascript:123")


def test_the_judge_finds_a_fault_where_there_is_one():
    assert problems("<p onclick=x>a</p>")
    assert problems('<a href=" java\nscript:1">a</a>')
    assert problems("</article></main><script>1</script>")


def test_headings_stand_below_the_page_s_own():
    assert render("# One\n\n### Two\n\n# Three").html == "<h3>One</h3>\n<h4>Two</h4>\n<h3>Three</h3>"
    assert render("###### Deep").html == "<h3>Deep</h3>"


def test_no_heading_level_is_skipped():
    assert render("### Early\n\n# Top\n\n## Below").html == "<h3>Early</h3>\n<h3>Top</h3>\n<h4>Below</h4>"


def test_pictures_become_their_words():
    assert render("![the **river** <b>](https://x.org/i.png)").html == "<p>the river &lt;b&gt;</p>"


def test_raw_html_is_shown_as_written():
    assert render("<b>bold</b> &amp; 5 < 6").html == "<p>&lt;b&gt;bold&lt;/b&gt; &amp; 5 &lt; 6</p>"


def test_ordinary_markdown_works():
    markdown = "Some *words* and **more**.\n\n3. three\n4. four\n\n> said\n\n`code`"
    html = render(markdown).html
    assert "<em>words</em>" in html
    assert '<ol start="3">' in html
    assert "<blockquote>\n<p>said</p>\n</blockquote>" in html
    assert "<code>code</code>" in html


def test_indented_text_is_a_paragraph():
    assert render("    pasted text").html == "<p>pasted text</p>"


def test_direction_controls_do_not_come_in_by_an_entity():
    assert render("a &#8238;evil &#x2067;b").html == "<p>a evil b</p>"


def test_a_combining_sign_does_not_swallow_a_tag():
    assert render("\u0338x").html == "<p>\u0338x</p>"


def test_nothing_gives_nothing():
    assert render(" \n").html == ""
    assert render("x").policy_version == POLICY_VERSION


@pytest.mark.parametrize("piece", ["[", "*a ", "> ", "<a", "![](", "`", "- ", "&#", "[a](<", "\\"])
def test_a_long_run_of_one_sign_is_rendered_in_reasonable_time(piece):
    begun = time.process_time()
    render(piece * (20_000 // len(piece)))
    assert time.process_time() - begun < 10
