"""Made-up carts and deals for hypothesis, small enough for the oracle."""

from functools import cache

from hypothesis import strategies as st

from app.promotions.values import Bill, Combine, Deal, Kind, Slot, Stage, Tier, Unit
from tests.domains.promotions import oracle

FOOD, DRINKS, NONE = 82_500, 62_500, 0
RATES = (100_000, 150_000, 200_000, 250_000, 333_333, 500_000, 1_000_000)
FEE_WAYS = (("rate_ppm", 1_000_000), ("rate_ppm", 500_000), ("off_cents", 150), ("price_cents", 99))
ON_ONE_SLOT = {Kind.PERCENT_ITEMS, Kind.AMOUNT_ITEMS, Kind.FIXED_EACH, Kind.TIERED_PERCENT}

# Hypothesis looks through what it may draw from once, and not for each draw anew, when it is the same thing.
choose, several = cache(st.sampled_from), cache(st.lists)


@cache
@st.composite
def slots(draw, most=2):
    return Slot(
        categories=draw(choose(((), (), ("pizza",), ("side",), ("drink",), ("pizza", "side")))),
        sizes=draw(choose(((), (), ("l",), ("m",)))),
        most_toppings=draw(choose((None, None, 0, 1, 2))),
        no_specialties=draw(choose((False, False, False, True))),
        count=draw(st.integers(1, most)),
    )


def numbers(draw, kind):
    """What a kind needs besides its slots."""
    rate, cents = choose(RATES), choose((50, 150, 300, 500, 1000))
    match kind:
        case Kind.PERCENT_ITEMS | Kind.BUY_X_GET_Y:
            return {"rate_ppm": draw(rate)}
        case Kind.PERCENT_ORDER:
            return {"rate_ppm": draw(rate), "cap_cents": draw(choose((None, None, 100, 300, 1000)))}
        case Kind.AMOUNT_ITEMS | Kind.AMOUNT_ORDER:
            return {"off_cents": draw(cents)}
        case Kind.FIXED_EACH:
            return {"price_cents": draw(choose((200, 799, 999, 1200))), "min_count": draw(st.integers(1, 3))}
        case Kind.BUNDLE_PRICE:
            return {"price_cents": draw(choose((500, 1299, 2000, 2599, 3500)))}
        case Kind.DELIVERY:
            name, number = draw(choose(FEE_WAYS))
            return {name: number}
        case Kind.TIERED_PERCENT:
            steps = (((2, 100_000), (3, 200_000)), ((1, 50_000), (4, 150_000)), ((2, 125_000),))
            return {"tiers": tuple(Tier(*step) for step in draw(choose(steps)))}
    return {}


@cache
@st.composite
def deals(draw, deal_id, kinds=tuple(Kind)):
    kind = draw(choose(kinds))
    if kind in ON_ONE_SLOT:
        about = (draw(slots(most=1)),)
    elif kind is Kind.BUY_X_GET_Y:
        about = (draw(slots()), draw(slots()))
    elif kind is Kind.FREE_ITEM:
        about = (draw(slots()), draw(slots(most=1)))
    elif kind is Kind.BUNDLE_PRICE:
        about = tuple(draw(several(slots(), min_size=1, max_size=3)))
    else:
        about = tuple(draw(several(slots(most=1), max_size=1))) if kind.stage is Stage.ORDER else ()
    return Deal(
        id=deal_id,
        version=1,
        name=f"Deal {deal_id}",
        kind=kind,
        slots=about,
        combine=draw(choose((*[Combine.NORMAL] * 4, Combine.EXCLUSIVE, Combine.COMPLEMENTARY))),
        stackable=draw(st.booleans()),
        min_spend_cents=draw(choose((0, 0, 0, 0, 500, 1500, 2500, 4000))),
        max_per_order=draw(choose((None, None, None, 1, 2))),
        **numbers(draw, kind),
    )


@cache
@st.composite
def units(draw, unit_id, rates=(FOOD,)):
    category, rate = draw(choose(("pizza", "pizza", "side", "drink"))), draw(choose(rates))
    if category != "pizza":
        cents = draw(choose((0, 225, 250, 599, 725)))
        return Unit(unit_id, draw(choose("xy")), None, None, cents, category, rate_ppm=rate)
    beyond = draw(choose(((), (), (150,), (300, 150), (525, 350, 175))))
    return Unit(
        id=unit_id,
        product=draw(choose("abc")),
        size=draw(choose("lm")),
        crust="thin",
        list_cents=draw(choose((999, 1250, 1475, 1675, 2075))) + sum(beyond[:1]),
        category=category,
        specialty=not beyond and draw(st.booleans()),
        beyond_cents=beyond,
        rate_ppm=rate,
    )


@cache
@st.composite
def cases(draw, most_units=8, most_deals=5, most_ways=3000, kinds=tuple(Kind)):
    """A bill and the deals for it; units are left away while the oracle would have too many ways to try."""
    rates = draw(choose(((FOOD,), (FOOD,), (FOOD, NONE), (FOOD, DRINKS, 92_500))))
    on_offer = tuple(draw(deals(n + 1, kinds)) for n in range(draw(st.integers(1, most_deals))))
    ways, found = 1, []
    for n in range(draw(st.integers(1, most_units))):
        unit = draw(units(n, rates))
        ways *= 1 + sum(oracle.fits(slot, unit) for deal in on_offer if deal.stage is Stage.ITEM for slot in deal.slots)
        if ways > most_ways:
            break
        found.append(unit)
    fee, fee_rate, minimum = draw(choose((0, 299, 499))), draw(choose((FOOD, NONE))), draw(choose((0, 0, 1000, 2000)))
    steps = draw(choose(((), (), ((1500, 0),), ((1000, 199), (2500, 0))))) if fee else ()
    return Bill(tuple(found), fee, fee_rate, minimum, steps), on_offer
