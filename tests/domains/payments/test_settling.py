from app.core.db import transaction
from app.orders import service as orders
from app.payments import service as payments
from app.payments.service import PaymentStatus
from tests.checkouts import check_out

S, Stands = PaymentStatus, orders.OrderStatus


def test_a_good_card_places_the_order_and_is_charged_when_the_store_accepts(shop, provider, work_off):
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    held = payments.state(order_id)
    assert held.status is S.CREATED
    assert provider.pay(held.intent_id) == "requires_capture"
    assert payments.settle(payment_id).status is S.AUTHORISED
    assert orders.status_of(order_id) is Stands.PLACED
    with transaction():
        orders.accept(order_id, by="store")
    work_off()
    taken = payments.state(order_id)
    assert (taken.status, taken.captured_cents, taken.last4) == (S.CAPTURED, taken.amount_cents, "4242")
    assert provider.intent(held.intent_id).amount_received == taken.amount_cents
