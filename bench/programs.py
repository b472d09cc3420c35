"""What a program's call costs beside the page of the same: menu, cart and checkout, turn by turn in this process."""

import io
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from app.core.settings import Settings
from bench.visitor import OWN_PAGE
from wsgi import create_app

SAMPLES, CHECKOUTS = 300, 60
FIELD = re.compile(r'<input[^>]*name="(idem|token|version|total|promised)"[^>]*value="([^"]*)"')
ANA = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com"}
HOME = {"street": "12 Elm Street", "city": "Chicago"}
PICKS = ("margherita", "pepperoni", "cola")
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Beside:
    """A page and the call of the same: wall time of each in milliseconds, and by how much of the page's processor time
    the call does it."""

    name: str
    page_p50: float
    page_p99: float
    json_p50: float
    json_p99: float
    cpu_ratio: float


def measure(environ: Mapping[str, str], *, quick: bool) -> list[Beside]:
    """Each pair on a prepared database. Its limits are off, since all of it comes from one customer."""
    with redirect_stderr(io.StringIO()):  # the log is told where to write when the program is made
        app = create_app(settings=Settings.from_env({**environ, "RATE_LIMITS": "off"}))
        looks, checkouts = (20, 4) if quick else (SAMPLES, CHECKOUTS)
        page, program = Page(app), Program(app)
        page.fill()
        program.fill()
        pairs: Sequence[tuple[str, Work, Work, int]] = (
            ("menu", lambda: page.get("/"), lambda: program.call("GET", "/menu/products"), looks),
            ("cart of three lines", lambda: page.get("/cart"), lambda: program.call("GET", "/cart"), looks),
            ("checkout, in cash", page.checkout, program.checkout, checkouts),
        )
        return [_beside(name, *works, number) for name, *works, number in pairs]  # type: ignore[arg-type]  # two works


def _beside(name: str, page: Work, program: Work, number: int) -> Beside:
    page()
    program()
    taken = [(_time(page), _time(program)) for _ in range(number)]
    (page_p50, page_p99), (json_p50, json_p99) = (_cuts([pair[n][0] for pair in taken]) for n in (0, 1))
    ratio = median(json[1] / max(drawn[1], 1e-6) for drawn, json in taken)
    return Beside(name, page_p50, page_p99, json_p50, json_p99, ratio)


def _cuts(times: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[98]


def _time(work: Work) -> tuple[float, float]:
    """Milliseconds on the wall and on the processor. What comes before the last request of a work does not count."""
    spent = work()
    if not isinstance(spent, tuple):
        raise TypeError("a work says what its last request took")
    return spent


class Page:
    """A browser without scripts."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def fill(self) -> None:
        """Three lines, going home."""
        for pick in PICKS:
            self.post("/cart/lines", {"product": pick})
        self.post("/where", {"method": "delivery", **HOME, "zip": "60610"})

    def get(self, path: str) -> tuple[float, float]:
        """What a page took."""
        return _asked(self.client, 200, "GET", path)

    def post(self, path: str, form: dict[str, str]) -> tuple[float, float]:
        """What a form took."""
        return _asked(self.client, 303, "POST", path, data=form, headers=OWN_PAGE)

    def checkout(self) -> tuple[float, float]:
        """What the press of the checkout's button took."""
        self.fill()
        shown = dict(FIELD.findall(self.client.get("/checkout").text))
        return self.post("/checkout", {**shown, **ANA, **HOME, "time": "asap", "tip": "0", "pay_with": "cash"})


class Program:
    """A program of a guest."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        made = self.client.post("/api/auth/guest", json={})
        self.token = {"Authorization": f"Bearer {made.get_json()['accessToken']}"}

    def fill(self) -> None:
        """Three lines, going home."""
        for pick in PICKS:
            self.call("POST", "/cart/items", {"productId": pick}, status=201)
        address = {**HOME, "zipCode": "60610"}
        self.call("PUT", "/cart/fulfilment", {"method": "delivery", "address": address})

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> tuple[float, float]:
        """What a call took."""
        headers = {**self.token, "Idempotency-Key": uuid4().hex}
        sent = {} if body is None else {"json": body}
        return _asked(self.client, status, method, f"/api{path}", headers=headers, **sent)

    def checkout(self) -> tuple[float, float]:
        """What the call of the checkout took."""
        self.fill()
        cart = self.client.get("/api/cart", headers=self.token).get_json()
        seen = {"cartVersion": cart["version"], "expectedTotal": cart["quote"]["total"]}
        return self.call(
            "POST", "/orders/checkout", {**seen, "contact": ANA, "payment": {"method": "cash"}}, status=201
        )


def _asked(client: FlaskClient, status: int, method: str, path: str, **more: Any) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    answer = client.open(path, method=method, **more)
    body = answer.get_data()
    took = (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000
    if answer.status_code != status:
        raise RuntimeError(f"{method} {path}: {answer.status_code} instead of {status}: {body[:400]!r}")
    return took
