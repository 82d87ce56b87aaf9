"""A load of requests on loopback, and what a server process spends on it."""

import http.client
import threading
import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Measured:
    """One run. `cpu` is seconds of the server's processes, `latencies` seconds a request, sorted."""

    requests: int
    seconds: float
    cpu: float
    latencies: list[float]
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cpu_each(self) -> float:
        """Microseconds of the server's CPU a request."""
        return self.cpu / max(self.requests, 1) * 1e6

    def percentile(self, share: float) -> float:
        """Milliseconds within which `share` of the requests were answered."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] * 1e3


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def run(pid: int, port: int, path: str, host: str, *, seconds: float, clients: int = 4) -> Measured:
    """Ask for `path` on kept-open connections for so many `seconds`; the answers must be 200."""
    stop_at = time.monotonic() + seconds
    latencies: list[list[float]] = [[] for _ in range(clients)]
    errors = [0] * clients

    def ask(n: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < stop_at:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Host": host, "Accept-Encoding": "br"})
            answer = connection.getresponse()
            answer.read()
            latencies[n].append(time.perf_counter() - began)
            errors[n] += answer.status != 200
        connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
    before, began = cpu_of(pid), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, spent = time.monotonic() - began, cpu_of(pid) - before
    merged = sorted(latency for mine in latencies for latency in mine)
    return Measured(len(merged), took, spent, merged, sum(errors))
