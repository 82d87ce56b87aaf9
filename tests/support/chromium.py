"""A Chromium for the browser tests: this machine's, else one that is installed or unpacked for them."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.support.common import Missing, cache_folder, is_root

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LAUNCH_FLAGS = [
    *(["--no-sandbox"] if is_root() else []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def executable() -> str:
    """Path of a Chromium to give to Playwright as `executable_path`, with LAUNCH_FLAGS as `args`.

    On PATH; else installed by apt as root; else Debian's package unpacked into a cache folder; else the browser that
    Playwright installed. The first time may take minutes. Raises Missing.
    """
    # One process at a time: two that install it at once would stand in each other's way.
    with (cache_folder("chromium") / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for found in (on_path, installed_by_apt, unpacked_from_debian, playwrights_own):
            if path := found():
                return path
    raise Missing(
        "The browser tests need Chromium. Install it (Debian: apt-get install chromium), or Playwright's own "
        "(playwright install --with-deps chromium)."
    )


def on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def installed_by_apt() -> str | None:
    if not is_root() or not shutil.which("apt-get"):
        return None
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
    if not _worked(install) and _worked(["apt-get", "update", "-q"]):
        _worked(install)
    return on_path()


def unpacked_from_debian() -> str | None:
    """A script that runs Debian's package from a cache folder, with those of its libraries that are not installed."""
    folder = cache_folder("chromium")
    script = folder / "chromium"
    if script.is_file():
        return str(script)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    with tempfile.TemporaryDirectory(dir=folder) as work:
        if not _worked(["apt-get", "download", "-q", *_packages()], work):
            return None
        for package in Path(work).glob("*.deb"):
            if not _worked(["dpkg-deb", "-x", str(package), str(folder)]):
                return None
    binary = folder / "usr/lib/chromium/chromium"
    if not binary.is_file():
        return None
    libraries = {str(library.parent) for library in folder.rglob("*.so*") if "chromium" not in library.parts[-2]}
    fonts = f'export FONTCONFIG_PATH="{folder}/etc/fonts"\n' if (folder / "etc/fonts/fonts.conf").is_file() else ""
    fresh = folder / f"chromium.{os.getpid()}"
    fresh.write_text(
        f'#!/bin/sh\n{fonts}export LD_LIBRARY_PATH="{":".join(sorted(libraries))}"\nexec "{binary}" "$@"\n'
    )
    fresh.chmod(0o755)
    if not _worked([str(fresh), "--version"]):
        return None
    fresh.rename(script)
    return str(script)


def playwrights_own() -> str | None:
    base = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(base.glob("chromium-*/chrome-linux*/chrome"), key=lambda path: path.stat().st_mtime)
    return str(found[-1]) if found else None


def _packages() -> list[str]:
    """Chromium's packages and those of its libraries that are not installed, as apt would choose them."""
    simulated = ["apt-get", "install", "--simulate", "--no-install-recommends", "chromium"]
    told = subprocess.run(simulated, capture_output=True, text=True).stdout
    return sorted({"chromium", "chromium-common", *re.findall(r"^Inst (\S+)", told, re.MULTILINE)})


def _worked(command: list[str], cwd: str | None = None) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True).returncode == 0
