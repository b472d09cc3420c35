"""Order a pizza by JSON alone: `python examples/order_a_pizza.py http://127.0.0.1:8000 [ws://127.0.0.1:8001]`.

A guest finds the nearest store, fills a cart, confirms the price, pays with a test card and follows the order. Needs
nothing but Python; with `simple-websocket` installed and the socket's address given, the order is followed live.
"""

import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

JSON = "application/vnd.hotcorner.v1+json"
ANA = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com"}
HOME = {"street": "12 Elm Street", "city": "Chicago", "zipCode": "60610"}


class ProblemError(Exception):
    """The shop said no: `code` is for programs, the text for people, `told` has the rest of it."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(f"{told['code']}: {told['detail']}")
        self.code, self.told = told["code"], told


@dataclass
class Shop:
    """A client of one shop: it holds the tokens of a guest, and a key for each call that must not be done twice."""

    url: str
    token: str = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, *, once: bool = False) -> Any:
        """One call. Raises ProblemError."""
        headers = {"Accept": JSON, "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": uuid.uuid4().hex} if once else {}
        sent = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(f"{self.url}/api{path}", sent, headers, method=method), timeout=15) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise ProblemError(json.load(error)) from None

    def come_in(self) -> None:
        """Be a guest."""
        self.token = self.call("POST", "/auth/guest", {})["accessToken"]

    def order(self, product: str, code: str, tip_cents: int) -> Any:
        """Fill the cart, and order for the very total that it shows. Nothing else is ever charged."""
        self.call("POST", "/cart/items", {"productId": product, "quantity": 2})
        self.call("PUT", "/cart/coupon", {"code": code})
        self.call("PUT", "/cart/fulfilment", {"method": "delivery", "address": HOME})
        cart = self.call("GET", "/cart")
        quote, version = cart["quote"], cart["version"]
        total = {"amount": quote["total"]["amount"] + tip_cents, "currency": "USD"}
        tip = {"amount": tip_cents, "currency": "USD"}
        asked = {"cartVersion": version, "expectedTotal": total, "tip": tip, "contact": ANA}
        return self.call("POST", "/orders/checkout", {**asked, "payment": {"method": "card"}}, once=True)

    def pay(self, order_id: str, card: str = "pm_card_visa") -> Any:
        """Try a card."""
        return self.call("POST", "/payments/process", {"orderId": order_id, "paymentMethodId": card}, once=True)

    def follow(self, sockets: str, order_id: str, since: int = 0) -> Iterator[dict[str, Any]]:
        """Everything that happened to an order after `since`, then everything that happens."""
        from simple_websocket import Client  # noqa: PLC0415 - only who follows live needs it

        said = {"Authorization": f"Bearer {self.token}"}
        line = Client(f"{sockets}/tracking?orderId={order_id}&since={since}", headers=said)
        while (frame := json.loads(line.receive())).get("status") not in {"delivered", "collected", "cancelled"}:
            if "seq" in frame:
                yield frame


def main(url: str, sockets: str = "") -> None:
    """The whole way, told line by line."""
    shop = Shop(url.rstrip("/"))
    near = shop.call("GET", "/stores/nearby?zip=60610")["stores"][0]
    print(f"{near['name']}, {near['miles']} miles away")
    shop.come_in()
    pizza = shop.call("GET", f"/menu/products?store={near['id']}&q=margherita")["products"][0]
    order = shop.order(pizza["id"], code="WELCOME5", tip_cents=300)
    paid = shop.pay(order["id"])
    print(f"Order {order['id']}: {paid['status']}, {paid['amount']['amount']} cents")
    for event in shop.follow(sockets, order["id"]) if sockets else [shop.call("GET", f"/tracking/{order['id']}")]:
        print(f"{event['seq']}: {event['status']}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
