import gzip
import os
import re
import shutil
from pathlib import Path

import brotli
import pytest

from app.web import assets, icons

TEMPLATES = assets.SOURCE.parent / "templates"
SHEETS = [path for path in (assets.SOURCE / "css").glob("*.css") if path.name != "email.css"]


@pytest.fixture
def source(tmp_path):
    """A copy of the sources that a test may change."""
    copy = tmp_path / "static"
    shutil.copytree(assets.SOURCE, copy, ignore=shutil.ignore_patterns("dist", "lucide"))
    return copy


@pytest.fixture
def dist(source):
    return source / "dist"


def sheet(dist: Path) -> str:
    return (dist / assets.manifest_of(dist)["css/base.css"]).read_text()


def later(path: Path) -> None:
    """Move the file's time well past the build's, as an editor would."""
    os.utime(path, ns=(time := path.stat().st_mtime_ns + 10**10, time))


def test_the_same_sources_give_the_same_files(source, dist, tmp_path):
    first = assets.build(source, dist)
    second = assets.build(source, tmp_path / "again")
    assert first == second
    assert {path.relative_to(dist): path.read_bytes() for path in dist.rglob("*.*")} == {
        path.relative_to(tmp_path / "again"): path.read_bytes() for path in (tmp_path / "again").rglob("*.*")
    }


def test_a_changed_source_gets_a_new_name_and_the_old_file_goes(source, dist):
    before = assets.build(source, dist)["js/amicus.js"]
    (source / "js/amicus.js").write_text("1")
    after = assets.build(source, dist)["js/amicus.js"]
    assert before != after
    assert not (dist / before).exists()
    assert not (dist / f"{before}.br").exists()


def test_a_changed_font_renames_the_sheet_that_names_it(source, dist):
    before = assets.build(source, dist)["css/base.css"]
    (source / "vendor/fonts/newsreader-core.woff2").write_bytes(b"another font")
    assert assets.build(source, dist)["css/base.css"] != before


def test_every_address_in_the_sheet_leads_to_a_file(source, dist):
    folder = (dist / assets.build(source, dist)["css/base.css"]).parent
    addresses = re.findall(r"url\(([^)]+)\)", sheet(dist))
    assert len(addresses) == 5
    assert all((folder / address).is_file() for address in addresses)


def test_a_sheet_that_names_a_missing_file_is_refused(source, dist):
    (source / "vendor/fonts/vazirmatn-fa.woff2").unlink()
    with pytest.raises(LookupError, match="vazirmatn-fa"):
        assets.build(source, dist)


def test_packed_copies_hold_the_same_words(source, dist):
    name = assets.build(source, dist)["css/base.css"]
    plain = (dist / name).read_bytes()
    assert brotli.decompress((dist / f"{name}.br").read_bytes()) == plain
    assert gzip.decompress((dist / f"{name}.gz").read_bytes()) == plain


def test_the_sheet_stays_within_its_budget(source, dist):
    name = assets.build(source, dist)["css/base.css"]
    assert (dist / f"{name}.br").stat().st_size <= 12 * 1024


def test_the_sheet_is_lowered_for_older_browsers(source, dist):
    assets.build(source, dist)
    assert "light-dark(" in "".join(path.read_text() for path in SHEETS)
    assert "light-dark(" not in sheet(dist)


def test_the_sheet_is_readable_without_data_addresses_or_imports(source, dist):
    assets.build(source, dist)
    assert not re.search(r"data:|@import|https?:", sheet(dist))


def test_nothing_is_built_again_while_no_source_changes(source, dist):
    assets.build(source, dist)
    marker = dist / "marker"
    marker.touch()
    assets.ensure_built(source, dist)
    assert marker.exists()


def test_a_younger_source_is_built(source, dist):
    before = assets.build(source, dist)["js/amicus.js"]
    (source / "js/amicus.js").write_text("2")
    later(source / "js/amicus.js")
    assets.ensure_built(source, dist)
    assert assets.manifest_of(dist)["js/amicus.js"] != before


