"""The cheapest total by plain enumeration: every unit into every slot or none, every deal on order and fee.

Nothing of it is shared with the engine but the values. Money is counted in fractions and rounded where the law says so.
"""

from collections import defaultdict
from fractions import Fraction
from itertools import product
from math import floor

from app.promotions.values import Combine, Kind, Stage

MILLION = 1_000_000


def rounded(amount):
    """Half up."""
    return floor(amount + Fraction(1, 2))


def share(total, weights):
    """Largest remainder; ties to the earlier."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [divmod(total * weight, whole) for weight in weights]
    shares = [floor for floor, _ in parts]
    order = sorted(range(len(weights)), key=lambda n: (-parts[n][1], n))
    for n in order[: total - sum(shares)]:
        shares[n] += 1
    return shares


def fits(slot, unit):
    """Whether a unit is what a slot asks for."""
    asked = (
        (slot.categories, unit.category),
        (slot.products, unit.product),
        (slot.sizes, unit.size),
        (slot.crusts, unit.crust),
    )
    return all(not words or word in words for words, word in asked) and not (slot.no_specialties and unit.specialty)


def counted(slot, unit):
    """What a slot counts of a unit's price."""
    beyond = dict(enumerate(unit.beyond_cents))
    return unit.list_cents - (0 if slot.most_toppings is None else beyond.get(slot.most_toppings, 0))


def item_shares(deal, members, units):
    """What a deal takes off each of its units, by id; None where the law does not let it take just these."""
    members = sorted(members, key=lambda member: member[0].id)
    cents = [counted(deal.slots[slot], unit) for unit, slot in members]
    if deal.kind in (Kind.BUNDLE_PRICE, Kind.BUY_X_GET_Y):
        return of_groups(deal, members, cents)
    return of_singles(deal, members, cents, units) if len(members) <= (deal.max_per_order or 1000) else None


def of_groups(deal, members, cents):
    """Bundles and buy-x-get-y: whole repeats only."""
    by_slot = [sum(at == slot for _, at in members) for slot in range(len(deal.slots))]
    times = by_slot[0] // deal.slots[0].count
    if times > (deal.max_per_order or 1000):
        return None
    if any(n != times * slot.count for n, slot in zip(by_slot, deal.slots, strict=True)):
        return None
    if deal.kind is Kind.BUNDLE_PRICE:
        total = sum(cents) - times * deal.price_cents
        return share(total, cents) if total >= 0 else None
    got = [each * slot for each, (_, slot) in zip(cents, members, strict=True)]
    return share(rounded(Fraction(sum(got) * deal.rate_ppm, MILLION)), got) if dealt_fairly(deal, members) else None


def of_singles(deal, members, cents, units):
    """Deals that look at each unit for itself, or at how many there are."""
    if deal.kind is Kind.FREE_ITEM:
        with_it = sum(fits(deal.slots[0], unit) and not fits(deal.slots[1], unit) for unit in units)
        most = with_it // deal.slots[0].count
        return cents if all(slot == 1 for _, slot in members) and len(members) <= most else None
    if deal.kind is Kind.AMOUNT_ITEMS:
        return [min(deal.off_cents, each) for each in cents]
    if deal.kind is Kind.FIXED_EACH:
        return [max(0, each - deal.price_cents) for each in cents] if len(members) >= deal.min_count else None
    tiers = [tier.rate_ppm for tier in deal.tiers if len(members) >= tier.count]
    if deal.kind is Kind.TIERED_PERCENT and not tiers:
        return None
    rate = max(tiers, default=deal.rate_ppm)
    return share(rounded(Fraction(sum(cents) * rate, MILLION)), cents)


def dealt_fairly(deal, members):
    """Whether bought and got go together in groups in which nothing got is dearer than anything bought."""
    bought = sorted((unit.list_cents for unit, slot in members if slot == 0), reverse=True)
    got = sorted((unit.list_cents for unit, slot in members if slot == 1), reverse=True)
    x, y = deal.slots[0].count, deal.slots[1].count
    groups = len(bought) // x
    return all(min(bought[g * x : (g + 1) * x]) >= max(got[g * y : (g + 1) * y]) for g in range(groups))


