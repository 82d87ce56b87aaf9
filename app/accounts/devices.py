"""What to call the device that somebody signs in with, from what its browser says about itself."""

# The first that fits: browsers name their forebears too. A word that starts nothing but itself comes last.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def name(user_agent: str) -> str:
    """Browser and system, such as "Firefox, Windows"; empty for one that we do not know. Nothing else is kept."""
    found = [next((told for sign, told in known if sign in user_agent), None) for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))
