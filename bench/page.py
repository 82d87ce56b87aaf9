"""The anonymous case page against a bare Flask "hello": ``python -m bench.page [--seconds 5] [--rounds 3]``.

Three servers of one kind (granian, two workers) run side by side: the hello, the page as it is served, and the page
with every cache off. They are asked in turn, so that whatever else the machine does falls on all of them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench import load
from tests.support.common import free_port

BACKERS, UPDATES = 20, 5
SECRET = "bench-development-key-which-is-long-enough"


def environment(data: Path, port: int, cache: bool) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AMICUS_", "STRIPE_"))},
        "AMICUS_ENV": "development",
        "AMICUS_BASE_URL": f"http://localhost:{port}",
        "AMICUS_SECRET_KEY": SECRET,
        "AMICUS_DATA_DIR": str(data),
        "AMICUS_PAGE_CACHE": str(cache).lower(),
        "STRIPE_SECRET_KEY": "sk_test_bench_development",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "FLASK_APP": "wsgi:app",
    }


def serve(stack: ExitStack, target: str, port: int, env: dict[str, str]) -> int:
    """Start a server and wait for it; its process id."""
    command = ["granian", "--interface", "wsgi", "--no-ws", "--workers", "2", "--blocking-threads", "2"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", target]
    process = subprocess.Popen([sys.executable, "-m", *command], env=env)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    path = "/healthz" if target == "wsgi:app" else "/"
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=1):
                return process.pid
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{target} does not answer")


def prepare(data: Path) -> str:
    """A database with one case; the path of its page."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.page", "--make", str(data)],
        env=environment(data, 8000, cache=True),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip().splitlines()[-1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.make:
        from bench.scenery import one_case  # noqa: PLC0415  it builds the application, with the settings of above

        print(one_case(backers=BACKERS, updates=UPDATES, days=timedelta(days=9)))
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder)
        path = prepare(data)
        ports = {name: free_port() for name in ("bare Flask hello", "case page as served", "case page, no cache")}
        pids = {}
        for name, port in ports.items():
            target = "bench.hello:app" if name.startswith("bare") else "wsgi:app"
            pids[name] = serve(stack, target, port, environment(data, port, cache=name.endswith("served")))
        paths = {name: "/" if name.startswith("bare") else path for name in ports}
        found: dict[str, list[load.Measured]] = {name: [] for name in ports}
        for name in ports:
            load.run(pids[name], ports[name], paths[name], f"localhost:{ports[name]}", seconds=1)
        for _ in range(chosen.rounds):
            for name in ports:
                host = f"localhost:{ports[name]}"
                found[name].append(load.run(pids[name], ports[name], paths[name], host, seconds=chosen.seconds))
        report(found)


def report(found: dict[str, list[load.Measured]]) -> None:
    base = found["bare Flask hello"]
    base_rate, base_cpu = median(run.rate for run in base), median(run.cpu_each for run in base)
    titles = ("requests/s", "of hello", "CPU µs", "of hello", "p50 ms", "p99 ms", "errors")
    print(f"{'':24}" + "".join(f"{title:>12}" for title in titles))
    for name, runs in found.items():
        rate, cpu = median(run.rate for run in runs), median(run.cpu_each for run in runs)
        p50, p99 = (median(run.percentile(share) for run in runs) for share in (0.5, 0.99))
        errors = sum(run.errors for run in runs)
        row = (
            f"{rate:.0f}",
            f"{rate / base_rate:.2f}",
            f"{cpu:.0f}",
            f"{base_cpu / cpu:.3f}",
            f"{p50:.2f}",
            f"{p99:.2f}",
            str(errors),
        )
        print(f"{name:24}" + "".join(f"{cell:>12}" for cell in row))


if __name__ == "__main__":
    main()
