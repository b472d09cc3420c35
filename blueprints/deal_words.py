"""Deals in words, as customers read them: what a coupon gives, for what, and within which limits. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.core.money import PPM, format_cents
from app.menu.service import Catalogue
from app.promotions.eligibility import DAY_NAMES, hours_in_words
from app.promotions.service import Deal, Kind, Listed, Obstacle, Reason, Slot
from app.promotions.values import Combine, Tier, Window

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ALWAYS = hours_in_words(Window())
SPLIT = PPM // 2
MOST_NAMED = 3
ONE_SIZE = "One size"


@dataclass(frozen=True, slots=True)
class Way:
    """A link out of what stands against a deal."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as a coupon: the stub, what it gives, its limits, and why it does not hold here with the way out."""

    id: int
    name: str
    big: str
    small: str
    gives: str
    limits: tuple[str, ...]
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
        code=listed.code if deal.by_code else None,
        bundle=deal.kind is Kind.BUNDLE_PRICE,
        why=_why(against) if against else "",
        way=way_out(deal, against) if against else None,
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
    return f"{_upper(GIVES[deal.kind](deal, menu))}."


def _off_items(deal: Deal, menu: Catalogue) -> str:
    return f"{_amount(deal)} off {_any(deal.slots[0], menu)}"


def _each(deal: Deal, menu: Catalogue) -> str:
    least = f"{number(deal.min_count)} or more, " if deal.min_count > 1 else ""
    return f"{_any(deal.slots[0], menu)}, {least}{short_cents(deal.price_cents or 0)} each"


def _bundle(deal: Deal, menu: Catalogue) -> str:
    items = joined([slot_words(slot, menu) for slot in deal.slots])
    return f"{items}, together for {short_cents(deal.price_cents or 0)}"


def _buy_and_get(deal: Deal, menu: Catalogue) -> str:
    bought, got = (slot_words(slot, menu) for slot in deal.slots)
    price = {PPM: "free", SPLIT: "for half"}.get(deal.rate_ppm, f"for {percent(deal.rate_ppm)} less")
    return f"buy {bought}, get {got} {price}"


def _free(deal: Deal, menu: Catalogue) -> str:
    bought, got = deal.slots
    return f"a free {_singular(got, menu)} with {slot_words(bought, menu)}"


def _off_order(deal: Deal, menu: Catalogue) -> str:
    most = f", at most {short_cents(deal.cap_cents)}" if deal.cap_cents else ""
    return f"{_amount(deal)} off {_plural(deal.slots[0], menu) if deal.slots else 'your order'}{most}"


def _tiers(deal: Deal, menu: Catalogue) -> str:
    items = _plural(deal.slots[0], menu)
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


def slot_words(slot: Slot, menu: Catalogue, count: int | None = None) -> str:
    """What a place of a deal asks for: `two medium pizzas with up to two toppings`."""
    wanted = slot.count if count is None else count
    many = wanted > 1
    words = _plural(slot, menu) if many else _singular(slot, menu)
    return f"{number(wanted)} {words}" if many else f"{_article(words)} {words}"


def _any(slot: Slot, menu: Catalogue) -> str:
    return f"any {_singular(slot, menu)}" if not slot.products else _singular(slot, menu)


def _singular(slot: Slot, menu: Catalogue) -> str:
    return _described(slot, menu, [name.removesuffix("s") for name in _sections(slot, menu)] or ["item"])


def _plural(slot: Slot, menu: Catalogue) -> str:
    return _described(slot, menu, _sections(slot, menu) or ["items"])


def _sections(slot: Slot, menu: Catalogue) -> list[str]:
    """The sections of the menu that a place is about, also when it names more products than anybody would read."""
    products = [menu.products[slug] for slug in slot.products if slug in menu.products]
    wanted = {product.category for product in products} or set(slot.categories)
    return [category.name.lower() for category in menu.categories if category.slug in wanted]


