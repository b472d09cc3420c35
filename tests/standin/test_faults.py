import time

import pytest
import requests
import stripe

from dev.stripe.faults import Fault, Faults

ORDER = {"amount": 1000, "currency": "usd"}
KEY = {"idempotency_key": "payment-1-try-1"}


def test_a_call_dropped_after_the_deed_has_done_it(api, authorised, standin):
    held = authorised()
    standin.faults(payment_intents__capture={"next": ["drop_after"]})
    with pytest.raises(stripe.APIConnectionError):
        api.payment_intents.capture(held.id, {}, KEY)
    assert api.payment_intents.retrieve(held.id).status == "succeeded"
    assert api.payment_intents.capture(held.id, {}, KEY).amount_received == 2000


def test_a_call_dropped_before_has_done_nothing(api, standin):
    standin.faults(**{"*": {"next": ["drop_before"]}})
    with pytest.raises(stripe.APIConnectionError):
        api.payment_intents.create(ORDER, KEY)
    assert standin.state()["payment_intents"] == []
    assert api.payment_intents.create(ORDER, KEY).id


def test_the_librarys_own_retry_gets_over_a_drop(standin):
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": standin.url}, max_network_retries=1)
    standin.faults(payment_intents__create={"next": ["drop_after"]})
    assert client.v1.payment_intents.create(ORDER).id == standin.state()["payment_intents"][0]["id"]
    assert len(standin.state()["payment_intents"]) == 1


def test_a_500_before_does_nothing_and_a_500_after_does(api, standin):
    standin.faults(payment_intents__create={"next": ["error_500", "error_500_after"]})
    for made in (0, 1):
        with pytest.raises(stripe.APIError):
            api.payment_intents.create(ORDER)
        assert len(standin.state()["payment_intents"]) == made


def test_a_slow_answer_comes_late(api, standin):
    standin.faults(payment_intents__create={"next": [{"delay_ms": 150}]})
    begin = time.monotonic()
    api.payment_intents.create(ORDER)
    assert time.monotonic() - begin >= 0.15


def test_one_shots_are_used_up_and_an_empty_setting_ends_all(api, standin):
    standin.faults(payment_intents__create={"error_500": True, "next": ["ok"]})
    assert api.payment_intents.create(ORDER).id
    with pytest.raises(stripe.APIError):
        api.payment_intents.create(ORDER)
    standin.faults()
    assert api.payment_intents.create(ORDER).id


def test_the_same_seed_meets_the_same_trouble():
    def drawn(seed):
        faults = Faults(seed)
        faults.configure({"endpoints": {"*": {"drop_before": 0.3, "drop_after": 0.3}}})
        return [faults.draw("refunds.create") for _ in range(50)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert {Fault(), Fault("drop_before"), Fault("drop_after")} == set(drawn(1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": {}},
        {"endpoints": {"*": {"drop": True}}},
        {"endpoints": {"*": {"next": ["explode"]}}},
        {"webhooks": {"late": True}},
        {"webhooks": "off"},
    ],
)
def test_a_fault_that_is_not_known_is_refused(standin, wrong):
    with pytest.raises(requests.HTTPError, match="400"):
        standin.post("faults", **wrong)
