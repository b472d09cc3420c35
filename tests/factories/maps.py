"""A provider of maps on this machine, so that tests may be slow, silent, busy or wrong with it."""

import dataclasses
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from flask import Flask

from app.stores import geocoder
from app.stores.service import Point

DOOR = Point(41.9021, -87.6301)


class Maps:
    """A provider of maps on this machine, that says what it is told to."""

    def __init__(self):
        self.answer, self.asked = [{"lat": str(DOOR.lat), "lon": str(DOOR.lon), "display_name": "12 Elm"}], []
        self.status = 200
        self.hold = threading.Event()
        self.hold.set()
        maps = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                maps.asked.append(parse_qs(urlsplit(self.path).query)["q"][0])
                maps.hold.wait(5)
                body = maps.answer if isinstance(maps.answer, bytes) else json.dumps(maps.answer).encode()
                self.send_response(maps.status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, place: Point) -> None:
        """Whatever is asked for is there from now on."""
        self.answer = [{"lat": str(place.lat), "lon": str(place.lon), "display_name": "there"}]


@contextmanager
def answering(shop: Flask) -> Iterator[Maps]:
    """The shop asks this provider where addresses are."""
    found, ours = Maps(), shop.extensions["settings"]
    told = {"geocoder": "nominatim", "geocoder_url": found.url, "geocoder_seconds": 1, "geocoder_per_minute": 6000}
    shop.extensions["settings"] = dataclasses.replace(ours, **told)
    try:
        yield found
    finally:
        shop.extensions["settings"] = ours
        found.hold.set()
        found.server.shutdown()
        found.server.server_close()
        geocoder._made.cache_clear()
