import pytest
import requests
import stripe


@pytest.fixture
def captured(api, authorised):
    return api.payment_intents.capture(authorised(2000).id)


def test_a_part_goes_back_then_the_rest(api, captured):
    part = api.refunds.create(
        {"payment_intent": captured.id, "amount": 500, "reason": "requested_by_customer", "metadata": {"why": "cold"}}
    )
    assert (part.status, part.amount, part.metadata.to_dict()) == ("succeeded", 500, {"why": "cold"})
    assert api.refunds.create({"payment_intent": captured.id}).amount == 1500
    charge = api.payment_intents.retrieve(captured.id, {"expand": ["latest_charge"]}).latest_charge
    assert (charge.amount_refunded, charge.refunded) == (2000, True)


def test_no_more_goes_back_than_was_taken(api, captured):
    api.refunds.create({"payment_intent": captured.id, "amount": 1500})
    with pytest.raises(stripe.InvalidRequestError, match=r"\$6.00\) is greater than .*\$5.00"):
        api.refunds.create({"payment_intent": captured.id, "amount": 600})


def test_nothing_goes_back_twice(api, captured):
    api.refunds.create({"payment_intent": captured.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"payment_intent": captured.id})
    assert refused.value.code == "charge_already_refunded"


def test_only_the_captured_part_can_go_back(api, authorised):
    intent = api.payment_intents.capture(authorised(2000).id, {"amount_to_capture": 700})
    assert api.refunds.create({"payment_intent": intent.id}).amount == 700


def test_held_money_is_not_refunded(api, authorised):
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        api.refunds.create({"payment_intent": authorised().id})


def test_refunds_are_listed_by_intent_and_found_by_id(api, authorised, captured):
    other = api.payment_intents.capture(authorised().id)
    api.refunds.create({"payment_intent": other.id})
    refund = api.refunds.create({"payment_intent": captured.id, "amount": 1})
    assert [one.id for one in api.refunds.list({"payment_intent": captured.id}).data] == [refund.id]
    assert api.refunds.retrieve(refund.id, {"expand": ["charge"]}).charge.amount_refunded == 1


def test_a_refund_must_say_of_what(api):
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        api.refunds.create({"amount": 100})


def test_a_refund_that_had_succeeded_fails_later_and_its_money_can_go_back_again(api, captured, standin, shop):
    refund = api.refunds.create({"payment_intent": captured.id, "amount": 500})
    standin.post("refunds", failed=refund.id)
    failed = api.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    shop.wait(lambda: {"refund.failed", "refund.updated", "charge.refund.updated"} <= set(shop.types()))
    assert api.refunds.create({"payment_intent": captured.id}).amount == 2000


def test_a_refund_fails_once(api, captured, standin):
    refund = api.refunds.create({"payment_intent": captured.id})
    standin.post("refunds", failed=refund.id)
    for wrong in (refund.id, "re_unknown", None):
        with pytest.raises(requests.HTTPError, match="404"):
            standin.post("refunds", failed=wrong)
