import pytest
import stripe

ORDER = {"amount": 1000, "currency": "usd"}


def test_each_step_of_a_payment_is_told_with_a_signature_that_holds(api, authorised, shop):
    held = authorised(metadata={"order": "7"})
    api.payment_intents.capture(held.id)
    api.refunds.create({"payment_intent": held.id, "amount": 500})
    told = {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
    }
    shop.wait(lambda: told <= set(shop.types()))
    taken = next(event for event in shop.taken if event.type == "payment_intent.succeeded")
    assert (taken.api_version, taken.data.object.metadata.order) == ("2026-10-28.endive", "7")
    assert len(shop.taken) == len(told)
    assert shop.refused == 0


def test_an_event_keeps_the_object_as_it_was(api, authorised):
    api.payment_intents.capture(authorised().id)
    held = api.events.list({"type": "payment_intent.amount_capturable_updated"}).data[0]
    assert held.data.object.status == "requires_capture"
    assert api.events.retrieve(held.id).id == held.id


def test_a_decline_and_a_cancellation_are_told(api, authorised, shop):
    with pytest.raises(stripe.CardError):
        authorised(card="pm_card_chargeDeclined")
    api.payment_intents.cancel(api.payment_intents.list().data[0].id)
    shop.wait(
        lambda: {"payment_intent.payment_failed", "charge.failed", "payment_intent.canceled"} <= set(shop.types())
    )
    assert api.events.list({"types": ["charge.*"]}).data[0].type == "charge.failed"


def test_an_event_that_the_shop_refuses_comes_again(api, shop, standin):
    shop.next_answers = [500, 503]
    api.payment_intents.create(ORDER)
    shop.wait(lambda: shop.taken)
    assert [one["status"] for one in standin.state()["deliveries"]][:2] == [500, 503]


def test_what_was_never_delivered_can_be_listed_and_sent_again(api, shop, standin):
    standin.post("faults", webhooks={"off": True})
    api.payment_intents.create(ORDER)
    (missed,) = api.events.list({"delivery_success": False}).data
    standin.post("deliver", event=missed.id)
    shop.wait(lambda: [event.id for event in shop.taken] == [missed.id])


def test_a_duplicate_has_the_same_id(api, shop, standin):
    standin.post("faults", webhooks={"duplicate": True})
    api.payment_intents.create(ORDER)
    shop.wait(lambda: len(shop.taken) == 2)
    assert len({event.id for event in shop.taken}) == 1


def test_a_forged_event_does_not_pass_the_check(api, shop, standin):
    standin.post("faults", webhooks={"forge": True})
    api.payment_intents.create(ORDER)
    shop.wait(lambda: shop.refused == 1 and len(shop.taken) == 1)


def test_reordered_and_late_events_all_arrive(api, authorised, shop, standin):
    standin.post("faults", webhooks={"reorder": True, "delay_ms": 100})
    api.payment_intents.capture(authorised().id)
    shop.wait(lambda: len(shop.taken) == 5)
    assert len({event.id for event in shop.taken}) == 5