def may_stand(used):
    """Whether these deals may be used together."""
    main = [deal for deal in used if deal.combine is not Combine.COMPLEMENTARY]
    on_food = [deal for deal in main if deal.stage is not Stage.FEE]
    if any(deal.combine is Combine.EXCLUSIVE for deal in main):
        exclusive = [deal for deal in main if deal.combine is Combine.EXCLUSIVE]
        return len(exclusive) == 1 and all(deal in exclusive for deal in on_food)
    orders = [deal for deal in on_food if deal.stage is Stage.ORDER]
    return not orders or orders[0].stackable or len(on_food) == 1


def taken_off_order(deal, left):
    """What a discount on the order takes off."""
    if deal.kind is Kind.AMOUNT_ORDER:
        return min(deal.off_cents, left)
    off = rounded(Fraction(left * deal.rate_ppm, MILLION))
    return off if deal.cap_cents is None else min(off, deal.cap_cents)


def taken_off_fee(deal, fee):
    """What a deal on the fee takes off."""
    if deal.price_cents is not None:
        return max(0, fee - deal.price_cents)
    return min(fee, deal.off_cents) if deal.off_cents else rounded(Fraction(fee * deal.rate_ppm, MILLION))


def total(bill, due, fee):
    """What is to pay, with tax rounded once for each rate."""
    by_rate = defaultdict(int)
    by_rate[bill.fee_rate_ppm] += fee
    for unit in bill.units:
        by_rate[unit.rate_ppm] += due[unit.id]
    return sum(cents + rounded(Fraction(cents * rate, MILLION)) for rate, cents in by_rate.items())


def on_items(bill, deals):
    """Every way to use deals on items: what is then due by unit, and the deals that took something off."""
    items = [deal for deal in deals if deal.stage is Stage.ITEM]
    seats = [
        [None, *((deal, n) for deal in items for n, slot in enumerate(deal.slots) if fits(slot, unit))]
        for unit in bill.units
    ]
    found = set()
    for chosen in product(*seats):
        pools = defaultdict(list)
        for unit, seat in zip(bill.units, chosen, strict=True):
            if seat:
                pools[seat[0]].append((unit, seat[1]))
        if not may_stand(pools):
            continue
        due, used = {unit.id: unit.list_cents for unit in bill.units}, []
        for deal, members in pools.items():
            shares = item_shares(deal, members, bill.units)
            if shares is None:
                break
            for (unit, _), off in zip(sorted(members, key=lambda member: member[0].id), shares, strict=True):
                due[unit.id] -= off
            if any(shares):
                used.append(deal)
        else:
            found.add((tuple(sorted(due.items())), tuple(sorted(used, key=lambda deal: deal.id))))
    return found


def combinations(bill, deals):
    """Every valid combination as (total, how many deals, their ids)."""
    orders = [None, *(deal for deal in deals if deal.stage is Stage.ORDER)]
    fees = [None, *(deal for deal in deals if deal.stage is Stage.FEE)]
    listed = sum(unit.list_cents for unit in bill.units)
    for dues, items in on_items(bill, deals):
        food = sum(cents for _, cents in dues)
        for order, fee in product(orders, fees):
            used = [*items, *(deal for deal in (order, fee) if deal)]
            if not may_stand(used) or any(food < deal.min_spend_cents for deal in used):
                continue
            if food < bill.minimum_cents <= listed:
                continue
            due = dict(dues)
            if order:
                about = [
                    u.id for u in sorted(bill.units, key=lambda u: u.id) if not order.slots or fits(order.slots[0], u)
                ]
                off = taken_off_order(order, sum(due[n] for n in about))
                for n, part in zip(about, share(off, [due[n] for n in about]), strict=True):
                    due[n] -= part
                if not off:
                    continue
            off = taken_off_fee(fee, bill.fee_cents) if fee else 0
            if fee and not off:
                continue
            yield total(bill, due, bill.fee_cents - off), len(used), sorted(deal.id for deal in used)


def cheapest(bill, deals, pinned=None):
    """The best combination, None when the pinned deal is in none."""
    found = (each for each in combinations(bill, deals) if pinned is None or pinned in each[2])
    return min(found, default=None)
