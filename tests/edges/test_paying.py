import dataclasses
import json
import time

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.core.events import OutboxRow
from app.orders import cart
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.payments import service as payments
from app.payments.service import PaymentStatus
from dev.stripe.webhooks import signature
from tests.edges.pages import HTMX, fields, press
from tests.factories.orders import COLA, check_out
from tests.provider import ASKS, DECLINED

S, Stands = PaymentStatus, orders.OrderStatus


@pytest.fixture
def waiting(client, provider):
    """An order whose card was asked for, its payment, and the end of its address."""
    order_id, payment_id = check_out((COLA, 2))
    payments.begin(payment_id)
    return order_id, payment_id, f"{order_id}-{tracking_key(order_id)}"


def intent_of(order_id: int) -> str:
    return payments.state(order_id).intent_id


def test_coming_back_with_a_good_card_leads_to_the_tracker(client, provider, waiting):
    order_id, _, address = waiting
    provider.pay(intent_of(order_id))
    assert client.get(f"/pay/return/{address}").headers["Location"] == f"/track/{address}"
    assert orders.status_of(order_id) is Stands.PLACED


def test_a_declined_card_is_said_on_the_pay_page_and_the_second_try_pays_once(client, provider, waiting):
    order_id, _, address = waiting
    assert provider.pay(intent_of(order_id), DECLINED) == "Your card was declined."
    assert client.get(f"/pay/return/{address}").headers["Location"] == f"/pay/{address}"
    page = client.get(f"/pay/{address}")
    assert "Your card was declined. Nothing was charged." in page.text
    again = press(client, {"pay_with": "card"}, f"/pay/{address}", **HTMX)
    assert f'data-client-secret="{intent_of(order_id)}_secret_' in again.text
    provider.pay(intent_of(order_id))
    client.get(f"/pay/return/{address}")
    state = payments.state(order_id)
    assert (state.status, state.declines) == (S.AUTHORISED, 1)
    assert len(provider.books()) == 1


def test_while_the_bank_asks_the_page_waits_and_goes_on_by_itself(client, provider, waiting):
    order_id, _, address = waiting
    provider.pay(intent_of(order_id), ASKS)
    page = client.get(f"/pay/return/{address}")
    assert page.status_code == 200
    assert "Confirming your payment" in page.text
    assert f'hx-get="/x/pay/{address}" hx-trigger="every 2s"' in page.text
    assert "<button" not in page.text.partition('id="confirming"')[2].partition("</main>")[0]
    assert client.get(f"/x/pay/{address}", headers=HTMX).status_code == 200
    provider.answer_bank(intent_of(order_id))
    assert client.get(f"/x/pay/{address}", headers=HTMX).headers["HX-Redirect"] == f"/track/{address}"


def test_a_silent_provider_is_waited_for(client, provider, waiting):
    order_id, _, address = waiting
    provider.pay(intent_of(order_id))
    provider.break_line(payment_intents__retrieve=["drop_before"] * 2)
    assert "Confirming your payment" in client.get(f"/pay/return/{address}").text
    assert client.get(f"/pay/return/{address}").headers["Location"] == f"/track/{address}"


def test_another_way_to_pay_ends_the_first_and_charges_once(client, provider, waiting):
    order_id, payment_id, address = waiting
    first = intent_of(order_id)
    hosted = press(client, {"pay_with": "hosted"}, f"/pay/{address}")
    assert provider.intent(first).status == "canceled"
    assert orders.status_of(order_id) is Stands.PENDING_PAYMENT
    assert provider.pay_on_page(hosted.headers["Location"].rpartition("/")[2]) == 303
    assert payments.settle(payment_id).status is S.AUTHORISED
    assert sorted(each["status"] for each in provider.books()) == ["canceled", "requires_capture"]


def test_back_from_the_providers_page_the_card_field_takes_over(client, provider, waiting):
    order_id, payment_id, address = waiting
    press(client, {"pay_with": "hosted"}, f"/pay/{address}")
    assert "data-client-secret" in press(client, {"pay_with": "card"}, f"/pay/{address}", **HTMX).text
    assert provider.books("checkout.session")[0]["status"] == "expired"
    provider.pay(intent_of(order_id))
    assert payments.settle(payment_id).status is S.AUTHORISED


