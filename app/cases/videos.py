"""Videos that stand elsewhere. Of an address only the site and what it calls the video are kept, so nothing that was
typed becomes part of a link; nothing of such a site is loaded before somebody follows it.
"""

import re
from urllib.parse import parse_qs, urlsplit

SITES = {"youtube": "YouTube", "vimeo": "Vimeo"}
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_VIMEO_ID = re.compile(r"[1-9][0-9]{5,11}", re.ASCII)
_YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"})
_VIMEO = frozenset({"vimeo.com", "www.vimeo.com"})
_PAGES = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}


def read(address: str) -> str:
    """What is kept of the address of a video, such as "vimeo:76979871"; empty for any other address."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return ""
    host, path = (parts.hostname or "").lower(), parts.path.rstrip("/").split("/")[1:]
    if parts.scheme.lower() not in ("http", "https") or port or parts.username is not None or not path:
        return ""
    if host == "youtu.be":
        return _kept("youtube", path, _YOUTUBE_ID)
    if host in _YOUTUBE and path == ["watch"]:
        return _kept("youtube", parse_qs(parts.query).get("v", [""])[:1], _YOUTUBE_ID)
    if host in _YOUTUBE and path[0] in ("embed", "shorts", "live"):
        return _kept("youtube", path[1:], _YOUTUBE_ID)
    if host in _VIMEO:
        return _kept("vimeo", path, _VIMEO_ID)
    if host == "player.vimeo.com" and path[0] == "video":
        return _kept("vimeo", path[1:], _VIMEO_ID)
    return ""


def _kept(site: str, path: list[str], right: re.Pattern[str]) -> str:
    return f"{site}:{path[0]}" if len(path) == 1 and right.fullmatch(path[0]) else ""


def url_of(kept: str) -> str:
    """Where the video can be watched; empty for none."""
    site, _colon, name = kept.partition(":")
    return _PAGES[site] + name if site in _PAGES and name else ""


def site_of(kept: str) -> str:
    """What the site is called; empty for no video."""
    return SITES.get(kept.partition(":")[0], "")
