"""Giving money back at the desk: chosen, checked to the cent, done once, approved by another, shown to the customer."""

from urllib.parse import urlencode

import pytest

from app.core.db import transaction
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.payments import disputes, refunds, returns
from app.payments import service as payments
from app.payments.service import PaymentStatus, PayWith
from app.users.service import Role
from tests.edges.pages import fields
from tests.factories.hands import Hands
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA, MILWAUKEE_AVENUE, check_out
from tests.factories.staff import app_code, signed_in

WHY = {"reason": "cold", "bearer": "store", "note": ""}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def order_id(hands, provider, work_off) -> int:
    """Three margheritas and a cola, paid by card and accepted."""
    made, payment_id = check_out((MARGHERITA, 3), (COLA, 1))
    payments.begin(payment_id)
    provider.pay(payments.state(made).intent_id)
    payments.settle(payment_id)
    with transaction():
        orders.accept(made, by="store")
    work_off()
    return made


def check(client, order_id: int, **typed: str):
    return client.get(f"/staff/orders/{order_id}/refund/check?{urlencode({**WHY, **typed})}")


def give(client, order_id: int, **typed: str):
    return client.post(f"/staff/orders/{order_id}/refunds", data=fields(check(client, order_id, **typed)))


def test_the_form_names_each_sum_and_the_check_repeats_it_with_the_card(mina, order_id):
    page = mina.get(f"/staff/orders/{order_id}/refund").text
    left = returns.sheet(order_id).left_cents
    assert f"${left / 100:.2f}" in page
    two = sum(part.cents for part in returns.sheet(order_id).rows[0].parts[:2])
    assert f"2 of 3, ${two / 100:.2f}" in page
    checked = check(mina, order_id, what="parts", **{"row-0": "2"}).text
    assert f"Give ${two / 100:.2f} back" in checked
    assert "To Visa ending 4242" in checked
    assert "It was cold" in checked


def test_a_press_gives_back_and_a_second_one_gives_nothing_more(mina, order_id, provider, work_off):
    form = fields(check(mina, order_id, what="parts", **{"row-1": "1"}))
    answers = [mina.post(f"/staff/orders/{order_id}/refunds", data=form) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"/staff/orders/{order_id}"}
    work_off()
    assert [each["amount"] for each in provider.books("refund")] == [249]
    page = mina.get(f"/staff/orders/{order_id}").text
    assert "Given back" in page
    assert "Cola. " in page
    assert "Part of the money given back" in page
    assert "Given back" in mina.get(f"/staff/orders/{order_id}/refund").text


