"""The cases that the price law names (section 9), and others that its words decide."""

import pytest

from app.promotions.best import cheapest
from app.promotions.values import Application, Bill, Combine, Deal, Kind, Slot, Stage, Tier, Unit

LARGE, MEDIUM = Slot(categories=("pizza",), sizes=("l",)), Slot(categories=("pizza",), sizes=("m",))
PIZZA, DIP, DRINK = Slot(categories=("pizza",)), Slot(categories=("dip",)), Slot(categories=("drink",))
K = Kind


def pizza(n, cents, size="l", **more):
    return Unit(n, "margherita", size, "thin", cents, "pizza", **more)


def thing(n, category, cents, **more):
    return Unit(n, category, None, None, cents, category, **more)


def deal(deal_id, kind, *slots, **terms):
    return Deal(deal_id, 1, f"Deal {deal_id}", kind, slots, **terms)


def best(units, *deals, pinned=None, **bill):
    return cheapest(Bill(tuple(units), **bill), deals, pinned=pinned)


def taken(offer):
    """What each deal takes off, by id."""
    return {application.deal_id: application.off_cents for application in offer.applications}


def test_2_ten_off_three_equal_lines_leaves_the_odd_cent_with_the_first():
    found = best([pizza(n, 667) for n in range(3)], deal(1, K.AMOUNT_ORDER, off_cents=1000))
    assert found.applications[0].shares == {0: 334, 1: 333, 2: 333}


@pytest.mark.parametrize("kind", [K.PERCENT_ORDER, K.PERCENT_ITEMS])
def test_3_a_percentage_is_rounded_once_for_all_its_items(kind):
    slots = (PIZZA,) if kind is K.PERCENT_ITEMS else ()
    found = best([pizza(0, 1250), pizza(1, 1625)], deal(1, kind, *slots, rate_ppm=150_000))
    assert taken(found) == {1: 431}
    assert found.applications[0].shares == {0: 187, 1: 244}


def test_4_of_deals_that_overlap_in_one_item_the_largest_saving_is_not_the_best_total():
    units = [pizza(0, 2000), thing(1, "dip", 300), thing(2, "drink", 400)]
    box = deal(1, K.BUNDLE_PRICE, PIZZA, DIP, price_cents=1600)  # saves 7.00
    half = deal(2, K.PERCENT_ITEMS, PIZZA, rate_ppm=300_000)  # saves 6.00
    both = deal(3, K.BUNDLE_PRICE, DIP, DRINK, price_cents=400)  # saves 3.00
    assert taken(best(units, box, half, both)) == {2: 600, 3: 300}


def test_5_a_code_worse_than_what_applies_by_itself_is_not_used():
    units = [pizza(0, 2000), pizza(1, 2000)]
    two, code = (
        deal(1, K.BUNDLE_PRICE, Slot(sizes=("l",), count=2), price_cents=2900),
        deal(2, K.AMOUNT_ORDER, off_cents=400),
    )
    assert best(units, two, code).deal_ids == (1,)
    assert best(units, two, code, pinned=2).deal_ids == (2,)


def test_9_a_discount_on_the_order_may_go_below_the_delivery_minimum():
    coupon = deal(1, K.AMOUNT_ORDER, off_cents=500)
    found = best([pizza(0, 1600)], coupon, minimum_cents=1500, fee_cents=299)
    assert found.total_cents == 1100 + 299


def test_a_deal_on_items_may_not_go_below_the_delivery_minimum_that_was_reached():
    three = deal(1, K.AMOUNT_ITEMS, PIZZA, off_cents=300)
    reached = [pizza(0, 800), pizza(1, 800)]
    assert taken(best(reached, three, minimum_cents=1500)) == {}
    assert taken(best(reached, three, minimum_cents=1300)) == {1: 300}
    assert taken(best(reached, three, minimum_cents=1700)) == {1: 600}  # short of it in any case


def test_a_minimum_spend_is_measured_after_deals_on_items_and_weighed_in():
    units = [pizza(0, 1500), pizza(1, 1500)]
    each = deal(1, K.AMOUNT_ITEMS, PIZZA, off_cents=300)
    coupon = deal(2, K.PERCENT_ORDER, rate_ppm=200_000, min_spend_cents=2700, stackable=True)
    assert taken(best(units, each, coupon)) == {1: 300, 2: 540}  # one of the two, so that the other deal holds


def test_what_is_exactly_the_minimum_is_enough():
    coupon = deal(1, K.AMOUNT_ORDER, off_cents=500, min_spend_cents=2500)
    assert taken(best([pizza(0, 2500)], coupon)) == {1: 500}
    assert taken(best([pizza(0, 2499)], coupon)) == {}


