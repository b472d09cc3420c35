"""A browser with one cookie, to prepare what is measured: it fills carts and reads addresses off pages."""

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlencode

COOKIE = "hotcorner"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
HTMX = {**OWN_PAGE, "HX-Request": "true"}


@dataclass(slots=True)
class Visitor:
    """One browser at one server."""

    host: str
    cookie: str = ""

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[http.client.HTTPResponse, str]:
        """The answer to a GET, and its body."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, form: dict[str, str]) -> None:
        """Send a form. Raises RuntimeError when it is not taken."""
        response, body = self._ask("POST", path, urlencode(form), OWN_PAGE)
        if response.status >= 400:
            raise RuntimeError(f"{path}: {response.status} {body[:400]}")

    def tag(self, path: str) -> str:
        """The tag of what is at this address now, for asking whether it changed."""
        return self.get(path, {"Accept-Encoding": "gzip"})[0].headers["ETag"]

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, str]:
        line = http.client.HTTPConnection(self.host, timeout=10)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        line.request(method, path, body, {**headers, **kind, **({"Cookie": self.cookie} if self.cookie else {})})
        response = line.getresponse()
        text = response.read().decode(errors="replace")
        line.close()
        for given in response.headers.get_all("Set-Cookie", []):
            if given.startswith(f"{COOKIE}="):
                self.cookie = given.partition(";")[0]
        return response, text


def with_three_lines(host: str, *, delivered: bool) -> Visitor:
    """A browser with a half-and-half pizza, a side and a drink in its cart, and with a place when `delivered`."""
    made = Visitor(host)
    halves = {"t-pepperoni": "left", "a-pepperoni": "extra", "t-mushroom": "right", "t-greenpepper": "right"}
    made.post("/cart/lines", {"product": "your-own", "size": "l", "crust": "thin", "sauce": "tomato", **halves})
    made.post("/cart/lines", {"product": "pepperoni"})
    made.post("/cart/lines", {"product": "cola", "quantity": "2"})
    if delivered:
        made.post("/where", {"method": "delivery", "street": "12 Elm Street", "city": "Chicago", "zip": "60610"})
    made.get("/")  # the page that shows what was done, once
    return made


def address(page: str, pattern: str) -> str:
    """The first address on a page that matches. Raises LookupError."""
    if found := re.search(rf'(?:href|src)="({pattern})"', page):
        return found[1]
    raise LookupError(f"no {pattern} on the page")
