"""The reasons beside a price: what was tried, what is near, what would lower the total."""

from dataclasses import replace

from hypothesis import given, settings

from app.promotions.advice import _nudge, near_misses, nudge, trials
from app.promotions.best import cheapest
from app.promotions.values import Bill, Combine, Deal, Kind, NearMiss, Slot, Unit
from tests.domains.promotions.carts import cases

LARGE = Slot(categories=("pizza",), sizes=("l",))
DIP = Slot(categories=("dip",))


def pizza(n, cents=2000, size="l"):
    return Unit(n, "margherita", size, "thin", cents, "pizza")


def dip(n):
    return Unit(n, "ranch", None, None, 249, "dip")


TWO_LARGE = Deal(1, 1, "Two large", Kind.BUNDLE_PRICE, (replace(LARGE, count=2),), price_cents=2900)
TUESDAY = Deal(2, 1, "Tuesday", Kind.PERCENT_ORDER, rate_ppm=150_000)
WITH_A_DIP = Deal(3, 1, "Pizza and dip", Kind.BUNDLE_PRICE, (LARGE, DIP), price_cents=1500)


def advice(units, deals):
    bill = Bill(tuple(units))
    return bill, deals, cheapest(bill, deals)


def nudged(units, deals, more):
    bill, deals, offer = advice(units, deals)
    return nudge(bill, deals, offer.total_cents, more)


def test_why_shows_what_was_taken_and_what_each_other_deal_would_come_to():
    taken, other = trials(*advice([pizza(0), pizza(1)], [TWO_LARGE, TUESDAY]))
    assert (taken.names, taken.saves_cents, taken.total_cents, taken.why_not) == (("Two large",), 1100, 2900, "")
    assert (other.names, other.saves_cents, other.total_cents) == (("Tuesday",), 600, 3400)
    assert other.why_not == "You would pay $5.00 more."


def test_why_says_what_a_deal_that_does_nothing_lacks():
    far = replace(TUESDAY, min_spend_cents=5000)
    rows = {row.names: row.why_not for row in trials(*advice([pizza(0)], [TWO_LARGE, far]))}
    assert rows == {
        ("Two large",): "It needs other items.",
        ("Tuesday",): "Tuesday starts at $50.00 of food. Add $30.00 more.",
    }


def test_a_deal_that_comes_to_the_same_is_said_to():
    twin = replace(TUESDAY, id=9, name="Twin")
    assert [row.why_not for row in trials(*advice([pizza(0)], [TUESDAY, twin]))] == ["", "It comes to the same."]


def test_beside_a_worse_deal_that_was_chosen_the_better_one_is_said_to_cost_less():
    bill, deals = Bill((pizza(0), pizza(1))), [TWO_LARGE, TUESDAY]
    chosen, other = trials(bill, deals, cheapest(bill, deals, pinned=2))
    assert (chosen.names, chosen.why_not) == (("Tuesday",), "")
    assert (other.names, other.why_not) == (("Two large",), "You would pay $5.00 less.")


def test_the_cheapest_is_told_beside_a_chosen_deal_that_it_only_has_to_leave_out():
    each = Deal(7, 1, "Three off", Kind.AMOUNT_ITEMS, (LARGE,), off_cents=300)
    code = replace(each, id=8, name="One off", off_cents=100)
    bill = Bill((pizza(0), pizza(1)))
    chosen, best = trials(bill, [each, code], cheapest(bill, [each, code], pinned=8))[:2]
    assert (chosen.names, chosen.saves_cents, chosen.why_not) == (("Three off", "One off"), 400, "")
    assert (best.names, best.saves_cents, best.why_not) == (("Three off",), 600, "You would pay $2.00 less.")


def test_without_any_deal_nothing_was_tried():
    assert trials(*advice([pizza(0)], [])) == ()


def test_a_dip_that_lowers_the_total_is_worth_a_word():
    found = nudged([pizza(0)], [WITH_A_DIP], [dip(100), pizza(101)])
    assert found is not None
    assert (found.unit.product, found.less_cents) == ("ranch", 500)


def test_nothing_is_said_where_more_costs_more():
    assert nudged([pizza(0, 1200)], [WITH_A_DIP], [dip(100)]) is None
    assert nudged([pizza(0)], [], [dip(100)]) is None


def test_of_what_lowers_the_total_the_best_is_told():
    drink = Unit(101, "cola", None, None, 225, "drink")
    better = Deal(4, 1, "Pizza and drink", Kind.BUNDLE_PRICE, (LARGE, Slot(categories=("drink",))), price_cents=1400)
    found = nudged([pizza(0)], [WITH_A_DIP, better], [dip(100), drink])
    assert found is not None
    assert (found.unit.product, found.less_cents) == ("cola", 600)


def test_what_lowers_the_total_is_looked_for_once_for_carts_that_are_alike():
    _nudge.cache_clear()
    assert nudged([pizza(0)], [WITH_A_DIP], [dip(100)]) == nudged([pizza(0)], [WITH_A_DIP], [dip(100)])
    assert nudged([pizza(0, 2100)], [WITH_A_DIP], [dip(100)]).less_cents == 600
    assert (_nudge.cache_info().misses, _nudge.cache_info().hits) == (2, 1)


def test_a_large_cart_is_not_nudged():
    assert nudged([pizza(n, 3000) for n in range(13)], [WITH_A_DIP], [dip(100)]) is None


@settings(derandomize=True, max_examples=60)
@given(cases(most_units=5))
def test_a_nudge_always_keeps_its_word(case):
    bill, deals = case
    more = [dip(100), pizza(101), Unit(102, "x", None, None, 50, "drink")]
    offer = cheapest(bill, deals)
    found = nudge(bill, deals, offer.total_cents, more)
    totals = [cheapest(replace(bill, units=(*bill.units, unit)), deals).total_cents for unit in more]
    assert (offer.total_cents - found.less_cents if found else offer.total_cents) == min(*totals, offer.total_cents)


def test_one_more_large_is_near():
    assert near_misses(*advice([pizza(0)], [TWO_LARGE])) == (NearMiss(1, "Two large", TWO_LARGE.slots[0], 1, 0),)


def test_some_more_food_is_near():
    coupon = Deal(5, 1, "Five off", Kind.AMOUNT_ORDER, off_cents=500, min_spend_cents=2500)
    assert near_misses(*advice([pizza(0)], [coupon])) == (NearMiss(5, "Five off", None, 0, 500),)


def test_the_nearest_comes_first_and_what_is_used_does_not_come():
    three = Deal(6, 1, "Three", Kind.FIXED_EACH, (LARGE,), price_cents=1500, min_count=3)
    found = near_misses(*advice([pizza(0)], [three, TWO_LARGE, TUESDAY]))
    assert [(miss.name, miss.missing) for miss in found] == [("Two large", 1), ("Three", 2)]


def test_what_misses_everything_or_several_things_is_not_near():
    family = Deal(7, 1, "Family", Kind.BUNDLE_PRICE, (LARGE, DIP, Slot(categories=("drink",))), price_cents=2500)
    far = Deal(8, 1, "Dips", Kind.FIXED_EACH, (DIP,), price_cents=100, min_count=2)
    assert near_misses(*advice([pizza(0)], [family, far])) == ()


def test_one_unit_does_not_fill_two_slots():
    second = Deal(8, 1, "Second half price", Kind.BUY_X_GET_Y, (LARGE, LARGE), rate_ppm=500_000, combine=Combine.NORMAL)
    assert [miss.missing for miss in near_misses(*advice([pizza(0)], [second]))] == [1]
