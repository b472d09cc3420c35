import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

ORDER = {"amount": 1000, "currency": "usd"}
KEY = {"idempotency_key": "payment-1-try-1"}


def test_the_same_key_gives_the_same_answer_byte_for_byte(api, standin):
    first = api.payment_intents.create(ORDER, KEY)
    again = api.payment_intents.create(ORDER, KEY)
    assert again.last_response.body == first.last_response.body
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(standin.state()["payment_intents"]) == 1


def test_the_answer_stays_even_when_the_intent_has_moved_on(api):
    first = api.payment_intents.create(ORDER, KEY)
    api.payment_intents.cancel(first.id)
    assert api.payment_intents.create(ORDER, KEY).status == "requires_payment_method"


def test_a_key_is_bound_to_what_was_asked(api):
    api.payment_intents.create(ORDER, KEY)
    with pytest.raises(stripe.IdempotencyError):
        api.payment_intents.create({**ORDER, "amount": 1001}, KEY)
    with pytest.raises(stripe.IdempotencyError):
        api.customers.create({}, KEY)


def test_a_decline_is_remembered(api, authorised, standin):
    intent = api.payment_intents.create(ORDER)
    declined = {"payment_method": "pm_card_chargeDeclined", "return_url": "http://127.0.0.1/"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            api.payment_intents.confirm(intent.id, declined, KEY)
    assert len(standin.state()["charges"]) == 1


def test_a_500_is_given_again_for_the_life_of_the_key(api, standin):
    standin.faults(payment_intents__create={"next": ["error_500_after"]})
    for _ in range(3):
        with pytest.raises(stripe.APIError) as broken:
            api.payment_intents.create(ORDER, KEY)
        assert broken.value.http_status == 500
    assert len(standin.state()["payment_intents"]) == 1
    assert api.payment_intents.create(ORDER, {"idempotency_key": "payment-1-try-2"}).id


def test_a_refused_parameter_does_not_use_the_key_up(api):
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.create({**ORDER, "amuont": 1}, KEY)
    assert api.payment_intents.create(ORDER, KEY).id


def test_a_rate_limit_does_not_use_the_key_up(api, standin):
    standin.faults(payment_intents__create={"next": ["rate_limit"]})
    with pytest.raises(stripe.RateLimitError):
        api.payment_intents.create(ORDER, KEY)
    assert api.payment_intents.create(ORDER, KEY).id


def test_two_at_once_with_one_key_make_one_intent(api, standin):
    standin.faults(payment_intents__create={"delay_ms": 300})
    together = threading.Barrier(2)

    def create(_):
        together.wait()
        try:
            return api.payment_intents.create(ORDER, KEY).id
        except stripe.APIError as refused:
            return refused.http_status, refused.error.code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(create, range(2)))
    assert (409, "idempotency_key_in_use") in answers
    assert len(standin.state()["payment_intents"]) == 1
