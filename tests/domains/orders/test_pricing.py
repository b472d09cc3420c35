"""What an order costs, from plain values (price law, sections 4, 6 and 9)."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.money import at_rate
from app.orders.pricing import ListedUnit, PricedUnit, Quote, quote
from app.promotions.best import cheapest
from app.promotions.values import Application, Offer, Stage
from tests.domains.promotions.carts import cases


def units(*cents, code="food"):
    return [ListedUnit(n, each, code) for n, each in enumerate(cents)]


def priced(listed, *, off=None, fee=0, taxes=None, tip=0, fee_off=0):
    offer = Offer((Application(1, 1, "Deal", off or {}), Application(2, 1, "Fee", {}, Stage.FEE, fee_cents=fee_off)))
    return quote(listed, offer=offer, fee_cents=fee, taxes=taxes or {}, tip_cents=tip)


# The rates of a real chain: food, delivery fee, discount; tax worked out by hand, rounded half up once.
TAXED = [
    ((1899, 1149, 499), 399, 500, 92_500, 319),  # 3446 at 9.25 % is 318.755
    ((2250,), 0, 0, 95_000, 214),  # 213.75
    ((1600, 1600), 299, 640, 87_500, 250),  # 2859 at 8.75 % is 250.1625
    ((999, 350, 350), 0, 0, 97_500, 166),  # 1699 at 9.75 % is 165.6525
    ((1350,), 450, 0, 82_500, 149),  # 1800 at 8.25 % is 148.5, exactly a half
    ((2081, 225, 225), 299, 253, 92_500, 238),  # 2577 at 9.25 % is 238.3725
    ((1400, 1400, 1400, 1400), 200, 1400, 85_000, 374),  # 4400 at 8.5 % is 374
]


@pytest.mark.parametrize(("cents", "fee", "discount", "rate", "tax"), TAXED)
def test_tax_is_taken_after_the_discount_on_food_and_fee_and_rounded_once(cents, fee, discount, rate, tax):
    shares = dict(enumerate(spread(discount, cents)))
    found = priced(units(*cents), off=shares, fee=fee, taxes={"food": rate, "delivery": rate})
    assert found.tax_cents == tax
    assert found.total_cents == sum(cents) - discount + fee + tax


def spread(discount, cents):
    left, shares = discount, []
    for each in cents:
        shares.append(min(left, each))
        left -= shares[-1]
    return shares


def test_each_rate_is_rounded_once_for_itself():
    listed = [*units(333, 333, 334), *(ListedUnit(n, 125, "drinks") for n in (3, 4))]
    found = priced(listed, fee=299, taxes={"food": 102_500, "drinks": 92_500, "delivery": 102_500})
    assert found.tax_cents == at_rate(1000 + 299, 102_500) + at_rate(250, 92_500)
    assert sum(unit.tax_cents for unit in found.units[3:]) == 23
    assert [unit.tax_cents for unit in found.units[3:]] == [12, 11]  # a tie goes to the earlier unit


def test_a_fee_with_a_code_of_its_own_is_taxed_by_it():
    taxes = {"food": 100_000, "delivery": 0}
    found = priced(units(1000), fee=299, taxes=taxes)
    assert (found.tax_cents, found.fee_tax_cents) == (100, 0)


def test_what_has_no_rate_is_not_taxed():
    assert priced(units(1000), fee=299).tax_cents == 0


def test_a_tip_is_neither_discounted_nor_taxed():
    bare = priced(units(1000), off={0: 500}, taxes={"food": 100_000})
    tipped = priced(units(1000), off={0: 500}, taxes={"food": 100_000}, tip=300)
    assert (tipped.total_cents - bare.total_cents, tipped.tax_cents) == (300, bare.tax_cents)


def test_a_fee_deal_takes_off_the_fee_and_never_more():
    assert priced(units(1000), fee=299, fee_off=200).fee_cents == 99
    assert priced(units(1000), fee=299, fee_off=500).fee_cents == 0


def test_minimums_are_measured_on_food_after_deals_without_fee_tax_and_tip():
    found = priced(units(1000, 600), off={0: 100}, fee=299, taxes={"food": 100_000}, tip=500)
    assert found.food_cents == 1500


def test_a_discount_on_the_order_does_not_lower_what_minimums_are_measured_on():
    """Delivery minimum 15.00, food 16.00, coupon 5.00: allowed (price law, section 9, case 9)."""
    coupon = Offer((Application(1, 1, "Five off", {0: 313, 1: 187}, Stage.ORDER),))
    found = quote(units(1000, 600), offer=coupon, fee_cents=0, taxes={}, tip_cents=0)
    assert (found.total_cents, found.discount_cents, found.order_discount_cents) == (1100, 500, 500)
    assert found.food_cents == 1600


@settings(derandomize=True, max_examples=150)
@given(cases(most_units=6), st.integers(0, 500), st.data())
def test_whatever_deals_did_the_refunds_of_all_units_in_any_order_give_back_what_was_paid(case, tip, data):
    """Section 9, case 8: unit by unit, then fee and tip, each refund once; and the quote pays what the offer said."""
    bill, deals = case
    offer = cheapest(bill, deals)
    codes = {f"{unit.rate_ppm}": unit.rate_ppm for unit in bill.units} | {"delivery": bill.fee_rate_ppm}
    listed = [ListedUnit(unit.id, unit.list_cents, f"{unit.rate_ppm}") for unit in bill.units]
    found = quote(listed, offer=offer, fee_cents=bill.fee_cents, taxes=codes, tip_cents=tip)
    assert found.total_cents == offer.total_cents + tip
    left = found.total_cents
    for unit in data.draw(st.permutations(found.units)):
        left -= unit.paid_cents
        assert unit.paid_cents >= 0
        assert left >= 0
    assert left == found.fee_cents + found.fee_tax_cents + tip


def test_nothing_costs_nothing():
    assert priced([]).total_cents == 0


carts = st.lists(
    st.tuples(st.integers(0, 5000), st.sampled_from(["food", "drinks", "delivery", "none"])), min_size=1, max_size=12
)
rates = st.fixed_dictionaries({code: st.integers(0, 150_000) for code in ("food", "drinks", "delivery")})


@given(carts, rates, st.integers(0, 999), st.integers(0, 2000), st.data())
def test_a_quote_always_adds_up_and_every_share_is_bounded(cart, taxes, fee, tip, data):
    listed = [ListedUnit(n, cents, code) for n, (cents, code) in enumerate(cart)]
    off = {unit.id: data.draw(st.integers(0, unit.list_cents)) for unit in listed}
    found = priced(listed, off=off, fee=fee, taxes=taxes, tip=tip)
    paid = sum(unit.paid_cents for unit in found.units)
    assert found.total_cents == paid + found.fee_cents + found.fee_tax_cents + tip
    for unit, seen in zip(listed, found.units, strict=True):
        exact = (unit.list_cents - off[unit.id]) * taxes.get(unit.tax_code, 0) / 1_000_000
        assert abs(seen.tax_cents - exact) < 1.5
        assert seen.tax_cents >= 0


@given(carts, rates, st.integers(0, 999), st.randoms())
def test_the_order_of_units_changes_nothing(cart, taxes, fee, dice):
    listed = [ListedUnit(n, cents, code) for n, (cents, code) in enumerate(cart)]
    shuffled = list(listed)
    dice.shuffle(shuffled)
    straight, other = priced(listed, fee=fee, taxes=taxes), priced(shuffled, fee=fee, taxes=taxes)
    assert straight.total_cents == other.total_cents
    assert sorted(straight.units, key=lambda unit: unit.id) == sorted(other.units, key=lambda unit: unit.id)


RIGHT = Quote((PricedUnit(0, 1000, 100, 90), PricedUnit(1, 500, 0, 50)), 1500, 100, 299, 30, 170, 200, 2069)
WRONG = [
    ({"items_cents": 1501, "total_cents": 2070}, "items do not add up"),
    ({"discount_cents": 99, "total_cents": 2070}, "discounts do not add up"),
    ({"order_discount_cents": 101}, "not a part of the discounts"),
    ({"order_discount_cents": -1}, "not a part of the discounts"),
    ({"tax_cents": 171, "total_cents": 2070}, "tax does not add up"),
    ({"fee_tax_cents": 31}, "tax does not add up"),
    ({"total_cents": 2068}, "total does not add up"),
    ({"tip_cents": 0}, "total does not add up"),
    ({"tip_cents": -1, "total_cents": 1868}, "total does not add up"),
    ({"fee_cents": -1, "total_cents": 1769}, "total does not add up"),
    ({"units": (PricedUnit(0, 1000, 1100, 90), PricedUnit(1, 500, -1000, 50))}, "larger than what"),
    ({"units": (PricedUnit(0, 1000, -100, 90), PricedUnit(1, 500, 200, 50))}, "larger than what"),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_a_price_that_does_not_add_up_cannot_be_built(change, words):
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(RIGHT, **change)


def test_a_discount_larger_than_its_unit_is_never_quoted():
    with pytest.raises(ValueError, match="larger than what"):
        priced(units(100), off={0: 101})
