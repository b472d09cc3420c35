"""Orders whose money was taken, the people who may give it back, and what the provider tells of it."""

import json
import time
from typing import Any

import pytest

from app.core.db import transaction
from app.core.settings import settings
from app.orders import service as orders
from app.payments import hearing
from app.payments import service as payments
from app.users.service import Role, Who
from dev.stripe.webhooks import signature
from tests.factories.orders import ELM_STREET, check_out

ROSA = Who(11, "Rosa", ((Role.COUNTER, ELM_STREET),))
MINA = Who(12, "Mina", ((Role.MANAGER, ELM_STREET),))
OTTO = Who(13, "Otto", ((Role.MANAGER, ELM_STREET),))
ADA = Who(14, "Ada", ((Role.ADMIN, None),))


def hear(event: dict[str, Any]) -> None:
    """A webhook's message, signed."""
    body = json.dumps({"object": "event", **event}).encode()
    with transaction():
        hearing.hear(body, signature(body, settings().stripe_webhook_secret, int(time.time())))


def tell(provider, work_off, *kinds: str) -> None:
    """What the provider's webhooks bring, as it sent them."""
    for event in provider.books("event"):
        if event["type"].startswith(kinds):
            hear({name: value for name, value in event.items() if not name.startswith("_")})
    work_off()


@pytest.fixture
def take(shop, provider, work_off):
    """Has an order made whose money is taken by card; gives its number."""

    def make(*picks, **named) -> int:
        order_id, payment_id = check_out(*picks, **named)
        payments.begin(payment_id)
        provider.pay(payments.state(order_id).intent_id)
        payments.settle(payment_id)
        with transaction():
            orders.accept(order_id, by="store")
        work_off()
        return order_id

    return make


@pytest.fixture
def held(shop, provider) -> tuple[int, int]:
    """Money that is held for an order, which nobody here has heard of yet: the order's id and the payment's."""
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    provider.pay(payments.state(order_id).intent_id)
    return order_id, payment_id
