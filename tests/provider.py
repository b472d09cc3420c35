"""The provider's side in tests: cards that customers hold, faults of the line, and what its books say."""

from typing import Any

import requests
import stripe
from stripe import StripeClient

from dev.stripe.server import Server

GOOD, DECLINED, ASKS = "pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"


class Provider:
    """Customers' cards and the stand-in's books. Confirming goes over the wire, as a browser's would."""

    def __init__(self, till: Server) -> None:
        self.till = till
        self.client = StripeClient("sk_test_shop", base_addresses={"api": till.url}, max_network_retries=0)

    def pay(self, intent_id: str, card: str = GOOD) -> str:
        """Try a card on an intent; gives the intent's status, or the words of the bank that declined it."""
        try:
            params: Any = {"payment_method": card, "return_url": "http://localhost/back", "use_stripe_sdk": True}
            return self.client.v1.payment_intents.confirm(intent_id, params).status
        except stripe.CardError as error:
            return error.user_message or ""

    def answer_bank(self, intent_id: str, answer: str = "complete") -> int:
        """Answer the bank's question on its page; gives the answer's status."""
        secret = self.intent(intent_id).client_secret
        page = f"{self.till.url}/3ds/{intent_id}?client_secret={secret}&origin=x"
        return requests.post(page, data={"answer": answer}, allow_redirects=False, timeout=5).status_code

    def pay_on_page(self, session_id: str, card: str = "4242 4242 4242 4242") -> int:
        """Fill in the provider's own page, as a browser without JavaScript would; gives the answer's status."""
        page = f"{self.till.url}/c/pay/{session_id}"
        form = {"number": card, "expiry": "12 / 40", "cvc": "123"}
        return requests.post(page, data=form, allow_redirects=False, timeout=5).status_code

    def break_line(self, **endpoints: Any) -> None:
        """Put faults in force, by endpoint with `__` for the dot: `payment_intents__capture=["drop_after"]`."""
        faults = {name.replace("__", "."): {"next": list(each)} for name, each in endpoints.items()}
        self.till.world.faults.configure({"endpoints": faults})

    def send_back(self, refund_id: str) -> None:
        """Have the customer's bank send back a refund that had succeeded."""
        url = f"{self.till.url}/_standin/refunds"
        requests.post(url, json={"failed": refund_id}, timeout=5).raise_for_status()

    def books(self, kind: str = "payment_intent") -> list[dict[str, Any]]:
        """Everything of a kind that the provider knows, oldest first."""
        with self.till.world.lock:
            return list(reversed(self.till.world.store.every(kind)))

    def intent(self, intent_id: str | None) -> Any:
        """One intent as the provider has it."""
        return self.client.v1.payment_intents.retrieve(intent_id or "")
