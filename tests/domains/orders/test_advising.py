"""What is said beside a price: at most one thing more that costs less, what is near, and why nothing is cheaper."""

import pytest

from app.core.db import db, transaction
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import cart, wishes
from app.orders.advising import Advice, advise, why
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal
from tests.factories.orders import COLA, COUNTER, HOME, MARGHERITA, filled

WITH_A_DIP = {
    "name": "Pizza and dip",
    "kind": "bundle_price",
    "price_cents": 1400,
    "slots": [{"categories": ["pizzas"], "sizes": ["m"]}, {"categories": ["dips"]}],
}


def advice(*picks):
    db.session.rollback()
    return advise(cart.view(filled(*picks, place=COUNTER)))


@pytest.mark.parametrize("picks", [(MARGHERITA,), ()])
def test_without_deals_nothing_is_said(shop, picks):
    assert advice(*picks) == Advice()


def test_one_thing_more_that_costs_less_is_worth_a_word_and_keeps_it(shop):
    deal(WITH_A_DIP)
    mine = filled(MARGHERITA)
    before = cart.view(mine)
    found = advise(before).suggestion
    assert (found.choice.name, found.choice.unit_cents) == ("Ranch", 95)
    with transaction():
        cart.add(mine, found.choice.selection)
    assert cart.view(mine).quote.total_cents == before.quote.total_cents - found.less_cents


def test_what_it_saves_is_what_the_total_falls_by_delivery_and_taxes_included(shop):
    """The dip lifts the food to where delivery is free; the bundle would leave it below."""
    deal(WITH_A_DIP)
    deal({"name": "Free ride", "kind": "delivery", "rate_ppm": 1_000_000, "min_spend_cents": 1500})
    mine = filled(MARGHERITA, place=HOME)
    before = cart.view(mine)
    found = advise(before).suggestion
    with transaction():
        cart.add(mine, found.choice.selection)
    after = cart.view(mine)
    assert [each.name for each in after.discounts] == ["Free ride"]
    assert found.less_cents == before.quote.total_cents - after.quote.total_cents


def test_what_is_sold_out_is_not_suggested(shop):
    deal(WITH_A_DIP)
    with transaction():
        for slug in ("ranch-dip", "marinara-dip"):
            menu.sell_out(1, "product", slug)
    assert advice(MARGHERITA).suggestion.choice.name == "Garlic butter"


def test_where_the_customer_chose_their_code_nobody_argues(shop):
    deal(WITH_A_DIP)
    deal(by_code=True, code="ONEOFF")
    mine = filled(MARGHERITA)
    with transaction():
        wishes.use_code(mine, "ONEOFF")
        wishes.pin(mine, "ONEOFF")
    assert advise(cart.view(mine)).suggestion is None


def test_what_is_near_is_told_for_two_deals_at_most(shop):
    for n in range(3):
        deal({**OFF_ONE, "kind": "fixed_each", "price_cents": 700, "min_count": 2}, name=f"Two of them {n}")
    found = advice(MARGHERITA)
    assert [(miss.name, miss.missing) for miss in found.near] == [("Two of them 0", 1), ("Two of them 1", 1)]


def test_what_the_customer_has_an_eye_on_is_not_told_twice(shop):
    picked = deal(QUARTER_OFF, min_spend_cents=5000, name="Quarter")
    mine = filled(MARGHERITA)
    assert [miss.name for miss in advise(cart.view(mine)).near] == ["Quarter"]
    with transaction():
        wishes.pick(mine, picked)
    assert advise(cart.view(mine)).near == ()


def test_why_names_what_was_taken_and_what_the_others_would_save(shop):
    deal({**OFF_ONE, "off_cents": 650, "name": "Mix & Match"})
    deal(QUARTER_OFF, name="Quarter")
    taken, other = why(cart.view(filled(MARGHERITA, COLA)))
    assert (taken.names, taken.saves_cents, taken.why_not) == (("Mix & Match",), 650, "")
    assert (other.names, other.saves_cents) == (("Quarter",), 419)
    assert other.why_not.startswith("You would pay $")


def test_an_empty_cart_has_nothing_to_explain(shop):
    with transaction():
        mine = cart.create()
    assert why(cart.view(mine)) == ()
    assert advise(cart.view(mine)) == Advice()


def test_a_cart_with_something_that_is_gone_is_mended_first(shop):
    deal(WITH_A_DIP)
    mine = filled(MARGHERITA, Selection("tiramisu"))
    with transaction():
        menu.sell_out(1, "product", "tiramisu")
    assert advise(cart.view(mine)).suggestion is None
