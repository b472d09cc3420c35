"""The cheapest total by another road, quick enough for every real cart: by sets of units, and all sums that they allow.

For each deal, what it takes off every set of units; then, deal by deal, every sum that disjoint sets come to. A sum is
a bit of a whole number, so that minimum spends need no thought: the sums are all there. For one tax rate.
"""

from bisect import bisect_right
from itertools import combinations

from app.core.money import at_rate
from app.promotions.values import Combine, Kind, Stage
from tests.domains.promotions import oracle


def cheapest(bill, deals, remembered):
    """The lowest total; `remembered` keeps what deals take off from one cart to the next."""
    addons = [deal for deal in deals if deal.combine is Combine.COMPLEMENTARY]
    lone = [deal for deal in deals if deal.combine is Combine.EXCLUSIVE or is_lone(deal)]
    usual = [deal for deal in deals if deal not in lone]
    fees = [deal for deal in usual if deal.stage is Stage.FEE and deal not in addons]
    ways = [usual, *([deal, *addons, *(fees if deal.stage is not Stage.FEE else [])] for deal in lone)]
    return min(of_group(bill, group, remembered) for group in ways)


def is_lone(deal):
    return deal.stage is Stage.ORDER and not deal.stackable and deal.combine is Combine.NORMAL


def of_group(bill, deals, remembered):
    """The lowest total of deals that may all be used together: items, one on the order, one on the fee."""
    listed = sum(unit.list_cents for unit in bill.units)
    sums = sums_of(bill, [deal for deal in deals if deal.stage is Stage.ITEM], remembered)
    orders = [None, *(deal for deal in deals if deal.stage is Stage.ORDER)]
    fees = [None, *(deal for deal in deals if deal.stage is Stage.FEE)]
    totals = []
    for order in orders:
        for fee in fees:
            floor = max((deal.min_spend_cents for deal in (order, fee) if deal), default=0)
            if allowed := bisect_right(sums, listed - floor):
                totals.append(total(bill, listed - sums[allowed - 1], order, fee))
    return min(totals)


def total(bill, food, order, fee):
    due = food - (oracle.taken_off_order(order, food) if order else 0)
    due += bill.fee_cents - (oracle.taken_off_fee(fee, bill.fee_cents) if fee else 0)
    return due + at_rate(due, bill.fee_rate_ppm)


def sums_of(bill, items, remembered):
    """Every sum that these deals can take off together, the least first."""
    units = bill.units
    reached = {0: 1}  # by set of units that are used, the sums as bits
    for deal in items:
        sets = sets_of(deal, units, remembered)
        grown = dict(reached)
        for used, sums in reached.items():
            for chosen, off in sets:
                if not used & chosen:
                    grown[used | chosen] = grown.get(used | chosen, 0) | sums << off
        reached = grown
    found = 0
    for sums in reached.values():
        found |= sums
    return [off for off, bit in enumerate(reversed(f"{found:b}")) if bit == "1"]


def sets_of(deal, units, remembered):
    """The sets of units that a deal may take, as bits, and what it takes off each."""
    able = [n for n, unit in enumerate(units) if any(oracle.fits(slot, unit) for slot in deal.slots)]
    beside = len([unit for unit in units if deal.kind is Kind.FREE_ITEM and oracle.fits(deal.slots[0], unit)])
    found = []
    for size in range(1, len(able) + 1):
        for chosen in combinations(able, size):
            if offs := offs_of(deal, [units[n] for n in chosen], units, beside, remembered):
                members = sum([1 << n for n in chosen])
                found += [(members, off) for off in offs]
    return found


def offs_of(deal, chosen, units, beside, remembered):
    """All that a deal may take off exactly these units: a minimum spend may ask for less than the most.

    Of the other units only matters `beside`: how many there are with which something is free.
    """
    key = (deal.id, beside, *sorted([(unit.list_cents, unit.size, unit.category) for unit in chosen]))
    if key not in remembered:
        ways = [oracle.item_shares(deal, members, units) for members in seated(deal, chosen)]
        remembered[key] = sorted({sum(shares) for shares in ways if shares} - {0})
    return remembered[key]


def seated(deal, chosen, members=()):
    """Every way in which these units may fill the slots of a deal, each slot as often as any other allows."""
    if not chosen:
        yield list(members)
        return
    total_count = sum(slot.count for slot in deal.slots)
    for n, slot in enumerate(deal.slots):
        together = deal.kind in (Kind.BUNDLE_PRICE, Kind.BUY_X_GET_Y)
        full = together and sum(at == n for _, at in members) >= slot.count * (
            (len(members) + len(chosen)) // total_count
        )
        if not full and oracle.fits(slot, chosen[0]):
            yield from seated(deal, chosen[1:], (*members, (chosen[0], n)))