def test_an_exclusive_deal_stands_with_add_ons_only():
    units = [pizza(0, 2000), pizza(1, 1600, "m"), thing(2, "dip", 200)]
    alone = deal(1, K.PERCENT_ITEMS, LARGE, rate_ppm=500_000, combine=Combine.EXCLUSIVE)
    other = deal(2, K.AMOUNT_ITEMS, MEDIUM, off_cents=300)
    dip = deal(3, K.FREE_ITEM, PIZZA, DIP, combine=Combine.COMPLEMENTARY)
    assert taken(best(units, alone, other, dip)) == {1: 1000, 3: 200}


def test_a_discount_on_the_order_joins_deals_on_items_where_it_is_marked_so():
    units = [pizza(0, 2000)]
    three, coupon = deal(1, K.AMOUNT_ITEMS, LARGE, off_cents=300), deal(2, K.PERCENT_ORDER, rate_ppm=100_000)
    assert taken(best(units, three, coupon)) == {1: 300}
    stacked = deal(2, K.PERCENT_ORDER, rate_ppm=100_000, stackable=True)
    assert taken(best(units, three, stacked)) == {1: 300, 2: 170}  # a tenth of what the first left


def test_of_two_discounts_on_the_order_one_is_used():
    coupons = [deal(n, K.AMOUNT_ORDER, off_cents=100 * n, stackable=True) for n in (1, 2)]
    assert taken(best([pizza(0, 2000)], *coupons)) == {2: 200}


def test_a_deal_on_the_fee_stands_with_everything_and_never_takes_more_than_the_fee():
    alone = deal(1, K.AMOUNT_ITEMS, LARGE, off_cents=300, combine=Combine.EXCLUSIVE)
    fee = deal(2, K.DELIVERY, off_cents=500)
    found = best([pizza(0, 2000)], alone, fee, fee_cents=299)
    assert taken(found) == {1: 300, 2: 299}
    assert found.fee_off_cents == 299


@pytest.mark.parametrize(
    ("terms", "off"), [({"rate_ppm": 500_000}, 150), ({"off_cents": 100}, 100), ({"price_cents": 99}, 200)]
)
def test_the_fee_may_be_cut_by_a_part_by_an_amount_or_to_a_price(terms, off):
    assert best([pizza(0, 2000)], deal(1, K.DELIVERY, **terms), fee_cents=299).fee_off_cents == off


def test_a_bundle_repeats_as_often_as_it_fits_and_may():
    two = Slot(sizes=("l",), count=2)
    units = [pizza(n, 2000) for n in range(7)]
    found = best(units, deal(1, K.BUNDLE_PRICE, two, price_cents=3000))
    assert (found.applications[0].times, taken(found)) == (3, {1: 3000})
    assert taken(best(units, deal(1, K.BUNDLE_PRICE, two, price_cents=3000, max_per_order=2))) == {1: 2000}


def test_toppings_beyond_those_included_are_paid_for():
    two_toppings = Slot(categories=("pizza",), most_toppings=2, count=2)
    units = [pizza(0, 1600, beyond_cents=(450, 300, 150)), pizza(1, 1200)]
    found = best(units, deal(1, K.BUNDLE_PRICE, two_toppings, price_cents=2000))
    assert taken(found) == {1: 1600 - 150 + 1200 - 2000}


def test_specialties_can_be_left_out():
    own = Slot(categories=("pizza",), no_specialties=True)
    units = [pizza(0, 1600, specialty=True), pizza(1, 1200)]
    assert best(units, deal(1, K.PERCENT_ITEMS, own, rate_ppm=100_000)).applications[0].shares == {1: 120}


def test_what_is_got_is_never_dearer_than_what_is_bought():
    units = [pizza(0, 2000), pizza(1, 1800), pizza(2, 1000), pizza(3, 800)]
    found = best(units, deal(1, K.BUY_X_GET_Y, LARGE, LARGE, rate_ppm=1_000_000))
    assert found.applications[0].shares == {0: 0, 1: 1800, 2: 0, 3: 800}
    dear = best([pizza(0, 1000), thing(1, "dip", 1200)], deal(1, K.BUY_X_GET_Y, LARGE, DIP, rate_ppm=500_000))
    assert taken(dear) == {}


def test_a_free_item_does_not_use_up_what_it_comes_with():
    units = [pizza(0, 2000), pizza(1, 2000), thing(2, "dip", 100), thing(3, "dip", 150), thing(4, "dip", 120)]
    two = deal(1, K.BUNDLE_PRICE, Slot(sizes=("l",), count=2), price_cents=3000)
    dip = deal(2, K.FREE_ITEM, PIZZA, DIP)
    assert taken(best(units, two, dip)) == {1: 1000, 2: 270}  # one for each pizza, the dearest two


def test_steps_of_a_percentage_go_by_how_many_it_takes():
    steps = (Tier(2, 100_000), Tier(3, 200_000))
    tiered = deal(1, K.TIERED_PERCENT, PIZZA, tiers=steps)
    offs = [taken(best([pizza(m, 1000) for m in range(n)], tiered)).get(1, 0) for n in (1, 2, 3, 4)]
    assert offs == [0, 200, 600, 800]


