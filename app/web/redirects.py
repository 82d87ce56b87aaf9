"""Where a form may send somebody next: a place on this site, and nowhere else."""

import re
from urllib.parse import urlsplit

# Browsers drop tabs and line ends, read a backslash as a slash, and take two slashes for another host.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` if it is a path on this site (query and fragment included), else `otherwise`."""
    return wanted if wanted and _LOCAL_PATH.fullmatch(wanted) else otherwise


def path_of(url: str | None, host: str) -> str | None:
    """Path and query of an absolute address on `host`; None for any other."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    if parts.netloc != host:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