def test_going_back_to_the_cart_calls_the_order_off_and_keeps_everything(client, provider, waiting, work_off):
    order_id, _, address = waiting
    assert press(client, {}, f"/pay/{address}/cart").headers["Location"] == "/cart"
    assert orders.status_of(order_id) is Stands.CANCELLED
    work_off()
    assert provider.intent(intent_of(order_id)).status == "canceled"
    assert payments.state(order_id).status is S.VOID
    page = client.get("/checkout")
    assert fields(page)["total"] == "498" or "Pay $4.98" in page.text
    assert cart.head(2).count == 2


def test_going_back_to_the_cart_is_no_way_out_of_a_paid_order(client, provider, waiting):
    order_id, payment_id, address = waiting
    provider.pay(intent_of(order_id))
    payments.settle(payment_id)
    assert press(client, {}, f"/pay/{address}/cart").headers["Location"] == f"/track/{address}"
    assert orders.status_of(order_id) is Stands.PLACED


def test_an_order_that_ran_out_says_so_and_gives_everything_back(client, provider, waiting, now):
    order_id, _, address = waiting
    now(payments.state(order_id).pay_until)
    page = client.get(f"/pay/{address}")
    assert "was not paid in time. Nothing was charged." in page.text
    assert press(client, {"pay_with": "hosted"}, f"/pay/{address}").headers["Location"] == f"/pay/{address}"
    assert press(client, {}, f"/pay/{address}/cart").headers["Location"] == "/cart"


@pytest.mark.parametrize("path", ["/pay/{}", "/pay/return/{}"])
@pytest.mark.parametrize("wrong", ["1", "1-", "1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "x-y", "99999999999999999999-a", "1-é"])
def test_a_wrong_key_finds_nothing(client, waiting, path, wrong):
    assert client.get(path.format(wrong)).status_code == 404


def told(client, provider, *, secret="whsec_shop", event_id="evt_1", payment="1", kind="payment_intent.succeeded"):
    about = {"object": {"id": "pi_x", "metadata": {"payment": payment}}}
    body = json.dumps({"id": event_id, "object": "event", "type": kind, "data": about}).encode()
    headers = {"Stripe-Signature": signature(body, secret, int(time.time()))}
    return client.post("/api/payments/webhook", data=body, headers=headers, content_type="application/json")


def outbox(kind: str) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == kind)).all())


def test_a_signed_message_is_taken_once_and_worked_on_by_a_job(client, provider, waiting, work_off):
    order_id, _, _ = waiting
    provider.pay(intent_of(order_id))
    assert told(client, provider).status_code == 200
    assert told(client, provider).status_code == 200
    assert outbox("payments.provider_told") == 1
    assert payments.state(order_id).status is S.CREATED
    work_off()  # the message, the order that it places, and the money that the store's yes takes
    assert payments.state(order_id).status is S.CAPTURED


def test_what_a_message_says_is_not_believed(client, provider, waiting, work_off):
    order_id, _, _ = waiting
    told(client, provider, kind="payment_intent.succeeded")
    work_off()
    assert payments.state(order_id).status is S.CREATED
    assert orders.status_of(order_id) is Stands.PENDING_PAYMENT


def test_a_forged_message_is_refused(client, provider, waiting):
    assert told(client, provider, secret="whsec_thief").status_code == 400
    assert client.post("/api/payments/webhook", data=b"{}").status_code == 400
    assert outbox("payments.provider_told") == 0


@pytest.mark.parametrize("payment", ["999", "1; DROP TABLE", "٣", "9" * 30, ""])
def test_a_message_about_nobodys_payment_is_only_recorded(client, provider, waiting, payment):
    assert told(client, provider, payment=payment).status_code == 200
    assert outbox("payments.provider_told") == 0


def test_a_message_that_is_too_large_is_not_read(client, provider):
    huge = client.post("/api/payments/webhook", data=b"x" * (256 * 1024 + 1))
    assert huge.status_code == 413
    assert client.post("/api/payments/webhook", data=b"x" * (100 * 1024)).status_code == 400


def test_the_route_is_off_without_a_secret(client, shop, monkeypatch):
    bare = dataclasses.replace(shop.extensions["settings"], stripe_webhook_secret="")
    monkeypatch.setitem(shop.extensions, "settings", bare)
    assert client.post("/api/payments/webhook", data=b"{}").status_code == 404


def test_a_payment_goes_on_while_a_unit_of_work_is_open_nowhere(shop, provider, waiting):
    with transaction(), pytest.raises(RuntimeError, match="inside a unit of work"):
        payments.settle(waiting[1])
