"""Every cent of an order is told down to a topping on one half, and the leaves are its total."""

import random
from collections.abc import Sequence

import pytest
from sqlalchemy import update

from app.core.db import db, transaction
from app.core.errors import Refusal
from app.menu import models
from app.menu import service as menu
from app.menu.service import Amount, Halves, Placement, Selection, Side
from app.orders import prices, wishes
from app.orders import service as orders
from app.orders.models import OrderUnit
from app.orders.prices import Price
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.orders import (
    COLA,
    COUNTER,
    ELM_STREET,
    HALF_AND_HALF,
    HOME,
    filled,
    ordered,
    place,
    placing,
)

ORDERS = 40


def sums_hold(node: Price) -> bool:
    """Whether the leaves under each node are that node, reckoned once more."""
    return sum(leaf.cents for leaf in node.leaves) == node.cents and all(sums_hold(part) for part in node.parts)


def test_a_pizza_is_size_and_crust_each_topping_on_its_half_and_tax(shop):
    pizza = prices.tree(ordered(HALF_AND_HALF)).parts[0]
    *listed, tax = pizza.parts
    assert [(part.name, part.cents) for part in listed] == [
        ("Large, Classic crust", 1600),
        ("Left half: pepperoni (extra)", 131),
        ("Right half: mushrooms", 88),
        ("Right half: green pepper", 87),
        ("Black olives (light)", 175),
    ]
    assert (tax.name, pizza.cents) == ("Tax", 2081 + tax.cents)


def test_items_delivery_and_tip_are_the_total(shop):
    order_id = ordered(HALF_AND_HALF, (COLA, 3), place=HOME, tip_cents=300)
    tree = prices.tree(order_id)
    assert [part.name for part in tree.parts][1:] == ["Cola", "Cola", "Cola", "Delivery", "Tip"]
    assert tree.cents == orders.order(order_id).quote.total_cents
    assert sums_hold(tree)


def test_what_a_deal_took_off_stands_under_each_item_by_name(shop):
    deal(code="PIZZA20")
    mine = filled(HALF_AND_HALF, COLA)
    with transaction():
        wishes.use_code(mine, "PIZZA20")
    order_id = place(placing(mine)).order_id
    view, tree = orders.order(order_id), prices.tree(order_id)
    off = [leaf for leaf in tree.leaves if leaf.cents < 0]
    assert -sum(leaf.cents for leaf in off) == view.quote.discount_cents > 0
    assert {leaf.name for leaf in off} == {each.name for each in view.discounts}


def a_pizza(dice: random.Random, catalogue: menu.Catalogue) -> Selection:
    """Some pizza that may or may not be made: any product, size, crust, and toppings laid anyhow."""
    item = dice.choice([each for each in catalogue.products.values() if each.pizza])
    made = dice.choice(item.variants)
    loose = dice.sample(list(catalogue.toppings), dice.randint(0, 6))
    laid = [Placement(key, dice.choice(list(Side)), dice.choice(list(Amount))) for key in loose]
    return Selection(item.slug, made.size, made.crust, tuple(laid) if dice.random() < 0.7 else None)


def some(dice: random.Random, catalogue: menu.Catalogue) -> Sequence[tuple[Selection, int]]:
    """A few lines that this store makes."""
    found: list[tuple[Selection, int]] = [(COLA, dice.randint(1, 2))]
    while len(found) < 4:
        wanted = a_pizza(dice, catalogue)
        try:
            menu.choose(catalogue, wanted)
        except Refusal:
            continue
        found.append((wanted, dice.randint(1, 2)))
    return found


@pytest.mark.parametrize("halves", list(Halves))
def test_of_many_orders_each_node_is_the_sum_of_its_leaves(shop, halves):
    dice = random.Random(f"tree {halves}")
    deal(QUARTER_OFF)
    with transaction():
        db.session.execute(update(models.StoreMenu).values(halves=halves.value, version=models.StoreMenu.version + 1))
    parts: set[int] = set()
    for _ in range(ORDERS // 2):
        catalogue = menu.load(ELM_STREET)
        picks = some(dice, catalogue)
        db.session.rollback()
        order_id = ordered(*picks, place=dice.choice([HOME, COUNTER]), tip_cents=dice.randint(0, 500))
        tree, view = prices.tree(order_id), orders.order(order_id)
        assert tree.cents == view.quote.total_cents
        assert sums_hold(tree)
        taxes = sum(leaf.cents for leaf in tree.leaves if leaf.name == "Tax")
        assert taxes == view.quote.tax_cents
        parts |= {len(node.parts) for node in tree.parts}
    assert max(parts) > 5


def test_of_an_item_whose_parts_nobody_kept_the_list_price_is_a_leaf(shop):
    order_id = ordered(HALF_AND_HALF)
    with transaction():
        db.session.execute(update(OrderUnit).values(parts=[]))
    (pizza,) = prices.tree(order_id).parts
    assert next((part.name, part.cents) for part in pizza.parts) == ("List price", 2081)


def test_a_tree_that_does_not_add_up_cannot_be_built(shop):
    with pytest.raises(ValueError, match="not the sum"):
        Price("Pizza", 100, (Price("Large", 60), Price("Tax", 39)))
    order_id = ordered(HALF_AND_HALF)
    with transaction():
        db.session.execute(update(OrderUnit).values(parts=[["Large", 2080]]))
    with pytest.raises(ValueError, match="not listed at the sum"):
        prices.tree(order_id)
