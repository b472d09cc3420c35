"""A cart on its way to another store or way: what it would cost there is told, deals included, and nothing else."""

import dataclasses

import pytest

from app.core.db import db, transaction
from app.orders import cart, switching, wishes
from app.orders.switching import Difference
from app.promotions import remembering
from app.promotions import service as promotions
from app.stores import service as stores
from tests.factories.deals import deal, offer
from tests.factories.orders import COLA, COUNTER, HOME, MARGHERITA, MILWAUKEE_AVENUE, filled
from tests.factories.stores import zone
from tests.queries import counted

pytestmark = pytest.mark.one_database

FREE_DELIVERY = {"name": "Free delivery", "kind": "delivery", "rate_ppm": 1_000_000}
OVER_THERE = dataclasses.replace(HOME, store_id=MILWAUKEE_AVENUE)
OFF = "Taken off by deals"


@pytest.fixture(autouse=True)
def reach(shop):
    """Milwaukee Avenue delivers to the same door, for more."""
    zone(MILWAUKEE_AVENUE, zips=("60610",), fee=399)


def told(mine, there, identities=()):
    db.session.rollback()
    promise = stores.accepts(cart.ask(there, cart.view(mine).lines))
    return switching.look_ahead(mine, there, promise, identities).differences


def test_another_fee_is_told(shop):
    assert told(filled(place=HOME), OVER_THERE) == (Difference("Delivery", 299, 399),)


def test_on_the_way_to_its_first_place_nothing_is_priced(shop):
    deal(stores=[MILWAUKEE_AVENUE])
    mine = filled(place=None)
    promise = stores.accepts(cart.ask(OVER_THERE, cart.view(mine).lines))
    remembering.remembered.cache_clear()
    assert switching.look_ahead(mine, OVER_THERE, promise).differences == ()
    assert remembering.remembered.cache_info().misses == 0


def test_what_a_deal_makes_free_here_and_there_is_no_difference(shop):
    deal(FREE_DELIVERY)
    assert told(filled(place=HOME), OVER_THERE) == ()
    assert told(filled(place=COUNTER), OVER_THERE) == ()


def test_delivery_that_is_free_here_only_is_told_with_the_deal_that_falls_away(shop):
    deal(FREE_DELIVERY, stores=[1])
    assert told(filled(place=HOME), OVER_THERE) == (Difference("Delivery", 0, 399, "Without Free delivery."),)


def test_a_deal_that_is_lost_on_the_way_is_told(shop):
    deal(methods=["carryout"])
    off = Difference(OFF, 100, 0, "Without A dollar off any pizza.", "nothing")
    assert told(filled(place=COUNTER), HOME) == (Difference("Delivery", None, 299), off)


def test_a_deal_that_is_won_on_the_way_is_told(shop):
    deal(stores=[MILWAUKEE_AVENUE])
    won = Difference(OFF, None, 100, "With A dollar off any pizza.", "nothing")
    assert told(filled(place=COUNTER), dataclasses.replace(COUNTER, store_id=MILWAUKEE_AVENUE)) == (won,)


def test_a_deal_that_takes_off_the_same_there_is_no_difference(shop):
    deal()
    assert told(filled(place=COUNTER), dataclasses.replace(COUNTER, store_id=MILWAUKEE_AVENUE)) == ()


def test_a_code_on_the_cart_counts_here_and_there(shop):
    deal(by_code=True, code="FETCHED", methods=["carryout"])
    mine = filled(place=COUNTER)
    with transaction():
        wishes.use_code(mine, "FETCHED")
    assert (OFF, 100, 0) in [(one.name, one.now_cents, one.then_cents) for one in told(mine, HOME)]


def test_a_deal_that_somebody_has_used_already_is_not_lost(shop):
    found, ana = deal(methods=["carryout"], limit_per_customer=1), ("email:ana@example.com",)
    with transaction():
        promotions.reserve(offer(found), 1, ana)
    assert told(filled(place=COUNTER), HOME, ana) == (Difference("Delivery", None, 299),)


def test_what_is_missing_to_the_minimum_is_measured_there(shop):
    """Here a deal takes the food below it; there that deal does not hold, and nothing is missing."""
    deal({"name": "Cheap", "kind": "fixed_each", "price_cents": 500, "slots": [{"categories": ["pizzas"]}]}, stores=[1])
    (delivery, off) = told(filled(place=COUNTER), OVER_THERE)
    assert delivery == Difference("Delivery", None, 399)
    assert off.words == "Without Cheap."


def test_before_a_place_was_chosen_nothing_is_lost_or_won(shop):
    deal(methods=["carryout"])
    assert told(filled(place=None), COUNTER) == ()


def test_looking_ahead_asks_little(shop):
    deal()
    mine = filled(MARGHERITA, COLA, place=HOME)
    promise = stores.accepts(cart.ask(OVER_THERE, ()))
    switching.look_ahead(mine, OVER_THERE, promise)
    with counted() as sent:
        switching.look_ahead(mine, OVER_THERE, promise)
    assert len(sent) <= 5  # the cart and its promise, and no more for what it would be there
