"""A year of orders through a made-up kitchen: what was told is held to what came (see `bench.kitchen`)."""

from dataclasses import replace

import pytest

from app.tracking import conformal
from bench import kitchen


def test_four_in_five_ranges_hold_each_month_and_are_narrower_than_any_fixed_quote():
    year = kitchen.measure(kitchen.year())
    assert year.orders > 20_000
    assert {month for month, share in year.months.items() if month > 1 and not 0.78 <= share <= 0.82} == set()
    assert year.width < 0.75 * year.fixed


@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "control: nothing is learned any more"])
def test_a_kitchen_that_gets_slower_is_caught_up_with(guarded, monkeypatch):
    orders = kitchen.made_up_orders(80)
    slower = [replace(order, pizzas=2 * order.pizzas) if order.at > 40 * 1440 else order for order in orders]
    make = kitchen.Kitchen.make

    def hide(self, order):
        """Its board shows half of what has to be made."""
        sight, took = make(self, order)
        return (
            (replace(sight, ahead=sight.ahead // 2, places=sight.places // 2), took)
            if order.at > 40 * 1440
            else (sight, took)
        )

    monkeypatch.setattr(kitchen.Kitchen, "make", hide)
    if not guarded:
        hear = kitchen.Mind.hear
        monkeypatch.setattr(kitchen.Mind, "hear", lambda mind, *lesson: mind.heard < 500 and hear(mind, *lesson))
    late = [told.right for told in kitchen.tell(slower) if told.order.at > 55 * 1440]
    assert (abs(sum(late) / len(late) - conformal.RIGHT) < 0.04) is guarded
