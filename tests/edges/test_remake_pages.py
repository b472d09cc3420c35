"""Making an order again: at no charge, once, within one's word, in the kitchen, linked, and told to the customer."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.core.db import db, transaction
from app.orders import prices, remaking
from app.orders import service as orders
from app.orders.models import Order
from app.orders.remaking import NO_CHARGE
from app.orders.service import OrderStatus
from app.payments import ledger
from app.payments import service as payments
from app.payments.service import PayWith
from app.tracking import service as tracking
from app.users.service import Role
from tests.edges.pages import fields
from tests.factories.hands import Hands
from tests.factories.kitchen import finish
from tests.factories.mail import mails
from tests.factories.orders import COLA, HALF_AND_HALF, MARGHERITA, MILWAUKEE_AVENUE, check_out
from tests.factories.staff import signed_in, written_down
from tests.races import SECONDS, race

WHY = {"reason": "cold", "bearer": "store"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def order_id(hands, work_off) -> int:
    """A half-and-half and two colas, eaten already."""
    made, _ = check_out(HALF_AND_HALF, (COLA, 2), pay_with=PayWith.CASH)
    work_off()
    finish(made, hands, (1, 4, 7, 2, 8))
    work_off()
    return made


def path(number: int) -> str:
    return f"/staff/orders/{number}/remakes"


def again(client, number: int, **typed):
    form = fields(client.get(path(number)))
    form.pop("unit", None)
    return client.post(
        path(number), data={**form, "unit": [unit.id for unit in remaking.units(number)], **WHY, **typed}
    )


def count():
    return db.session.scalar(select(func.count()).select_from(Order))


def pizza_from_two_tabs(shop, client, number: int) -> list[int]:
    """One pizza of an order made again from two tabs at once, each with a key of its own; the statuses."""
    pizza = remaking.units(number)[0].id
    forms = [{**fields(client.get(path(number))), **WHY, "unit": [pizza]} for _ in range(2)]
    answers = race(shop, *[partial(client.post, path(number), data=form) for form in forms])
    return sorted(answer.status_code for answer in answers)


def test_a_new_order_of_the_same_at_no_charge_is_on_the_board_and_linked_both_ways(mina, order_id, work_off):
    answer = again(mina, order_id)
    assert answer.status_code == 303
    made = remaking.after(order_id)[0]
    assert answer.location == f"/staff/orders/{made.order_id}"
    work_off()
    old, new = orders.order(order_id), orders.order(made.order_id)
    assert (new.quote.total_cents, new.quote.items_cents) == (0, old.quote.items_cents)
    assert [(line.name, line.base, line.sides, line.quantity) for line in new.lines] == [
        (line.name, line.base, line.sides, line.quantity) for line in old.lines
    ]
    assert (new.contact, new.street, new.method) == (old.contact, old.street, old.method)
    assert new.status is OrderStatus.ACCEPTED
    ticket = tracking.ticket_of(made.order_id)
    assert ticket is not None
    assert ticket.open
    assert (made.of_id, made.reason, made.bearer, made.by) == (order_id, "cold", "store", "Mina")
    assert made.worth_cents == sum(unit.paid_cents for unit in remaking.units(order_id))
    assert f"/staff/orders/{made.order_id}" in mina.get(f"/staff/orders/{order_id}").text
    page = mina.get(f"/staff/orders/{made.order_id}").text
    assert f"/staff/orders/{order_id}" in page
    assert "Nothing to pay" in page
    assert "it was cold, borne by the store" in page


def test_each_cent_of_it_says_that_nobody_pays_it(mina, order_id):
    again(mina, order_id)
    tree = prices.tree(remaking.after(order_id)[0].order_id)
    assert [unit.cents for unit in tree.parts] == [0, 0, 0]
    for unit in tree.parts:
        *listed, off = unit.parts
        assert (off.name, off.cents) == (NO_CHARGE, -sum(part.cents for part in listed))


def test_no_money_moves_and_the_kitchen_can_finish_it(mina, order_id, hands, work_off):
    before = ledger.balance(ledger.Account.DRAWER)
    again(mina, order_id)
    work_off()
    made = remaking.after(order_id)[0].order_id
    finish(made, hands, (1, 4, 7, 2, 8))
    work_off()
    assert orders.status_of(made) is OrderStatus.COMPLETED
    assert payments.find(made) is None
    assert ledger.balance(ledger.Account.DRAWER) == before


def test_some_of_it_may_be_enough(mina, order_id):
    pizza = remaking.units(order_id)[0]
    again(mina, order_id, unit=[pizza.id])
    made = remaking.after(order_id)[0]
    assert [line.name for line in orders.order(made.order_id).lines] == [pizza.name]
    assert made.worth_cents == pizza.paid_cents


def test_the_customer_is_told_and_can_follow_it(mina, order_id, outbox, work_off):
    again(mina, order_id)
    work_off()
    made = remaking.after(order_id)[0].order_id
    mail = next(mail for mail in mails() if f"Order {made}" in mail.subject)
    assert NO_CHARGE in mail.text
    assert "Total  $0.00" in mail.text


def test_what_it_was_worth_stands_in_the_report_by_reason_and_bearer_and_in_no_sum(mina, order_id):
    before = mina.get("/manage/reports/days.csv?days=1").text
    again(mina, order_id)
    worth = remaking.after(order_id)[0].worth_cents
    page = mina.get("/manage/reports?days=1").text
    assert "Made again, and who bears it" in page
    assert f'Cold, the store</th><td class="num">1</td><td class="num">${worth / 100:,.2f}</td>' in page
    assert mina.get("/manage/reports/remakes.csv?days=1").text.splitlines()[1:] == [f"cold,store,1,{worth},0,0"]
    assert mina.get("/manage/reports/days.csv?days=1").text == before


def test_a_second_press_makes_no_second_order(mina, order_id):
    form = {**fields(mina.get(path(order_id))), **WHY, "unit": [unit.id for unit in remaking.units(order_id)]}
    first, second = (mina.post(path(order_id), data=form) for _ in range(2))
    assert first.location == second.location
    assert count() == 2


def test_it_is_written_down_with_its_reason_and_bearer(mina, order_id):
    again(mina, order_id, reason="wrong", bearer="chain")
    row = written_down()[-1]
    made = remaking.after(order_id)[0].order_id
    assert (row.deed, row.subject) == ("order.remake", f"order:{order_id}")
    assert row.detail == {"again": made, "reason": "wrong", "bearer": "chain"}


@pytest.mark.parametrize("typed", [{"reason": ""}, {"bearer": "nobody"}, {"reason": "cancelled"}, {"unit": []}])
def test_without_a_reason_a_bearer_or_anything_nothing_is_made(mina, order_id, typed):
    assert again(mina, order_id, **typed).status_code in {400, 422}
    assert count() == 1


def test_items_of_another_order_are_not_made(mina, order_id, work_off):
    other, _ = check_out(MARGHERITA, pay_with=PayWith.CASH)
    work_off()
    foreign = remaking.units(other)[0].id
    assert again(mina, order_id, unit=[foreign]).status_code in {400, 422}
    assert remaking.after(order_id) == ()


def test_nobody_gives_away_more_than_their_word_is_worth_even_in_small_steps(shop, order_id):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    pizza, *colas = remaking.units(order_id)
    assert pizza.paid_cents <= 25_00 < pizza.paid_cents * 2
    assert again(rosa, order_id, unit=[pizza.id]).status_code == 303
    answer = again(rosa, order_id, unit=[pizza.id])
    assert answer.status_code in {400, 403, 422}
    assert "$25.00" in answer.text
    assert count() == 2
    assert colas
    with transaction():
        orders.cancel(remaking.after(order_id)[0].order_id, by="Mina", reason="mistake", while_making=True)
    assert again(rosa, order_id, unit=[pizza.id]).status_code == 303


def test_what_was_made_again_is_not_made_again_itself_and_leads_to_the_order_that_was_paid(
    shop, mina, order_id, work_off
):
    again(mina, order_id)
    work_off()
    made = remaking.after(order_id)[0].order_id
    for person in (mina, signed_in(shop, "Rosa", Role.COUNTER)):
        assert "Make it again" not in person.get(f"/staff/orders/{made}").text
        for answer in (person.get(path(made)), person.post(path(made), data={**WHY, "idem": "k" * 22})):
            assert answer.status_code == 409
            assert f"Make order {order_id} again instead." in answer.text
    assert "Make it again" in mina.get(f"/staff/orders/{order_id}").text
    assert count() == 2


def test_two_tabs_at_once_give_away_no_more_than_one_after_the_other(shop, order_id):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    assert pizza_from_two_tabs(shop, rosa, order_id) == [303, 422]
    assert count() == 2


@pytest.mark.one_database("postgres")  # elsewhere whoever writes has the database alone
def test_without_holding_the_order_both_tabs_would_see_that_nothing_was_given_yet(shop, order_id, monkeypatch):
    rosa, both, worth_of = signed_in(shop, "Rosa", Role.COUNTER), Barrier(2), remaking.worth_of

    def seen_by_both(number: int) -> int:
        worth = worth_of(number)
        both.wait(SECONDS)
        return worth

    monkeypatch.setattr(remaking, "worth_of", seen_by_both)
    monkeypatch.setattr(orders, "hold", lambda _number: None)
    assert pizza_from_two_tabs(shop, rosa, order_id) == [303, 303]
    assert count() == 3


def test_what_was_never_made_or_is_long_eaten_is_not_made_again(mina, order_id, hands, work_off):
    waiting, _ = check_out(MARGHERITA)
    assert mina.get(path(waiting)).status_code == 409
    assert "Make it again" not in mina.get(f"/staff/orders/{waiting}").text
    hands.now += remaking.WITHIN + timedelta(hours=1)
    with transaction():
        assert not remaking.can(order_id)


@pytest.mark.parametrize(("role", "store", "status"), [(Role.KITCHEN, 1, 403), (Role.MANAGER, MILWAUKEE_AVENUE, 404)])
def test_who_may_not_give_money_back_makes_nothing_again(shop, order_id, role, store, status):
    client = signed_in(shop, "Beppe", role, store)
    assert client.get(path(order_id)).status_code == status
    assert client.post(path(order_id), data=WHY).status_code == status
    assert count() == 1


def test_a_kitchen_that_is_paused_says_so_and_nothing_is_made(mina, order_id):
    mina.post("/staff/hours/pause", data={"store": "1", "minutes": "15", "reason": "The oven rests"})
    answer = again(mina, order_id)
    assert answer.status_code == 409
    assert "The oven rests" in answer.text
    assert count() == 1
