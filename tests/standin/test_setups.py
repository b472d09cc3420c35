import pytest
import requests
import stripe


@pytest.fixture
def customer(api):
    return api.customers.create({"metadata": {"user": "7"}}).id


def confirm(api, setup, card="pm_card_visa"):
    return api.setup_intents.confirm(setup.id, {"payment_method": card, "return_url": "http://localhost/back"})


def test_a_card_is_kept_and_pays_only_for_its_customer(api, customer):
    setup = confirm(api, api.setup_intents.create({"customer": customer}))
    assert setup.status == "succeeded"
    assert [card.id for card in api.customers.payment_methods.list(customer).data] == [setup.payment_method]
    assert api.payment_methods.retrieve(setup.payment_method).card.last4 == "4242"
    paid = {"amount": 900, "currency": "usd", "payment_method": setup.payment_method, "confirm": True}
    paid |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    assert api.payment_intents.create({**paid, "customer": customer}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        api.payment_intents.create(paid)


def test_a_declined_card_is_not_kept(api, customer):
    setup = api.setup_intents.create({"customer": customer})
    with pytest.raises(stripe.CardError):
        confirm(api, setup, "pm_card_chargeDeclined")
    assert api.customers.payment_methods.list(customer).data == []


@pytest.mark.parametrize(("answer", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")])
def test_the_bank_asks_before_a_card_is_kept(api, customer, answer, status):
    setup = confirm(api, api.setup_intents.create({"customer": customer}), "pm_card_authenticationRequired")
    assert setup.status == "requires_action"
    back = requests.post(setup.next_action.redirect_to_url.url, {"answer": answer}, allow_redirects=False, timeout=5)
    assert f"setup_intent={setup.id}" in back.headers["Location"]
    assert api.setup_intents.retrieve(setup.id).status == status


def test_with_a_customer_go_their_cards_and_none_comes_after(api, customer):
    kept = confirm(api, api.setup_intents.create({"customer": customer}))
    open_still = api.setup_intents.create({"customer": customer})
    assert api.customers.delete(customer).deleted is True
    assert api.payment_methods.retrieve(kept.payment_method).customer is None
    for late in (
        lambda: confirm(api, open_still),
        lambda: api.setup_intents.create({"customer": customer}),
        lambda: api.customers.delete(customer),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            late()
        assert refused.value.code == "resource_missing"


def test_another_version_of_the_api_is_refused(standin):
    old = stripe.StripeClient("sk_test_x", stripe_version="2020-08-27", base_addresses={"api": standin.url})
    with pytest.raises(stripe.InvalidRequestError, match="2020-08-27"):
        old.v1.payment_intents.list()
