"""How it is paid stands where somebody asks for it: on the customer's tracker, and on what the driver holds."""

from app.core.db import transaction
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.payments import refunds
from app.payments import service as payments
from app.payments.service import PayWith
from app.tracking import service as tracking
from app.users.service import Role
from blueprints.tracking.pay_words import staff_words
from tests.factories.deals import deal
from tests.factories.orders import COLA, HOME, check_out
from tests.factories.staff import signed_in


def tracker(client, order_id: int) -> str:
    return client.get(f"/track/{order_id}-{tracking_key(order_id)}").text


def paid_by_card(provider) -> int:
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    assert provider.pay(provider.books()[0]["id"]) == "requires_capture"
    payments.settle(payment_id)
    return order_id


def test_cash_is_named_with_the_place_where_it_changes_hands(client, provider):
    order_id, _ = check_out(pay_with=PayWith.CASH)
    assert "Pay in cash at the counter" in tracker(client, order_id)
    delivered, _ = check_out((COLA, 12), place=HOME, pay_with=PayWith.CASH)
    assert "Pay in cash at the door" in tracker(client, delivered)
    assert staff_words(delivered).startswith("Take $")


def test_cash_that_changed_hands_is_paid_before_the_books_say_so(client, provider, work_off):
    order_id, _ = check_out(pay_with=PayWith.CASH)
    work_off()
    with transaction():
        while (ticket := tracking.ticket_of(order_id)).open:
            tracking.advance(order_id, ticket.stage, by="Beppe")
    assert "Paid in cash" in tracker(client, order_id)


def test_an_order_that_comes_to_nothing_says_so_to_all_who_could_ask_for_money(shop, client, provider, work_off):
    deal({"name": "On us", "kind": "amount_order", "off_cents": 600})
    order_id, _ = check_out((COLA, 2), pay_with=PayWith.CARD)
    work_off()
    assert "Nothing to pay" in tracker(client, order_id)
    assert staff_words(order_id) == "Nothing to pay"
    mina = signed_in(shop, "Mina", Role.MANAGER)
    for page in (f"/staff/orders/{order_id}", f"/staff/orders/{order_id}/ticket"):
        text = mina.get(page).text
        assert "Nothing to pay" in text
        assert "cash" not in text
    with transaction():
        while (ticket := tracking.ticket_of(order_id)).open:
            tracking.advance(order_id, ticket.stage, by="Beppe")
    work_off()
    assert payments.state(order_id).status is payments.PaymentStatus.CAPTURED
    assert "Nothing to pay" in tracker(client, order_id)
    assert "cash" not in mina.get(f"/staff/orders/{order_id}").text


def test_a_card_is_named_by_its_last_four_digits(client, provider):
    order_id = paid_by_card(provider)
    page = tracker(client, order_id)
    assert "Paid by Visa ending 4242" in page
    assert "Tax" in page
    assert staff_words(order_id) == "Paid by Visa ending 4242"


def test_an_order_that_waits_for_its_payment_claims_nothing(client, provider):
    order_id, _ = check_out()
    assert "Paid" not in tracker(client, order_id)
    assert staff_words(order_id) == "Not paid"


def test_a_cancelled_order_says_what_becomes_of_the_money(client, provider):
    card, (cash, _) = paid_by_card(provider), check_out(pay_with=PayWith.CASH)
    with transaction():
        for order_id in (card, cash):
            orders.cancel(order_id, by="customer", reason="You cancelled it")
    assert "You cancelled it. Your card was not charged." in tracker(client, card)
    assert "charged" not in tracker(client, cash)


def test_a_cancelled_order_whose_money_the_bank_sent_back_says_so_until_it_is_tried_again(client, provider, work_off):
    order_id = paid_by_card(provider)
    with transaction():
        orders.accept(order_id, by="store")
    work_off()
    with transaction():
        orders.cancel(order_id, by="store", reason="The oven is out")
    assert "The money goes back to your card within a few days." in tracker(client, order_id)
    work_off()
    assert "back to your Visa ending 4242" in tracker(client, order_id)
    payment_id = payments.state(order_id).id
    provider.send_back(provider.books("refund")[0]["id"])
    refunds.look(payment_id)
    assert "We could not give the money back to your Visa ending 4242 yet." in tracker(client, order_id)
    payments.settle(payment_id)
    assert "The money goes back to your card within a few days." in tracker(client, order_id)
