"""Which addresses are videos, and what is kept of them."""

import pytest

from app.cases import videos

ID = "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (f"https://www.youtube.com/watch?v={ID}", f"youtube:{ID}"),
        (f"http://youtube.com/watch?list=x&v={ID}#t=3", f"youtube:{ID}"),
        (f" https://m.youtube.com/shorts/{ID}/ ", f"youtube:{ID}"),
        (f"HTTPS://YOUTU.BE/{ID}", f"youtube:{ID}"),
        (f"https://www.youtube-nocookie.com/embed/{ID}", f"youtube:{ID}"),
        ("https://vimeo.com/76979871", "vimeo:76979871"),
        ("https://player.vimeo.com/video/76979871?h=1", "vimeo:76979871"),
    ],
)
def test_of_an_address_the_site_and_the_name_there_are_kept(address, kept):
    assert videos.read(address) == kept and videos.read(videos.url_of(kept)) == kept
    assert videos.site_of(kept) in ("YouTube", "Vimeo")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "youtube.com",
        f"javascript:alert('https://youtu.be/{ID}')",
        f"https://youtube.com.evil.example/watch?v={ID}",
        f"https://evil.example/youtube.com/watch?v={ID}",
        f"https://youtube.com@evil.example/watch?v={ID}",
        f"https://www.youtube.com:8443/watch?v={ID}",
        f"https://someone@youtu.be/{ID}",
        "https://youtu.be/dQw4w9WgXc",
        f"https://youtu.be/{ID}/{ID}",
        'https://youtu.be/dQw4w9"><b>',
        "https://www.youtube.com/watch",
        "https://www.youtube.com/embed",
        "https://vimeo.com/",
        "https://vimeo.com/76979871/0123abcdef",
        "https://vimeo.com/۷۶۹۷۹۸۷۱",
        "https://[::1",
        "https://youtu.be:x/",
        f"//youtu.be/{ID}",
    ],
)
def test_nothing_else_is_a_video(address):
    assert videos.read(address) == ""


def test_no_video_leads_nowhere():
    assert videos.url_of("") == videos.site_of("") == videos.url_of("elsewhere:1") == videos.url_of("vimeo:") == ""
