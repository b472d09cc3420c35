import re
import time

import pytest
import stripe

LINE = {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 2150, "product_data": {"name": "Order 1001"}}}
CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123"}


@pytest.fixture
def opened(api):
    def make(**given):
        return api.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [LINE],
                "success_url": "http://shop.test/pay/return?session={CHECKOUT_SESSION_ID}",
                "cancel_url": "http://shop.test/checkout",
                "payment_intent_data": {"capture_method": "manual", "metadata": {"order": "7"}},
                **given,
            }
        )

    return make


def test_a_customer_without_a_script_pays(api, opened, walker, shop):
    session = opened(client_reference_id="7", customer_email="ana@example.test")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    status, _, page = walker.open(session.url)
    assert status == 200
    assert "Payment stand-in: no real cards" in page
    assert "$21.50" in page
    assert 'href="http://shop.test/checkout"' in page
    assert walker.open(session.url, **CARD)[:2] == (303, f"http://shop.test/pay/return?session={session.id}")
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (done.status, done.client_reference_id, done.customer_details.email) == ("complete", "7", "ana@example.test")
    assert (done.payment_intent.status, done.payment_intent.metadata.order) == ("requires_capture", "7")
    shop.wait(lambda: "checkout.session.completed" in shop.types())


def test_a_completed_session_leads_on_and_charges_once(opened, walker, standin):
    session = opened()
    for _ in range(2):
        assert walker.open(session.url, **CARD)[0] == 303
    assert walker.open(session.url)[0] == 303
    assert len(standin.state()["charges"]) == 1


def test_a_declined_card_keeps_the_page_and_another_one_pays(api, opened, walker):
    session = opened()
    status, _, page = walker.open(session.url, **{**CARD, "number": "4000000000009995"})
    assert status == 402
    assert "Your card has insufficient funds." in page
    assert api.checkout.sessions.retrieve(session.id).status == "open"
    assert walker.open(session.url, **CARD)[0] == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": "4242424242424241"}, "number is incorrect"),
        ({"number": "4242"}, "number is incorrect"),
        ({"expiry": "13/40"}, "month is invalid"),
        ({"expiry": "01/20"}, "year is invalid"),
        ({"expiry": ""}, "month is invalid"),
        ({"cvc": "12"}, "security code is invalid"),
        ({"number": "4111111111111111"}, "Only test cards work here"),
        ({"number": '"><b>'}, "number is incorrect"),
    ],
)
def test_what_is_typed_wrong_is_said_in_a_sentence(opened, walker, typed, sentence):
    status, _, page = walker.open(opened().url, **{**CARD, **typed})
    assert status == 402
    assert sentence in page
    assert "<b>" not in page


def test_the_bank_asks_and_the_customer_says_yes(api, opened, walker):
    session = opened()
    _, bank, _ = walker.open(session.url, **{**CARD, "number": "4000002500003155"})
    assert "Is this you?" in walker.open(bank)[2]
    _, back, _ = walker.open(bank, answer="complete")
    assert walker.open(back)[:2] == (303, f"http://shop.test/pay/return?session={session.id}")
    assert api.checkout.sessions.retrieve(session.id).status == "complete"


@pytest.mark.parametrize(
    ("number", "answer", "sentence"),
    [
        ("4000002500003155", "fail", "unable to authenticate"),
        ("4000008400001629", "complete", "Your card was declined."),
    ],
)
def test_after_the_bank_said_no_the_page_is_there_again(api, opened, walker, number, answer, sentence):
    session = opened()
    _, bank, _ = walker.open(session.url, **{**CARD, "number": number})
    _, back, _ = walker.open(bank, answer=answer)
    status, _, page = walker.open(back)
    assert (status, sentence in page) == (200, True)
    assert walker.open(session.url, **CARD)[0] == 303
    assert api.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_bank_page_answers_only_to_its_secret(opened, walker):
    _, bank, _ = walker.open(opened().url, **{**CARD, "number": "4000002500003155"})
    assert walker.open(re.sub("client_secret=.*", "client_secret=guess", bank))[0] == 404


def test_an_expired_session_takes_no_money(api, opened, walker, shop):
    session = opened()
    walker.open(session.url, **{**CARD, "number": "4000000000000002"})
    assert api.checkout.sessions.expire(session.id).status == "expired"
    status, _, page = walker.open(session.url, **CARD)
    assert (status, "has expired" in page) == (410, True)
    shop.wait(lambda: {"checkout.session.expired", "payment_intent.canceled"} <= set(shop.types()))
    with pytest.raises(stripe.InvalidRequestError, match="open"):
        api.checkout.sessions.expire(session.id)


def test_a_session_expires_by_itself(api, opened, running):
    session = opened(expires_at=int(time.time()) + 1800)
    with running.world.lock:
        running.world.store.get(session.id, "checkout.session")["expires_at"] = int(time.time()) - 1
    assert api.checkout.sessions.retrieve(session.id).status == "expired"


def test_the_intent_of_an_open_page_is_canceled_by_expiring_the_session(api, opened, walker):
    session = opened()
    walker.open(session.url, **{**CARD, "number": "4000000000000002"})
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError, match="Expire the session"):
        api.payment_intents.cancel(intent)


def test_a_captured_session_is_paid(api, opened, walker):
    session = opened()
    walker.open(session.url, **CARD)
    done = api.checkout.sessions.retrieve(session.id)
    assert done.payment_status == "unpaid"
    api.payment_intents.capture(done.payment_intent)
    assert api.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"success_url": ""}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"mode": "subscription"}, "mode"),
        ({"discounts": [{"coupon": "x"}]}, "discounts"),
        ({"expires_at": 1}, "expires_at"),
        ({"payment_intent_data": {"transfer_group": "x"}}, "payment_intent_data[transfer_group]"),
        ({"line_items": [{"price": "price_1", "quantity": 1}]}, "line_items"),
    ],
)
def test_a_session_that_cannot_be_is_refused(opened, given, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        opened(**given)
    assert refused.value.param == param
