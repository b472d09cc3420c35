"""What orders that were made again were worth: by reason and bearer, by store and day; not what was called off."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core.db import db, transaction
from app.core.periods import Period
from app.orders import remaking
from app.orders import service as orders
from app.orders.models import Remake
from app.orders.remade import Remade, remade
from app.orders.remaking import Again
from app.payments.service import PayWith
from app.stores import service as stores
from tests.factories.hands import Hands
from tests.factories.kitchen import finish
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, MILWAUKEE_AVENUE, check_out

DAY = timedelta(days=1)


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def order_id(hands, work_off) -> int:
    made, _ = check_out(HALF_AND_HALF, (COLA, 2), pay_with=PayWith.CASH)
    work_off()
    finish(made, hands, (1, 4, 7, 2, 8))
    work_off()
    return made


@pytest.fixture
def today(hands) -> Period:
    day = stores.store(ELM_STREET).hours.business_date(hands.now)
    return Period(day, day)


def again(order_id: int, reason: str, bearer: str, units: slice = slice(None)) -> int:
    with transaction():
        chosen = [unit.id for unit in remaking.units(order_id)[units]]
        return remaking.make_again(Again(order_id, chosen, reason, bearer, "Mina"))


def test_what_was_made_again_stands_under_its_reason_and_who_bears_it(order_id, today):
    pizza, *_ = (unit.paid_cents for unit in remaking.units(order_id))
    whole = sum(unit.paid_cents for unit in remaking.units(order_id))
    again(order_id, "cold", "store", slice(0, 1))
    again(order_id, "cold", "store", slice(0, 1))
    again(order_id, "wrong", "chain")
    found = [Remade("cold", "store", 2, 2 * pizza), Remade("wrong", "chain", 1, whole)]
    assert remade(today) == tuple(sorted(found, key=lambda each: -each.worth_cents))
    assert remade(today, [ELM_STREET]) == remade(today)


def test_other_stores_and_other_days_have_none_of_it(order_id, today):
    again(order_id, "cold", "store")
    assert remade(today, [MILWAUKEE_AVENUE]) == ()
    assert remade(Period(today.first - DAY, today.first - DAY)) == remade(Period(today.first + DAY, today.first + DAY))
    assert remade(Period(today.first - DAY, today.first - DAY)) == ()


def test_a_day_ends_at_four_in_the_morning_of_the_store(order_id, today):
    made = again(order_id, "cold", "store")
    ends = stores.store(ELM_STREET).hours.day_begins(today.first + DAY)
    for moment, counted in ((ends - timedelta(seconds=1), 1), (ends, 0)):
        with transaction():
            db.session.execute(update(Remake).where(Remake.order_id == made).values(at=moment))
        assert sum(each.count for each in remade(today)) == counted


def test_one_that_was_called_off_counts_for_nothing(order_id, today):
    made = again(order_id, "cold", "store")
    with transaction():
        orders.cancel(made, by="Mina", reason="They want money instead", while_making=True)
    assert remade(today) == ()
