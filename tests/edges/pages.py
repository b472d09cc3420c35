"""What a customer's hands do in a test: read a form as a browser would, change fields, press its button."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true"}


class _Fields(HTMLParser):
    """Collects the successful controls of the forms in a page, by the HTML rules that matter here."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one control."""
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag == "input" and (kind not in {"radio", "checkbox"} or "checked" in given):
            self.values[name] = given.get("value") or ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value") or ""


def fields(page: TestResponse) -> dict[str, str]:
    """What the forms of a page would send, untouched."""
    reader = _Fields()
    reader.feed(page.text)
    return {name: value for name, value in reader.values.items() if name}


def filled_in(page: TestResponse, **typed: str) -> dict[str, str]:
    """A checkout page's form as Ana fills it in."""
    ana = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com"}
    return {**fields(page), **ana, **typed}


def with_cart(client: FlaskClient, cart_id: int) -> FlaskClient:
    """Give a browser a cart."""
    with client.session_transaction() as session:
        session["cart"] = cart_id
    return client


def press(client: FlaskClient, form: dict[str, str], path: str = "/checkout", **headers: Any) -> TestResponse:
    """Send a form."""
    return client.post(path, data=form, headers=headers)


def refused(client: FlaskClient, form: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
    """What the customer sees of a form of the cart that is refused: a piece, a page, or the form anew."""
    answer = client.post("/cart/lines", data=form, headers=headers or {})
    return client.get(answer.location) if answer.status_code == 303 else answer
