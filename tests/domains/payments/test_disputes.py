"""A bank claims money back: told by a webhook, asked about, recorded, booked, and given back or not."""

import pytest
from structlog.testing import capture_logs

from app.core.db import transaction
from app.orders import service as orders
from app.payments import disputes, ledger, returns
from app.payments import service as payments
from app.payments.ledger import Account
from app.payments.returns import Wish
from app.payments.service import Bearer, PaymentStatus, Reason
from tests.domains.payments.conftest import ADA, hear, tell
from tests.factories.books import uneven
from tests.factories.orders import check_out

S = PaymentStatus
CLAIMS = "charge.dispute."
CLAIMED, ASKED = "pm_card_createDispute", "pm_card_createDisputeInquiry"


@pytest.fixture
def claim(shop, provider, work_off):
    """Has an order made whose bank claims the money back as soon as it is taken; gives its number."""

    def make(card: str = CLAIMED) -> int:
        order_id, payment_id = check_out()
        payments.begin(payment_id)
        provider.pay(payments.state(order_id).intent_id, card)
        payments.settle(payment_id)
        with transaction():
            orders.accept(order_id, by="store")
        work_off()
        return order_id

    return make


def seen(order_id: int):
    return disputes.of_payment(payments.state(order_id).id)


def answer(provider, text: str) -> None:
    (dispute,) = provider.books("dispute")
    provider.client.v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": text}})


def test_a_dispute_is_recorded_booked_and_told_aloud_once(claim, provider, work_off):
    order_id = claim()
    with capture_logs() as logs:
        tell(provider, work_off, CLAIMS)
        tell(provider, work_off, CLAIMS)
    state = payments.state(order_id)
    assert state.status is S.DISPUTED
    assert [(each.status, each.cents) for each in seen(order_id)] == [("needs_response", state.captured_cents)]
    assert ledger.balance(Account.PROVIDER) == 0
    assert ledger.balance(Account.DISPUTES) == state.captured_cents
    assert [entry["order_id"] for entry in logs if entry["event"] == "disputed"] == [order_id]


@pytest.mark.parametrize(
    ("text", "status", "kept"), [("winning_evidence", S.CAPTURED, True), ("losing_evidence", S.DISPUTED, False)]
)
def test_how_it_ends_is_asked_and_booked(claim, provider, work_off, text, status, kept):
    order_id = claim()
    tell(provider, work_off, CLAIMS)
    answer(provider, text)
    tell(provider, work_off, CLAIMS)
    state = payments.state(order_id)
    assert state.status is status
    assert ledger.balance(Account.PROVIDER) == (state.captured_cents if kept else 0)
    assert uneven() == ()


@pytest.mark.parametrize(
    ("text", "status", "back"), [("winning_evidence", S.REFUNDED, True), ("losing_evidence", S.DISPUTED, False)]
)
def test_what_the_bank_gives_back_for_an_order_that_came_to_nothing_goes_on_to_the_customer(
    claim, provider, work_off, text, status, back
):
    order_id = claim()
    tell(provider, work_off, CLAIMS)
    with transaction():
        orders.cancel(order_id, by="store", reason="the oven broke")
    work_off()
    assert (payments.state(order_id).status, provider.books("refund")) == (S.DISPUTED, [])
    answer(provider, text)
    tell(provider, work_off, CLAIMS)
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (status, state.captured_cents if back else 0)
    assert ledger.balance(Account.PROVIDER) == 0
    assert sum(each["amount"] for each in provider.books("refund")) == state.refunded_cents


def test_a_mere_question_of_the_bank_takes_nothing(claim, provider, work_off):
    order_id = claim(ASKED)
    tell(provider, work_off, CLAIMS)
    assert payments.state(order_id).status is S.CAPTURED
    assert [each.status for each in seen(order_id)] == ["warning_needs_response"]
    assert ledger.balance(Account.DISPUTES) == 0


def test_what_is_disputed_does_not_go_back_a_second_way(claim, provider, work_off):
    order_id = claim()
    tell(provider, work_off, CLAIMS)
    with pytest.raises(Exception, match="more than is left"), transaction():
        returns.give_back(order_id, Wish(Reason.COLD, Bearer.STORE), ADA, key="one")


def test_a_webhooks_words_are_not_believed(claim, provider, work_off):
    order_id = claim()
    tell(provider, work_off, CLAIMS)
    (dispute,) = provider.books("dispute")
    lie = {"id": "evt_1", "type": "charge.dispute.closed", "data": {"object": {**dispute, "status": "won"}}}
    hear(lie)
    work_off()
    assert payments.state(order_id).status is S.DISPUTED
