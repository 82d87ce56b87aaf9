import gettext
import os

import pytest

from app.i18n import catalog

HEADER = """msgid ""
msgstr ""
"POT-Creation-Date: 2026-01-01 00:00+0000\\n"
"Language: fa\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "app"
    (folder / "templates" / "email").mkdir(parents=True)
    (folder / "service.py").write_text(
        'message = N_("From N")\nlabel = _l("From l")\nsaid = _("Hello %(name)s", name=1)\n'
    )
    (folder / "templates" / "page.html").write_text(
        "{{ _('On a page') }}{{ ngettext('%(n)s day', '%(n)s days', 2, n=2) }}"
    )
    (folder / "templates" / "email" / "a.txt").write_text("{% trans %}In a letter{% endtrans %}")
    return folder


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "translations" / "fa" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.po").write_text(HEADER)
    return tmp_path / "translations"


def words(folder) -> str:
    return (folder / "fa" / "LC_MESSAGES" / "messages.po").read_text("utf-8")


def translate(folder, *pairs):
    text = words(folder)
    for english, persian in pairs:
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{persian}"')
    (folder / "fa" / "LC_MESSAGES" / "messages.po").write_text(text)


def test_strings_are_found_however_they_are_marked(source):
    found = {message.id for message in catalog.extract_messages(source) if message.id}
    assert found == {
        *("From N", "From l", "Hello %(name)s", "On a page", "In a letter"),
        ("%(n)s day", "%(n)s days"),
    }


def test_extracting_twice_changes_nothing(source, folder):
    catalog.update_catalogs(source, folder)
    first = words(folder)
    catalog.update_catalogs(source, folder)
    assert words(folder) == first
    assert "#: app/service.py\n" in first
    assert "nplurals=2; plural=(n > 1);" in first


def test_a_translation_stays_and_a_changed_sentence_is_not_guessed(source, folder):
    catalog.update_catalogs(source, folder)
    translate(folder, ("From N", "از ن"), ("From l", "از ل"))
    (source / "service.py").write_text('message = N_("From N")\nlabel = _l("From l, changed")\n')
    catalog.update_catalogs(source, folder)
    assert 'msgid "From N"\nmsgstr "از ن"' in words(folder)
    assert 'msgid "From l, changed"\nmsgstr ""' in words(folder)
    assert "fuzzy" not in words(folder)


def test_a_string_that_comes_back_brings_its_translation(source, folder):
    catalog.update_catalogs(source, folder)
    translate(folder, ("From N", "از ن"))
    text = (source / "service.py").read_text()
    (source / "service.py").write_text("")
    catalog.update_catalogs(source, folder)
    assert '#~ msgid "From N"' in words(folder)
    (source / "service.py").write_text(text)
    catalog.update_catalogs(source, folder)
    assert '\nmsgid "From N"\nmsgstr "از ن"' in words(folder)
    assert "#~" not in words(folder)


def test_a_string_with_a_context_brings_its_translation_too(source, folder):
    text = 'STATE = _lp("case", "Open")\n'
    (source / "labels.py").write_text(text)
    catalog.update_catalogs(source, folder)
    po = folder / "fa" / "LC_MESSAGES" / "messages.po"
    po.write_text(
        words(folder).replace('msgctxt "case"\nmsgid "Open"\nmsgstr ""', 'msgctxt "case"\nmsgid "Open"\nmsgstr "باز"')
    )
    (source / "labels.py").write_text("")
    catalog.update_catalogs(source, folder)
    (source / "labels.py").write_text(text)
    catalog.update_catalogs(source, folder)
    assert 'msgctxt "case"\nmsgid "Open"\nmsgstr "باز"' in words(folder)
    assert "#~" not in words(folder)


def test_the_check_lists_what_is_missing(source, folder):
    catalog.update_catalogs(source, folder)
    assert len(catalog.problems(source, folder)) == 6
    translate(folder, ("From N", "از ن"), ("From l", "از ل"), ("On a page", "در صفحه"), ("In a letter", "در نامه"))
    (folder / "fa" / "LC_MESSAGES" / "messages.po").write_text(
        words(folder)
        .replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(n)s روز"\nmsgstr[1] "%(n)s روز"')
        .replace('msgid "Hello %(name)s"\nmsgstr ""', 'msgid "Hello %(name)s"\nmsgstr "درود %(name)s"')
    )
    assert catalog.problems(source, folder) == []
    (source / "new.py").write_text('_("New")')
    assert catalog.problems(source, folder) == ["fa: not translated: 'New'"]


def test_the_check_finds_a_lost_plural_and_a_wrong_placeholder(source, folder):
    catalog.update_catalogs(source, folder)
    text = words(folder).replace('msgstr[0] ""', 'msgstr[0] "%(n)s روز"')
    text = text.replace('msgid "Hello %(name)s"\nmsgstr ""', 'msgid "Hello %(name)s"\nmsgstr "درود %(nam)s"')
    (folder / "fa" / "LC_MESSAGES" / "messages.po").write_text(text)
    found = "\n".join(catalog.problems(source, folder))
    assert "not translated: '%(n)s day'" in found
    assert "placeholder" in found


def test_a_compiled_catalogue_speaks_with_its_own_plural_rule(source, folder):
    catalog.update_catalogs(source, folder)
    text = words(folder).replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "یک"\nmsgstr[1] "چند"')
    (folder / "fa" / "LC_MESSAGES" / "messages.po").write_text(text)
    catalog.compile_catalogs(folder)
    spoken = gettext.translation("messages", folder, ["fa"])
    assert [spoken.ngettext("%(n)s day", "%(n)s days", n) for n in (0, 1, 2)] == ["یک", "یک", "چند"]


def test_compiling_is_done_only_when_words_are_younger(folder):
    compiled = folder / "fa" / "LC_MESSAGES" / "messages.mo"
    catalog.ensure_compiled(folder)
    first = compiled.stat().st_mtime_ns
    catalog.ensure_compiled(folder)
    assert compiled.stat().st_mtime_ns == first
    os.utime(folder / "fa" / "LC_MESSAGES" / "messages.po", ns=(first + 10**9, first + 10**9))
    os.utime(compiled, ns=(1, 1))
    catalog.ensure_compiled(folder)
    assert compiled.stat().st_mtime_ns > 1


def test_the_persian_catalogue_has_two_forms():
    po = (catalog.TRANSLATIONS / "fa" / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    assert "nplurals=2; plural=(n > 1);" in po
