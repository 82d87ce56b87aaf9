import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support.postgres import create_database, drop_database, find_binaries, running_server, wheel_binaries

ROOT = Path(__file__).resolve().parents[2]


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(question))
        answer = result.scalar() if result.returns_rows else None
    engine.dispose()
    return answer


@pytest.mark.parametrize("binaries", [find_binaries, wheel_binaries])
def test_a_server_starts_quickly_and_sorts_text_as_we_need(binaries):
    folder = binaries()
    started = time.monotonic()
    with running_server(folder) as url:
        assert time.monotonic() - started < 20
        ctype = "select datctype from pg_database where datname = current_database()"
        assert (ask(url, "show server_encoding"), ask(url, ctype)) == ("UTF8", "C.UTF-8")
        ask(url, "create extension pg_trgm")
        assert ask(url, "select cardinality(show_trgm('سلام'))") == 5
    with pytest.raises(OperationalError):
        ask(url, "select 1")


def test_a_database_is_copied_from_a_template_and_dropped_though_in_use():
    with running_server() as url:
        template = create_database(url, "template")
        ask(template, "create table things as select 42 as n")
        copy = create_database(url, "copy", "template")
        ask(copy, "update things set n = 7")
        copy = create_database(url, "copy", "template")
        assert ask(copy, "select n from things") == 42
        busy = create_engine(copy).connect()
        busy.execute(text("select 1"))
        drop_database(url, "copy")
        busy.invalidate()
        assert ask(url, "select count(*) from pg_database where datname = 'copy'") == 0


KILLED = """
import os
from tests.support.postgres import postgres_server
from tests.support.test_postgres import ask
url = postgres_server()
print(url, ask(url, "show data_directory"), flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_killed_test_run_leaves_no_server_behind():
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    command = [sys.executable, "-c", KILLED]
    killed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    url, data = killed.stdout.split()
    end = time.monotonic() + 10
    while (Path(data) / "postmaster.pid").exists() and time.monotonic() < end:
        time.sleep(0.05)
    with pytest.raises(OperationalError):
        ask(url, "select 1")
    shutil.rmtree(Path(data).parent)
