"""Every cent of an order is told, and together they are its total."""

from app.core.db import transaction
from app.orders import prices, wishes
from app.orders import service as orders
from tests.factories.deals import deal
from tests.factories.orders import COLA, HALF_AND_HALF, HOME, filled, ordered, place, placing


def told(order_id: int) -> int:
    return sum(unit.paid_cents for unit in prices.frozen(order_id)) + orders.order(order_id).quote.tip_cents


def test_items_delivery_and_tip_are_the_total(shop):
    order_id = ordered(HALF_AND_HALF, (COLA, 3), place=HOME, tip_cents=300)
    units = prices.frozen(order_id)
    assert [unit.name for unit in units][-2:] == ["Cola", "Delivery"]
    assert len(units) == 5
    assert told(order_id) == orders.order(order_id).quote.total_cents


def test_what_a_deal_took_off_stands_under_each_item_by_name(shop):
    deal(code="PIZZA20")
    mine = filled(HALF_AND_HALF, COLA)
    with transaction():
        wishes.use_code(mine, "PIZZA20")
    order_id = place(placing(mine)).order_id
    view = orders.order(order_id)
    units = prices.frozen(order_id)
    assert sum(cents for unit in units for _, cents in unit.off) == view.quote.discount_cents > 0
    assert {name for unit in units for name, _ in unit.off} == {each.name for each in view.discounts}
    assert told(order_id) == view.quote.total_cents