def test_the_customers_pages_say_what_went_back(mina, client, order_id, work_off):
    give(mina, order_id, what="amount", amount="5")
    work_off()
    address = f"{order_id}-{tracking_key(order_id)}"
    assert "Paid by Visa ending 4242, $5.00 of it given back" in client.get(f"/track/{address}").text
    assert "$5.00 back to Visa ending 4242" in client.get(f"/receipt/{address}").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"what": "amount", "amount": "abc"}, "Enter an amount in dollars"),
        ({"what": "amount", "amount": "9999"}, "more than is left"),
        ({"what": "parts"}, "Choose what goes back"),
        ({"what": "whole", "reason": ""}, "Choose why."),
        ({"what": "whole", "reason": "cancelled"}, "Not a valid choice"),
        ({"what": "whole", "bearer": "nobody"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_moves(mina, order_id, typed, words):
    answer = check(mina, order_id, **typed)
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert payments.state(order_id).refund_reserved_cents == 0


def test_a_page_that_is_old_says_the_sum_of_now(mina, order_id):
    form = fields(check(mina, order_id, what="whole"))
    give(mina, order_id, what="amount", amount="1.00")
    answer = mina.post(f"/staff/orders/{order_id}/refunds", data=form)
    assert answer.status_code == 409
    assert "by now" in answer.text


def test_above_a_limit_another_person_approves(shop, mina, order_id, provider, work_off):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    assert "Above $25.00 for one order" in rosa.get(f"/staff/orders/{order_id}/refund").text
    assert "Ask for approval of $40.00" in check(rosa, order_id, what="amount", amount="40").text
    give(rosa, order_id, what="amount", amount="40")
    work_off()
    assert provider.books("refund") == []
    made = returns.of_payment(payments.state(order_id).id)[0]
    assert "Somebody else has to approve it" in rosa.get(f"/staff/orders/{order_id}").text
    assert rosa.post(f"/staff/refunds/{made.id}/approval").status_code == 403
    assert "Approve $40.00" in mina.get(f"/staff/money?store={ELM_STREET}").text
    assert mina.post(f"/staff/refunds/{made.id}/approval").status_code == 303
    work_off()
    assert [each["amount"] for each in provider.books("refund")] == [4000]
    assert mina.post(f"/staff/refunds/{made.id}/refusal").status_code == 409


def test_what_the_bank_refused_is_shown_with_a_button_to_try_again(mina, order_id, provider, work_off, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(refunds.stripe, "create_refund", lambda *_: refunds.Returned("re_1", "failed", "", "closed"))
        give(mina, order_id, what="amount", amount="3")
        work_off()
    page = mina.get(f"/staff/orders/{order_id}").text
    assert "Could not be given back" in page
    assert "The bank said: closed" in page
    made = returns.of_payment(payments.state(order_id).id)[0]
    answer = mina.post(f"/staff/refunds/{made.id}/again")
    assert answer.headers["Location"] == f"/staff/orders/{order_id}"
    assert "$3.00 is given back." in mina.get(answer.headers["Location"]).text
    assert payments.state(order_id).refunded_cents == 300


def test_what_the_bank_sent_back_later_is_shown_to_all_and_can_be_tried_again(
    mina, client, order_id, provider, work_off
):
    give(mina, order_id, what="amount", amount="5")
    work_off()
    (theirs,) = provider.books("refund")
    provider.send_back(theirs["id"])
    refunds.look(payments.state(order_id).id)
    work_off()
    page = mina.get(f"/staff/orders/{order_id}").text
    assert "Could not be given back" in page
    assert "The bank said: expired_or_canceled_card" in page
    assert "The bank sent back what we gave back" in page
    assert page.count("Money taken") == 1
    assert "Money came back to us" in page
    address = f"{order_id}-{tracking_key(order_id)}"
    assert "given back" not in client.get(f"/track/{address}").text
    assert "$5.00 back to" not in client.get(f"/receipt/{address}").text
    made = returns.of_payment(payments.state(order_id).id)[0]
    answer = mina.post(f"/staff/refunds/{made.id}/again")
    assert "$5.00 is given back." in mina.get(answer.headers["Location"]).text


def test_while_the_provider_is_silent_the_page_says_that_we_keep_trying(mina, order_id, provider):
    give(mina, order_id, what="amount", amount="3")
    made = returns.of_payment(payments.state(order_id).id)[0]
    provider.break_line(refunds__create=["drop_before"] * 2)
    answer = mina.post(f"/staff/refunds/{made.id}/again")
    assert "does not answer. We keep trying." in mina.get(answer.headers["Location"]).text
    provider.break_line()
    mina.post(f"/staff/refunds/{made.id}/again")
    assert payments.state(order_id).status is PaymentStatus.PART_REFUNDED


def test_the_kitchen_gives_nothing_back_and_others_do_not_see_it(shop, hands, order_id):
    beppe = signed_in(shop)
    assert beppe.get(f"/staff/orders/{order_id}/refund").status_code == 403
    assert "Give money back" not in beppe.get(f"/staff/orders/{order_id}").text
    carlo = signed_in(shop, "Carlo", Role.MANAGER, MILWAUKEE_AVENUE)
    for path in ("refund", "refund/check"):
        assert carlo.get(f"/staff/orders/{order_id}/{path}").status_code == 404
    assert carlo.post(f"/staff/orders/{order_id}/refunds", data=WHY).status_code == 404
    assert payments.state(order_id).refund_reserved_cents == 0


def test_who_has_not_proved_who_they_are_for_a_while_does_so_and_comes_back(mina, hands, order_id):
    form = fields(check(mina, order_id, what="whole"))
    hands.move(minutes=6)
    assert mina.get(f"/staff/orders/{order_id}/refund").location == f"/confirm?next=/staff/orders/{order_id}/refund"
    asked = mina.post(f"/staff/orders/{order_id}/refunds", data=form)
    assert (asked.status_code, payments.state(order_id).refund_reserved_cents) == (403, 0)
    proof = fields(asked) | {"confirm_given": app_code(later=1)}
    again = mina.post("/confirm", data=proof)
    assert (again.status_code, mina.post(again.location, data=proof).status_code) == (307, 303)
    assert payments.state(order_id).refund_reserved_cents > 0


def test_a_dispute_stands_on_the_orders_page_with_the_day_by_which_to_answer(mina, provider, work_off):
    made, payment_id = check_out((COLA, 2))
    payments.begin(payment_id)
    provider.pay(payments.state(made).intent_id, "pm_card_createDispute")
    payments.settle(payment_id)
    with transaction():
        orders.accept(made, by="store")
    work_off()
    disputes.look(payment_id)
    page = mina.get(f"/staff/orders/{made}").text
    assert "Disputed: $4.98." in page
    assert "Waits for our answer (fraudulent)" in page
    assert "Answer in the payment provider’s dashboard by <b>" in page
    assert "Payment disputed" in page


def test_a_receipt_is_for_whoever_holds_its_address(mina, client, order_id, provider):
    address = f"{order_id}-{tracking_key(order_id)}"
    page = client.get(f"/receipt/{address}")
    assert "Paid by Visa ending 4242" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert f"/receipt/{address}" in client.get(f"/track/{address}").text
    assert client.get(f"/receipt/{order_id}-{'a' * 26}").status_code == 404
    unpaid, _ = check_out()
    assert client.get(f"/receipt/{unpaid}-{tracking_key(unpaid)}").status_code == 404
    cash, _ = check_out(pay_with=PayWith.CASH)
    assert "To be paid in cash" in client.get(f"/receipt/{cash}-{tracking_key(cash)}").text


def test_nothing_goes_back_before_anything_was_taken(mina, provider):
    made, _ = check_out(pay_with=PayWith.CASH)
    assert "Nothing was taken for this order yet" in mina.get(f"/staff/orders/{made}/refund").text


def test_a_day_of_money_adds_up_and_comes_as_a_file(mina, order_id, provider, work_off):
    cash, _ = check_out((COLA, 4), pay_with=PayWith.CASH)
    with transaction():
        for deed in (orders.accept, orders.start_making, orders.complete):
            deed(cash, by="store")
    work_off()
    give(mina, order_id, what="amount", amount="5")
    give(mina, cash, what="amount", amount="2")
    work_off()
    card, drawer = payments.state(order_id), payments.state(cash)
    page = mina.get(f"/staff/money?store={ELM_STREET}").text
    assert f"${(drawer.captured_cents - 200) / 100:.2f}" in page
    assert f"${card.captured_cents / 100:.2f} taken, $5.00 given back" in page
    assert "the store $7.00" in page
    rows = mina.get(f"/staff/money.csv?store={ELM_STREET}").text.splitlines()
    assert rows[0] == "time,order,what,where,cents"
    sums = [int(row.rpartition(",")[2]) for row in rows[1:]]
    assert sum(sums) == card.captured_cents + drawer.captured_cents - 700
    assert "$0.00" in mina.get(f"/staff/money?store={ELM_STREET}&day=2026-01-05").text
