"""What the launchers share."""

import os
import socket
from pathlib import Path


class Missing(RuntimeError):
    """A program that the tests need is not on this machine; the message says what to install."""


def is_root() -> bool:
    return os.geteuid() == 0


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on just now. Somebody may take it first: bind soon, or try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cache_folder(name: str) -> Path:
    """A folder for unpacked programs, kept between runs. Root's is one that others can read."""
    base = "/var/cache" if is_root() else os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(base).expanduser() / "amicus-tests" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
