"""What stands still at a store, and what the provider last said of it when the reconciler asked."""

import pytest

from app.core.db import db, transaction
from app.orders import service as orders
from app.payments import service as payments
from app.payments import sights, stripe
from app.payments.provider import ProviderRefused, Returned
from app.payments.service import Bearer, Giving, PaymentStatus, Reason
from app.payments.values import RefundState
from app.users.service import Role
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE, check_out
from tests.factories.staff import signed_in


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def held(hands, provider) -> int:
    """An order that the store has accepted, whose money is held and not yet taken."""
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    provider.pay(payments.state(order_id).intent_id)
    payments.settle(payment_id)
    with transaction():
        orders.accept(order_id, by="store")
    return order_id


def stands_still(mina) -> str:
    """What the page says under its heading; nothing where it has none."""
    page = mina.get(f"/staff/money?store={ELM_STREET}").text
    return page.partition('id="stuck-head"')[2].partition("</section>")[0]


def test_what_is_on_its_way_does_not_stand_still(mina, held, hands):
    assert stands_still(mina) == ""
    hands.move(minutes=21)
    said = stands_still(mina)
    assert f"Order {held}" in said
    assert "money held, not taken" in said
    assert "Not asked about yet." in said


def test_a_provider_that_does_not_answer_is_said_with_the_time_until_it_does(mina, held, hands, provider):
    provider.break_line(payment_intents__capture=["error_500"] * 4)
    hands.move(minutes=21)
    payments.reconcile()
    assert 'The provider, asked <span class="num">12:21 pm</span>: it did not answer (answered 500).' in stands_still(
        mina
    )
    provider.break_line()
    hands.move(minutes=1)
    payments.reconcile()
    assert payments.state(held).status is PaymentStatus.CAPTURED
    assert stands_still(mina) == ""


def test_a_no_is_said_with_its_code_and_words(mina, held, hands, monkeypatch):
    def too_old(*_given):
        raise ProviderRefused("charge_expired_for_capture", "This charge has expired.")

    monkeypatch.setattr(stripe, "capture", too_old)
    hands.move(minutes=21)
    payments.reconcile()
    assert "charge_expired_for_capture: This charge has expired." in stands_still(mina)


def test_what_it_has_unlike_ours_is_said(mina, held, hands, provider):
    intent_id = payments.state(held).intent_id
    provider.client.v1.payment_intents.update(intent_id, {"metadata": {"payment": "4711"}})
    hands.move(minutes=21)
    payments.reconcile()
    assert "what it has is unlike ours (unlike_ours: requires_capture, " in stands_still(mina)
    assert "payment 4711)" in stands_still(mina)


def test_a_refund_that_the_bank_leaves_open_or_refuses_is_said(mina, held, hands, monkeypatch):
    payment_id = payments.state(held).id
    payments.settle(payment_id)
    with transaction():
        payments.refund(payment_id, Giving(100, "cold", Reason.COLD, by="Mina", bearer=Bearer.STORE))
    answers = [Returned("re_1", "pending", "1"), Returned("re_1", RefundState.FAILED, "1", "lost_or_stolen")]
    monkeypatch.setattr(stripe, "refund_of", lambda *_: answers.pop(0))
    hands.move(minutes=21)
    payments.reconcile()
    assert "a refund is not through" in stands_still(mina)
    assert "the refund is on its way (refund_pending)." in stands_still(mina)
    payments.reconcile()
    assert "the refund failed (refund_failed: lost_or_stolen)." in stands_still(mina)


def test_money_taken_for_an_order_that_came_to_nothing_is_said_until_it_goes_back(shop, mina, held, hands, provider):
    payments.settle(payments.state(held).id)
    hands.move(minutes=21)
    with transaction():
        orders.cancel(held, by="customer", reason="they fell ill")
    assert stands_still(mina) == ""
    provider.break_line(payment_intents__retrieve=["error_500"] * 100)
    for _ in range(10):
        hands.move(minutes=24 * 60)
        payments.reconcile()
    otto = signed_in(shop, "Otto", Role.MANAGER)
    said = stands_still(otto)
    assert f"Order {held}" in said
    assert "a refund is not through" in said
    assert "it did not answer (answered 500)." in said
    provider.break_line()
    payments.settle(payments.state(held).id)
    assert stands_still(otto) == ""


def test_what_was_seen_is_kept_once_and_only_its_latest(held):
    payment_id = payments.state(held).id
    for said in ("requires_action", "requires_capture"):
        sights.note(payment_id, sights.Sight(said, "w" * 300))
    db.session.rollback()
    (seen,) = sights.of([payment_id]).values()
    assert (seen.said, seen.words) == ("requires_capture", "w" * 200)


def test_another_store_sees_nothing_of_it(shop, held, hands):
    otto = signed_in(shop, "Otto", Role.MANAGER, MILWAUKEE_AVENUE)
    hands.move(minutes=21)
    assert f"/staff/orders/{held}" not in otto.get(f"/staff/money?store={MILWAUKEE_AVENUE}").text
