"""Static files: the style sheet bundled, everything named by its content, so that browsers may keep it for ever.

Sources stand in ``app/static``; the built files and ``manifest.json`` in ``app/static/dist``, which is served at
``/static/``. ``python -m app.web.assets`` builds; the same sources give the same bytes.
"""

import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import brotli
import lightningcss

SOURCE = Path(__file__).resolve().parents[1] / "static"
DIST = SOURCE / "dist"
MANIFEST = "manifest.json"
URL = "/static/"

STYLE_SHEET = "css/base.css"
COPIED = ("js/*.js", "img/**/*.svg", "vendor/fonts/*.woff2")
BROWSERS = ["chrome >= 109", "firefox >= 115", "safari >= 15.4", "ios_saf >= 15.4"]
_PACKED = {".css", ".js", ".svg"}
_URL_IN_CSS = re.compile(r"url\(([^)]+)\)")


class AssetsNotBuiltError(RuntimeError):
    """No manifest: a production server starts only on built files."""


def build(source: Path = SOURCE, dist: Path = DIST) -> dict[str, str]:
    """Write every asset under its hashed name, drop what older builds left, and return the manifest.

    Files are replaced whole and the manifest last, so that processes which build at the same time do no harm.
    """
    manifest = {}
    for path in sorted(path for pattern in COPIED for path in source.glob(pattern)):
        name = path.relative_to(source).as_posix()
        manifest[name] = _write(dist, name, path.read_bytes())
    manifest[STYLE_SHEET] = _write(dist, STYLE_SHEET, _style_sheet(source, manifest).encode())
    keep = {dist / hashed for hashed in manifest.values()}
    keep |= {path.with_name(path.name + packed) for path in keep for packed in (".br", ".gz")} | {dist / MANIFEST}
    _replace(dist / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    for path in dist.rglob("*"):
        if path.is_file() and path not in keep:
            path.unlink(missing_ok=True)
    manifest_of.cache_clear()
    return manifest


def ensure_built(source: Path = SOURCE, dist: Path = DIST) -> None:
    """Build unless the manifest is younger than every source; for development and tests."""
    manifest = dist / MANIFEST
    if not manifest.exists() or manifest.stat().st_mtime_ns < max(_changed_at(source, dist)):
        build(source, dist)


@cache
def manifest_of(dist: Path = DIST) -> dict[str, str]:
    """Names as templates write them → names as served. Raises AssetsNotBuiltError."""
    try:
        manifest: dict[str, str] = json.loads((dist / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise AssetsNotBuiltError("The static files are not built; run: python -m app.web.assets") from None
    return manifest


def asset(name: str) -> str:
    """URL path of the asset that templates know as `name`, such as ``css/base.css``. Raises LookupError."""
    try:
        return URL + manifest_of()[name]
    except KeyError:
        raise LookupError(f"There is no asset {name!r} under app/static; build again if it is new") from None


def release(dist: Path = DIST) -> str:
    """Short id of the built files: equal sources give an equal id."""
    return _digest(json.dumps(manifest_of(dist), sort_keys=True).encode())


def _style_sheet(source: Path, manifest: dict[str, str]) -> str:
    def hashed(match: re.Match[str]) -> str:
        # The bundler leaves addresses as they were written, and every style file stands in the same folder.
        name = os.path.normpath(f"{PurePosixPath(STYLE_SHEET).parent}/{match[1]}")
        if name not in manifest:
            raise LookupError(f"A style sheet names {match[1]}, which is no asset")
        return f"url(../{manifest[name]})"

    css: str = lightningcss.bundle_css(str(source / STYLE_SHEET), browsers_list=BROWSERS, minify=True)
    return _URL_IN_CSS.sub(hashed, css)


def _write(dist: Path, name: str, content: bytes) -> str:
    path = PurePosixPath(name)
    hashed = path.with_name(f"{path.stem}.{_digest(content)}{path.suffix}")
    _replace(dist / hashed, content)
    if path.suffix in _PACKED:
        _replace(dist / f"{hashed}.br", brotli.compress(content, quality=11))
        _replace(dist / f"{hashed}.gz", gzip.compress(content, mtime=0))
    return str(hashed)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _changed_at(source: Path, dist: Path) -> Iterator[int]:
    yield Path(__file__).stat().st_mtime_ns
    for folder, folders, files in os.walk(source):
        here = Path(folder)
        folders[:] = [name for name in folders if here / name != dist]
        # A folder's own time tells of files that were taken away; that of the top also changes with dist.
        yield from ((here / name).stat().st_mtime_ns for name in [*folders, *files])


if __name__ == "__main__":
    build()
