"""A bundle filled place by place: each place is a line of the cart like any other, kept when the page is left."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from app.core.cache import Memory
from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Choice, Product, Selection, Variant
from app.orders import cart
from app.orders.heads import hold
from app.orders.lines import unit_of, view_lines
from app.orders.models import CartLine
from app.orders.values import LineView
from app.orders.wishes import on_offer
from app.promotions.service import Deal, Slot, Unit, eligible_cents, fits


@dataclass(frozen=True, slots=True)
class Option:
    """Something that fits a place as it comes, and what it costs beyond what the place includes."""

    choice: Choice
    extra_cents: int


# What fits a place hangs on the menu alone, and takes longer to find than all the rest of a page.
fitting: Memory[tuple[int, tuple[int, int], Slot], tuple[Option, ...]] = Memory(most=500, age=timedelta(minutes=10))


def places(deal: Deal) -> tuple[Slot, ...]:
    """The places of a bundle, one for each thing in it: two mediums are two places."""
    return tuple(replace(slot, count=1) for slot in deal.slots for _ in range(slot.count))


def options(catalogue: Catalogue, slot: Slot) -> tuple[Option, ...]:
    """Everything on the menu that fits a place, each product once: as it comes, or else the first of it that fits."""
    key = (catalogue.store_id, catalogue.version, slot)
    return fitting.get(key, lambda: tuple(_options(catalogue, slot)))


def _options(catalogue: Catalogue, slot: Slot) -> Iterator[Option]:
    for product in catalogue.products.values():
        choice = _choice(catalogue, product, slot)
        if choice is not None:
            yield Option(choice, extra_cents(slot, choice))


def _choice(catalogue: Catalogue, product: Product, slot: Slot) -> Choice | None:
    """A product as it comes, in a size that fits; None while it, or something on it, is sold out."""
    variant = _variant(product, slot)
    try:
        return menu.choose(catalogue, Selection(product.slug, variant.size, variant.crust)) if variant else None
    except Refusal:
        return None


def extra_cents(slot: Slot, choice: Choice) -> int:
    """What something costs beyond what a place includes: toppings above those that are part of the deal."""
    unit = unit_of(0, choice, {})
    return unit.list_cents - eligible_cents(slot, unit)


def _variant(product: Product, slot: Slot) -> Variant | None:
    """The first that fits and is to be had; of those that are sold out the first, so that a refusal names it."""
    fitting = [one for one in (product.default, *product.variants) if fits(slot, _bare(product, one))]
    return min(fitting, key=lambda one: one.sold_out, default=None)


def _bare(product: Product, variant: Variant) -> Unit:
    return Unit(
        *(0, product.slug, variant.size, variant.crust, variant.price_cents),
        category=product.category,
        specialty=product.specialty,
    )


def fill(cart_id: int, deal_id: int, number: int, selection: Selection) -> LineView:
    """Put something into a place of a bundle, numbered from one, instead of the one that fills it.

    What lies there and fits no more, or is there a second time, stays in the cart beside it. Raises what `menu.choose`
    raises, Refusal `does_not_fit`, `too_many`; NotFound.
    """
    row = cart.opened(cart_id)
    asked = places(on_offer(deal_id, row.codes.split()))
    if not 1 <= number <= len(asked):
        raise NotFound("That deal has no such place.")
    catalogue = cart.catalogue_of(row)
    slot = asked[number - 1]
    selection = _as_it_comes(catalogue, slot, selection)
    choice = menu.choose(catalogue, selection)
    if not fits(slot, unit_of(0, choice, {})):
        raise Refusal(
            "does_not_fit", f"{choice.name} is not part of this deal. Please choose another.", field="product"
        )
    there = filled(cart_id, deal_id).get(number)
    if there and fills(slot, there):
        if there.quantity == 1:
            return cart.replace(cart_id, there.id, selection, 1)
        cart.change(cart_id, there.id, there.quantity - 1)
    _leave(cart_id, deal_id, CartLine.slot == number)
    return cart.add(cart_id, selection, of=(deal_id, number))


def _as_it_comes(catalogue: Catalogue, slot: Slot, selection: Selection) -> Selection:
    """What was picked without saying how: in the size and on the crust that fit."""
    product = menu.product(catalogue, selection.product)
    variant = _variant(product, slot) if selection.size is None else None
    return replace(selection, size=variant.size, crust=variant.crust) if variant else selection


def fills(slot: Slot, line: LineView) -> bool:
    """Whether what lies in a place fits it; one that was changed since may not. What cannot be made today keeps it."""
    return line.choice is None or fits(slot, unit_of(0, line.choice, {}))


def filled(cart_id: int, deal_id: int) -> dict[int, LineView]:
    """What lies in the places of a bundle, whether it still fits or not, by their numbers. Raises NotFound."""
    catalogue = cart.catalogue_of(cart.opened(cart_id))
    here = (CartLine.cart_id == cart_id, CartLine.deal_id == deal_id, CartLine.removed.is_(False))
    kept = db.session.scalars(select(CartLine).where(*here).order_by(CartLine.id)).all()
    rows = [(row.id, row.quantity, cart.unpacked(row.selection)) for row in kept]
    lines = zip(kept, view_lines(catalogue, rows), strict=True)
    return {row.slot: line for row, line in lines if row.slot is not None}


def begin_again(cart_id: int, deal_id: int) -> None:
    """Let go of what fills a bundle, so that it can be filled once more; its lines stay in the cart."""
    _leave(cart_id, deal_id)
    hold(cart_id)


def _leave(cart_id: int, deal_id: int, *places: ColumnElement[bool]) -> None:
    """Take lines out of their places, not out of the cart."""
    here = (CartLine.cart_id == cart_id, CartLine.deal_id == deal_id, *places)
    db.session.execute(update(CartLine).where(*here).values(deal_id=None, slot=None))
