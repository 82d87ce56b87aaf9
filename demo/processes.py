"""Processes that live and die together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_READY_WITHIN = 60.0
_STOPPED_WITHIN = 10.0


class Broken(Exception):
    """A process failed or ended; the message holds the end of its log."""

    def __init__(self, what: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines()[-20:]
        super().__init__("\n".join([what, f"The end of {os.path.relpath(log)}:", "", *(f"  {line}" for line in lines)]))


@dataclass(frozen=True)
class _Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    ready: Callable[[str], bool]

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Household:
    """Starts processes, each in a group and with a log of its own; leaving the `with` block stops them all."""

    def __init__(self, folder: Path, environment: dict[str, str], logs: Path) -> None:
        self._folder, self._environment, self._logs = folder, environment, logs
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # The last one first: whoever works for others ends before those it asks.
        while self._children:
            _end(self._children.pop().process)

    def start(self, name: str, *command: str, ready: Callable[[str], bool]) -> None:
        """Start `command`; `ready` is asked later, with what its log says until then. Does not wait."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as out:
            # Its own session: Ctrl-C at the terminal is for us, and we stop the others in order.
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._children.append(_Child(name, process, log, ready))

    def run(self, name: str, *command: str, tell: Callable[[str], None] = lambda _line: None) -> None:
        """Run `command` to its end, passing each line that it says to `tell`. Raises Broken if the end is a bad one."""
        self.start(name, *command, ready=lambda _said: False)
        child, told, is_over = self._children[-1], 0, False
        while not is_over:
            self._look(but=child)
            is_over = child.process.poll() is not None  # before the last look at the log
            whole = child.said().rpartition("\n")[0].splitlines()
            for line in whole[told:]:
                tell(line)
            told = len(whole)
            time.sleep(0 if is_over else 0.05)
        self._children.remove(child)
        if child.process.returncode:
            raise Broken(f"“{' '.join(command)}” failed.", child.log)

    def wait_until_ready(self) -> None:
        """Return when every process is ready. Raises Broken when one is not in time."""
        end = time.monotonic() + _READY_WITHIN
        waiting = list(self._children)
        while waiting:
            self._look()
            waiting = [child for child in waiting if not child.ready(child.said())]
            if waiting and time.monotonic() > end:
                raise Broken(f"The {waiting[0].name} process is not ready after a minute.", waiting[0].log)
            time.sleep(0.05)

    def watch(self) -> None:
        """Stay for as long as all live. Raises Broken when one ends."""
        while True:
            self._look()
            time.sleep(0.5)

    def _look(self, but: _Child | None = None) -> None:
        for child in self._children:
            if child is not but and (code := child.process.poll()) is not None:
                raise Broken(f"The {child.name} process ended by itself ({_how(code)}).", child.log)


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the leader of the group to stop; whatever of the group is left then is killed."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOPPED_WITHIN)
    with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says it in the second way
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_with_parent() -> None:
    """Ask Linux for SIGTERM when the runner dies, so that even `kill -9` of it leaves nobody behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
