"""What is said beside a cart's price, and the places of a bundle, as the API says them."""

from collections.abc import Iterable
from datetime import date, datetime

from app.menu.service import Catalogue
from app.orders.advising import Advice
from app.orders.bundles import fills, options, places
from app.orders.values import LineView
from app.promotions.service import Deal, NearMiss, Slot, Trial
from app.stores.service import StoreInfo
from blueprints.api.carts import Line, line
from blueprints.api.shape import Id, Moment, Money, Shape, money
from blueprints.slot_words import near_words, slot_words


class Near(Shape):
    """A deal that waits for little, and what for."""

    deal_id: Id
    name: str
    waits_for: str
    missing: Money | None


class Better(Shape):
    """One thing more with which the order costs less."""

    product_id: str
    name: str
    saves: Money


class Tried(Shape):
    """A combination of deals that was weighed; `whyNot` is empty for the one that was taken."""

    names: list[str]
    saves: Money
    total: Money
    why_not: str


class Advised(Shape):
    """What would make the order cheaper, and why it costs what it does."""

    suggestion: Better | None
    near: list[Near]
    weighed: list[Tried]


class Time(Shape):
    """A moment that can be chosen, and whether the store has room then."""

    time: Moment
    free: bool


class Times(Shape):
    """When food can be there: the days of the coming week, and the moments of one of them."""

    store_id: Id
    time_zone: str
    days: list[str]
    day: str
    times: list[Time]


class Fits(Shape):
    """Something that fits a place as it comes, and what it costs beyond what the place includes."""

    product_id: str
    name: str
    extra: Money


class BundlePlace(Shape):
    """A place of a bundle: what it asks for, what lies in it, and what would fit."""

    number: int
    asks: str
    line: Line | None
    fits: list[Fits]


class Places(Shape):
    """The places of a bundle. It is used once all of them are filled, where nothing else costs less."""

    deal_id: Id
    name: str
    missing: int
    places: list[BundlePlace]


def advised(advice: Advice, tried: tuple[Trial, ...], offered: Catalogue) -> Advised:
    """What is worth saying beside a cart."""
    more = advice.suggestion
    better = None
    if more:
        picked = more.choice.selection.product
        better = Better(product_id=picked, name=more.choice.name, saves=money(more.less_cents))
    return Advised(
        suggestion=better,
        near=[_near(miss, offered) for miss in advice.near],
        weighed=[_tried(one) for one in tried],
    )


def _near(miss: NearMiss, offered: Catalogue) -> Near:
    missing = money(miss.missing_cents) if miss.missing_cents else None
    return Near(deal_id=str(miss.deal_id), name=miss.name, waits_for=near_words(miss, offered), missing=missing)


def _tried(one: Trial) -> Tried:
    return Tried(names=list(one.names), saves=money(one.saves_cents), total=money(one.total_cents), why_not=one.why_not)


def bundle(deal: Deal, offered: Catalogue, taken: dict[int, LineView]) -> Places:
    """The places of a bundle with what a cart has for them."""
    found = [_place(number, slot, offered, taken.get(number)) for number, slot in enumerate(places(deal), start=1)]
    missing = sum(place.line is None for place in found)
    return Places(deal_id=str(deal.id), name=deal.name, missing=missing, places=found)


def _place(number: int, slot: Slot, offered: Catalogue, there: LineView | None) -> BundlePlace:
    filled = line(there) if there and fills(slot, there) else None
    fits = [
        Fits(product_id=slug, name=offered.products[slug].name, extra=money(one.extra_cents))
        for one in options(offered, slot)
        if (slug := one.choice.selection.product)
    ]
    return BundlePlace(number=number, asks=slot_words(slot, offered), line=filled, fits=fits)


def times(info: StoreInfo, days: Iterable[date], day: date | None, found: Iterable[tuple[datetime, bool]]) -> Times:
    """When a store can have food there: which days there are, and the moments of one, each with whether it has room."""
    return Times(
        store_id=str(info.id),
        time_zone=info.zone.key,
        days=[str(each) for each in days],
        day=str(day or ""),
        times=[Time(time=at, free=free) for at, free in found],
    )
