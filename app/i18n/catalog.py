"""The catalogues of translated strings.

    python -m app.i18n.catalog extract    gather every marked string of app/ into each messages.po
    python -m app.i18n.catalog compile    write each messages.mo
    python -m app.i18n.catalog check      list what is missing or wrong, and fail if anything is

A string that is no longer used moves to the end of its catalogue and comes back with its translation when it is used
again. Nothing is guessed: a changed English sentence starts untranslated.
"""

import argparse
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

APP = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent
TRANSLATIONS = HERE / "translations"
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "_lp": ((1, "c"), 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}


def catalogues(folder: Path = TRANSLATIONS) -> list[Path]:
    """Every messages.po."""
    return sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def extract_messages(source: Path = APP) -> Catalog:
    """Every string that `source` marks for translation, with the files it stands in."""
    with (HERE / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    template = Catalog()
    found = extract_from_dir(source, methods, options, _KEYWORDS, comment_tags=("Translators:",))
    for name, line, message, comments, context in found:
        template.add(message, None, [(f"{source.name}/{name}", line)], auto_comments=comments, context=context)
    return template


def update_catalogs(source: Path = APP, folder: Path = TRANSLATIONS) -> None:
    """Bring each messages.po up to date with the strings of `source`, keeping what is translated."""
    template = extract_messages(source)
    for path in catalogues(folder):
        catalog = _read(path)
        for key, message in list(catalog.obsolete.items()):
            if template.get(message.id, message.context) is not None:
                catalog[message.id] = catalog.obsolete.pop(key)
        # With the template's own date, each run would change the file.
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        out = BytesIO()
        write_po(out, catalog, width=120, sort_by_file=True, include_lineno=False)
        _replace(path, out.getvalue())


def compile_catalogs(folder: Path = TRANSLATIONS) -> None:
    """Write messages.mo beside each messages.po."""
    for path in catalogues(folder):
        out = BytesIO()
        write_mo(out, _read(path))
        _replace(path.with_suffix(".mo"), out.getvalue())


def ensure_compiled(folder: Path = TRANSLATIONS) -> None:
    """Compile unless each messages.mo is at least as young as its messages.po."""
    for path in catalogues(folder):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns:
            compile_catalogs(folder)
            return


def problems(source: Path = APP, folder: Path = TRANSLATIONS) -> list[str]:
    """One line for each string that a language lacks, and for each translation with the wrong placeholders."""
    template = extract_messages(source)
    lines = []
    for path in catalogues(folder):
        language, catalog = path.parts[-3], _read(path)
        for message in template:
            if message.id and not _is_translated(catalog.get(message.id, message.context)):
                lines.append(f"{language}: not translated: {_first(message.id)!r}")
        for message, errors in catalog.check():
            lines += [f"{language}: {error}: {_first(message.id)!r}" for error in errors]
    return lines


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings)


def _first(message_id: str | Iterable[str]) -> str:
    return message_id if isinstance(message_id, str) else next(iter(message_id))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def _replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(content)
    aside.replace(path)


def main() -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.i18n.catalog", description="Translated strings.")
    parser.add_argument("verb", choices=("extract", "compile", "check"))
    wanted = parser.parse_args().verb
    if wanted == "extract":
        update_catalogs()
    elif wanted == "compile":
        compile_catalogs()
    else:
        found = problems()
        sys.stdout.writelines(f"{line}\n" for line in found)
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
