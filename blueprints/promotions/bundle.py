"""A bundle as its page shows it: numbered places, what lies in each, and what would fit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.money import format_cents
from app.menu.service import Catalogue, Choice, Selection
from app.orders.bundles import extra_cents, fills, options, places
from app.orders.values import CartView, LineView
from app.promotions import service as promotions
from app.promotions.service import Application, Deal, Obstacle, Slot
from blueprints import picks
from blueprints.slot_words import short_cents, slot_words


@dataclass(frozen=True, slots=True)
class OptionView:
    """Something that fits a place: its product, what it costs on top, and where to customize it (pizzas)."""

    slug: str
    name: str
    choice: Choice
    extra_cents: int
    customize: str | None


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place: its heading (`Pizza 2`), what it asks for, what fills it, and what fits.

    `stray` is the name of what lies in it and does not fit any more.
    """

    number: int
    name: str
    asks: str
    line: LineView | None
    stray: str
    extra_cents: int
    customize: str | None
    options: tuple[OptionView, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle with its places, and what stands against it whatever they hold.

    `application` is what it takes off in the cart, `unused` why it takes nothing off.
    """

    deal: Deal
    against: Obstacle | None
    places: tuple[PlaceView, ...]
    application: Application | None
    unused: str

    @property
    def missing(self) -> int:
        """How many places are empty."""
        return sum(place.line is None for place in self.places)

    @property
    def next_name(self) -> str:
        """The first place that is empty."""
        return next((place.name.lower() for place in self.places if place.line is None), "")

    @property
    def words(self) -> str:
        """What it comes to, as far as that is known."""
        price = short_cents(self.deal.price_cents or 0)
        extra = sum(place.extra_cents for place in self.places)
        extras = f" and {format_cents(extra)} for extras" if extra else ""
        if self.missing:
            chosen = len(self.places) - self.missing
            return f"{chosen} of {len(self.places)} chosen. Together {price}{extras}."
        if self.application is None:
            return f"All chosen. {self.unused}"
        return f"All chosen: {price}{extras}. You save {format_cents(self.application.off_cents)}."


def lay_out(
    deal: Deal, menu: Catalogue, taken: Mapping[int, LineView], cart: CartView | None, against: Obstacle | None
) -> Bundle:
    """The places of a deal with what the cart has for them."""
    applied = cart.deals.offer.applications if cart else ()
    slots = places(deal)
    names = _names(slots, menu)
    return Bundle(
        deal=deal,
        against=against,
        places=tuple(_place(deal, menu, n, names[n - 1], slot, taken.get(n)) for n, slot in enumerate(slots, start=1)),
        application=next((each for each in applied if each.deal_id == deal.id), None),
        unused=_unused(deal, taken, cart, against) if cart else "",
    )


def _unused(deal: Deal, taken: Mapping[int, LineView], cart: CartView, against: Obstacle | None) -> str:
    """Why a full bundle takes nothing off, where it does not."""
    why_not = against or promotions.below_minimum(deal, cart.quote.food_cents)
    if why_not:
        return why_not.message
    if any(line.problem for line in taken.values()):
        return "But something of it cannot be made, so the deal waits."
    if cart.discounts:
        return "Something else in your order saves you more than this deal, so that is used."
    return "By themselves they cost no more than with this deal, so it is not used."


def _place(deal: Deal, menu: Catalogue, number: int, name: str, slot: Slot, there: LineView | None) -> PlaceView:
    line = there if there and fills(slot, there) else None
    choice = line.choice if line else None
    return PlaceView(
        number=number,
        name=name,
        asks=slot_words(slot, menu),
        line=line,
        stray=there.name if there and not line else "",
        extra_cents=extra_cents(slot, choice) if choice else 0,
        customize=_customize(menu, deal.id, number, choice.selection) if choice and choice.pizza else None,
        options=tuple(
            OptionView(
                slug=option.choice.selection.product,
                name=menu.products[option.choice.selection.product].name,
                choice=option.choice,
                extra_cents=option.extra_cents,
                customize=_customize(menu, deal.id, number, option.choice.selection) if option.choice.pizza else None,
            )
            for option in options(menu, slot)
        ),
    )


def _customize(menu: Catalogue, deal_id: int, number: int, selection: Selection) -> str:
    """The builder with this pizza, which goes back into the place that it came from."""
    pizza = picks.write(menu, selection, selection.placements or ())
    return f"/build/{selection.product}?{pizza}&deal={deal_id}&place={number}"


def _names(slots: tuple[Slot, ...], menu: Catalogue) -> list[str]:
    """`Pizza 1`, `Pizza 2`, `Side`: numbered where there are several of a kind."""
    kinds = [_kind(slot, menu) for slot in slots]
    times = Counter(kinds)
    return [f"{kind} {kinds[:n].count(kind) + 1}" if times[kind] > 1 else kind for n, kind in enumerate(kinds)]


def _kind(slot: Slot, menu: Catalogue) -> str:
    wanted = set(slot.categories) or {menu.products[slug].category for slug in slot.products if slug in menu.products}
    sections = [category.name.removesuffix("s") for category in menu.categories if category.slug in wanted]
    return sections[0] if len(sections) == 1 else "Item"
