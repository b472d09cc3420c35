"""One browser that speaks to the shop as people's do: it keeps cookies and sends forms from the shop's own pages."""

import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

SECONDS = 20
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
COOKIE = re.compile(r"\s*([^=;]+)=([^;]*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, where it leads to (or nothing), and the text."""

    status: int
    location: str
    text: str


@dataclass(slots=True)
class Browser:
    """Asks one shop. Raises OSError or http.client.HTTPException when nobody answers."""

    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, url: str) -> "Browser":
        """A fresh one before a shop's address."""
        return cls(urlsplit(url).netloc)

    def twin(self) -> "Browser":
        """Another one in which the same person is signed in."""
        return Browser(self.host, dict(self.cookies))

    def get(self, path: str, *, piece: bool = False) -> Answer:
        """Open a page, or a piece of one."""
        return self._ask("GET", path, None, {"HX-Request": "true"} if piece else {})

    def post(self, path: str, form: dict[str, str] | list[tuple[str, str]]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form), {**SAME_ORIGIN, **kind})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        line = http.client.HTTPConnection(self.host, timeout=SECONDS)
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, {**headers, **({"Cookie": kept} if kept else {})})
            response = line.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            line.close()
        for given in response.headers.get_all("Set-Cookie", []):
            if found := COOKIE.match(given):
                self.cookies[found[1]] = found[2]
        return Answer(response.status, response.headers.get("Location", ""), text)


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag == "input" and name and (kind not in {"radio", "checkbox"} or "checked" in given):
            self.values[name] = given.get("value") or ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value") or ""


def filled_in(page: str) -> dict[str, str]:
    """What the forms of a page would send as they stand."""
    reader = _Controls()
    reader.feed(page)
    return reader.values
