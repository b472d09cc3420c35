import pytest
import requests
import stripe


def test_a_new_intent_waits_for_a_card(api):
    intent = api.payment_intents.create({"amount": 1999, "currency": "usd", "metadata": {"order": "7"}})
    assert (intent.status, intent.amount, intent.latest_charge) == ("requires_payment_method", 1999, None)
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert intent.metadata.to_dict() == {"order": "7"}


def test_money_is_held_then_captured(api, authorised):
    held = authorised(1999)
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 1999, 0)
    taken = api.payment_intents.capture(held.id)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 1999)


def test_a_part_can_be_captured_and_the_rest_is_let_go(api, authorised):
    intent = api.payment_intents.capture(authorised(2000).id, {"amount_to_capture": 1500, "expand": ["latest_charge"]})
    assert (intent.amount_received, intent.amount_capturable) == (1500, 0)
    assert (intent.latest_charge.amount, intent.latest_charge.amount_captured) == (2000, 1500)


def test_no_more_can_be_captured_than_is_held(api, authorised):
    held = authorised(2000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.capture(held.id, {"amount_to_capture": 2001})
    assert refused.value.code == "amount_too_large"


def test_a_second_capture_is_refused_with_the_intent_as_it_is(api, authorised):
    held = authorised()
    api.payment_intents.capture(held.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.capture(held.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "succeeded"


def test_automatic_capture_takes_the_money_at_once(authorised):
    assert authorised(capture_method="automatic").amount_received == 2000


def test_a_canceled_hold_is_let_go(api, authorised):
    intent = api.payment_intents.cancel(authorised().id, {"cancellation_reason": "abandoned"})
    assert (intent.status, intent.amount_capturable, intent.cancellation_reason) == ("canceled", 0, "abandoned")
    assert intent.canceled_at
    charge = api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
    assert (charge.captured, charge.refunded) == (False, True)


def test_money_taken_cannot_be_canceled(api, authorised):
    intent = authorised()
    api.payment_intents.capture(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        api.payment_intents.cancel(intent.id)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declined_card_says_why_and_leaves_the_intent_open(api, authorised, standin, card, code, decline_code):
    with pytest.raises(stripe.CardError) as declined:
        authorised(card=card)
    assert (declined.value.code, declined.value.error.decline_code) == (code, decline_code)
    (intent,) = api.payment_intents.list().data
    assert (intent.status, intent.last_payment_error.decline_code) == ("requires_payment_method", decline_code)
    assert standin.state()["charges"][0]["status"] == "failed"


def test_another_card_pays_what_the_first_could_not(api, authorised):
    with pytest.raises(stripe.CardError) as declined:
        authorised(card="pm_card_chargeDeclined")
    intent = api.payment_intents.confirm(declined.value.error.payment_intent.id, {"payment_method": "pm_card_visa"})
    assert (intent.status, intent.last_payment_error) == ("requires_capture", None)


def test_a_card_that_asks_the_bank_waits_for_the_customer(authorised):
    intent = authorised(card="pm_card_authenticationRequired", return_url="http://127.0.0.1/back")
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    assert intent.next_action.redirect_to_url.return_url == "http://127.0.0.1/back"


@pytest.mark.parametrize(("answer", "outcome"), [("complete", "succeeded"), ("fail", "failed")])
def test_the_bank_sends_the_customer_back_with_the_outcome(authorised, walker, answer, outcome):
    intent = authorised(card="pm_card_authenticationRequired", return_url="http://shop.test/back?order=7")
    status, back, _ = walker.open(intent.next_action.redirect_to_url.url, answer=answer)
    assert status == 303
    assert back.startswith(f"http://shop.test/back?order=7&payment_intent={intent.id}&")
    assert back.endswith(f"redirect_status={outcome}")


def test_the_amount_changes_until_somebody_has_paid(api, authorised):
    open_intent = api.payment_intents.create({"amount": 1000, "currency": "usd"})
    assert api.payment_intents.update(open_intent.id, {"amount": 1200}).amount == 1200
    with pytest.raises(stripe.InvalidRequestError, match="could not be updated"):
        api.payment_intents.update(authorised().id, {"amount": 1})


def test_metadata_is_merged_and_unset_by_empty_values(api):
    intent = api.payment_intents.create({"amount": 1000, "currency": "usd", "metadata": {"a": "1", "b": "2"}})
    assert api.payment_intents.update(intent.id, {"metadata": {"a": "", "c": "3"}}).metadata.to_dict() == {
        "b": "2",
        "c": "3",
    }


def test_expanding_puts_the_charge_in_place_of_its_id(api, authorised):
    intent = authorised()
    assert isinstance(intent.latest_charge, str)
    charge = api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
    assert (charge.id, charge.payment_method_details.card.last4) == (intent.latest_charge, "4242")
    listed = api.payment_intents.list({"expand": ["data.latest_charge"]}).data[0]
    assert listed.latest_charge.id == intent.latest_charge


def test_intents_are_paged_newest_first(api):
    made = [api.payment_intents.create({"amount": 100 + n, "currency": "usd"}).id for n in range(5)]
    pages = api.payment_intents.list({"limit": 2, "created": {"gte": 1}})
    assert [intent.id for intent in pages.auto_paging_iter()] == made[::-1]


def test_an_unknown_intent_is_a_404(api):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        api.payment_intents.retrieve("pi_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_a_kept_card_is_listed_for_its_customer(api, authorised):
    customer = api.customers.create({"email": "ana@example.test"})
    authorised(customer=customer.id, setup_future_usage="off_session")
    method = api.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    assert [one.card.brand for one in api.customers.payment_methods.list(customer.id).data] == ["mastercard", "visa"]
    api.payment_methods.detach(method.id)
    assert len(api.customers.payment_methods.list(customer.id).data) == 1


def test_a_wallet_that_the_account_does_not_have_is_refused(api, standin):
    intent = api.payment_intents.create({"amount": 2000, "currency": "usd"})
    asked = {"key": "pk_test_x", "client_secret": intent.client_secret, "use_stripe_sdk": "true"}
    card = {"payment_method_data[type]": "card", "payment_method_data[card][wallet]": "apple_pay"}
    answer = requests.post(f"{standin.url}/v1/payment_intents/{intent.id}/confirm", {**asked, **card}, timeout=10)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "This account does not offer apple_pay.")
    assert api.payment_intents.retrieve(intent.id).status == "requires_payment_method"
