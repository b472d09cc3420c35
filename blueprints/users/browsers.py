"""A browser in words, from what it says of itself: enough to tell one's own devices apart."""

from flask import request

# The first that is named in it counts: every browser also claims to be those that came before it.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook")),
    *(("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux")),
)


def in_words(agent: str) -> str:
    """`Firefox on Linux`; what is not known is left out."""
    browser = next((word for mark, word in BROWSERS if mark in agent), "A browser")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def this_one() -> str:
    """The browser of the present request."""
    return in_words(request.headers.get("User-Agent", ""))
