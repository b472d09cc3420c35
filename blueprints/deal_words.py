"""Deals in words, as customers read them: what a coupon gives, for what, and within which limits. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.money import PPM, format_cents
from app.menu.service import Catalogue
from app.promotions.eligibility import hours_in_words
from app.promotions.service import Coupon, Deal, Kind, Listed, Obstacle, Reason
from app.promotions.values import Combine, Tier, Window
from blueprints.slot_words import (
    any_of,
    joined,
    number,
    percent,
    plural,
    short_cents,
    singular,
    slot_words,
    upper,
)

ALWAYS = hours_in_words(Window())
SPLIT = PPM // 2


@dataclass(frozen=True, slots=True)
class Way:
    """A link out of what stands against a deal."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as a coupon: the stub, what it gives, its limits, and why it does not hold here with the way out.

    `by_code` is one that needs a code, `code` the one that everybody may know.
    """

    id: int
    name: str
    big: str
    small: str
    gives: str
    limits: tuple[str, ...]
    by_code: bool
    code: str | None
    bundle: bool
    why: str = ""
    way: Way | None = None


def card(listed: Listed, menu: Catalogue) -> Card:
    """A listed deal as its coupon."""
    deal, against = listed.deal, listed.obstacle
    big, small = stub(deal)
    return Card(
        id=deal.id,
        name=deal.name,
        big=big,
        small=small,
        gives=gives(deal, menu),
        limits=limits(deal),
        by_code=deal.by_code,
        code=listed.code if deal.by_code else None,
        bundle=deal.kind is Kind.BUNDLE_PRICE,
        why=_why(against) if against else "",
        way=way_out(listed, against) if against else None,
    )


def _why(against: Obstacle) -> str:
    """Days and hours stand among the limits already."""
    return "Not at this time." if against.reason is Reason.WRONG_TIME else against.message


def stub(deal: Deal) -> tuple[str, str]:
    """The large word of a coupon, and the small one beside it."""
    match deal.kind:
        case Kind.BUNDLE_PRICE | Kind.FIXED_EACH:
            return short_cents(deal.price_cents or 0), "each" if deal.kind is Kind.FIXED_EACH else "together"
        case Kind.AMOUNT_ITEMS | Kind.AMOUNT_ORDER:
            return short_cents(deal.off_cents), "off"
        case Kind.FREE_ITEM:
            return "free", "on top"
        case Kind.BUY_X_GET_Y:
            return ("free", "the second") if deal.rate_ppm == PPM else (percent(deal.rate_ppm), "off the second")
        case Kind.TIERED_PERCENT:
            return percent(deal.tiers[-1].rate_ppm), "up to"
        case Kind.DELIVERY:
            return _delivery_stub(deal), "delivery"
    return percent(deal.rate_ppm), "off"


def _delivery_stub(deal: Deal) -> str:
    if deal.rate_ppm == PPM or deal.price_cents == 0:
        return "free"
    if deal.price_cents is not None:
        return short_cents(deal.price_cents)
    return f"−{short_cents(deal.off_cents)}" if deal.off_cents else f"−{percent(deal.rate_ppm)}"


def gives(deal: Deal, menu: Catalogue) -> str:
    """What a deal gives, in a sentence: `Two medium pizzas with up to two toppings, together for $24.`"""
    return f"{upper(GIVES[deal.kind](deal, menu))}."


def _off_items(deal: Deal, menu: Catalogue) -> str:
    return f"{_amount(deal)} off {any_of(deal.slots[0], menu)}"


def _each(deal: Deal, menu: Catalogue) -> str:
    least = f"{number(deal.min_count)} or more, " if deal.min_count > 1 else ""
    return f"{any_of(deal.slots[0], menu)}, {least}{short_cents(deal.price_cents or 0)} each"


def _bundle(deal: Deal, menu: Catalogue) -> str:
    items = joined([slot_words(slot, menu) for slot in deal.slots])
    return f"{items}, together for {short_cents(deal.price_cents or 0)}"


def _buy_and_get(deal: Deal, menu: Catalogue) -> str:
    bought, got = (slot_words(slot, menu) for slot in deal.slots)
    price = {PPM: "free", SPLIT: "for half"}.get(deal.rate_ppm, f"for {percent(deal.rate_ppm)} less")
    return f"buy {bought}, get {got} {price}"


def _free(deal: Deal, menu: Catalogue) -> str:
    bought, got = deal.slots
    return f"a free {singular(got, menu)} with {slot_words(bought, menu)}"


def _off_order(deal: Deal, menu: Catalogue) -> str:
    most = f", at most {short_cents(deal.cap_cents)}" if deal.cap_cents else ""
    return f"{_amount(deal)} off {plural(deal.slots[0], menu) if deal.slots else 'your order'}{most}"


def _tiers(deal: Deal, menu: Catalogue) -> str:
    items = plural(deal.slots[0], menu)
    return joined([_step(tier, items, first=tier is deal.tiers[0]) for tier in deal.tiers])


def _step(tier: Tier, items: str, *, first: bool) -> str:
    return f"{percent(tier.rate_ppm)} off {number(tier.count)}{f' {items}' if first else ''}"


def _delivery(deal: Deal, _menu: Catalogue) -> str:
    word = _delivery_stub(deal)
    if word == "free":
        return "free delivery"
    return f"{word.removeprefix('−')} off delivery" if word.startswith("−") else f"delivery for {word}"


def _amount(deal: Deal) -> str:
    return percent(deal.rate_ppm) if deal.rate_ppm else short_cents(deal.off_cents)


GIVES: dict[Kind, Callable[[Deal, Catalogue], str]] = {
    Kind.PERCENT_ITEMS: _off_items,
    Kind.AMOUNT_ITEMS: _off_items,
    Kind.FIXED_EACH: _each,
    Kind.BUNDLE_PRICE: _bundle,
    Kind.BUY_X_GET_Y: _buy_and_get,
    Kind.FREE_ITEM: _free,
    Kind.PERCENT_ORDER: _off_order,
    Kind.AMOUNT_ORDER: _off_order,
    Kind.DELIVERY: _delivery,
    Kind.TIERED_PERCENT: _tiers,
}


def limits(deal: Deal) -> tuple[str, ...]:
    """When, where, how and how often a deal holds, each in a few words."""
    when = hours_in_words(deal.window)
    found = [
        f"{' and '.join(deal.methods).capitalize()} only" if deal.methods else "",
        upper(when) if when != ALWAYS else "",
        f"From {short_cents(deal.min_spend_cents)} of food" if deal.min_spend_cents else "",
        f"Until {deal.window.last:%B} {deal.window.last.day}" if deal.window.last else "",
        "At some stores" if deal.stores else "",
        "On your first order" if deal.first_order else "",
        _per_customer(deal.limit_per_customer),
        f"For the first {deal.limit:,} orders" if deal.limit else "",
        "Not with other deals" if deal.combine is Combine.EXCLUSIVE else "",
    ]
    return tuple(filter(None, found))


def _per_customer(limit: int | None) -> str:
    if limit is None:
        return ""
    return "Once per customer" if limit == 1 else f"{upper(number(limit))} times per customer"


def way_out(listed: Listed, against: Obstacle) -> Way | None:
    """What a customer can do about what stands against a deal."""
    if against.reason is Reason.CODE_MISSING and listed.code:
        return Way(f"/d/{listed.code}", "Use it")
    if against.reason is Reason.WRONG_METHOD:
        method = listed.deal.methods[0]
        return Way(f"/where?method={method}&next=/deals", f"Switch to {method}")
    if against.reason is Reason.WRONG_STORE:
        return Way("/stores", "Choose another store")
    if against.reason is Reason.WRONG_TIME:
        return Way("/where?next=/deals", "Choose another time")
    return None


def dearer_words(coupon: Coupon) -> str:
    """Why a code that could be used is not: what would be to pay with it, against what was taken."""
    if coupon.dearer_cents < 0:
        return "Another code was chosen instead."
    if not coupon.dearer_cents:
        return "With it you would pay the same, so nothing changes."
    return f"With it you would pay {format_cents(coupon.dearer_cents)} more, so the better deal stays."