def test_a_source_that_was_taken_away_is_noticed(source, dist):
    assets.build(source, dist)
    (source / "img/art/hero.svg").unlink()
    later(source / "img/art")
    assets.ensure_built(source, dist)
    assert "img/art/hero.svg" not in assets.manifest_of(dist)


def test_without_a_manifest_the_message_says_what_to_run(dist):
    with pytest.raises(assets.AssetsNotBuiltError, match=r"python -m app\.web\.assets"):
        assets.manifest_of(dist)


def test_an_asset_has_the_address_that_is_served():
    assets.ensure_built()
    address = assets.asset("css/base.css")
    assert re.fullmatch(r"/static/css/base\.[0-9a-f]{12}\.css", address)
    assert (assets.DIST / address.removeprefix("/static/")).is_file()


def test_an_unknown_asset_is_named_in_the_error():
    assets.ensure_built()
    with pytest.raises(LookupError, match="css/nothing"):
        assets.asset("css/nothing.css")


def test_the_release_changes_with_any_file(source, dist):
    assets.build(source, dist)
    before = assets.release(dist)
    assets.build(source, dist)
    assert assets.release(dist) == before
    (source / "js/amicus.js").write_text("3")
    assets.build(source, dist)
    assert assets.release(dist) != before


def test_every_asset_and_icon_that_a_template_names_exists():
    assets.ensure_built()
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    names, signs = re.findall(r"asset\('([^']+)'\)", pages), re.findall(r"icon\('([^']+)'", pages)
    assert len(names) > 5 and len(signs) > 10
    assert all(assets.asset(name) for name in names)
    assert all(icons.icon(sign) for sign in signs)


def test_an_icon_is_drawn_into_the_page_and_hidden_from_readers():
    drawn = icons.icon("clock", "ok")
    assert drawn.startswith('<svg class="icon ok" viewBox="0 0 24 24" aria-hidden="true"><')
    assert drawn.endswith("/></svg>")


def test_arrows_turn_round_in_persian_and_clocks_do_not():
    assert "icon--flip" in icons.icon("arrow-left")
    assert "icon--flip" not in icons.icon("clock")


def test_an_unknown_icon_is_named_in_the_error():
    with pytest.raises(LookupError, match="no-such-icon"):
        icons.icon("no-such-icon")


def test_one_sheet_serves_both_directions():
    physical = re.compile(
        r"(?<![\w-])((margin|padding|border|inset)-(left|right|top|bottom)|left|right|top|bottom)\s*:"
    )
    assert physical.search(".a { margin-left: 1px }")
    assert [path.name for path in SHEETS if physical.search(path.read_text())] == []


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ratio", "front", "grounds"),
    [
        (4.5, "ink", "paper surface sunk green-tint amber-tint red-tint blue-tint"),
        (4.5, "ink-2", "paper surface sunk green-tint"),
        (4.5, "ink-3", "paper surface sunk"),
        (4.5, "green-ink", "paper surface sunk green-tint"),
        (4.5, "on-green", "green green-hover"),
        (4.5, "tape-ink", "paper surface sunk tape-tint"),
        (4.5, "amber-ink", "paper surface amber-tint"),
        (4.5, "red", "paper surface red-tint"),
        (4.5, "blue-ink", "paper surface blue-tint"),
        (3, "line-strong", "paper surface sunk"),
        (3, "focus", "paper surface sunk green-tint"),
        (3, "green", "surface sunk"),
        (3, "tape", "paper surface sunk"),
    ],
)
def test_every_colour_can_be_told_from_its_ground(scheme, ratio, front, grounds):
    tokens = (assets.SOURCE / "css/tokens.css").read_text()
    colours = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\(#(\w+), #(\w+)\)", tokens)}
    for ground in grounds.split():
        dark, light = sorted(luminance(colours[name][scheme]) for name in (front, ground))
        assert (light + 0.05) / (dark + 0.05) >= ratio, f"{front} on {ground}"
