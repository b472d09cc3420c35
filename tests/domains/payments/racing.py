"""What the races and their controls share: what is counted, and deeds that fall between our look and our next step."""

from collections.abc import Iterable
from functools import partial

from sqlalchemy import func, select

from app.core.db import db, transaction
from app.core.events import OutboxRow
from app.orders import service as orders
from app.payments import records, refunds, settling
from app.payments import service as payments
from app.payments.service import Bearer, Giving, PayWith, Reason
from tests.factories.orders import filled, request
from tests.races import HANDS, race


def count(model) -> int:
    """How many rows there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def told(kind: str) -> int:
    """How often a fact was told."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == kind))


def failed(answers: Iterable[object]) -> list[object]:
    """Those that were raised."""
    return [answer for answer in answers if isinstance(answer, Exception)]


def accept(order_id: int) -> None:
    """The store makes it."""
    with transaction():
        orders.accept(order_id, by="store")


def press_in_eight_carts(shop):
    """One form's key, sent along with eight carts at once."""
    asked = [request(filled(), key="one-key-for-all-of-them", pay_with=PayWith.CASH) for _ in range(HANDS)]
    return race(shop, *[partial(payments.check_out, each) for each in asked])


def press_in_eight_tabs(shop):
    """One cart, ordered from eight tabs at once, each with a key of its own."""
    mine = filled()
    return race(shop, *[partial(payments.check_out, request(mine)) for _ in range(HANDS)])


def cancel_before_capture(order_id: int, payment_id: int, monkeypatch) -> None:
    """The store accepts, and calls the order off between our look and the capture."""
    payments.settle(payment_id)
    accept(order_id)
    capture = settling.stripe.capture

    def cancelled_meanwhile(*given):
        monkeypatch.setattr(settling.stripe, "capture", capture)
        with transaction():
            orders.cancel(order_id, by="store", reason="oven")
        return capture(*given)

    monkeypatch.setattr(settling.stripe, "capture", cancelled_meanwhile)
    payments.settle(payment_id)


def capture_before_void(order_id: int, payment_id: int, provider, monkeypatch) -> None:
    """The customer calls the order off, and somebody at the provider takes its money between our look and the void."""
    payments.settle(payment_id)
    intent_id = payments.state(order_id).intent_id
    with transaction():
        orders.cancel(order_id, by="customer", reason="changed")
    cancel = settling.stripe.cancel

    def captured_meanwhile(*given):
        provider.client.v1.payment_intents.capture(intent_id)
        return cancel(*given)

    monkeypatch.setattr(settling.stripe, "cancel", captured_meanwhile)


def sixty_percent(payment_id: int, key: str) -> int:
    """Give back three fifths of what was taken."""
    cents = records.read(payment_id).captured_cents * 6 // 10
    with transaction():
        return refunds.refund(payment_id, Giving(cents, key, Reason.COLD, by="Mina", bearer=Bearer.STORE))
