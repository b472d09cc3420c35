"""Places of deals in words, and the small words that all sentences about deals share. Pure."""

from collections.abc import Iterable, Sequence

from app.core.money import PPM, format_cents
from app.menu.service import Catalogue
from app.promotions.service import NearMiss, Slot

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_NAMED = 3
ONE_SIZE = "One size"


def slot_words(slot: Slot, menu: Catalogue, count: int | None = None) -> str:
    """What a place of a deal asks for: `two medium pizzas with up to two toppings`."""
    wanted = slot.count if count is None else count
    many = wanted > 1
    words = plural(slot, menu) if many else singular(slot, menu)
    return f"{number(wanted)} {words}" if many else f"{article(words)} {words}"


def any_of(slot: Slot, menu: Catalogue) -> str:
    """`any large pizza`, or products by name."""
    return f"any {singular(slot, menu)}" if not slot.products else singular(slot, menu)


def singular(slot: Slot, menu: Catalogue) -> str:
    """One of what fits: `large pizza`."""
    return _described(slot, menu, [name.removesuffix("s") for name in _sections(slot, menu)] or ["item"])


def plural(slot: Slot, menu: Catalogue) -> str:
    """Several of what fits: `large pizzas`."""
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


def near_words(miss: NearMiss, menu: Catalogue) -> str:
    """What a deal still waits for: `Add a large pizza for`, with its name to follow."""
    if miss.slot is None:
        return f"Add {format_cents(miss.missing_cents)} of food for"
    return f"Add {slot_words(miss.slot, menu, miss.missing)} for"


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


def article(words: str) -> str:
    """`a` or `an`, as it is spoken."""
    return "an" if words[:1].lower() in "aeiou" or words[:2] == "X-" else "a"


def upper(words: str) -> str:
    """The words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]