def _described(slot: Slot, menu: Catalogue, sections: Sequence[str]) -> str:
    products = [menu.products[slug].name for slug in slot.products if slug in menu.products]
    names = [_inside(name) for name in products] if 0 < len(products) <= MOST_NAMED else sections
    sizes = [size for key, size in menu.sizes.items() if key in slot.sizes]
    packs = [size.name for size in sizes if not size.topping_cents and size.name != ONE_SIZE]
    crusts = [crust.name.lower() for key, crust in menu.crusts.items() if key in slot.crusts]
    words = [joined((_small(size.name) for size in sizes if size.topping_cents), "or"), joined(names, "or")]
    words += [f"({joined(packs, 'or')})"] if packs else []
    words += [f"on {joined(crusts, 'or')} crust"] if crusts else []
    words += [_toppings(slot.most_toppings)] if slot.most_toppings is not None else []
    words += ["that you build yourself"] if slot.no_specialties else []
    return " ".join(filter(None, words))


def _inside(name: str) -> str:
    """A product's name inside a sentence."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _small(size: str) -> str:
    return size if size[:1] == "X" else size.lower()


def _toppings(most: int) -> str:
    if most == 0:
        return "without extra toppings"
    return f"with up to {number(most)} topping{'s' if most > 1 else ''}"


def limits(deal: Deal) -> tuple[str, ...]:
    """When, where, how and how often a deal holds, each in a few words."""
    when = _when(deal.window)
    found = [
        f"{' and '.join(deal.methods).capitalize()} only" if deal.methods else "",
        _upper(when) if when != ALWAYS else "",
        f"From {short_cents(deal.min_spend_cents)} of food" if deal.min_spend_cents else "",
        f"Until {deal.window.last:%B} {deal.window.last.day}" if deal.window.last else "",
        "At some stores" if deal.stores else "",
        "On your first order" if deal.first_order else "",
        _per_customer(deal.limit_per_customer),
        f"For the first {deal.limit:,} orders" if deal.limit else "",
        "Not with other deals" if deal.combine is Combine.EXCLUSIVE else "",
    ]
    return tuple(filter(None, found))


def _when(window: Window) -> str:
    """Days and hours, days that follow one another as `Mondays to Thursdays`."""
    days = window.weekdays
    if len(days) < MOST_NAMED or list(days) != list(range(days[0], days[-1] + 1)):
        return hours_in_words(window)
    hours = hours_in_words(replace(window, weekdays=()))
    span = f"{DAY_NAMES[days[0]]}s to {DAY_NAMES[days[-1]]}s"
    return span if hours == ALWAYS else f"{span}, {hours}"


def _per_customer(limit: int | None) -> str:
    if limit is None:
        return ""
    return "Once per customer" if limit == 1 else f"{_upper(number(limit))} times per customer"


def way_out(deal: Deal, against: Obstacle) -> Way | None:
    """What a customer can do about what stands against a deal."""
    if against.reason is Reason.WRONG_METHOD:
        method = deal.methods[0]
        return Way(f"/where?method={method}&next=/deals", f"Switch to {method}")
    if against.reason is Reason.WRONG_STORE:
        return Way("/stores", "Choose another store")
    if against.reason is Reason.WRONG_TIME:
        return Way("/where?next=/deals", "Choose another time")
    return None


def percent(rate_ppm: int) -> str:
    """A rate as people read it: `25%`, `12.5%`."""
    whole, rest = divmod(rate_ppm, PPM // 100)
    return f"{whole}.{rest // 1000}%" if rest // 1000 else f"{whole}%"


def short_cents(cents: int) -> str:
    """An amount on a coupon: whole dollars without cents."""
    return format_cents(cents).removesuffix(".00")


def number(count: int) -> str:
    """A count in a sentence: words up to ten."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def joined(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    found = list(words)
    return f"{', '.join(found[:-1])} {last} {found[-1]}" if len(found) > 1 else "".join(found)


def _article(words: str) -> str:
    return "an" if words[:1].lower() in "aeiou" or words[:2] == "X-" else "a"


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