def test_a_fixed_price_asks_for_its_number_and_leaves_what_is_cheaper_alone():
    each = deal(1, K.FIXED_EACH, MEDIUM, price_cents=799, min_count=2)
    assert taken(best([pizza(0, 1200, "m")], each)) == {}
    found = best([pizza(0, 1200, "m"), pizza(1, 700, "m")], each)
    assert found.applications[0].shares == {0: 401, 1: 0}


def test_a_cap_bounds_a_percentage():
    assert taken(best([pizza(0, 9000)], deal(1, K.PERCENT_ORDER, rate_ppm=250_000, cap_cents=1500))) == {1: 1500}


def test_nothing_is_ever_made_dearer():
    assert (
        best([pizza(0, 900), pizza(1, 900)], deal(1, K.BUNDLE_PRICE, LARGE, LARGE, price_cents=2000)).applications == ()
    )
    assert best([], deal(1, K.DELIVERY, rate_ppm=1_000_000), fee_cents=299).total_cents == 299


def test_ties_go_to_fewer_deals_and_then_to_the_lower_id():
    units = [pizza(0, 1000), thing(1, "dip", 1000)]
    one = deal(3, K.AMOUNT_ITEMS, Slot(), off_cents=100)
    parts = [deal(1, K.AMOUNT_ITEMS, PIZZA, off_cents=100), deal(2, K.AMOUNT_ITEMS, DIP, off_cents=100)]
    assert best(units, *parts, one).deal_ids == (3,)
    assert best(units[:1], parts[0], one).deal_ids == (1,)


def test_tax_decides_between_deals_that_take_off_the_same():
    """Off what is taxed more, a dollar is worth more."""
    units = [pizza(0, 1000, rate_ppm=0), thing(1, "drink", 1000, rate_ppm=100_000)]
    box = deal(1, K.BUNDLE_PRICE, PIZZA, price_cents=900, combine=Combine.EXCLUSIVE)
    drink = deal(2, K.AMOUNT_ITEMS, DRINK, off_cents=100, combine=Combine.EXCLUSIVE)
    found = best(units, box, drink)
    assert (found.deal_ids, found.total_cents) == ((2,), 1000 + 900 + 90)


def test_an_item_that_is_taxed_less_takes_a_share_that_saves_less():
    """Five of the ten dollars move from what is taxed a tenth to what is not taxed: fifty cents, the most that the law
    of another item allows (docs/decisions/0027). Taxed alike, or more, it costs what it costs alone."""
    ten_off = deal(1, K.AMOUNT_ORDER, off_cents=1000)
    pizzas = [pizza(0, 2000, rate_ppm=100_000)]
    assert best(pizzas, ten_off).total_cents == 1100
    totals = {0: 1100 + 2000 + 50, 100_000: 1100 + 2200, 200_000: 1100 + 2400 - 50}
    for rate, total in totals.items():
        assert best([*pizzas, thing(1, "drink", 2000, rate_ppm=rate)], ten_off).total_cents == total


def test_a_pinned_deal_that_cannot_be_used_leaves_the_best_without_it():
    three = deal(1, K.AMOUNT_ITEMS, LARGE, off_cents=300)
    two = deal(2, K.BUNDLE_PRICE, Slot(sizes=("l",), count=2), price_cents=2900)
    assert best([pizza(0, 2000)], three, two, pinned=2).deal_ids == (1,)
    assert best([pizza(0, 2000)], three, pinned=99).deal_ids == (1,)


def test_an_application_says_what_it_is_and_at_which_stage():
    found = best([pizza(0, 2000)], deal(1, K.PERCENT_ORDER, rate_ppm=100_000))
    assert found.applications == (Application(1, 1, "Deal 1", {0: 200}, Stage.ORDER),)


def test_past_the_work_limit_the_answer_says_how_far_it_may_be_from_the_best(monkeypatch):
    units = [pizza(n, 1000 + 37 * n % 900, "lm"[n % 2]) for n in range(20)] + [thing(50, "dip", 99)]
    deals = [
        deal(1, K.BUNDLE_PRICE, LARGE, MEDIUM, price_cents=2300),
        deal(2, K.BUY_X_GET_Y, Slot(categories=("pizza",), count=2), PIZZA, rate_ppm=600_000),
        deal(3, K.TIERED_PERCENT, PIZZA, tiers=(Tier(3, 111_111), Tier(9, 222_222))),
    ]
    proved = best(units, *deals)
    assert proved.certificate.proved
    monkeypatch.setattr("app.promotions.best.MOST_STEPS", 900)
    hasty = best(units, *deals)
    certificate = hasty.certificate
    assert certificate.steps < 3000
    assert not certificate.proved
    assert certificate.bound_cents <= proved.total_cents <= hasty.total_cents
    assert certificate.gap_cents == hasty.total_cents - certificate.bound_cents
