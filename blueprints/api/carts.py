"""A cart, its price and an order's lines as the API says them."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from app.menu.service import Selection
from app.orders.pricing import Quote as Priced
from app.orders.reordering import Compared
from app.orders.switching import Difference
from app.orders.values import CartView, LineView, OrderLine, Place
from app.orders.values import Discount as Taken
from blueprints.api.deals import Judged, judged
from blueprints.api.menu import Placed, placed
from blueprints.api.shape import Id, Moment, Money, Shape, Way, money
from blueprints.api.stores import Promised, Refused, promised, refused


class Side(Shape):
    """What lies on one side, in words."""

    side: str
    words: str


class Stands(Shape):
    """What a line is, to be asked for again."""

    product_id: str
    size: str | None
    crust: str | None
    toppings: list[Placed] | None
    instructions: dict[str, list[str]] | None
    note: str


class Trouble(Refused):
    """What stands in a line's way, and about which part of it."""

    field: str | None


class Line(Shape):
    """Some of one thing in a cart. `problem` says why it cannot be had; then it has no price."""

    id: Id
    name: str
    description: str
    sides: list[Side]
    quantity: int
    unit_price: Money | None
    total: Money
    selection: Stands
    problem: Trouble | None


class Quote(Shape):
    """A price, stage by stage: items, what deals take off, the fee, tax (that of the fee in it), tip, total."""

    items: Money
    discount: Money
    order_discount: Money
    fee: Money
    fee_tax: Money
    tax: Money
    tip: Money
    total: Money


class Discount(Shape):
    """What one deal takes off items and off the fee."""

    name: str
    items: Money
    fee: Money


class Destination(Shape):
    """Where and when the food goes; `time` is null for as soon as possible."""

    method: Way
    store_id: Id
    street: str
    unit: str
    city: str
    zip_code: str
    time: Moment | None


class Cart(Shape):
    """A cart. Send `version` and `quote.total` with the checkout. `missing` is what food is missing to the minimum,
    `pinned` the code that must be used, `waitsFor` the deal that adds itself once it fits.
    """

    id: Id | None
    version: int
    count: int
    lines: list[Line]
    fulfilment: Destination | None
    promise: Promised | None
    refusal: Refused | None
    quote: Quote
    discounts: list[Discount]
    coupons: list[Judged]
    pinned: str | None
    waits_for: Judged | None
    missing: Money
    ready: bool = Field(description="Whether it may be checked out as it stands.")


def cart(view: CartView) -> Cart:
    """A cart as it stands."""
    return Cart(**_told(view))


def _told(view: CartView) -> dict[str, Any]:
    fee = view.quote.fee_cents
    return {
        "id": str(view.id),
        "version": view.version,
        "count": view.count,
        "lines": [line(each) for each in view.lines],
        "fulfilment": destination(view.place) if view.place else None,
        "promise": promised(view.promise, fee) if view.promise else None,
        "refusal": refused(view.refusal) if view.refusal else None,
        "quote": quote(view.quote),
        "discounts": discounts(view.discounts),
        "coupons": [judged(coupon) for coupon in view.deals.codes],
        "pinned": view.pinned or None,
        "waits_for": judged(view.deals.picked) if view.deals.picked else None,
        "missing": money(view.missing_cents),
        "ready": bool(view.lines and view.promise and not view.blocked and not view.missing_cents),
    }


def empty() -> Cart:
    """The cart of whoever has put nothing in one yet."""
    nothing = Priced((), 0, 0, 0, 0, 0, 0, 0)
    parts: dict[str, Any] = {"lines": [], "discounts": [], "coupons": []}
    where: dict[str, Any] = {"fulfilment": None, "promise": None, "refusal": None, "pinned": None, "waits_for": None}
    return Cart(id=None, version=0, count=0, quote=quote(nothing), missing=money(0), ready=False, **parts, **where)


class Unlike(Shape):
    """What of a past order is unlike then: what it cost then and costs now, null for what there is not, and why."""

    name: str
    before: Money | None
    now: Money | None
    words: str


class Reordered(Cart):
    """The cart with a past order in it, and what is unlike then; what the store does not make is not in it."""

    differences: list[Unlike]


def reordered(view: CartView, compared: Compared) -> Reordered:
    """A cart that a past order was put into."""
    return Reordered(**_told(view), differences=[_unlike(each) for each in compared.differences])


def _unlike(one: Difference) -> Unlike:
    before, now = (None if cents is None else money(cents) for cents in (one.now_cents, one.then_cents))
    return Unlike(name=one.name, before=before, now=now, words=one.words)


def line(view: LineView) -> Line:
    """A line of a cart."""
    problem = view.problem
    trouble = Trouble(code=problem.code, detail=problem.message, field=problem.field) if problem else None
    return Line(
        id=str(view.id),
        name=view.name,
        description=view.look.base,
        sides=sides(view.look.sides),
        quantity=view.quantity,
        unit_price=money(view.choice.unit_cents) if view.choice else None,
        total=money(view.cents),
        selection=stands(view.selection),
        problem=trouble,
    )


def sides(found: Sequence[tuple[str, str]]) -> list[Side]:
    """What lies where, in words."""
    return [Side(side=str(side), words=words) for side, words in found]


def stands(kept: Selection) -> Stands:
    """What a selection is, to be asked for again."""
    chosen: dict[str, list[str]] = {}
    for one in kept.options or ():
        chosen.setdefault(one.group, []).append(one.option)
    return Stands(
        product_id=kept.product,
        size=kept.size,
        crust=kept.crust,
        toppings=None if kept.placements is None else [placed(each) for each in kept.placements],
        instructions=None if kept.options is None else chosen,
        note=kept.note,
    )


def quote(found: Priced) -> Quote:
    """Every stage of a price."""
    return Quote(
        items=money(found.items_cents),
        discount=money(found.discount_cents),
        order_discount=money(found.order_discount_cents),
        fee=money(found.fee_cents),
        fee_tax=money(found.fee_tax_cents),
        tax=money(found.tax_cents),
        tip=money(found.tip_cents),
        total=money(found.total_cents),
    )


def discounts(found: Sequence[Taken]) -> list[Discount]:
    """What each deal takes off."""
    return [Discount(name=one.name, items=money(one.items_cents), fee=money(one.fee_cents)) for one in found]


def destination(place: Place) -> Destination:
    """Where it goes."""
    return Destination(
        method=place.method.value,
        store_id=str(place.store_id),
        street=place.street,
        unit=place.unit,
        city=place.city,
        zip_code=place.zip,
        time=place.wanted_at,
    )


class Ordered(Shape):
    """Some of one thing in an order. `units` are the numbers by which each of them can be given back."""

    name: str
    description: str
    sides: list[Side]
    quantity: int
    total: Money
    note: str
    units: list[Id]


def ordered(each: OrderLine, units: list[str]) -> Ordered:
    """A line of an order, with the numbers of its units."""
    return Ordered(
        name=each.name,
        description=each.base,
        sides=sides(each.sides),
        quantity=each.quantity,
        total=money(each.cents),
        note=each.note,
        units=units,
    )
