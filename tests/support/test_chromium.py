import subprocess

from tests.support.chromium import LAUNCH_FLAGS, executable


def test_the_browser_that_was_found_shows_a_page():
    command = [executable(), *LAUNCH_FLAGS, "--headless", "--dump-dom", "data:text/html,<p>here"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "<p>here</p>" in shown.stdout, shown.stderr
