import pytest
import stripe


@pytest.fixture
def claimed(api, authorised):
    """A charge that its bank claims back as soon as it is captured."""
    intent = api.payment_intents.capture(authorised(2000, "pm_card_createDispute").id)
    return intent.id


def only(api, intent_id):
    (found,) = api.disputes.list({"payment_intent": intent_id}).data
    return found


def test_a_card_made_for_it_is_disputed_when_the_money_is_taken(api, claimed, shop):
    dispute = only(api, claimed)
    assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 2000, "fraudulent")
    assert dispute.evidence_details.due_by > dispute.created
    shop.wait(lambda: "charge.dispute.funds_withdrawn" in shop.types())


@pytest.mark.parametrize(("text", "outcome"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_the_evidence_decides(api, claimed, text, outcome):
    dispute = only(api, claimed)
    assert api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}}).status == outcome
    with pytest.raises(stripe.InvalidRequestError, match=outcome):
        api.disputes.close(dispute.id)


def test_an_inquiry_takes_nothing(api, authorised, shop):
    intent = api.payment_intents.capture(authorised(2000, "pm_card_createDisputeInquiry").id)
    dispute = only(api, intent.id)
    assert dispute.status == "warning_needs_response"
    assert api.disputes.close(dispute.id).status == "warning_closed"
    shop.wait(lambda: "charge.dispute.closed" in shop.types())
    assert "charge.dispute.funds_withdrawn" not in shop.types()
