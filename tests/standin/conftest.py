import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import stripe
from flask import Flask, request
from stripe import StripeClient
from werkzeug.serving import make_server

from dev.stripe.server import Server
from dev.stripe.world import Settings, World

SECRET = "whsec_of_the_tests"
PATIENCE = 10


class Shop:
    """A shop that takes webhooks: keeps those whose signature holds, and answers as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refused = 0
        self.next_answers: list[int] = []
        self._news = threading.Condition()

    def hear(self, body: bytes, signature: str) -> int:
        with self._news:
            try:
                event = stripe.Webhook.construct_event(body, signature, SECRET, api_key="sk_test_x")
                answer = self.next_answers.pop(0) if self.next_answers else 200
                if answer == 200:
                    self.taken.append(event)
            except stripe.SignatureVerificationError:
                self.refused += 1
                answer = 400
            self._news.notify_all()
            return answer

    def wait(self, true: Callable[[], object]) -> None:
        with self._news:
            assert self._news.wait_for(true, PATIENCE), [event.type for event in self.taken]

    def types(self) -> list[str]:
        return [event.type for event in self.taken]

    def forget(self) -> None:
        self.taken.clear()
        self.next_answers.clear()
        self.refused = 0


class Controls:
    """What a test does to the stand-in besides calling its API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, what: str, **sent: Any) -> Any:
        answer = requests.post(f"{self.url}/_standin/{what}", json=sent, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def faults(self, **endpoints: Any) -> None:
        self.post("faults", endpoints={name.replace("__", "."): rule for name, rule in endpoints.items()})

    def state(self) -> Any:
        return requests.get(f"{self.url}/_standin/state", timeout=PATIENCE).json()


class Walker:
    """A browser without a script: reads pages, fills forms, and shows where it is sent."""

    def open(self, url: str, **form: str) -> tuple[int, str | None, str]:
        """The status, where it leads, and the text of the page."""
        method = "POST" if form else "GET"
        answer = requests.request(method, url, data=form or None, timeout=PATIENCE, allow_redirects=False)
        target = answer.headers.get("Location")
        return answer.status_code, urljoin(url, target) if target else None, answer.text


@pytest.fixture(scope="session")
def listening_shop() -> Iterator[tuple[Shop, str]]:
    shop, app = Shop(), Flask("shop")

    @app.post("/webhook")
    def webhook() -> tuple[str, int]:
        return "", shop.hear(request.get_data(), request.headers["Stripe-Signature"])

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield shop, f"http://127.0.0.1:{server.port}/webhook"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def running(listening_shop: tuple[Shop, str]) -> Iterator[Server]:
    server = Server(World(Settings(webhook=listening_shop[1], webhook_secret=SECRET)))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def standin(running: Server, shop: Shop) -> Controls:
    running.world.clear()
    shop.forget()
    return Controls(running.url)


@pytest.fixture
def shop(listening_shop: tuple[Shop, str]) -> Shop:
    return listening_shop[0]


@pytest.fixture
def api(standin: Controls) -> Any:
    return StripeClient("sk_test_x", base_addresses={"api": standin.url}, max_network_retries=0).v1


@pytest.fixture
def authorised(api: Any) -> Callable[..., Any]:
    """Make an intent that holds money, as after a customer has paid."""

    def make(amount: int = 2000, card: str = "pm_card_visa", **given: Any) -> Any:
        never = {"enabled": True, "allow_redirects": "never"}
        paid = {"payment_method": card, "confirm": True, "automatic_payment_methods": never}
        return api.payment_intents.create(
            {"amount": amount, "currency": "usd", "capture_method": "manual", **paid, **given}
        )

    return make


@pytest.fixture
def walker() -> Walker:
    return Walker()
