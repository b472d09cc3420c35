"""Taking a cart to another store or way: what would be different there, told before anything changes."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update

from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.core.money import format_cents
from app.menu import service as menu
from app.menu.service import Catalogue, Selection
from app.orders import cart
from app.orders.lines import view_lines
from app.orders.models import CartLine
from app.orders.offers import Basket, discounts, priced, reckon
from app.orders.values import Discount, LineView, Place
from app.promotions.service import Offer
from app.stores import service as stores
from app.stores.service import Method, Promise


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would be different: its name, what it costs now and then in cents (None: nothing), and why.

    `nothing` is what it is called where it comes to 0.
    """

    name: str
    now_cents: int | None
    then_cents: int | None
    words: str = ""
    nothing: str = "free"


@dataclass(frozen=True, slots=True)
class Move:
    """A cart's way to another place: the promise, and what would be different, worst first. Nothing has changed yet.

    `version` is that of the cart that was looked at.
    """

    version: int
    place: Place
    promise: Promise
    differences: tuple[Difference, ...]

    @property
    def seal(self) -> str:
        """What a form sends back to say that these differences were seen: of this cart, and at no other store."""
        return f"{self.version}-{self.place.store_id}"


def look_ahead(cart_id: int, place: Place, promise: Promise, identities: Collection[str] = ()) -> Move:
    """What would be different about a cart at another place, for whoever is known by these identities.

    Nothing is where store and way stay. Raises NotFound.
    """
    row = cart.opened(cart_id)
    here, _ = cart.basket_of(row, identities)
    if not here.lines or (here.place and (here.place.store_id, here.place.method) == (place.store_id, place.method)):
        return Move(row.version, place, promise, ())
    offered = menu.catalogue(cart.menu_store(place.store_id))
    mended = [_mended(offered, line.selection) for line in here.lines]
    rows = [(line.id, line.quantity, mend[0]) for line, mend in zip(here.lines, mended, strict=True)]
    lines, taxes = view_lines(offered, rows), stores.store(place.store_id).taxes
    found = _lines(here.lines, lines, [notes for _, notes in mended])
    if here.place:
        wish = replace(here.wish, deal_id=None)  # what was picked is asked for where the cart is
        found += _price(here, replace(here, lines=lines, place=place, promise=promise, taxes=taxes, wish=wish))
    worst_first = sorted(found, key=lambda difference: difference.then_cents is not None)
    return Move(row.version, place, promise, tuple(worst_first))


def _lines(here: Sequence[LineView], there: Sequence[LineView], notes: Sequence[Sequence[str]]) -> list[Difference]:
    found = []
    for line, then, changed in zip(here, there, notes, strict=True):
        words = " ".join(changed) or (then.problem.message if then.problem else "")
        now_cents, then_cents = (one.cents if one.choice else None for one in (line, then))
        if words or now_cents != then_cents:
            found.append(Difference(line.name, now_cents, then_cents, words))
    return found


def _mended(there: Catalogue, selection: Selection) -> tuple[Selection, tuple[str, ...]]:
    """The nearest that the other store makes of a line, and what has to change for that."""
    try:
        return menu.mend(there, selection)
    except NotFound:
        return selection, ()


def _price(here: Basket, there: Basket) -> Iterator[Difference]:
    """What bringing it costs and what deals take off, as the cart would be priced there."""
    offer, other = reckon(here).offer, reckon(there).offer
    now, then = priced(here, offer, 0), priced(there, other, 0)
    missing = max(0, there.promise.minimum_cents - then.food_cents) if there.promise else 0
    needed = f"{format_cents(missing)} of food more are needed there. " if missing else ""
    if needed or now.fee_cents != then.fee_cents:
        brought = here.promise is not None and here.promise.method is Method.DELIVERY
        words = _lost_and_won(offer, other, lambda one: one.fee_cents)
        yield Difference("Delivery", now.fee_cents if brought else None, then.fee_cents, f"{needed}{words}".strip())
    if now.discount_cents != then.discount_cents:
        words = _lost_and_won(offer, other, lambda one: one.items_cents)
        yield Difference(
            "Taken off by deals", now.discount_cents or None, then.discount_cents, words, nothing="nothing"
        )


def _lost_and_won(here: Offer, there: Offer, cents: Callable[[Discount], int]) -> str:
    """The deals that take something off here only, and there only."""
    mine, theirs = ([one.name for one in discounts(offer) if cents(one)] for offer in (here, there))
    lost, won = [name for name in mine if name not in theirs], [name for name in theirs if name not in mine]
    return " ".join(f"{word} {' and '.join(names)}." for word, names in (("Without", lost), ("With", won)) if names)


def at_street(cart_id: int, street: str, unit: str) -> Place | None:
    """A cart's place at another street of its ZIP code; None for one that is picked up. Raises NotFound."""
    place = cart.place_of(cart.opened(cart_id))
    delivered = place is not None and place.method is Method.DELIVERY
    return replace(place, street=street, unit=unit) if place and delivered else None


def readdress(cart_id: int, there: Place, identities: Collection[str] = ()) -> Move | None:
    """A cart's way to another street, by what is known of where both are; None where the promise stays what it is.

    Its store brings it there too, if it can. Raises Refusal `out_of_area` about the street, and what `stores.accepts`
    raises.
    """
    row = cart.opened(cart_id)
    here = cart.place_of(row)
    if here is None or stores.spot_of(here.address) == stores.spot_of(there.address):
        return None
    basket, _ = cart.basket_of(row)
    there = replace(there, store_id=_store_for(there))
    promise = stores.accepts(cart.ask(there, basket.lines))
    if basket.promise and _alike(basket.promise, promise):
        return None
    return look_ahead(cart_id, there, promise, identities)


def _store_for(place: Place) -> int:
    if stores.terms(stores.store(place.store_id), stores.spot_of(place.address)):
        return place.store_id
    try:
        return stores.store_for(place.address, place.wanted_at)
    except Refusal as refusal:
        words = f"No store delivers to {place.street}. Change the street, or pick your order up."
        raise Refusal("out_of_area", words, field="street", action="choose_place") from refusal


def _alike(one: Promise, other: Promise) -> bool:
    """Whether two promises of the same moment are the same to a customer: who, for how much, and when to the minute."""
    near = abs(one.ready_from - other.ready_from) < timedelta(minutes=1)
    return near and len({(told.store_id, told.steps, told.minimum_cents) for told in (one, other)}) == 1


def move(cart_id: int, place: Place) -> None:
    """Take a cart to another place. Lines keep what the store there makes of them, and none is ever taken out."""
    there = menu.catalogue(cart.menu_store(place.store_id))
    cart.go_to(cart_id, place)
    for line_id, _, kept in cart.kept_lines(cart_id):
        selection, notes = _mended(there, kept)
        if notes:
            change = update(CartLine).where(CartLine.id == line_id).values(selection=cart.packed(selection))
            db.session.execute(change)


def name_of(place: Place) -> str:
    """The place in words: `Carryout at Elm Street`."""
    info = stores.store(place.store_id)
    return f"{'Delivery from' if place.method is Method.DELIVERY else 'Carryout at'} {info.name}"
