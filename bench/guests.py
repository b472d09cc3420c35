"""Guests who order: what their browsers send, on one kept connection each, from an empty cart to the tracker."""

import http.client
import re
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bench import wire
from bench.visitor import HTMX, OWN_PAGE

FIELD = re.compile(r'<input[^>]*name="(idem|token|version|total|promised)"[^>]*value="([^"]*)"')
SECRET = re.compile(r'data-client-secret="([^"]+)"')
BACK = re.compile(r'data-return-url="([^"]+)"')
ANA = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com", "pay_with": "card", "time": "asap"}
LINES = (
    {"product": "your-own", "size": "m", "crust": "thin", "sauce": "tomato", "t-pepperoni": "left"},
    {"product": "margherita", "size": "m", "crust": "classic"},
    {"product": "cola", "quantity": "2"},
)
FORTY = ({"product": "cola", "quantity": "40"},)
TIMEOUT, CHUNK = 20.0, 262_144
MOST_IDLE = 1.0  # seconds: our server keeps a connection for two
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "40", "cvc": "123"}


@dataclass(slots=True)
class Guest:
    """One browser with its cart; `took` are the milliseconds of each of its steps by name."""

    host: str
    provider: str
    cookie: str = ""
    form: dict[str, str] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    order_id: int = 0
    _line: socket.socket | None = None
    _used: float = 0.0

    def fill(self, lines: tuple[dict[str, str], ...] = LINES) -> None:
        """Put the lines in a cart, to be picked up, and open the checkout."""
        for line in lines:
            self._send("POST", "/cart/lines", line, HTMX)
        self._send("POST", "/where", {"method": "carryout", "store": "1", "time": "asap"}, OWN_PAGE)
        self.form = {**ANA, **dict(FIELD.findall(self._send("GET", "/checkout")))}

    def place(self) -> tuple[str, str]:
        """Press the button: the secret to confirm with, and where to come back to. Raises RuntimeError."""
        began = time.perf_counter()
        page = self._send("POST", "/checkout", self.form, HTMX)
        self.took["place"] = (time.perf_counter() - began) * 1000
        secret, back = SECRET.search(page), BACK.search(page)
        if secret is None or back is None:
            raise RuntimeError(f"the order was not placed: {page[:300]}")
        path = urlsplit(back[1]).path
        self.order_id = int(path.rpartition("/")[2].partition("-")[0])
        return secret[1], path

    def pay(self, secret: str, back: str) -> None:
        """Confirm the card at the provider, and come back to a tracker. Raises RuntimeError."""
        intent = secret.partition("_secret_")[0]
        typed = {f"payment_method_data[card][{name}]": value for name, value in CARD.items()}
        key = {"key": "pk_test_nobody", "client_secret": secret, "use_stripe_sdk": "true"}
        line = http.client.HTTPConnection(urlsplit(self.provider).netloc, timeout=20)
        body = urlencode({**key, **typed, "payment_method_data[type]": "card"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", f"/v1/payment_intents/{intent}/confirm", body, kind)
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status != 200:
            raise RuntimeError(f"the card was not accepted: {answer.status}")
        began = time.perf_counter()
        tracker = self._send("GET", back, moved=True)
        self.took["settle"] = (time.perf_counter() - began) * 1000
        self._send("GET", urlsplit(tracker).path)

    def check_out(self) -> tuple[str, str]:
        """From an empty cart to a placed order, and what `place` gives."""
        self.fill()
        return self.place()

    def order(self) -> None:
        """All of it: the card and the tracker, too."""
        self.pay(*self.check_out())

    def leave(self) -> None:
        """Close the browser."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _open(self) -> socket.socket:
        """The kept connection; a new one where the server may have closed it by now."""
        if time.monotonic() - self._used > MOST_IDLE:
            self.leave()
        if self._line is None:
            name, _, port = self.host.partition(":")
            self._line = socket.create_connection((name, int(port)), TIMEOUT)
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._line

    def _send(
        self, method: str, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None,
        *, moved: bool = False,
    ) -> str:  # fmt: skip
        """The body of an answer; with `moved` the address that it leads to."""
        known = {**(headers or {}), **({"Cookie": self.cookie} if self.cookie else {})}
        head, body = wire.request(path, self.host, method, known, urlencode(form or {}), packed=False)
        line = self._open()
        line.sendall(head + wire.HEAD_ENDS + body)
        found, received = None, bytearray()
        while found is None:
            chunk = line.recv(CHUNK)
            if not chunk:
                raise RuntimeError(f"{path}: the server hung up")
            received += chunk
            found = wire.answer(received)
        self._used = time.monotonic()
        told, _, text = bytes(received).partition(wire.HEAD_ENDS)
        if found.status >= 400:
            raise RuntimeError(f"{path}: {found.status} {text[:300]!r}")
        self.cookie = found.cookie.decode() if found.cookie else self.cookie
        return ((wire.field(told + wire.HEAD_ENDS, wire.LOCATION) or b"") if moved else text).decode(errors="replace")
