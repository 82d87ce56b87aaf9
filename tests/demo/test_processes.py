"""Processes that live and die together."""

import os
import sys
import time

import pytest

from demo.processes import Broken, Household


@pytest.fixture
def scripts(tmp_path):
    """Makes a module that a household can start by name."""

    def write(name, code):
        (tmp_path / f"{name}.py").write_text(code)

    return write


@pytest.fixture
def household(tmp_path):
    with Household(tmp_path, dict(os.environ), tmp_path / "logs") as household:
        yield household


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_waits_until_everybody_is_ready(household, scripts, tmp_path):
    scripts("slow", "import time; time.sleep(0.3); print('here', flush=True); time.sleep(60)")
    household.start("slow", "slow", ready=lambda said: "here" in said)
    household.wait_until_ready()
    assert (tmp_path / "logs" / "slow.log").read_text() == "here\n"


def test_the_end_of_one_is_told_with_the_end_of_its_log(household, scripts):
    scripts("brief", "print('the reason'); raise SystemExit(3)")
    household.start("brief", "brief", ready=lambda _said: True)
    with pytest.raises(Broken, match=r"(?s)ended by itself \(exit code 3\).*the reason"):
        household.watch()


def test_a_step_that_fails_is_told(household, scripts):
    scripts("step", "raise SystemExit('not today')")
    with pytest.raises(Broken, match=r"(?s)“step --hard” failed.*not today"):
        household.run("step", "step", "--hard")


def test_a_step_that_succeeds_is_no_longer_watched(household, scripts):
    scripts("step", "")
    household.run("step", "step")
    household.wait_until_ready()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nobody_is_left_behind_not_even_a_stubborn_grandchild(scripts, tmp_path):
    scripts("stubborn", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    scripts(
        "parent",
        "import subprocess, sys, time\n"
        "print('child', subprocess.Popen([sys.executable, '-m', 'stubborn']).pid, flush=True); time.sleep(60)",
    )
    with Household(tmp_path, dict(os.environ), tmp_path / "logs") as household:
        household.start("parent", "parent", ready=lambda said: said.endswith("\n"))
        household.wait_until_ready()
        child = int((tmp_path / "logs" / "parent.log").read_text().split()[1])
        assert is_running(child)
    for _ in range(50):
        if not is_running(child):
            break
        time.sleep(0.02)
    assert not is_running(child)
