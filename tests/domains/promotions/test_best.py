"""The cheapest combination, against an oracle that tries every one (price law, sections 3 to 6)."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.money import at_rate
from app.promotions.best import cheaper, cheapest
from app.promotions.values import Kind, Stage
from tests.domains.promotions import oracle
from tests.domains.promotions.carts import DRINKS, FOOD, NONE, cases, units

RATES = (FOOD, DRINKS, NONE, 92_500)
SURE = settings(derandomize=True, max_examples=400)
SHORT = settings(derandomize=True, max_examples=150)


def rank(offer):
    return offer.total_cents, len(offer.deal_ids), list(offer.deal_ids)


@SURE
@given(cases())
def test_nothing_is_cheaper_than_what_is_found(case):
    bill, deals = case
    found = cheapest(bill, deals)
    assert rank(found) == oracle.cheapest(bill, deals)
    assert found.certificate.proved
    assert found.certificate.bound_cents == found.total_cents


@SURE
@given(cases())
def test_something_cheaper_is_found_exactly_when_there_is(case):
    bill, deals = case
    found = cheapest(bill, deals)
    assert cheaper(bill, deals, found.total_cents) is None
    assert cheaper(bill, deals, found.total_cents + 1) == found
    assert cheaper(bill, deals, 10 * found.total_cents + 1) == found


@SHORT
@given(cases(most_deals=2, most_ways=8000, kinds=(Kind.BUNDLE_PRICE, Kind.BUY_X_GET_Y)))
def test_bundles_and_gifts_that_vie_for_the_same_items_are_laid_out_best(case):
    bill, deals = case
    assert rank(cheapest(bill, deals)) == oracle.cheapest(bill, deals)


@SHORT
@given(cases(most_units=6))
def test_a_pinned_deal_is_used_wherever_it_can_be(case):
    bill, deals = case
    for deal in deals:
        if deal.stage is Stage.FEE and bill.fee_steps:
            continue  # nobody is led to a higher fee so that a code may take something off it
        expected = oracle.cheapest(bill, deals, deal.id) or oracle.cheapest(bill, deals)
        assert rank(cheapest(bill, deals, pinned=deal.id)) == expected


@SHORT
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(case, dice):
    bill, deals = case
    straight = cheapest(bill, deals)
    shuffled = list(bill.units)
    dice.shuffle(shuffled)
    assert cheapest(replace(bill, units=tuple(shuffled)), deals) == straight
    renumbered = replace(bill, units=tuple(replace(unit, id=n) for n, unit in enumerate(shuffled)))
    assert rank(cheapest(renumbered, deals)) == rank(straight)
    assert cheapest(bill, deals[::-1]) == straight


@SHORT
@given(cases())
def test_shares_are_whole_and_bounded(case):
    bill, deals = case
    found = cheapest(bill, deals)
    at_stage_one = [each.shares for each in found.applications if each.stage is Stage.ITEM]
    assert len([unit for shares in at_stage_one for unit in shares]) == len(
        {u for shares in at_stage_one for u in shares}
    )
    for unit in bill.units:
        assert 0 <= found.off(unit.id) <= unit.list_cents
    for application in found.applications:
        assert application.off_cents > 0
        assert all(share >= 0 for share in application.shares.values())
    assert 0 <= found.fee_off_cents <= bill.fee_cents


@SHORT
@given(cases())
def test_taking_a_deal_away_never_lowers_the_total(case):
    bill, deals = case
    total = cheapest(bill, deals).total_cents
    for gone in deals:
        assert cheapest(bill, [deal for deal in deals if deal is not gone]).total_cents >= total


@SHORT
@given(cases(), units(100, RATES))
def test_another_item_makes_the_rest_no_dearer_but_for_the_tax_on_what_it_takes_of_a_shared_discount(case, more):
    """What was valid before is valid beside the new item too, which costs its list price and tax at the most.

    A discount on the order is shared. Where the new item is taxed less than others, its share saves less than it did
    there: by the difference of the rates on that share, and nothing else (docs/decisions/0027). With one rate that is
    nothing. A delivery minimum that is reached only now may forbid what could be had before.
    """
    bill, deals = (replace(case[0], minimum_cents=0), case[1])
    before = cheapest(bill, deals)
    after = cheapest(replace(bill, units=(*bill.units, more)), deals)
    moved = min(before.off_at(Stage.ORDER), more.list_cents)
    rates = {unit.rate_ppm for unit in (*bill.units, more)}
    dearer = at_rate(moved, max(rates) - more.rate_ppm)
    alone = more.list_cents + at_rate(more.list_cents, more.rate_ppm)
    assert after.total_cents <= before.total_cents + alone + dearer + len(rates)


@SHORT
@given(cases(most_units=6))
def test_the_total_is_what_its_own_shares_say(case):
    bill, deals = case
    found = cheapest(bill, deals)
    due = {unit.id: unit.list_cents - found.off(unit.id) for unit in bill.units}
    assert oracle.total(bill, due, bill.fee_with(found) - found.fee_off_cents) == found.total_cents
