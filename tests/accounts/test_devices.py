"""What a device is called."""

import pytest

from app.accounts.devices import name

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("said", "called"),
    [
        (CHROME, "Chrome, Linux"),
        (CHROME + " Edg/141.0", "Edge, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/141.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.1 <script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_by_browser_and_system_and_nothing_else(said, called):
    assert name(said) == called
