"""The part of a text that holds what was looked for."""

from app.search.snippets import plain, snippet


def test_the_words_around_the_first_match_are_shown_and_it_is_marked():
    text = " ".join(f"word{n}" for n in range(100)) + " the River’s end " + " ".join(f"more{n}" for n in range(100))
    shown = snippet(text, ["rivers"])
    assert "<mark>River’s</mark>" in shown and shown.startswith("… ") and shown.endswith(" …")
    assert len(shown) < 300


def test_without_a_match_it_is_the_beginning():
    assert snippet("Clean water for all", ["library"]) == "Clean water for all"


def test_what_people_wrote_is_escaped():
    assert snippet("<b>river</b> & <script>", ["river"]) == "<mark>&lt;b&gt;river&lt;/b&gt;</mark> &amp; &lt;script&gt;"


def test_a_word_without_end_has_one():
    assert len(snippet("x" * 10_000, ["x"])) < 400 and snippet("", ["x"]) == ""


def test_persian_is_marked_too():
    assert snippet(
        "\u0646\u0627\u0645\u0647\u200c\u0647\u0627 \u0622\u0645\u062f", ["\u0646\u0627\u0645\u0647"]
    ).startswith("<mark>")


def test_markdown_is_shown_as_words():
    said = "## Why\n\nThe **river** is _dirty_:\n\n- see [the order](https://example.org/x)\n> quoted `code`"
    assert plain(said) == "Why The river is dirty: see the order quoted code"
